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
/// All but `facts`, `is_brought` and `collected`, which are as of the sale. What is new goes to the end of a promise, whose last this is.
template <class C>
void fields(C& c, engine::Context& v) {
    each(c, v.date, v.programme_time, v.store_weekday, v.store_time, v.region, v.lines, v.is_member, v.level, v.card,
         v.purchases_before, v.last_purchase_on, v.windows, v.pools, v.available, v.memberships);
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

namespace {

/// Points and things are decided at the commit: whatever limits only those is asked for anew, by the edition that was quoted and
/// on its day. What is on a card is there once: what was given for it meanwhile is not given again.
void bring_up_to_date(engine::Context& context, const programme::Plan& plan, const Desk& desk, const Question& question) {
    event::Receipt then = question.receipt;
    then.occurred_at = start_of(*question.programme.latest().zone, context.date);
    const Judged now = judge(desk, {.programme = question.programme,
                                    .receipt = then,
                                    .buyer = question.buyer,
                                    .edition = question.edition,
                                    .is_history = question.is_history,
                                    .now = question.now});
    context.facts = now.context.facts;
    context.is_brought = now.context.is_brought;
    // Before the first edition nothing is collected.
    context.collected = now.edition == question.edition ? now.context.collected : std::vector<engine::CollectedBefore>{};
    const auto take = [](std::vector<std::int64_t>& into, const std::vector<std::int64_t>& from, std::uint32_t at) {
        if (at < into.size() && at < from.size()) into[at] = from[at];
    };
    const auto is_priced = [&](const programme::Offer& offer) {
        return offer.stage != programme::Stage::points && offer.stage != programme::Stage::things;
    };
    for (const programme::Offer& offer : plan.offers) {
        if (is_priced(offer)) continue;
        for (const programme::Limit& limit : offer.limits) {
            if (limit.scope == programme::LimitScope::member) take(context.windows, now.context.windows, limit.index);
        }
    }
    for (std::uint32_t i = 0; i < plan.pools.size(); ++i) {
        if (!is_priced(plan.offers.at(plan.pools[i].offer))) take(context.pools, now.context.pools, i);
    }
}

}  // namespace

bool honour(const Promise& promise, const Desk& desk, const Question& question, Judged& judged) {
    const bool are_same_prices = price_digest(judged.outcome) == promise.prices;
    if (are_same_prices && judged.edition == promise.edition) return true;
    Judged quoted{
        .edition = promise.edition, .is_history = judged.is_history, .judging = &question.programme.judging(promise.edition)};
    const programme::Plan& plan = quoted.evaluator().plan();
    quoted.context = promise.context;
    Question by_quoted = question;
    by_quoted.edition = promise.edition;
    bring_up_to_date(quoted.context, plan, desk, by_quoted);
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
