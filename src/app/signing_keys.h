#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/record.h"

/// The keys by which an organisation signs access tokens (Ed25519), as one record of it: who reads the record knows at any moment
/// which one signs and which ones are published, so several servers agree without a word. The private halves are secrets of the
/// store, and gone when their time of signing is over.
///
/// 1. The keys stand by `signs_from`, each later than the one before: it signs until the next one does.
/// 2. One that follows another is published for kPublishedAheadUs before it signs, unless the others were revoked: nobody who
///    keeps the published keys for as long as they may is without it.
/// 3. One that signs no more is published until whatever it signed has expired.
namespace suki::app {

inline constexpr std::int64_t kPublishedAheadUs = 24LL * 3'600 * kSecondUs;
/// By how much the clocks of servers and of doors may differ.
inline constexpr std::int64_t kClocksDifferUs = 3'600 * kSecondUs;

struct SigningKey {
    std::string public_key;  // 32 bytes
    Instant made_at;
    Instant signs_from;
    bool is_erased = false;  // its private half is gone
};
template <class C>
void fields(C& c, SigningKey& v) {
    each(c, v.public_key, v.made_at, v.signs_from, v.is_erased);
}
struct SigningKeys {
    std::vector<SigningKey> keys;
    std::vector<std::pair<std::string, Instant>> needed;  // public key → until when what it signed is checked, where that is long
};
template <class C>
void fields(C& c, SigningKeys& v) {
    each(c, v.keys, v.needed);
}

/// RFC 7638, of the JWK of RFC 8037.
std::string thumbprint(std::string_view public_key);
/// The name of the private half among the secrets of the store.
std::string secret_of(const SigningKey& key);
store::RecordKey signing_keys_of(const std::string& organisation);

/// Null before the first.
const SigningKey* key_that_signs(const SigningKeys& keys, Instant now);
/// Until when something that lives longer than an access token is checked by the key; long ago where there is nothing.
Instant needed_until(const SigningKeys& keys, std::string_view public_key);
/// Until when it is published; nothing while none follows it.
std::optional<Instant> published_until(const SigningKeys& keys, std::size_t index);

/// What is to be changed as of `now`, with `fresh_private` as the next private half.
struct KeyChange {
    SigningKeys keys;
    bool is_made = false;            // the last one is new, with that private half
    std::vector<SigningKey> erased;  // whose private halves must go
};
/// Nothing where all is as it should be. `days` is how long each signs.
std::optional<KeyChange> change_due(const SigningKeys& keys, Instant now, int days, std::string_view fresh_private);
/// By hand: the next one signs as soon as it may. `is_revoking`: at once, and no other is published any more.
KeyChange change_by_hand(const SigningKeys& keys, Instant now, bool is_revoking, std::string_view fresh_private);

SigningKeysView view_of(const SigningKeys& keys, Instant now);

}  // namespace suki::app
