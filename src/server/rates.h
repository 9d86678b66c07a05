#pragma once

#include <string_view>

#include "server/call.h"

namespace suki::server {

/// How often may be asked, by whom and about whom. False: the call has been refused with 429. Sales, returns and visits are facts:
/// a till's key may send too many at once, but whom they name is never a reason to refuse them.

/// By the key, or the person signed in.
bool check_caller_rate(Call& call);
/// By the address, where nobody is known to ask. Whether the server is well may always be asked; and signing in has its own
/// throttle, for a neighbour's flood must not keep anybody from it.
bool check_address_rate(Call& call, std::string_view operation);
/// A till's key that named too many cards and members that are not there.
bool check_guesses(Call& call, std::string_view operation);
/// By the member, under the name that was used for it: an id, a card, a telephone. Whoever asks.
bool check_member_rate(Call& call, app::NamedBy by, const std::string& value);

/// Writes a refused entry down, once an hour for each caller, operation and reason. Not for who shows neither key nor session.
void note_refused_entry(Call& call, std::string_view operation, std::string_view code);

}  // namespace suki::server
