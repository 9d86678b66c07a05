#pragma once

#include <optional>
#include <string>

#include "app/judge.h"

/// The token of a quote (DESIGN.md 5): for 15 minutes a commit of that very basket gets the quoted prices. It is a MAC over
/// everything that the promise rests on, and carries the context by which the prices can be decided again; nothing about the person
/// but the account's id.
namespace suki::app {

inline constexpr std::int64_t kTokenSeconds = 15 * 60;

struct Promise {
    std::string organisation;
    std::string programme;
    int edition = 0;
    int semantics = 0;
    AccountId account;   // nil without a member
    std::string basket;  // its hash
    Instant quoted_at;
    std::string prices;       // digest of the price effects
    engine::Context context;  // without the member's facts
};

/// Of all that decides prices: store, channel, card, lines with what they state, the till's discounts.
std::string basket_hash(const event::Receipt& receipt);
std::string price_digest(const engine::Outcome& outcome);

std::string sign(const World& world, const Promise& promise);
/// Nothing unless one of the live keys made it.
std::optional<Promise> read_token(const World& world, std::string_view token);

/// Why the promise does not speak of this sale or holds no more; nothing when it does.
std::optional<QuoteFault> fault_of(const Promise& promise, const Question& question);
/// Puts the quoted prices in place of those of `judged` where they differ, and the quoted rules of paying with points in any case.
/// False when the prices can't be had any more.
bool honour(const Promise& promise, const Desk& desk, const Question& question, Judged& judged);

}  // namespace suki::app
