#include <algorithm>
#include <limits>

#include "app/announce.h"
#include "app/decide.h"
#include "app/given.h"
#include "app/household.h"
#include "app/judge.h"
#include "app/rebates.h"
#include "app/referrals.h"
#include "app/relied.h"
#include "app/resolve.h"
#include "app/sale.h"
#include "event/check.h"

namespace suki::app {

namespace {

/// One return on its way through the desk.
struct Taking {
    Desk& desk;
    const Ask* ask = nullptr;  // none where nobody asked for a return
    ProgrammePointer programme;
    event::Return what;
    store::ReceiptRow row;
    engine::StoredReceipt stored;
    engine::ReturnOutcome outcome;
    std::vector<std::string> staying;                   // offers whose gift can't be taken
    std::optional<Person> person;                       // who bought, as they are today
    std::vector<engine::CounterChange> counted_before;  // by the receipt
    std::optional<Since> since;                         // of a receipt with an owner
    engine::MovedPoints moved;
    std::string level_written;  // the last that anybody was told of
    ReturnAnswer answer;

    [[nodiscard]] const engine::Evaluator& evaluator() const { return programme->evaluator(stored.edition, stored.is_history); }
    [[nodiscard]] const programme::Plan& plan() const { return evaluator().plan(); }
    [[nodiscard]] store::OwnerKey key() const { return standing(desk, bought_by()); }
    /// Who bought: merged since, perhaps.
    [[nodiscard]] store::OwnerKey bought_by() const {
        return {.org = programme->organisation, .account = *row.account, .programme = programme->id};
    }
    [[nodiscard]] engine::Cause cause() const {
        return {.id = what.id, .occurred_at = what.occurred_at, .recorded_at = desk.recorded_at(), .edition = stored.edition};
    }
    /// What the receipt counts. Uses of offers are the person's own where several share the account, also when they have left it.
    [[nodiscard]] std::vector<engine::CounterChange> figures() const {
        const OwnerPointer owner = desk.owner(key());
        const bool is_own = has_left() || (owner->state && owner->state->household);
        return programme->figures_of(stored, is_own && person ? person->member.text() : std::string{});
    }
    [[nodiscard]] bool has_left() const { return person && person->key != key(); }
    [[nodiscard]] Date today() const { return local_date(*programme->latest().zone, desk.recorded_at()); }
    [[nodiscard]] Date until() const { return std::max(today(), stored.context.date); }
};

std::optional<Refusal> find_receipt(Taking& taking) {
    if (auto checked = event::check_return(taking.what); !checked) return refuse_malformed(std::move(checked).error(), {}).error;
    if (taking.desk.claim(programme_claim(*taking.programme, store::ClaimKind::return_, taking.what.id))) {
        return refuse(ReturnCommandRejection::return_already_recorded, "/id").error;
    }
    const auto claim = taking.desk.claim(programme_claim(*taking.programme, store::ClaimKind::receipt, taking.what.receipt));
    if (!claim) return refuse(ReturnCommandRejection::receipt_of_return_not_found, "/receipt").error;
    auto row = taking.desk.receipt(taking.programme->organisation, taking.programme->id, claim->account, taking.what.receipt);
    if (!row) return refuse(ReturnCommandRejection::receipt_of_return_not_found, "/receipt").error;
    auto stored = engine::unpack_receipt(row->packed);
    if (!stored) return refuse(CommandRejection::internal_inconsistency, {}, {{"what", "the packed receipt is damaged"}}).error;
    taking.row = *std::move(row);
    taking.stored = *std::move(stored);
    if (is_void(taking.stored)) return refuse(ReturnCommandRejection::receipt_is_void, "/receipt").error;
    return std::nullopt;
}

/// The owner's account and those that were merged into it.
std::vector<store::OwnerKey> all_accounts(const Taking& taking) {
    std::vector<store::OwnerKey> keys{taking.key()};
    const OwnerPointer owner = taking.desk.owner(keys.front());
    if (owner == nullptr || !owner->state) return keys;
    for (const store::Merged& merged : owner->state->merged) {
        keys.push_back({.org = keys.front().org, .account = merged.account, .programme = keys.front().programme});
    }
    return keys;
}

/// Of each lot that must give something back.
std::vector<engine::LotFate> fates_of(const Taking& taking) {
    std::vector<engine::LotFate> fates;
    for (const engine::EarnedRecord& earned : taking.stored.earned) {
        const auto& parts = taking.outcome.take_back;
        const bool is_asked = earned.unit < parts.size() && !parts[earned.unit].empty();
        engine::LotFate fate;
        // A lot may have expired in part before its account was merged.
        if (is_asked) {
            for (const store::OwnerKey& key : all_accounts(taking)) fate.add(taking.desk.fate_of(key, earned.lot, taking.row.id));
        }
        fates.push_back(fate);
    }
    return fates;
}

/// Whether every edition that has the unit says the same of it.
bool has_one_expiry(const Programme& programme, const programme::Unit& unit) {
    return std::all_of(programme.editions.begin(), programme.editions.end(), [&](const Edition& edition) {
        return std::all_of(edition.plan->units.begin(), edition.plan->units.end(),
                           [&](const programme::Unit& other) { return other.id != unit.id || other.expiry == unit.expiry; });
    });
}

/// Read only where something is kept by activity.
engine::Keeping what_keeps(const Taking& taking) {
    engine::Keeping keeping;
    if (!taking.outcome.is_whole && taking.outcome.give_back.empty()) return keeping;
    bool keeps_points = false;
    for (const programme::Unit& unit : taking.plan().units) {
        if (!engine::is_kept_by_activity(unit)) continue;
        keeps_points = true;
        keeping.has_one_expiry = keeping.has_one_expiry && has_one_expiry(*taking.programme, unit);
        // Lots that a merge brought began where they came from.
        const std::vector<store::OwnerKey> keys = all_accounts(taking);
        for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
            for (const store::EntryRow& row : taking.desk.journal(*key, unit.id)) engine::note_first(keeping.first, row.entry);
        }
    }
    if (!keeps_points) return keeping;
    constexpr Instant always{std::numeric_limits<std::int64_t>::min()};
    for (const store::OwnerKey& key : all_accounts(taking)) {
        for (const store::ActivityRow& activity : taking.desk.activities_recorded_since(key, always)) {
            if (activity.recorded_at < taking.row.recorded_at) keeping.others.push_back(activity.date);
        }
    }
    keeping.later = taking.since->activities();
    return keeping;
}

/// Uses of offers alone, as the account in which the person is counts them.
std::vector<engine::CounterChange> uses_of(std::vector<engine::CounterChange> figures, const store::StateRow& there,
                                           MemberId member) {
    std::erase_if(figures, [](const engine::CounterChange& one) { return !engine::counts_uses(one.key); });
    for (engine::CounterChange& one : figures) one.key = engine::own_key(engine::shared_key(one.key), own_name(there, member));
    return figures;
}

/// What the receipt counts is lowered: where it was bought, and of uses where the person is today.
void change_counters(Taking& taking, const std::vector<engine::CounterChange>& before,
                     const std::vector<engine::CounterChange>& after) {
    const Date day = taking.stored.context.date;
    account::State& state = taking.desk.stamped(taking.key()).state;
    if (!taking.has_left()) return engine::change_counters(state, day, before, after);
    const auto without_uses = [](std::vector<engine::CounterChange> all) {
        std::erase_if(all, [](const engine::CounterChange& one) { return engine::counts_uses(one.key); });
        return all;
    };
    engine::change_counters(state, day, without_uses(before), without_uses(after));
    const MemberId member = taking.person->member;
    const OwnerPointer owner = taking.desk.owner(taking.person->key);
    const store::StateRow& there = *owner->state;
    const std::vector<engine::CounterChange> used = uses_of(before, there, member);
    const std::vector<engine::CounterChange> left = uses_of(after, there, member);
    if (used != left) engine::change_counters(taking.desk.stamped(taking.person->key).state, day, used, left);
}

/// The account's past as its people see it: with what somebody who left it took with them.
account::State past_of(const Taking& taking) {
    account::State state = taking.desk.owner(taking.key())->state->state;
    if (!taking.has_left()) return state;
    const OwnerPointer own = taking.desk.owner(taking.person->key);
    if (own == nullptr || !own->state) return state;
    const std::string name = own_name(*own->state, taking.person->member);
    for (const account::Counter& counter : own->state->state.counters) {
        const std::string_view shared = engine::shared_key(counter.key);
        if (!engine::counts_uses(shared) || counter.key != engine::own_key(shared, name)) continue;
        const std::string key = engine::own_key(shared, taking.person->member.text());
        for (const account::DayValue& day : counter.days) account::add_to_counter(state, key, day.day, day.value);
    }
    return state;
}

/// Receipts of the account to which the buyer went that counted the uses which are back; `figures` of the purchase before and
/// after.
std::vector<std::string> relied_elsewhere(const Taking& taking, std::vector<engine::CounterChange> before,
                                          std::vector<engine::CounterChange> after) {
    const OwnerPointer own = taking.has_left() ? taking.desk.owner(taking.person->key) : nullptr;
    if (own == nullptr || !own->state) return {};
    before = uses_of(std::move(before), *own->state, taking.person->member);
    after = uses_of(std::move(after), *own->state, taking.person->member);
    if (before == after) return {};
    const Since since{taking.desk, *taking.programme, taking.person->key, taking.row};
    return since.those_that_counted(
        {taking.programme->counted, own->state->state, taking.stored.context.date, before, after, std::vector<std::string>{}});
}

std::optional<Refusal> change_account(Taking& taking) {
    if (!taking.row.account) {
        engine::record_return(taking.stored, taking.what, taking.outcome, engine::SettledReturn{});
        return std::nullopt;
    }
    taking.desk.sweep(taking.key(), *taking.programme);
    if (taking.row.member) taking.person = person_of(taking.desk, taking.bought_by(), *taking.row.member);
    // On spread tables somebody may be seen to have left before it is seen where they went.
    if (!taking.person && taking.desk.edit(taking.key()).state->household) {
        throw store::Conflict{"member", "who bought is not seen where they are"};
    }
    taking.since.emplace(taking.desk, *taking.programme, taking.key(), taking.row);
    taking.level_written = level_text(taking.desk.edit(taking.key()).state->state, taking.today());
    const store::StateRow& row = *taking.desk.edit(taking.key()).state;
    auto settled = engine::settle_return(taking.plan(), {.wallets = row.wallets, .state = row.state}, taking.stored, taking.outcome,
                                         fates_of(taking), what_keeps(taking), taking.cause());
    if (!settled) return refuse_as(RefusalKind::unprocessable, settled.error()).error;
    answer_with(*settled, taking.answer);
    taking.desk.post(taking.key(), std::move(settled->postings));
    taking.counted_before = taking.figures();
    taking.moved = std::move(settled->moved);
    engine::record_return(taking.stored, taking.what, taking.outcome, *std::move(settled));
    change_counters(taking, taking.counted_before, taking.figures());
    derive_levels(*taking.programme, taking.desk.stamped(taking.key()).state, taking.until());
    // An exchange may call its two halves alike: their entries are told apart.
    engine::Cause cause = taking.cause();
    cause.id = "return/" + cause.id;
    return accrue_rebates(taking.desk, *taking.programme, taking.key(), cause, {taking.stored.context.date});
}

void write_down(Taking& taking) {
    Desk& desk = taking.desk;
    ReturnAnswer& answer = taking.answer;
    std::vector<std::string> pools;
    for (const engine::PoolDraw& back : taking.outcome.pools) {
        const programme::Pool& pool = taking.plan().pools.at(back.pool);
        desk.change_pool(pool_name(*taking.programme, pool, taking.stored.context.date), -back.amount, pool.total);
        pools.push_back(pool.key);
    }
    taking.row.packed = engine::pack(taking.stored);
    taking.row.paid = engine::paid_in_money(taking.stored);
    taking.row.is_returned = true;
    ++taking.row.version;
    desk.put_receipt(taking.row);

    std::optional<store::OwnerKey> key;
    if (taking.row.account) {
        key = taking.key();
        const OwnerPointer owner = desk.owner(*key);
        answer.balances = balances_of(*taking.programme, owner->state, desk.recorded_at());
        answer.level = level_text(owner->state->state, taking.today());
        const std::vector<std::string> elsewhere = relied_elsewhere(taking, taking.counted_before, taking.figures());
        engine::ChangedPast past{taking.programme->counted,        past_of(taking),  taking.stored.context.date,
                                 std::move(taking.counted_before), taking.figures(), std::move(pools)};
        answer.relied_on = taking.since->those_that_relied(std::move(past), std::move(taking.moved));
        answer.relied_on.insert(answer.relied_on.end(), elsewhere.begin(), elsewhere.end());
    }
    if (taking.row.account) {
        answer.things = withdraw_things(desk, *taking.programme, taking.bought_by(), taking.plan(), taking.stored, taking.staying);
        if (taking.stored.context.is_brought && !taking.person) {
            throw store::Conflict{"member", "who bought is not seen where they are"};
        }
        if (taking.person) {
            take_back_for_friend(desk, *taking.programme, *taking.person, taking.plan(), taking.stored, taking.cause());
        }
    }
    compare_refunded(taking.what, answer);
    for (const Discrepancy& found : answer.discrepancies) {
        desk.discrepancy(taking.programme->organisation, taking.programme->id, taking.what.id, taking.row.account, found);
    }
    desk.add_claim({.key = programme_claim(*taking.programme, store::ClaimKind::return_, taking.what.id),
                    .account = taking.row.account,
                    .member = taking.row.member,
                    .other = taking.ask->remembered(answer)});
    const Subject subject{.programme = *taking.programme, .key = key, .member = taking.row.member, .cause = taking.what.id};
    announce_return(desk, subject, answer.receipt, answer.refund, taking.plan().currency);
    for (const UnitPoints& back : answer.taken_back) announce_points(desk, subject, "points.taken_back", back.unit, back.points);
    for (const UnitPoints& back : answer.given_back) announce_points(desk, subject, "points.given_back", back.unit, back.points);
    announce_level(desk, subject, taking.level_written, answer.level);
}

}  // namespace

Answered<ReturnAnswer> take_back(Desk& desk, const Ask& ask, const ProgrammePointer& programme, const event::Return& what) {
    Taking taking{.desk = desk, .ask = &ask, .programme = programme, .what = what};
    if (auto refusal = find_receipt(taking)) return Unexpected<Refusal>{*std::move(refusal)};
    ReturnAnswer& answer = taking.answer;
    answer.return_id = what.id;
    answer.receipt = what.receipt;
    answer.recorded_at = desk.recorded_at();
    date_return(taking.what, taking.row.occurred_at, taking.desk.recorded_at(), answer.discrepancies);
    engine::complete_units(taking.what, taking.stored.receipt);
    auto outcome = engine::judge_return(taking.evaluator(), taking.stored, taking.what);
    if (!outcome)
        return refuse_as(RefusalKind::unprocessable, outcome.error().why, engine::pointer_of(taking.what, outcome.error()));
    taking.outcome = *std::move(outcome);
    if (taking.row.account) {
        taking.staying = offers_that_stay(desk, taking.bought_by(), taking.plan(), taking.stored, taking.outcome.after);
        if (!taking.staying.empty()) engine::stay(taking.plan(), taking.stored, taking.staying, taking.outcome);
    }
    answer.refund = taking.outcome.refund;
    if (auto refusal = change_account(taking)) return Unexpected<Refusal>{*std::move(refusal)};
    write_down(taking);
    return std::move(taking.answer);
}

void let_go(Desk& desk, const ProgrammePointer& programme, const store::OwnerKey& bought_by, const GivenFor& given) {
    Taking taking{.desk = desk, .programme = programme};
    auto row = desk.receipt(bought_by.org, bought_by.programme, bought_by.account, given.receipt);
    auto stored = row ? engine::unpack_receipt(row->packed) : std::nullopt;
    if (!stored) return;  // `verify` names a receipt that is damaged, or a claim without one
    taking.row = *std::move(row);
    taking.stored = *std::move(stored);
    if (taking.row.member) taking.person = person_of(desk, bought_by, *taking.row.member);
    (void)desk.edit(taking.key());
    const auto before = taking.figures();
    for (const engine::PoolDraw& back : engine::let_go(taking.plan(), taking.stored, given.offer)) {
        const programme::Pool& pool = taking.plan().pools.at(back.pool);
        desk.change_pool(pool_name(*programme, pool, taking.stored.context.date), -back.amount, pool.total);
    }
    change_counters(taking, before, taking.figures());
    taking.row.packed = engine::pack(taking.stored);
    ++taking.row.version;
    desk.put_receipt(taking.row);
}

Answered<ReturnAnswer> decide(Desk& desk, const Ask& ask, const ReturnGoods& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    return take_back(desk, ask, programme, command.what);
}

Answered<ReturnAnswer> decide(Desk& desk, const Ask& ask, const VoidReceipt& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    event::Return what = command.what;
    what.is_void = true;
    what.lines.clear();
    return take_back(desk, ask, programme, what);
}

}  // namespace suki::app
