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
    const auto outcome = engine::judge_return(evaluator(stored->edition), *stored, what);
    if (!outcome) return refuse_as(RefusalKind::unprocessable, outcome.error().why, engine::pointer_of(outcome.error()));
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
    std::vector<Points> lapsed;
    for (const engine::EarnedRecord& earned : stored.earned) {
        const auto kept = expired_.find(earned.lot);
        lapsed.push_back(kept == expired_.end() ? Points{} : kept->second);
        for (const auto& [lot, points] : sheet.expired) {
            if (lot == earned.lot) lapsed.back() = plus(lapsed.back(), points);
        }
    }
    const engine::Keeping keeping = what_keeps(sheet, books, stored, *node.second.owner, until);
    const engine::Cause cause{
        .id = what.id, .occurred_at = what.occurred_at, .recorded_at = sheet.recorded_at, .edition = stored.edition};
    auto settled =
        engine::settle_return(*plan_, {.wallets = books.wallets, .state = books.state}, stored, outcome, lapsed, keeping, cause);
    if (!settled) return refuse_as(RefusalKind::unprocessable, settled.error()).error;
    answer_with(*settled, answer);
    post(sheet, books, std::move(settled->postings));
    const auto figures = engine::figures_of(counted_, *plan_, stored);
    engine::record_return(stored, what, outcome, *std::move(settled));
    engine::change_counters(books.state, node.second.date, figures, engine::figures_of(counted_, *plan_, stored));
    books.state.levels = engine::derive_levels(books.state, counted_.ladder, until);
    answer.balances = balances_of(books, sheet.recorded_at);
    answer.level = level_text(books.state, sheet.today);
    std::vector<std::string> pools;
    for (const engine::PoolDraw& back : outcome.pools) pools.push_back(plan_->pools[back.pool].key);
    answer.relied_on = those_that_relied(
        sheet, node,
        {counted_, books.state, node.second.date, figures, engine::figures_of(counted_, *plan_, stored), std::move(pools)});
    return std::nullopt;
}

engine::Keeping EventDesk::what_keeps(const Sheet& sheet, const Books& books, const engine::StoredReceipt& stored,
                                      const Owner& owner, Date until) const {
    engine::Keeping keeping;
    const auto note = [&](const ledger::Lot& lot) {
        for (const engine::FirstExpiries* known : {&first_, &sheet.first}) {
            if (const auto first = known->find(lot.id); first != known->end()) keeping.first.insert(*first);
        }
    };
    for (const ledger::Wallet& wallet : books.wallets) std::for_each(wallet.lots.begin(), wallet.lots.end(), note);
    for (const engine::SpentRecord& spent : stored.spent) {
        for (const ledger::Draw& draw : spent.draws) note(draw.lot);
    }
    for (const CountedVisit& visit : owner.visits) {
        const bool is_later = !keeping.last_activity || *keeping.last_activity < visit.date;
        if (visit.date <= until && is_later) keeping.last_activity = visit.date;
    }
    return keeping;
}

/// As those_that_relied (app/relied.h).
std::vector<std::string> EventDesk::those_that_relied(const Sheet& sheet, const ReceiptNode& node, engine::ChangedPast past) const {
    const Owner& owner = *node.second.owner;
    std::vector<const ReceiptNode*> found;
    auto visit = owner.visits.rbegin();
    for (const ReceiptNode* one = owner.latest; one != &node; one = one->second.before) {
        for (; visit != owner.visits.rend() && visit->recorded_at > one->second.recorded_at; ++visit) {
            past.forget(visit->date, visit->figures);
        }
        const auto stored = engine::unpack_receipt(sheet.packed(*one));
        SUKI_CHECK(stored.has_value());
        past.forget(one->second.date, engine::figures_of(counted_, *plan_, *stored));
        if (past.was_read_by(evaluator(stored->edition), *stored)) found.push_back(one);
    }
    std::sort(found.begin(), found.end(), [](const ReceiptNode* a, const ReceiptNode* b) {
        return std::tie(a->second.occurred_at, a->first) < std::tie(b->second.occurred_at, b->first);
    });
    std::vector<std::string> ids;
    for (const ReceiptNode* one : found) ids.push_back(one->first);
    return ids;
}

}  // namespace suki::app
