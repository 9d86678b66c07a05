#include <algorithm>

#include "app/codec.h"
#include "app/event_sheet.h"
#include "app/resolve.h"
#include "app/sale.h"
#include "event/check.h"

namespace suki::app {

Answered<ReturnAnswer> EventDesk::decide(const ReturnGoods& command) { return give_back(command.what); }

Answered<ReturnAnswer> EventDesk::decide(const VoidReceipt& command) {
    event::Return what = command.what;
    what.is_void = true;
    what.lines.clear();
    return give_back(what);
}

Answered<ReturnAnswer> EventDesk::give_back(const event::Return& what) {
    const auto known = returns_.find(what.id);
    if (known != returns_.end()) {
        if (known->second.command != packed(what)) return refuse(ReturnCommandRejection::return_already_recorded);
        auto before = unpacked<ReturnAnswer>(known->second.answer);
        SUKI_CHECK(before.has_value());  // packed by us, and never left memory
        before->is_repeat = true;
        return *std::move(before);
    }
    Sheet sheet = sheet_at(what.occurred_at);
    auto answer = take_back(sheet, what);
    if (!answer) return answer;
    sheet.returns.back().second = {.command = packed(what), .answer = packed(*answer)};
    commit(std::move(sheet));
    return answer;
}

Answered<ReturnAnswer> EventDesk::take_back(Sheet& sheet, event::Return what) {
    if (auto checked = event::check_return(what); !checked) return refuse_malformed(std::move(checked).error(), {});
    const bool is_known = returns_.contains(what.id) || std::any_of(sheet.returns.begin(), sheet.returns.end(),
                                                                    [&](const auto& one) { return one.first == what.id; });
    if (is_known) return refuse(ReturnCommandRejection::return_already_recorded, "/id");
    const auto found = receipts_.find(what.receipt);
    if (found == receipts_.end()) return refuse(ReturnCommandRejection::receipt_of_return_not_found, "/receipt");
    ReceiptNode& node = *found;
    auto stored = engine::unpack_receipt(sheet.packed(node));
    SUKI_CHECK(stored.has_value());
    if (is_void(*stored)) return refuse(ReturnCommandRejection::receipt_is_void, "/receipt");
    ReturnAnswer answer{.return_id = what.id, .receipt = what.receipt, .recorded_at = sheet.recorded_at};
    date_return(what, node.second.occurred_at, sheet.recorded_at, answer.discrepancies);
    engine::complete_units(what, stored->receipt);
    const auto outcome = engine::judge_return(evaluator(stored->edition), *stored, what);
    if (!outcome) return refuse_as(RefusalKind::unprocessable, outcome.error().why, engine::pointer_of(what, outcome.error()));
    answer.refund = outcome->refund;
    if (node.second.owner == nullptr) {
        engine::record_return(*stored, what, *outcome, engine::SettledReturn{});
    } else if (auto refusal = change_account(sheet, *stored, node, what, *outcome, answer)) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    for (const engine::PoolDraw& back : outcome->pools) {
        const Date starts_on = engine::period_of(plan_->pools[back.pool], node.second.date);
        sheet.drawn.emplace_back(PoolKey{back.pool, starts_on}, -back.amount);
    }
    std::erase_if(sheet.receipts, [&](const auto& one) { return one.first == &node; });
    sheet.receipts.emplace_back(&node, engine::pack(*stored));
    compare_refunded(what, answer);
    sheet.returns.emplace_back(what.id, KeptReturn{});
    return answer;
}

std::optional<Refusal> EventDesk::change_account(Sheet& sheet, engine::StoredReceipt& stored, ReceiptNode& node,
                                                 const event::Return& what, const engine::ReturnOutcome& outcome,
                                                 ReturnAnswer& answer) const {
    Books& books = books_of(sheet, *node.second.owner);
    const Date until = std::max(sheet.today, node.second.date);
    std::vector<engine::LotFate> fates;
    for (const engine::EarnedRecord& earned : stored.earned) {
        const auto kept = fates_.find(earned.lot);
        fates.push_back(kept == fates_.end() ? engine::LotFate{} : kept->second);
        for (const auto& [lot, fate] : sheet.fates) {
            if (lot == earned.lot) fates.back().add(fate);
        }
    }
    const engine::Keeping keeping = what_keeps(sheet, books, stored, node);
    const engine::Cause cause{
        .id = what.id, .occurred_at = what.occurred_at, .recorded_at = sheet.recorded_at, .edition = stored.edition};
    auto settled =
        engine::settle_return(*plan_, {.wallets = books.wallets, .state = books.state}, stored, outcome, fates, keeping, cause);
    if (!settled) return refuse_as(RefusalKind::unprocessable, settled.error()).error;
    answer_with(*settled, answer);
    post(sheet, books, std::move(settled->postings));
    const auto figures = engine::figures_of(counted_, *plan_, stored);
    const engine::MovedPoints moved = settled->moved;
    engine::record_return(stored, what, outcome, *std::move(settled));
    engine::change_counters(books.state, node.second.date, figures, engine::figures_of(counted_, *plan_, stored));
    books.state.levels = engine::derive_levels(books.state, counted_.ladder, until);
    answer.balances = balances_of(books, sheet.recorded_at);
    answer.level = level_text(books.state, sheet.today);
    std::vector<std::string> pools;
    for (const engine::PoolDraw& back : outcome.pools) pools.push_back(plan_->pools[back.pool].key);
    answer.relied_on = those_that_relied(
        sheet, node,
        {counted_, books.state, node.second.date, figures, engine::figures_of(counted_, *plan_, stored), std::move(pools)}, moved);
    return std::nullopt;
}

engine::Keeping EventDesk::what_keeps(const Sheet& sheet, const Books& books, const engine::StoredReceipt& stored,
                                      const ReceiptNode& node) const {
    engine::Keeping keeping;
    if (std::none_of(plan_->units.begin(), plan_->units.end(), engine::is_kept_by_activity)) return keeping;
    const Owner& owner = *node.second.owner;
    const auto note = [&](const ledger::Lot& lot) {
        for (const engine::FirstExpiries* known : {&first_, &sheet.first}) {
            if (const auto first = known->find(lot.id); first != known->end()) keeping.first.insert(*first);
        }
    };
    for (const ledger::Wallet& wallet : books.wallets) std::for_each(wallet.lots.begin(), wallet.lots.end(), note);
    const auto note_spent = [&](const engine::StoredReceipt& receipt) {
        for (const engine::SpentRecord& spent : receipt.spent) {
            for (const ledger::Draw& draw : spent.draws) note(draw.lot);
        }
    };
    note_spent(stored);
    for (const ReceiptNode* one = owner.latest; one != &node; one = one->second.before) {
        const auto later = engine::unpack_receipt(sheet.packed(*one));
        SUKI_CHECK(later.has_value());
        note_spent(*later);
        if (engine::is_all_back(*later)) continue;
        keeping.later.push_back(
            {.day = one->second.date, .recorded_at = one->second.recorded_at, .keeps_points = later->edition != 0});
    }
    for (const CountedVisit& visit : owner.visits) {
        if (visit.recorded_at < node.second.recorded_at) {
            keeping.others.push_back(visit.date);
        } else {
            keeping.later.push_back({.day = visit.date,
                                     .recorded_at = visit.recorded_at,
                                     .is_visit = !visit.figures.empty(),
                                     .keeps_points = visit.date >= plan_->effective_on});
        }
    }
    std::sort(keeping.later.begin(), keeping.later.end(),
              [](const engine::Activity& a, const engine::Activity& b) { return a.recorded_at < b.recorded_at; });
    return keeping;
}

/// As those_that_relied (app/relied.h).
std::vector<std::string> EventDesk::those_that_relied(const Sheet& sheet, const ReceiptNode& node, engine::ChangedPast past,
                                                      const engine::MovedPoints& moved) const {
    const Owner& owner = *node.second.owner;
    struct Later {
        const ReceiptNode* node;
        engine::StoredReceipt stored;
        std::vector<engine::CounterChange> figures;
    };
    std::vector<Later> later;
    for (const ReceiptNode* one = owner.latest; one != &node; one = one->second.before) {
        auto stored = engine::unpack_receipt(sheet.packed(*one));
        SUKI_CHECK(stored.has_value());
        auto figures = engine::figures_of(counted_, *plan_, *stored);
        past.forget(one->second.date, figures);
        later.push_back({one, *std::move(stored), std::move(figures)});
    }
    std::reverse(later.begin(), later.end());
    auto visit = std::partition_point(owner.visits.begin(), owner.visits.end(),
                                      [&](const CountedVisit& one) { return one.recorded_at < node.second.recorded_at; });
    for (auto one = visit; one != owner.visits.end(); ++one) past.forget(one->date, one->figures);

    engine::ThoseThatRelied relied(moved);
    const auto note = [&](const Matured& matured) {
        if (matured.at < node.second.recorded_at || matured.receipt == node.first) return;
        const auto found = receipts_.find(matured.receipt);
        if (found != receipts_.end())
            relied.note_matured(matured.unit, matured.repaid > Points{0}, found->first, found->second.occurred_at);
    };
    if (relied.asks_for_matured()) {
        std::for_each(owner.matured.begin(), owner.matured.end(), note);
        for (const auto& [whose, matured] : sheet.matured) {
            if (whose == &owner) note(matured);
        }
    }
    for (const Later& one : later) {
        for (; visit != owner.visits.end() && visit->recorded_at < one.node->second.recorded_at; ++visit) {
            past.learn(visit->date, visit->figures);
        }
        relied.ask(evaluator(one.stored.edition).plan(), one.stored, one.node->second.occurred_at,
                   past.was_read_by(evaluator(one.stored.edition), one.stored));
        past.learn(one.node->second.date, one.figures);
    }
    return std::move(relied).ids();
}

}  // namespace suki::app
