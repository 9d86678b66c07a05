#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "plan_builder.h"

/// Random plans and baskets: what must hold whatever the document says.
namespace suki::engine {
namespace {

/// Draws that are the same on every machine: only the engine's bits, no distribution.
struct Dice {
    std::mt19937_64 bits;
    explicit Dice(std::uint64_t seed) : bits(seed) {}
    std::int64_t below(std::int64_t n) { return static_cast<std::int64_t>(bits() % static_cast<std::uint64_t>(n)); }
    bool one_in(std::int64_t n) { return below(n) == 0; }
    template <class T>
    T any(std::initializer_list<T> choices) {
        return *(choices.begin() + below(static_cast<std::int64_t>(choices.size())));
    }
    std::string name(const char* prefix, std::int64_t n) { return prefix + std::to_string(below(n)); }
    std::vector<std::string> names(const char* prefix, std::int64_t n) {
        std::vector<std::string> all;
        for (std::int64_t i = 0; i <= below(3); ++i) all.push_back(name(prefix, n));
        return all;
    }
};

const char* const kPaths[] = {"food", "food/meat", "food/meat/sausages", "food/meat/pates", "food/bread", "drinks/wine", ""};
const char* const kCategories[] = {"food", "meat", "meat/sausages", "food/meat", "wine", "bread", "fish"};

LineFilter random_filter(Dice& dice) {
    LineFilter filter;
    if (dice.one_in(2)) filter.skus = dice.names("k", 8);
    if (dice.one_in(2)) filter.categories = {kCategories[dice.below(7)], kCategories[dice.below(7)]};
    if (dice.one_in(4)) filter.brands = dice.names("b", 3);
    if (dice.one_in(6)) filter.batches = dice.names("l", 3);
    if (dice.one_in(4)) filter.tags = dice.names("t", 4);
    return filter;
}

Bound random_bound(Dice& dice, std::int64_t most) {
    const std::int64_t value = dice.below(most);
    return {dice.any({Op::over, Op::at_least, Op::under, Op::at_most, Op::between, Op::exactly}), value, value + dice.below(most)};
}

Condition random_condition(Dice& dice, const Plan& plan) {
    switch (dice.below(15)) {
        case 14: return MembershipCondition{dice.names("m", 3)};
        case 0: return MemberCondition{dice.one_in(2)};
        case 1: return AmountCondition{random_bound(dice, 2000)};
        case 2: return QuantityCondition{random_bound(dice, 4000), dice.any({QuantityUnit::piece, QuantityUnit::kg})};
        case 3: return ChoiceCondition{ConditionKind::store, dice.names("s", 4)};
        case 4: return ChoiceCondition{ConditionKind::region, dice.names("r", 3)};
        case 5: return ChoiceCondition{ConditionKind::channel, dice.names("c", 2)};
        case 6: return ChoiceCondition{ConditionKind::segment, dice.names("g", 5)};
        case 7: return WeekdayCondition{static_cast<std::uint8_t>(dice.below(128))};
        case 8: return TimeCondition{{static_cast<int>(dice.below(1440))}, {static_cast<int>(dice.below(1441))}};
        case 9: return LevelCondition{{static_cast<std::uint32_t>(dice.below(3)), static_cast<std::uint32_t>(dice.below(3))}};
        case 10:
            if (dice.one_in(2)) return CardCondition{{}, {dice.any({std::string{"k0"}, std::string{"k1"}, std::string{"k2"}})}};
            return CardCondition{{dice.any({CardKind::none, CardKind::bearer, CardKind::personal, CardKind::category})}, {}};
        case 11: return NthPurchaseCondition{1 + dice.below(4), dice.one_in(2)};
        case 12: return LastPurchaseCondition{random_bound(dice, 60)};
        default:
            return CounterCondition{static_cast<std::uint32_t>(dice.below(static_cast<std::int64_t>(plan.windows.size()))),
                                    random_bound(dice, 4)};
    }
}

/// Steps of one kind, from 0 or a little more, cut into slices where they can be.
Scale random_scale(Dice& dice) {
    Scale scale;
    scale.by = dice.any({ScaleBy::amount, ScaleBy::quantity, ScaleBy::window});
    scale.unit = dice.any({QuantityUnit::piece, QuantityUnit::kg});
    const std::int64_t kind = dice.below(6);
    const bool is_sliced = dice.one_in(2);
    if (is_sliced && kind != 2 && kind != 5) {
        const bool is_of_goods = kind == 1 || kind == 4 || (kind == 0 && dice.one_in(2));
        scale.slices = is_of_goods ? Slices::quantity : Slices::money;
    }
    for (std::int64_t from = dice.below(2) * dice.below(900); scale.steps.size() < 3; from += 1 + dice.below(2'000)) {
        switch (kind) {
            case 0: scale.steps.push_back({from, DiscountPercent{{dice.below(100), 100}}}); break;
            case 1: scale.steps.push_back({from, DiscountAmount{Money{1 + dice.below(200)}, true}}); break;
            case 2: scale.steps.push_back({from, DiscountAmount{Money{1 + dice.below(200)}, false}}); break;
            case 3:
                scale.steps.push_back({from, PointsPerAmount{{1 + dice.below(5), dice.any<std::int64_t>({1, 10, 100, 7})}}});
                break;
            case 4:
                scale.steps.push_back(
                    {from, PointsPerQuantity{1 + dice.below(5), {dice.any<std::int64_t>({1000, 100}), scale.unit}}});
                break;
            default: scale.steps.push_back({from, PointsFixed{1 + dice.below(50)}});
        }
    }
    return scale;
}

Give random_give(Dice& dice) {
    const Ratio rate{1 + dice.below(60), 100};
    switch (dice.below(12)) {
        case 11: return random_scale(dice);
        case 0:
        case 1: return PointsPerAmount{{1 + dice.below(5), dice.any<std::int64_t>({1, 10, 100, 7})}};
        case 2:
            return PointsPerQuantity{1 + dice.below(5),
                                     {dice.any<std::int64_t>({1000, 100, 300}), dice.any({QuantityUnit::piece, QuantityUnit::kg})}};
        case 3: return PointsFixed{1 + dice.below(50)};
        case 4: return PointsMultiplied{{3 + dice.below(5), 2}};
        case 5: return DiscountPercent{rate};
        case 6: return DiscountAmount{Money{1 + dice.below(300)}, dice.one_in(2)};
        case 7: return FixedPrice{Money{dice.below(500)}};
        case 8:
            return dice.one_in(2) ? by_amount({{0, {1, 100}}, {dice.below(1000), rate}})
                                  : by_window(0, {{0, {1, 100}}, {dice.below(1000), rate}});
        case 9: return FreeItems{1, 2 + dice.below(3), dice.one_in(2)};
        default: return DiscountAmount{Money{1 + dice.below(100)}};
    }
}

PlanBuilder random_plan(Dice& dice) {
    PlanBuilder b;
    b.plan.levels = {{.id = "l0"}, {.id = "l1"}, {.id = "l2"}};
    b.plan.cards.categories = {{.id = "k0", .title = {}}, {.id = "k1", .title = {}}, {.id = "k2", .title = {}}};
    b.plan.discount_rounding = dice.any({Rounding::down, Rounding::up, Rounding::half_up, Rounding::half_even});
    b.add_unit("stars", {dice.below(3), 2});
    for (Unit& unit : b.plan.units) {
        unit.rounding = dice.any({Rounding::down, Rounding::up, Rounding::half_up, Rounding::half_even});
        unit.earned_on = dice.any({EarnedOn::paid, EarnedOn::discounted, EarnedOn::list});
        unit.is_tax_excluded = dice.one_in(3);
        unit.denominator = 1;
    }
    b.plan.pay.push_back({.id = "pay", .unit = 0, .except = random_filter(dice), .has_except = dice.one_in(2)});
    b.window({.measure = Measure::spend, .lines = random_filter(dice), .key = "spend:x"});
    b.window({.measure = Measure::quantity, .lines = random_filter(dice), .unit = QuantityUnit::kg, .key = "quantity:x"});
    b.window({.measure = Measure::points, .points_unit = 0, .key = "points:points"});
    const std::int64_t offers = 1 + dice.below(30);
    for (std::int64_t i = 0; i < offers; ++i) {
        const std::string id = "o" + std::to_string(dice.below(1000)) + "_" + std::to_string(i);
        Offer& offer = dice.one_in(3) ? b.offer(id, random_give(dice)) : b.line_offer(id, random_give(dice), random_filter(dice));
        for (std::int64_t k = dice.below(3); k > 0; --k) offer.conditions.push_back(random_condition(dice, b.plan));
        if (offer.stage == Stage::points) offer.unit = static_cast<std::uint32_t>(dice.below(2));
        if (dice.one_in(3)) offer.stack = std::string{name_of(offer.stage)} + dice.name("_", 2);
        if (dice.one_in(8)) offer.limits.push_back({.scope = LimitScope::receipt, .count = 1 + dice.below(2)});
        if (dice.one_in(8)) {
            const std::uint32_t window = b.window({.measure = Measure::uses, .offer = id, .key = "uses:" + id});
            offer.limits.push_back({.scope = LimitScope::member, .count = 2, .window = {}, .index = window});
        }
        if (dice.one_in(8))
            offer.limits.push_back({.scope = LimitScope::programme, .count = 9, .window = {}, .index = b.pool(PoolKind::uses)});
        if (dice.one_in(5)) offer.budget = b.pool(offer.stage == Stage::points ? PoolKind::points : PoolKind::money);
    }
    return b;
}

Basket random_basket(Dice& dice, const Plan& plan) {
    Basket basket;
    basket.receipt.store = dice.name("s", 4);
    basket.receipt.channel = dice.name("c", 2);
    basket.context.region = dice.name("r", 3);
    basket.context.is_member = !dice.one_in(4);
    basket.context.level = dice.name("l", 4);
    basket.context.card.kind = dice.any({CardKind::none, CardKind::bearer, CardKind::personal, CardKind::category});
    if (basket.context.card.kind == CardKind::category) {
        basket.context.card.category = dice.any({std::string{}, std::string{"k0"}, std::string{"k1"}, std::string{"k2"}});
    }
    basket.context.store_weekday = static_cast<Weekday>(dice.below(7));
    basket.context.store_time = {static_cast<int>(dice.below(1440))};
    basket.context.facts.segments = dice.names("g", 5);
    basket.context.memberships = dice.names("m", 3);
    basket.context.purchases_before = dice.below(6);
    if (dice.one_in(2)) basket.context.last_purchase_on = add_days(basket.context.date, -static_cast<int>(dice.below(60)));
    for (std::size_t i = 0; i < plan.windows.size(); ++i) basket.context.windows.push_back(dice.below(5));
    for (std::size_t i = 0; i < plan.pools.size(); ++i)
        basket.context.pools.push_back(dice.below(plan.pools[i].kind == PoolKind::uses ? 2 : 60));
    for (std::int64_t i = dice.below(8); i > 0; --i) {
        const Quantity quantity = dice.one_in(3) ? kilos(1 + dice.below(3000)) : pieces(1 + dice.below(5));
        event::Line& line = basket.add(dice.name("k", 10), dice.below(1000), kPaths[dice.below(7)], quantity);
        line.batch = dice.name("l", 4);
        line.tax = Money{dice.below(line.amount.minor() + 1)};
        line.is_deposit = dice.one_in(12);
        line.no_discount = dice.one_in(10);
        line.no_points = dice.one_in(10);
        if (dice.one_in(6)) line.till_discount = Money{dice.below(200)};
        basket.context.lines.back().brand = dice.name("b", 4);
        basket.context.lines.back().tags = dice.names("t", 6);
    }
    if (dice.one_in(4)) basket.receipt.till_discount = Money{dice.below(500)};
    if (dice.one_in(4)) basket.receipt.points_paid.push_back({"points", Points{dice.below(800)}, std::nullopt});
    return basket;
}

/// What every Outcome is, worked out anew from its parts.
void expect_sound(const Plan& plan, const Basket& basket, const Outcome& outcome) {
    std::int64_t discount = 0, total = 0, paid = 0;
    std::vector<std::int64_t> points(plan.units.size());
    for (std::size_t i = 0; i < outcome.lines.size(); ++i) {
        const LineOutcome& line = outcome.lines[i];
        EXPECT_EQ(line.list_total, basket.receipt.lines[i].amount);
        for (const Money part :
             {line.line_discount, line.receipt_discount, line.till_discount, line.total, line.points_money, line.paid}) {
            EXPECT_GE(part.minor(), 0);
        }
        EXPECT_EQ(line.list_total.minor() - line.line_discount.minor() - line.receipt_discount.minor() - line.till_discount.minor(),
                  line.total.minor());
        EXPECT_EQ(line.total.minor() - line.points_money.minor(), line.paid.minor());
        discount += line.line_discount.minor() + line.receipt_discount.minor();
        total += line.total.minor();
        paid += line.paid.minor();
        for (std::size_t u = 0; u < points.size(); ++u) points[u] += line.points[u].minor();
    }
    EXPECT_EQ(outcome.discount.minor(), discount);
    EXPECT_EQ(outcome.total.minor(), total);
    EXPECT_EQ(outcome.paid.minor(), paid);
    std::int64_t decided = 0;
    std::vector<std::int64_t> decided_points(plan.units.size());
    for (const event::Decision& decision : outcome.decisions) {
        std::int64_t money = 0, given = 0;
        for (const event::Share& share : decision.shares) {
            EXPECT_TRUE(share.money.minor() > 0 || share.points.minor() > 0);
            money += share.money.minor();
            given += share.points.minor();
        }
        EXPECT_EQ(decision.discount.minor(), money);
        EXPECT_EQ(decision.points.minor(), given);
        EXPECT_EQ(decision.verdict == event::Verdict::applied, money + given > 0) << decision.offer;
        EXPECT_EQ(decision.uses > 0, money + given > 0);
        decided += money;
        for (std::size_t u = 0; u < points.size(); ++u) decided_points[u] += decision.unit == plan.units[u].id ? given : 0;
    }
    EXPECT_EQ(decided, discount);
    for (std::size_t u = 0; u < points.size(); ++u) {
        EXPECT_EQ(outcome.points[u].minor(), points[u]);
        EXPECT_EQ(decided_points[u], points[u]);
    }
    for (const PoolDraw& draw : outcome.pools) {
        EXPECT_GT(draw.amount, 0);
        EXPECT_LE(draw.amount, basket.context.pools[draw.pool]) << "more drawn than there is";
    }
    for (std::size_t i = 1; i < outcome.counters.size(); ++i) EXPECT_LT(outcome.counters[i - 1].key, outcome.counters[i].key);
    EXPECT_EQ(outcome.counters.empty(), !basket.context.is_member || basket.receipt.lines.empty());
}

constexpr std::uint64_t kPlans = 600;
constexpr int kBaskets = 12;

TEST(property, indexes_and_the_order_of_offers_change_no_byte_and_explain_agrees) {
    int applied = 0;
    for (std::uint64_t seed = 1; seed <= kPlans; ++seed) {
        Dice dice{seed};
        PlanBuilder b = random_plan(dice);
        const Evaluator indexed = b.evaluator();
        const Evaluator plain = b.evaluator(false);
        // Pools name their offers by place only for people; shuffling moves nothing that evaluation reads.
        PlanBuilder shuffled = b;
        std::shuffle(shuffled.plan.offers.begin(), shuffled.plan.offers.end(), dice.bits);
        const Evaluator reordered = shuffled.evaluator();
        for (int i = 0; i < kBaskets; ++i) {
            const Basket basket = random_basket(dice, b.plan);
            const Outcome outcome = indexed.evaluate(basket.context, basket.receipt);
            ASSERT_EQ(outcome, plain.evaluate(basket.context, basket.receipt)) << "seed " << seed;
            ASSERT_EQ(outcome, reordered.evaluate(basket.context, basket.receipt)) << "seed " << seed;
            expect_sound(b.plan, basket, outcome);
            const auto explained = indexed.explain(basket.context, basket.receipt);
            ASSERT_EQ(explained.size(), b.plan.offers.size());
            std::size_t decided = 0;
            for (const Explained& one : explained) {
                const bool all_met =
                    std::all_of(one.conditions.begin(), one.conditions.end(), [](const auto& c) { return c.is_met; });
                ASSERT_EQ(all_met, one.decision.verdict != event::Verdict::failed) << "seed " << seed << " " << one.decision.offer;
                if (!all_met) continue;
                ASSERT_EQ(one.decision, outcome.decisions.at(decided++));
            }
            ASSERT_EQ(decided, outcome.decisions.size());
            applied += static_cast<int>(std::count_if(outcome.decisions.begin(), outcome.decisions.end(),
                                                      [](const auto& d) { return d.verdict == event::Verdict::applied; }));
            if (HasFailure()) FAIL() << "seed " << seed;
        }
    }
    EXPECT_GT(applied, static_cast<int>(kPlans)) << "the random plans hardly give anything: the test proves little";
}

TEST(property, splitting_a_basket_never_earns_more_with_rounding_down) {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Dice dice{seed};
        PlanBuilder b;
        for (int i = 0; i < 6; ++i) {
            const std::string id = "o" + std::to_string(i);
            const LineFilter lines = random_filter(dice);
            if (i < 3) b.line_offer(id, PointsPerAmount{{1 + dice.below(9), 100}}, lines);
            if (i == 3) b.line_offer(id, PointsPerQuantity{dice.below(9), {100, QuantityUnit::kg}}, lines);
            if (i > 3) b.line_offer(id, PointsMultiplied{{2 + dice.below(3), 1}}, lines);
        }
        const Evaluator evaluator = b.evaluator();
        Basket whole = random_basket(dice, b.plan);
        whole.context.is_member = true;
        whole.receipt.till_discount = Money{};
        whole.receipt.points_paid.clear();
        Basket parts[2] = {whole, whole};
        for (Basket& part : parts) {
            part.receipt.lines.clear();
            part.context.lines.clear();
        }
        for (std::size_t i = 0; i < whole.receipt.lines.size(); ++i) {
            Basket& part = parts[dice.below(2)];
            part.receipt.lines.push_back(whole.receipt.lines[i]);
            part.context.lines.push_back(whole.context.lines[i]);
        }
        const auto earned = [&](const Basket& basket) { return points(evaluator.evaluate(basket.context, basket.receipt)); };
        EXPECT_LE(earned(parts[0]) + earned(parts[1]), earned(whole)) << "seed " << seed;
    }
}

/// What the points offers of a plan without stacks, limits, budgets and discounts give, as numerators over `kParts`; by hand.
constexpr __int128 kParts = 420'000;  // divisible by every rate of the test
struct Exact {
    std::vector<__int128> lines;  // of fixed points empty: they belong to no line
    __int128 sum = 0;
};
Exact exact_points(const Plan& plan, const Offer& offer, const Basket& basket) {
    const auto rate_on = [&](const PointsPerAmount& give, const event::Line& line) {
        return static_cast<__int128>(line.amount.minor()) * give.rate.numerator * (kParts / give.rate.denominator);
    };
    if (const auto* fixed = std::get_if<PointsFixed>(&offer.give)) return {{}, fixed->points * kParts};
    Exact exact;
    for (const event::Line& line : basket.receipt.lines) {
        __int128 points = 0;
        if (const auto* amount = std::get_if<PointsPerAmount>(&offer.give)) points = rate_on(*amount, line);
        if (const auto* quantity = std::get_if<PointsPerQuantity>(&offer.give))
            points = line.quantity.unit == quantity->per.unit
                         ? line.quantity.milli * quantity->points * (kParts / quantity->per.milli)
                         : 0;
        if (const auto* factor = std::get_if<PointsMultiplied>(&offer.give)) {
            for (const Offer& base : plan.offers) {
                if (const auto* amount = std::get_if<PointsPerAmount>(&base.give)) points += rate_on(*amount, line);
            }
            points = points * (factor->factor.numerator - factor->factor.denominator) / factor->factor.denominator;
        }
        exact.lines.push_back(points);
        exact.sum += points;
    }
    return exact;
}

TEST(property, whole_points_stay_whole_and_fractions_share_one_rounding) {
    int whole = 0, fractional = 0;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        Dice dice{seed};
        PlanBuilder b;
        b.unit().denominator = static_cast<std::int64_t>(kParts);
        b.unit().rounding = dice.any({Rounding::down, Rounding::up, Rounding::half_up, Rounding::half_even});
        b.unit().earned_on = EarnedOn::list;
        for (std::int64_t i = dice.below(6); i >= 0; --i) {
            const std::string id = "o" + std::to_string(dice.below(100)) + "_" + std::to_string(i);
            switch (dice.below(4)) {
                case 0: b.offer(id, PointsFixed{1 + dice.below(400)}); break;
                case 1: b.offer(id, PointsPerAmount{{1 + dice.below(3), dice.any<std::int64_t>({1, 10, 100, 700})}}); break;
                case 2:
                    b.offer(id, PointsPerQuantity{1 + dice.below(5), {dice.any<std::int64_t>({100, 300, 1000}), QuantityUnit::kg}});
                    break;
                default: b.offer(id, PointsMultiplied{{3 + dice.below(4), 2}}); break;
            }
        }
        Basket basket;
        for (std::int64_t i = dice.below(5); i >= 0; --i) {
            const Quantity quantity = dice.one_in(3) ? kilos(300 * dice.below(10)) : kilos(dice.below(3000));
            basket.add("a", dice.one_in(2) ? 700 * dice.below(50) : 1 + dice.below(3000), {}, quantity);
        }
        const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
        __int128 sum = 0;
        for (const Offer& offer : b.plan.offers) {
            const Exact exact = exact_points(b.plan, offer, basket);
            sum += exact.sum;
            const event::Decision* decided = decision(outcome, offer.id);
            ASSERT_NE(decided, nullptr);
            const std::int64_t given = decided->points.minor();
            const auto floor = static_cast<std::int64_t>(exact.sum / kParts);
            const bool is_whole = exact.sum % kParts == 0;
            ASSERT_TRUE(given == floor || (!is_whole && given == floor + 1)) << "seed " << seed << " " << offer.id << " " << given;
            (is_whole ? whole : fractional) += 1;
            std::vector<std::int64_t> shares(basket.receipt.lines.size());
            for (const event::Share& share : decided->shares) shares[share.line - 1] += share.points.minor();
            ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), std::int64_t{0}), given) << "seed " << seed;
            for (std::size_t i = 0; i < exact.lines.size(); ++i) {
                const auto line_floor = static_cast<std::int64_t>(exact.lines[i] / kParts);
                const bool is_line_whole = exact.lines[i] % kParts == 0;
                ASSERT_TRUE(shares[i] == line_floor || (!is_line_whole && shares[i] == line_floor + 1)) << "seed " << seed;
            }
        }
        ASSERT_EQ(points(outcome), *divide(sum, static_cast<std::int64_t>(kParts), b.unit().rounding)) << "seed " << seed;
        std::shuffle(b.plan.offers.begin(), b.plan.offers.end(), dice.bits);
        ASSERT_EQ(outcome, b.evaluator().evaluate(basket.context, basket.receipt)) << "seed " << seed;
        // The rules of before rounded the same sum; only who gets the points was another matter.
        b.plan.semantics = 1;
        ASSERT_EQ(points(outcome), points(b.evaluator().evaluate(basket.context, basket.receipt))) << "seed " << seed;
    }
    EXPECT_GT(whole, 1000);
    EXPECT_GT(fractional, 1000);
}

TEST(property, a_receipt_of_the_largest_figures_overflows_nothing) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Dice dice{seed};
        PlanBuilder b = random_plan(dice);
        Basket basket = random_basket(dice, b.plan);
        for (std::size_t i = 0; i < limits::lines_per_receipt && basket.receipt.lines.size() < limits::lines_per_receipt; ++i) {
            basket.add(dice.name("k", 10), kAmountMax, kPaths[dice.below(7)], {kQuantityMilliMax, QuantityUnit::piece});
        }
        for (std::int64_t& value : basket.context.pools) value = kAmountMax;
        const Outcome outcome = b.evaluator().evaluate(basket.context, basket.receipt);
        expect_sound(b.plan, basket, outcome);
        EXPECT_EQ(outcome, b.evaluator(false).evaluate(basket.context, basket.receipt));
        if (HasFailure()) FAIL() << "seed " << seed;
    }
}

}  // namespace
}  // namespace suki::engine
