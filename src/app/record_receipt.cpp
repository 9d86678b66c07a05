#include <algorithm>

#include "app/announce.h"
#include "app/cards.h"
#include "app/decide.h"
#include "app/given.h"
#include "app/household.h"
#include "app/judge.h"
#include "app/rebates.h"
#include "app/referrals.h"
#include "app/sale.h"
#include "app/token.h"
#include "base/digest.h"
#include "base/limits.h"

namespace suki::app {

namespace {

/// One sale on its way through the desk.
struct Sale {
    Desk& desk;
    const Ask& ask;
    const RecordReceipt& command;
    ProgrammePointer programme;
    event::Receipt receipt;  // as it is judged and kept
    Buyer buyer;
    std::vector<Discrepancy> discrepancies;
    Judged judged;
    engine::StoredReceipt stored;
    ReceiptAnswer answer;
    std::string level_written;  // the last that anybody was told of

    [[nodiscard]] const programme::Plan& plan() const { return judged.evaluator().plan(); }
    [[nodiscard]] Date today() const { return local_date(*programme->latest().zone, desk.recorded_at()); }
    [[nodiscard]] bool has_points() const { return buyer.named && !judged.is_history && judged.edition != 0; }
};

void date_sale(Sale& sale) {
    const Instant now = sale.desk.recorded_at();
    if (sale.receipt.occurred_at.us - now.us > limits::clock_ahead_max_us) {
        sale.discrepancies.push_back(
            {.kind = DiscrepancyKind::clock_ahead, .stated = sale.receipt.occurred_at.us, .decided = now.us});
        sale.receipt.occurred_at = now;
    }
    sale.answer.judged_at = sale.receipt.occurred_at;
}

/// As though Suki had been there then: points expire and are kept as they would have been. Never before what the books of the
/// accounts already hold, and not where it was not noted what they hold.
void date_import(Sale& sale) {
    const RecordReceipt& command = sale.command;
    Desk& desk = sale.desk;
    const Instant now = desk.recorded_at();
    Instant at = std::min(command.receipt.occurred_at, now);
    const auto follow = [&](const store::OwnerKey& key) {
        const OwnerPointer owner = desk.owner(key);
        if (owner == nullptr || !owner->state) return;
        const Instant last = owner->state->recorded_at;
        at = last.us < 0 ? now : std::clamp(at, {last.us + 1}, std::max(now, {last.us + 1}));
    };
    const Buyer buyer = find_buyer(desk, *sale.programme, command.member, command.receipt.card,
                                   local_date(*sale.programme->latest().zone, command.receipt.occurred_at));
    if (buyer.named) follow(buyer.named->key);
    for (const event::Return& back : command.returns) {
        const auto claim = desk.claim(programme_claim(*sale.programme, store::ClaimKind::receipt, back.receipt));
        if (!claim || !claim->account) continue;
        follow(standing(desk, {.org = claim->key.org, .account = *claim->account, .programme = sale.programme->id}));
    }
    desk.date_back(at);
}

/// Whether nobody has the name, and it could be a new member's. A card that is blocked, or known and nobody's, is no new one.
bool is_nobody_yet(const Sale& sale) {
    const auto named = find_named(sale.desk, *sale.programme, sale.command.member);
    if (named) return false;
    return sale.command.member.by != NamedBy::card || named.error() == ReferenceRejection::card_not_found;
}

/// Whom the sale belongs to. A history may bring its members with it.
std::optional<Refusal> find_who(Sale& sale) {
    const RecordReceipt& command = sale.command;
    const Date date = local_date(*sale.programme->latest().zone, sale.receipt.occurred_at);
    const bool is_by_card = command.member.by == NamedBy::card;
    const bool may_create = command.is_import && command.creates_member && (is_by_card || command.member.by == NamedBy::external);
    if (may_create && is_nobody_yet(sale)) {
        CreateMember create{.programme = sale.programme->id, .joined_on = date, .is_import = true};
        (is_by_card ? create.card : create.profile.external_id) = command.member.value;
        auto created = create_member(sale.desk, sale.ask, sale.programme, create);
        if (!created) return std::move(created).error();
        sale.answer.is_new_member = true;
    }
    sale.buyer = find_buyer(sale.desk, *sale.programme, command.member, command.receipt.card, date);
    if (sale.buyer.is_newcomer) {
        const std::string& number = is_by_card ? command.member.value : command.receipt.card;
        make_holder(sale.desk, sale.ask, *sale.programme, number, date);
        sale.buyer = find_buyer(sale.desk, *sale.programme, command.member, command.receipt.card, date);
        SUKI_CHECK(sale.buyer.named);
        sale.buyer.is_newcomer = true;
    }
    sale.discrepancies.insert(sale.discrepancies.end(), sale.buyer.discrepancies.begin(), sale.buyer.discrepancies.end());
    if (!sale.buyer.named) return std::nullopt;
    sale.answer.member = sale.buyer.named->member;
    sale.desk.sweep(sale.buyer.named->key, *sale.programme);
    // Levels begin with joining; a history read in pieces may find an earlier purchase later.
    store::Owner& owner = sale.desk.edit(sale.buyer.named->key);
    if (may_create && date < owner.state->state.joined_on) {
        owner.state->state.joined_on = date;
        for (store::MemberRow& member : owner.members) {
            if (member.id != sale.buyer.named->member || member.joined_on <= date) continue;
            member.joined_on = date;
            ++member.version;
            sale.desk.rows.members.push_back(member);
        }
    }
    return std::nullopt;
}

/// A quote promises its prices to one sale: the claim keeps it from being honoured again, which would give limits and budgets away.
std::optional<QuoteFault> use_quote(Sale& sale, const Question& question) {
    const auto promise = read_token(*sale.desk.world(), sale.command.quote_token);
    if (!promise) return QuoteFault::unreadable;
    if (const auto fault = fault_of(*promise, question)) return fault;
    const store::ClaimKey key = programme_claim(*sale.programme, store::ClaimKind::quote, to_hex(sha256(sale.command.quote_token)));
    if (sale.desk.claim(key)) return QuoteFault::used;
    if (!honour(*promise, sale.desk, question, sale.judged)) return QuoteFault::prices_gone;
    std::optional<AccountId> account;
    if (sale.buyer.named) account = sale.buyer.named->key.account;
    sale.desk.add_claim({.key = key, .account = account, .member = sale.answer.member, .other = sale.receipt.id});
    return std::nullopt;
}

void judge_sale(Sale& sale) {
    const Question question{.programme = *sale.programme,
                            .receipt = sale.receipt,
                            .buyer = sale.buyer,
                            .edition = sale.command.is_import ? sale.command.edition : 0,
                            .is_history = sale.command.is_import && sale.command.as_history,
                            .now = sale.desk.recorded_at()};
    sale.judged = judge(sale.desk, question);
    if (sale.judged.edition == 0) sale.discrepancies.push_back({.kind = DiscrepancyKind::before_first_edition});
    if (!sale.command.quote_token.empty()) {
        if (const auto fault = use_quote(sale, question)) {
            sale.discrepancies.push_back({.kind = DiscrepancyKind::quote_not_honoured, .what = std::string{name_of(*fault)}});
        }
    }
    // The packed receipt holds no personal data: whose card it was is told by the member beside it.
    if (sale.buyer.named) sale.receipt.card.clear();
}

/// Somebody paid with points of a household whose owner alone may. The till took them, so they are spent; what was set aside before
/// was allowed then.
void tell_of_payer(Sale& sale) {
    if (!sale.has_points() || may_pay(*sale.desk.owner(sale.buyer.named->key), sale.buyer.named->member)) return;
    for (const event::PointsPayment& payment : sale.receipt.points_paid) {
        if (payment.hold) continue;
        sale.discrepancies.push_back({.kind = DiscrepancyKind::household_owner_pays,
                                      .stated = payment.points.minor(),
                                      .decided = payment.points.minor(),
                                      .what = payment.unit});
    }
}

void keep_decision(Sale& sale) {
    sale.stored.receipt = sale.receipt;
    sale.stored.context = std::move(sale.judged.context);
    sale.stored.decided = std::move(sale.judged.outcome);
    sale.stored.current = sale.stored.decided;
    sale.stored.edition = sale.judged.edition;
    sale.stored.semantics = sale.plan().semantics;
    sale.stored.recorded_at = sale.desk.recorded_at();
    sale.stored.is_history = sale.judged.is_history;
}

std::optional<Refusal> post_points(Sale& sale) {
    const store::StateRow nobody;
    const store::StateRow& state = sale.buyer.named ? *sale.desk.edit(sale.buyer.named->key).state : nobody;
    auto settled =
        engine::settle_sale(sale.plan(), {.wallets = state.wallets, .state = state.state}, sale.stored, sale.judged.payables);
    if (!settled) return refuse_as(RefusalKind::unprocessable, settled.error()).error;
    tell_of_faults(settled->faults, sale.answer.uncovered, sale.discrepancies);
    sale.stored.spent = std::move(settled->spent);
    sale.stored.earned = std::move(settled->earned);
    if (sale.buyer.named) sale.desk.post(sale.buyer.named->key, std::move(settled->postings));
    return std::nullopt;
}

void advance_state(Sale& sale) {
    for (const engine::PoolDraw& draw : sale.stored.decided.pools) {
        const programme::Pool& pool = sale.plan().pools.at(draw.pool);
        sale.desk.change_pool(pool_name(*sale.programme, pool, sale.stored.context.date), draw.amount, pool.total);
    }
    if (!sale.buyer.named) return;
    store::StateRow& row = sale.desk.stamped(sale.buyer.named->key);
    account::State& state = row.state;
    const std::string person = own_name(row, sale.buyer.named->member);
    const Date until = std::max(sale.today(), sale.stored.context.date);
    sale.level_written = level_text(state, sale.today());
    state.levels = std::move(sale.judged.levels);
    sale.answer.level_before = level_text(state, sale.today());
    engine::change_counters(state, sale.stored.context.date, {}, sale.programme->figures_of(sale.stored, person));
    derive_levels(*sale.programme, state, until);
    sale.answer.level = level_text(state, sale.today());
}

void write_down(Sale& sale) {
    const engine::Outcome& outcome = sale.stored.decided;
    std::optional<AccountId> account;
    if (sale.buyer.named) account = sale.buyer.named->key.account;
    sale.desk.put_receipt({.org = sale.programme->organisation,
                           .programme = sale.programme->id,
                           .id = sale.receipt.id,
                           .account = account,
                           .member = sale.answer.member,
                           .store = sale.receipt.store,
                           .occurred_at = sale.receipt.occurred_at,
                           .recorded_at = sale.desk.recorded_at(),
                           .date = sale.stored.context.date,
                           .edition = sale.stored.edition,
                           .list_total = outcome.list_total,
                           .total = outcome.total,
                           .paid = engine::paid_in_money(sale.stored),
                           .packed = engine::pack(sale.stored)});
    for (const Discrepancy& found : sale.discrepancies) {
        sale.desk.discrepancy(sale.programme->organisation, sale.programme->id, sale.receipt.id, account, found);
    }
    ReceiptAnswer& answer = sale.answer;
    answer.receipt = sale.receipt.id;
    answer.recorded_at = sale.desk.recorded_at();
    answer.edition = sale.stored.edition;
    answer.programme = sale.programme->id;
    answer.currency = sale.plan().currency;
    answer.units = unit_names(sale.plan());
    answer.outcome = outcome;
    answer.challenges = engine::challenge_moves(sale.plan(), sale.stored.context, outcome);
    answer.discrepancies = sale.discrepancies;
    std::optional<store::OwnerKey> key;
    if (sale.buyer.named) {
        key = sale.buyer.named->key;
        answer.balances = balances_of(*sale.programme, sale.desk.owner(*key)->state, sale.desk.recorded_at());
    }
    sale.desk.add_claim({.key = programme_claim(*sale.programme, store::ClaimKind::receipt, sale.receipt.id),
                         .account = account,
                         .member = answer.member,
                         .other = sale.ask.remembered(answer)});

    const Subject subject{.programme = *sale.programme, .key = key, .member = answer.member, .cause = sale.receipt.id};
    announce_receipt(sale.desk, subject, answer.edition, outcome.total, answer.currency);
    if (sale.has_points()) {
        for (std::size_t u = 0; u < outcome.points.size(); ++u) {
            announce_points(sale.desk, subject, "points.earned", answer.units[u], outcome.points[u]);
        }
        for (const engine::PaidPoints& paid : outcome.points_paid) {
            announce_points(sale.desk, subject, "points.spent", answer.units[paid.unit], paid.points);
        }
    }
    announce_level(sale.desk, subject, sale.level_written, answer.level);
}

}  // namespace

Answered<ReceiptAnswer> decide(Desk& desk, const Ask& ask, const RecordReceipt& command) {
    Sale sale{.desk = desk,
              .ask = ask,
              .command = command,
              .programme = desk.world()->programme(ask.caller.organisation, command.programme),
              .receipt = command.receipt};
    if (sale.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const bool knows_edition = command.edition == 0 || sale.programme->edition(command.edition) != nullptr;
    if (auto refusal = refused(command, sale.programme->latest(), knows_edition)) return Unexpected<Refusal>{*std::move(refusal)};

    complete_units(desk, sale.programme->organisation, sale.receipt.lines);
    if (command.is_import && command.is_dated_back) date_import(sale);
    // Goods brought back come first, so that what they return can already be spent, and so that they do not raise a counter that
    // this purchase reads.
    for (std::size_t i = 0; i < command.returns.size(); ++i) {
        auto taken = take_back(desk, ask, sale.programme, command.returns[i]);
        if (!taken) {
            Refusal refusal = std::move(taken).error();
            refusal.pointer = "/returns/" + std::to_string(i) + refusal.pointer;
            return Unexpected<Refusal>{std::move(refusal)};
        }
        sale.answer.returns.push_back(*std::move(taken));
    }
    date_sale(sale);
    if (auto refusal = find_who(sale)) return Unexpected<Refusal>{*std::move(refusal)};
    judge_sale(sale);
    compare_charged(sale.receipt, sale.judged.outcome, sale.discrepancies);
    tell_of_points_cut(sale.judged.outcome, sale.discrepancies);
    tell_of_payer(sale);
    keep_decision(sale);
    if (auto refusal = post_points(sale)) return Unexpected<Refusal>{*std::move(refusal)};
    advance_state(sale);
    if (sale.buyer.named) {
        const engine::Cause cause{
            .id = sale.receipt.id, .occurred_at = sale.receipt.occurred_at, .recorded_at = desk.recorded_at()};
        auto refusal = accrue_rebates(desk, *sale.programme, sale.buyer.named->key, cause, {sale.stored.context.date});
        if (refusal) return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (sale.has_points() && !command.is_import) {
        sale.answer.things = give_things(desk, *sale.programme, *sale.buyer.named, sale.plan(), sale.stored);
    }
    if (sale.has_points()) give_for_friend(desk, *sale.programme, *sale.buyer.named, sale.plan(), sale.stored, sale.discrepancies);
    write_down(sale);
    return std::move(sale.answer);
}

}  // namespace suki::app
