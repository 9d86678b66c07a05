#include "app/token.h"

#include <array>

#include "app/base64.h"
#include "app/codec.h"
#include "base/digest.h"

namespace suki::app {

namespace {

constexpr std::size_t kMacBytes = 32;

std::string text_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

}  // namespace

template <class C>
void fields(C& c, TimeOfDay& v) {
    each(c, v.minutes);
}
template <class C>
void fields(C& c, engine::LineFacts& v) {
    each(c, v.category, v.brand, v.tags, v.cost);
}
/// A category is written as a kind of its own, behind the others, as in a packed receipt.
template <class C>
void fields(C& c, programme::CardShown& v) {
    constexpr auto kNamed = static_cast<std::int64_t>(count_of<programme::CardKind>);
    std::int64_t kind = v.category.empty() ? static_cast<std::int64_t>(v.kind) : kNamed;
    each(c, kind);
    if (kind == kNamed) each(c, v.category);
    v.kind = kind == kNamed ? programme::CardKind::category : static_cast<programme::CardKind>(kind);
}
/// All but `facts` and `collected`.
template <class C>
void fields(C& c, engine::Context& v) {
    each(c, v.date, v.programme_time, v.store_weekday, v.store_time, v.region, v.lines, v.is_member, v.level, v.card,
         v.purchases_before, v.last_purchase_on, v.windows, v.pools, v.available);
}
template <class C>
void fields(C& c, Promise& v) {
    each(c, v.organisation, v.programme, v.edition, v.semantics, v.account, v.basket, v.quoted_at, v.prices, v.context);
}

std::string basket_hash(const event::Receipt& receipt) {
    event::Receipt basket{.store = receipt.store,
                          .channel = receipt.channel,
                          .card = receipt.card,
                          .lines = receipt.lines,
                          .till_discount = receipt.till_discount};
    // A till states what it charged only after it was told what to charge.
    for (event::Line& line : basket.lines) line.charged.reset();
    return text_of(sha256(packed(basket)));
}

std::string price_digest(const engine::Outcome& outcome) {
    ByteWriter out;
    Packer pack{out};
    for (const engine::LineOutcome& line : outcome.lines) {
        pack(line.line);
        pack(line.list_total);
        pack(line.line_discount);
        pack(line.receipt_discount);
        pack(line.till_discount);
        pack(line.total);
    }
    return text_of(sha256(out.bytes()));
}

std::string sign(const World& world, const Promise& promise) {
    SUKI_CHECK(!world.mac_keys.empty());
    const std::string body = packed(promise);
    return to_base64(body + text_of(hmac_sha256(world.mac_keys.front().value, body)));
}

std::optional<Promise> read_token(const World& world, std::string_view token) {
    const auto bytes = from_base64(token);
    if (!bytes || bytes->size() <= kMacBytes) return std::nullopt;
    const std::string_view body = std::string_view{*bytes}.substr(0, bytes->size() - kMacBytes);
    const std::string_view mac = std::string_view{*bytes}.substr(bytes->size() - kMacBytes);
    for (const store::SecretRow& key : world.mac_keys) {
        if (is_equal_constant_time(text_of(hmac_sha256(key.value, body)), mac)) return unpacked<Promise>(body);
    }
    return std::nullopt;
}

std::optional<QuoteFault> fault_of(const Promise& promise, const Question& question) {
    // Who comes into being with the sale was nobody at the quote.
    const bool was_nobody = !question.buyer.named || question.buyer.is_newcomer;
    const AccountId account = was_nobody ? AccountId{} : question.buyer.named->key.account;
    const bool knows_edition = promise.edition == 0 || question.programme.edition(promise.edition) != nullptr;
    if (promise.organisation != question.programme.organisation || promise.programme != question.programme.id ||
        promise.account != account || promise.quoted_at > question.now || !knows_edition) {
        return QuoteFault::other_sale;
    }
    if (promise.basket != basket_hash(question.receipt)) return QuoteFault::other_basket;
    if (question.now.us - promise.quoted_at.us > kTokenSeconds * kSecondUs) return QuoteFault::expired;
    return std::nullopt;
}

bool honour(const Promise& promise, const Desk& desk, const Question& question, Judged& judged) {
    const bool are_same_prices = price_digest(judged.outcome) == promise.prices;
    if (are_same_prices && judged.edition == promise.edition) return true;
    Judged quoted{
        .edition = promise.edition, .is_history = judged.is_history, .judging = &question.programme.judging(promise.edition)};
    const programme::Plan& plan = quoted.evaluator().plan();
    quoted.context = promise.context;
    quoted.context.facts = judged.context.facts;
    // What is on a card is there once: what was given for it meanwhile is not given again.
    quoted.context.collected = judged.context.collected;
    // Points are decided at the commit: what only points draw from is asked for anew.
    for (std::size_t i = 0; i < plan.pools.size() && i < quoted.context.pools.size(); ++i) {
        const programme::Pool& pool = plan.pools[i];
        if (plan.offers.at(pool.offer).stage != programme::Stage::points) continue;
        const std::int64_t drawn = desk.pool_drawn(pool_name(question.programme, pool, quoted.context.date));
        quoted.context.pools[i] = std::max<std::int64_t>(0, pool.total - drawn);
    }
    quoted.outcome = quoted.evaluator().evaluate(quoted.context, question.receipt, &quoted.payables);
    if (are_same_prices) {
        // Only how points may pay differs: a payment within the rule that was quoted is within the rules.
        judged.payables = std::move(quoted.payables);
        return true;
    }
    if (price_digest(quoted.outcome) != promise.prices) return false;
    quoted.levels = std::move(judged.levels);
    judged = std::move(quoted);
    return true;
}

}  // namespace suki::app
