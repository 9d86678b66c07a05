#pragma once

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/check.h"
#include "engine/books.h"
#include "engine/count.h"
#include "engine/levels.h"
#include "engine/relied.h"
#include "plan_builder.h"

/// One member of one programme, and everything that recording receipts and returns does to them, as the application does it.
namespace suki::engine {

inline Instant moment(Date date) { return Instant{midnight_utc(date).us + 10 * 3600 * kSecondUs}; }
inline Date test_day(int days = 0) { return add_days(*make_date(2026, 12, 2), days); }

struct Shop {
    Evaluator evaluator;
    Counted counted;
    account::State state;
    std::vector<ledger::Wallet> wallets;
    std::map<std::string, StoredReceipt> receipts;
    FirstExpiries first;
    std::vector<std::int64_t> pools;  // what is left of each
    std::int64_t refunded = 0;        // of everything
    std::int64_t uncovered = 0;
    int commands = 0;
    bool is_member = true;
    std::vector<std::string> relied;  // on what the last return took away, by when they were recorded

    explicit Shop(const PlanBuilder& builder) : evaluator(builder.made()) {
        for (const Unit& unit : plan().units) wallets.push_back({.unit = unit.id});
        for (const Pool& pool : plan().pools) pools.push_back(pool.total);
        counted.add(builder.made(), 1);
    }
    [[nodiscard]] const Plan& plan() const { return evaluator.plan(); }

    void post(std::size_t unit, const ledger::Posting& posting) {
        for (const ledger::Breach& breach : ledger::check_posting(wallets[unit], posting.entries, posting.wallet)) {
            ADD_FAILURE() << name_of(breach.invariant) << ": " << breach.what;
        }
        wallets[unit] = posting.wallet;
        for (const ledger::Entry& entry : posting.entries) note_first(first, entry);
    }
    void post(const std::vector<UnitPosting>& postings) {
        for (const UnitPosting& one : postings) {
            for (std::size_t unit = 0; unit < wallets.size(); ++unit) {
                if (wallets[unit].unit == one.unit) post(unit, one.posting);
            }
        }
    }
    void sweep(Instant now) {
        for (std::size_t unit = 0; unit < wallets.size(); ++unit) post(unit, ledger::sweep(wallets[unit], now, "6.1", 1));
    }
    [[nodiscard]] std::int64_t points(std::size_t unit = 0) const {
        const ledger::Balance is = ledger::balance(wallets[unit], Instant{INT64_MIN});
        return is.pending.minor() + is.available.minor() + is.held.minor() - is.owed.minor();
    }

    void give(std::int64_t points, Instant now, std::size_t unit = 0, std::optional<Instant> expires_at = std::nullopt) {
        post(unit,
             ledger::earn(wallets[unit], {.parts = {{"gift", "1.1", Points{points}}}, .matures_at = now, .expires_at = expires_at},
                          stamp("gift", now))
                 ->posting);
    }
    static ledger::Stamp stamp(std::string cause, Instant now) {
        return {.occurred_at = now, .recorded_at = now, .cause = std::move(cause), .edition = 1, .expiry_clause = "6.1"};
    }

    const StoredReceipt& buy(const Basket& basket, Date date) {
        StoredReceipt stored;
        stored.receipt = basket.receipt;
        stored.receipt.occurred_at = moment(date);
        stored.recorded_at = Instant{moment(date).us + ++commands};
        stored.edition = 1;
        sweep(stored.recorded_at);
        const Surroundings around{.lines = basket.context.lines, .region = {}, .store_zone = nullptr, .card = {}, .pools = pools};
        account::State read = state;
        read.joined_on = std::min(read.joined_on, date);
        read.levels = derive_levels(read, counted.ladder, date);
        stored.context = gather(plan(), stored.receipt, around, is_member ? &read : nullptr, nullptr, {});
        stored.decided = evaluator.evaluate(stored.context, stored.receipt);
        stored.current = stored.decided;
        Plan owing = plan();
        owing.debt = DebtPolicy::below_zero;
        const auto settled = settle_sale(owing, {.wallets = wallets, .state = state}, stored, {});
        SUKI_CHECK(settled.has_value());
        post(settled->postings);
        stored.spent = settled->spent;
        stored.earned = settled->earned;
        for (const PoolDraw& draw : stored.decided.pools) pools[draw.pool] -= draw.amount;
        change_counters(state, stored.context.date, {}, figures_of(counted, plan(), stored));
        return receipts[stored.receipt.id] = stored;
    }

    Result<ReturnOutcome, ReturnRefusal> bring_back(const event::Return& request, Date date, bool may_owe = true) {
        StoredReceipt& stored = receipts.at(request.receipt);
        // Through the packed column, as the application has it.
        stored = *unpack_receipt(pack(stored));
        auto judged = judge_return(evaluator, stored, request);
        if (!judged) return judged;
        const Instant now{moment(date).us + ++commands};
        sweep(now);
        Plan by_debt = plan();
        by_debt.debt = may_owe ? DebtPolicy::below_zero : DebtPolicy::refuse;
        const Cause cause{
            .id = request.id + std::to_string(commands), .occurred_at = now, .recorded_at = now, .edition = stored.edition};
        auto settled = settle_return(by_debt, {.wallets = wallets, .state = state}, stored, *judged, {}, {.first = first}, cause);
        SUKI_CHECK(settled.has_value());
        post(settled->postings);
        for (const auto* points : {&settled->owed, &settled->left}) {
            for (const UnitPoints& one : *points) uncovered += one.points.minor();
        }
        for (const PoolDraw& draw : judged->pools) pools[draw.pool] += draw.amount;
        refunded += judged->refund.minor();
        const auto figures = figures_of(counted, plan(), stored);
        record_return(stored, request, *judged, *std::move(settled));
        const auto figures_after = figures_of(counted, plan(), stored);
        change_counters(state, stored.context.date, figures, figures_after);
        std::vector<std::string> put_back;
        for (const PoolDraw& draw : judged->pools) put_back.push_back(plan().pools[draw.pool].key);
        relied = those_that_relied(stored, {counted, state, stored.context.date, figures, figures_after, std::move(put_back)});
        return judged;
    }
    [[nodiscard]] std::vector<std::string> those_that_relied(const StoredReceipt& returned, ChangedPast past) const {
        std::map<Instant, const StoredReceipt*> later;
        for (const auto& [id, each] : receipts) {
            if (returned.recorded_at < each.recorded_at) later[each.recorded_at] = &each;
        }
        for (const auto& [at, each] : later) past.forget(each->context.date, figures_of(counted, plan(), *each));
        std::vector<std::string> found;
        for (const auto& [at, each] : later) {
            if (past.was_read_by(evaluator, *each)) found.push_back(each->receipt.id);
            past.learn(each->context.date, figures_of(counted, plan(), *each));
        }
        return found;
    }

    Result<ReturnOutcome, ReturnRefusal> bring_back(const std::string& receipt, std::vector<event::ReturnedLine> lines,
                                                    Date date = test_day(5), bool may_owe = true) {
        return bring_back({.id = "ret", .receipt = receipt, .occurred_at = moment(date), .lines = std::move(lines), .reason = {}},
                          date, may_owe);
    }
    Result<ReturnOutcome, ReturnRefusal> bring_back_all(const std::string& receipt, Date date = test_day(5), bool may_owe = true) {
        return bring_back({.id = "void", .receipt = receipt, .occurred_at = moment(date), .is_void = true, .reason = {}}, date,
                          may_owe);
    }
};

inline event::ReturnedLine whole_pieces(std::uint32_t line, std::int64_t count) {
    return {.line = line, .quantity = pieces(count)};
}

/// 3 points per 1.00, x2 on sausages, 50 for over 100.00; 4% from 120.00 or 2% from 50.00 against 10% on cheese only by line; one
/// of four pates free within a budget; points pay.
inline PlanBuilder meat_plan(ReturnsPolicy policy = ReturnsPolicy::rejudge) {
    PlanBuilder builder;
    builder.plan.returns = policy;
    builder.unit().denominator = 1'000;
    builder.offer("base", PointsPerAmount{{3, 100}});
    builder.line_offer("double", PointsMultiplied{{2, 1}}, category("sausages"));
    builder.offer("big", PointsFixed{50}, {AmountCondition{{Op::over, 10'000, 0}}});
    builder.offer("basket", by_amount({{5'000, {2, 100}}, {12'000, {4, 100}}}));
    builder.line_offer("cheese", DiscountPercent{{10, 100}}, category("cheese"));
    Offer& free = builder.line_offer("four_for_three", FreeItems{.free = 1, .per = 4, .cheapest = true}, category("pates"));
    free.budget = 0;
    builder.plan.pools.push_back(
        {.offer = 5, .kind = PoolKind::money, .total = 100'000, .window = {}, .key = "four_for_three:money:ever"});
    builder.plan.pay.push_back({.id = "at_till", .clause = "5.1", .unit = 0, .at_least = 10, .step = 10});
    builder.window({.measure = Measure::spend, .key = "spend"});
    builder.window({.measure = Measure::spend, .lines = category("sausages"), .key = "spend:sausages"});
    builder.window({.measure = Measure::quantity, .lines = category("cheese"), .unit = QuantityUnit::kg, .key = "kilos:cheese"});
    builder.window({.measure = Measure::visits, .key = "visits"});
    builder.window({.measure = Measure::purchases, .key = "purchases"});
    builder.window({.measure = Measure::points, .key = "points"});
    builder.window({.measure = Measure::uses, .offer = "big", .key = "uses:big"});
    return builder;
}

inline Basket basket(std::string id) {
    Basket made;
    made.receipt.id = std::move(id);
    return made;
}

}  // namespace suki::engine
