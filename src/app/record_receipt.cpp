#include <algorithm>
#include <map>

#include "app/announce.h"
#include "app/count.h"
#include "app/decide.h"
#include "app/judge.h"
#include "app/settle.h"
#include "app/token.h"
#include "base/digest.h"
#include "base/limits.h"
#include "event/check.h"

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
    [[nodiscard]] Cause cause() const { return {.id = receipt.id, .occurred_at = receipt.occurred_at, .edition = judged.edition}; }
    [[nodiscard]] bool has_points() const { return buyer.named && !judged.is_history && judged.edition != 0; }
};

std::optional<Refusal> refused(const Sale& sale) {
    const RecordReceipt& command = sale.command;
    if (auto checked = event::check_receipt(command.receipt); !checked) {
        return refuse_malformed(std::move(checked).error(), {}).error;
    }
    if (command.returns.size() > limits::returns_per_receipt) return refuse(ReceiptRejection::too_many_returns, "/returns").error;
    if (command.edition != 0 && sale.programme->edition(command.edition) == nullptr) {
        return refuse(ReceiptRejection::edition_not_found, "/edition").error;
    }
    for (std::size_t i = 0; i < command.receipt.points_paid.size(); ++i) {
        const std::string& unit = command.receipt.points_paid[i].unit;
        const auto& units = sale.programme->latest().units;
        if (std::none_of(units.begin(), units.end(), [&](const programme::Unit& u) { return u.id == unit; })) {
            return refuse(ReferenceRejection::unit_not_found, "/points_paid/" + std::to_string(i) + "/unit").error;
        }
    }
    return std::nullopt;
}

void date_sale(Sale& sale) {
    const Instant now = sale.desk.recorded_at();
    if (sale.receipt.occurred_at.us - now.us > limits::clock_ahead_max_us) {
        sale.discrepancies.push_back(
            {.kind = DiscrepancyKind::clock_ahead, .stated = sale.receipt.occurred_at.us, .decided = now.us});
        sale.receipt.occurred_at = now;
    }
    sale.answer.judged_at = sale.receipt.occurred_at;
}

/// Whom the sale belongs to. A history may bring its members with it.
std::optional<Refusal> find_who(Sale& sale) {
    const RecordReceipt& command = sale.command;
    const Date date = local_date(*sale.programme->latest().zone, sale.receipt.occurred_at);
    const bool may_create = command.is_import && command.creates_member && command.member.by == NamedBy::external;
    if (may_create && !find_named(sale.desk, *sale.programme, command.member)) {
        const CreateMember create{.programme = sale.programme->id,
                                  .profile = {.external_id = command.member.value},
                                  .joined_on = date,
                                  .is_import = true};
        auto created = create_member(sale.desk, sale.ask, sale.programme, create);
        if (!created) return std::move(created).error();
    }
    sale.buyer = find_buyer(sale.desk, *sale.programme, command.member, command.receipt.card);
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
bool use_quote(Sale& sale, const Question& question) {
    const auto promise = read_token(*sale.desk.world(), sale.command.quote_token);
    if (!promise || !is_about(*promise, question)) return false;
    const store::ClaimKey key = programme_claim(*sale.programme, store::ClaimKind::quote, to_hex(sha256(sale.command.quote_token)));
    if (sale.desk.claim(key) || !honour(*promise, sale.desk, question, sale.judged)) return false;
    std::optional<AccountId> account;
    if (sale.buyer.named) account = sale.buyer.named->key.account;
    sale.desk.add_claim({.key = key, .account = account, .member = sale.answer.member, .other = sale.receipt.id});
    return true;
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
    if (!sale.command.quote_token.empty() && !use_quote(sale, question)) {
        sale.discrepancies.push_back({.kind = DiscrepancyKind::quote_not_honoured});
    }
    // The packed receipt holds no personal data: whose card it was is told by the member beside it.
    if (sale.buyer.named) sale.receipt.card.clear();
}

void compare_charged(Sale& sale) {
    const engine::Outcome& outcome = sale.judged.outcome;
    const auto differs = [&](std::uint32_t line, const std::optional<Money>& charged, Money decided) {
        if (!charged || *charged == decided) return;
        sale.discrepancies.push_back(
            {.kind = DiscrepancyKind::charged_differs, .line = line, .stated = charged->minor(), .decided = decided.minor()});
    };
    differs(0, sale.receipt.charged, outcome.total);
    for (std::size_t i = 0; i < sale.receipt.lines.size() && i < outcome.lines.size(); ++i) {
        differs(sale.receipt.lines[i].number, sale.receipt.lines[i].charged, outcome.lines[i].total);
    }
}

std::optional<DiscrepancyKind> kind_of(engine::PaymentRejection broken) {
    switch (broken) {
        case engine::PaymentRejection::points_below_minimum: return DiscrepancyKind::points_below_minimum;
        case engine::PaymentRejection::points_not_whole_steps: return DiscrepancyKind::points_not_whole_steps;
        case engine::PaymentRejection::points_above_share: return DiscrepancyKind::points_above_share;
        case engine::PaymentRejection::points_need_member:
        case engine::PaymentRejection::unit_can_not_pay:
        case engine::PaymentRejection::insufficient_points: return std::nullopt;  // points_uncovered
    }
    return std::nullopt;
}

/// Whether the unit pays with nothing but whole holds. Their least and their step were asked when they were placed, and an edition
/// since then takes nothing of it away.
bool is_held(const Sale& sale, const std::string& unit) {
    const ledger::Wallet* wallet = find_wallet(sale.desk.owner(sale.buyer.named->key)->state, unit);
    if (wallet == nullptr) return false;
    return std::all_of(sale.receipt.points_paid.begin(), sale.receipt.points_paid.end(), [&](const event::PointsPayment& payment) {
        return payment.unit != unit || std::any_of(wallet->holds.begin(), wallet->holds.end(), [&](const ledger::Hold& hold) {
                   return hold.id == payment.hold && hold.points == payment.points;
               });
    });
}

/// The till took points as the document does not let them pay. They are taken all the same, and somebody is told.
void tell_of_points_against_rules(Sale& sale) {
    if (!sale.has_points()) return;
    for (engine::Payable payable : sale.judged.payables) {
        if (payable.stated != 0 && is_held(sale, payable.unit)) payable.at_least = payable.step = 1;
        const auto broken = engine::broken_by(payable);
        const auto kind = broken ? kind_of(*broken) : std::nullopt;
        if (!kind) continue;
        sale.discrepancies.push_back({.kind = *kind,
                                      .stated = payable.stated,
                                      .decided = engine::allowed_of(payable, payable.stated),
                                      .what = payable.unit});
    }
}

/// The till took points where they can't be taken: without a member, of a unit that can't pay, beyond the price. Nobody is charged
/// for them, and somebody is told.
void tell_of_points_not_taken(Sale& sale) {
    if (sale.judged.is_history) return;
    std::map<std::string, std::int64_t> stated;
    for (const event::PointsPayment& payment : sale.receipt.points_paid) stated[payment.unit] += payment.points.minor();
    for (const auto& [unit, points] : stated) {
        std::int64_t taken = 0;
        for (const engine::PaidPoints& paid : sale.judged.outcome.points_paid) {
            if (sale.has_points() && sale.plan().units.at(paid.unit).id == unit) taken = paid.points.minor();
        }
        if (points <= taken) continue;
        sale.answer.uncovered.push_back({.unit = unit, .points = Points{points - taken}});
        sale.discrepancies.push_back({.kind = DiscrepancyKind::points_uncovered, .stated = points, .decided = taken, .what = unit});
    }
}

std::optional<Refusal> post_points(Sale& sale) {
    tell_of_points_against_rules(sale);
    tell_of_points_not_taken(sale);
    if (!sale.has_points()) return std::nullopt;
    const store::OwnerKey& key = sale.buyer.named->key;
    auto payment =
        pay_with_points(sale.desk, key, sale.plan(), sale.judged.outcome, sale.command.receipt.points_paid, sale.cause());
    if (!payment) return std::move(payment).error();
    sale.stored.spent = std::move(payment->spent);
    sale.answer.uncovered.insert(sale.answer.uncovered.end(), payment->uncovered.begin(), payment->uncovered.end());
    sale.discrepancies.insert(sale.discrepancies.end(), payment->discrepancies.begin(), payment->discrepancies.end());
    auto earned = earn_points(sale.desk, key, sale.plan(), sale.judged.context, sale.judged.outcome, sale.cause());
    if (!earned) return std::move(earned).error();
    sale.stored.earned = *std::move(earned);
    extend_expiry(sale.desk, key, sale.plan(), sale.judged.context.date, sale.cause());
    return std::nullopt;
}

void advance_state(Sale& sale) {
    sale.stored.receipt = sale.receipt;
    sale.stored.context = std::move(sale.judged.context);
    sale.stored.decided = std::move(sale.judged.outcome);
    sale.stored.current = sale.stored.decided;
    sale.stored.edition = sale.judged.edition;
    sale.stored.semantics = sale.plan().semantics;
    sale.stored.recorded_at = sale.desk.recorded_at();
    sale.stored.is_history = sale.judged.is_history;
    for (const engine::PoolDraw& draw : sale.stored.decided.pools) {
        sale.desk.change_pool(pool_name(*sale.programme, sale.plan().pools.at(draw.pool), sale.stored.context.date), draw.amount);
    }
    if (!sale.buyer.named) return;
    account::State& state = sale.desk.edit(sale.buyer.named->key).state->state;
    const Date until = std::max(sale.today(), sale.stored.context.date);
    sale.level_written = level_text(state, sale.today());
    state.levels = std::move(sale.judged.levels);
    sale.answer.level_before = level_text(state, sale.today());
    change_counters(state, sale.stored.context.date, {}, figures_of(*sale.programme, sale.stored));
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
                           .paid = outcome.paid,
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
    if (auto refusal = refused(sale)) return Unexpected<Refusal>{*std::move(refusal)};

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
    compare_charged(sale);
    if (auto refusal = post_points(sale)) return Unexpected<Refusal>{*std::move(refusal)};
    advance_state(sale);
    write_down(sale);
    return std::move(sale.answer);
}

}  // namespace suki::app
