#include "engine/index.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include "base/check.h"
#include "base/limits.h"
#include "engine/scale.h"

namespace suki::engine {

using namespace programme;

namespace {

using Lists = std::vector<std::vector<std::uint32_t>>;

void post(Lists& lists, std::uint32_t key, std::uint32_t item) {
    if (lists.size() <= key) lists.resize(key + 1);
    if (lists[key].empty() || lists[key].back() != item) lists[key].push_back(item);
}

Postings packed(const Lists& lists) {
    Postings postings;
    postings.lists.reserve(lists.size());
    for (const auto& list : lists) {
        const auto begin = static_cast<std::uint32_t>(postings.items.size());
        postings.items.insert(postings.items.end(), list.begin(), list.end());
        postings.lists.push_back({begin, static_cast<std::uint32_t>(postings.items.size())});
    }
    return postings;
}

/// What is needed only while the plan is being made ready.
struct Builder {
    ReadyPlan& ready;
    std::map<std::array<std::vector<std::uint32_t>, kDimensions>, std::uint32_t> filter_numbers;
    std::array<Lists, kDimensions> filters_by_word;
    Lists offers_by_filter, by_store, by_region, by_channel, by_segment, by_level, by_card;
    std::map<std::string, std::uint32_t> stacks;

    std::uint32_t filter_number(const LineFilter& lines);
    void look_for(Check& check, Look look, Words& words);
    Check check_of(const Condition& condition);
    void add_checks(ReadyOffer& made);
    void add_looks(ReadyOffer& made);
    void post_offer(std::uint32_t rank);
};

std::uint32_t Builder::filter_number(const LineFilter& lines) {
    if (lines.is_all()) return kNone;
    const std::vector<std::string>* texts[kDimensions] = {&lines.skus, &lines.batches, &lines.brands, &lines.categories,
                                                          &lines.tags};
    std::array<std::vector<std::uint32_t>, kDimensions> words;
    for (std::size_t d = 0; d < kDimensions; ++d) {
        for (const std::string& text : *texts[d]) words[d].push_back(ready.dimensions[d].add(text));
        std::sort(words[d].begin(), words[d].end());
        words[d].erase(std::unique(words[d].begin(), words[d].end()), words[d].end());
    }
    const auto number = static_cast<std::uint32_t>(ready.filters.size());
    const auto [at, is_new] = filter_numbers.try_emplace(words, number);
    if (!is_new) return at->second;

    Filter filter;
    filter.source = &lines;
    const bool is_single = std::count_if(words.begin(), words.end(), [](const auto& list) { return !list.empty(); }) == 1;
    bool is_posted = false;
    for (std::size_t d = 0; d < kDimensions; ++d) {
        const auto begin = static_cast<std::uint32_t>(ready.filter_words.size());
        ready.filter_words.insert(ready.filter_words.end(), words[d].begin(), words[d].end());
        filter.values[d] = {begin, static_cast<std::uint32_t>(ready.filter_words.size())};
        if (words[d].empty() || is_posted) continue;
        is_posted = true;
        filter.posted = static_cast<Dimension>(d);
        for (const std::uint32_t word : words[d]) post(filters_by_word[d], word, number << 1 | (is_single ? 0u : 1u));
    }
    ready.filters.push_back(filter);
    return number;
}

void Builder::look_for(Check& check, Look look, Words& words) {
    check.look = look;
    check.words.begin = static_cast<std::uint32_t>(ready.check_words.size());
    std::uint64_t bits = 0;
    for (const std::string& text : std::get<ChoiceCondition>(*check.source).any_of) {
        ready.check_words.push_back(words.add(text));
        bits |= bit_of(ready.check_words.back());
    }
    check.value = static_cast<std::int64_t>(bits);
    std::sort(ready.check_words.begin() + check.words.begin, ready.check_words.end());
    check.words.end = static_cast<std::uint32_t>(ready.check_words.size());
}

void set_bound(Check& check, const Bound& bound) {
    check.op = bound.op;
    check.value = bound.value;
    check.upper = bound.upper;
}

Check Builder::check_of(const Condition& condition) {
    Check check;
    check.kind = kind_of(condition);
    check.source = &condition;
    switch (check.kind) {
        case ConditionKind::member:
            check.flag = std::get<MemberCondition>(condition).is_member;
            check.value = bit_of(check.flag);
            check.look = Look::member;
            break;
        case ConditionKind::lines: SUKI_CHECK(false);  // lines are a filter, not a condition of the list
        case ConditionKind::amount: set_bound(check, std::get<AmountCondition>(condition).bound); break;
        case ConditionKind::quantity:
            set_bound(check, std::get<QuantityCondition>(condition).bound);
            check.words.begin = static_cast<std::uint32_t>(std::get<QuantityCondition>(condition).unit);
            break;
        case ConditionKind::store: look_for(check, Look::store, ready.stores); break;
        case ConditionKind::region: look_for(check, Look::region, ready.regions); break;
        case ConditionKind::channel: look_for(check, Look::channel, ready.channels); break;
        case ConditionKind::segment: look_for(check, Look::segment, ready.segments); break;
        case ConditionKind::weekday:
            check.value = std::get<WeekdayCondition>(condition).days;
            check.look = Look::weekday;
            break;
        case ConditionKind::level:
            check.look = Look::level;
            for (const std::uint32_t level : std::get<LevelCondition>(condition).any_of) {
                SUKI_CHECK(level < ready.plan->levels.size() && level < 63);
                check.value |= std::int64_t{1} << level;
            }
            break;
        case ConditionKind::card:
            check.look = Look::card;
            for (const CardKind card : std::get<CardCondition>(condition).any_of) {
                check.value |= static_cast<std::int64_t>(bit_of(static_cast<std::uint32_t>(card)));
            }
            for (const std::string& category : std::get<CardCondition>(condition).categories) {
                const std::uint32_t number = card_category_number(*ready.plan, category);
                SUKI_CHECK(number != kNone && number < 63);
                check.value |= static_cast<std::int64_t>(bit_of(number));
            }
            break;
        case ConditionKind::nth_purchase:
            check.value = std::get<NthPurchaseCondition>(condition).n;
            check.flag = std::get<NthPurchaseCondition>(condition).is_every;
            SUKI_CHECK(check.value > 0);
            break;
        case ConditionKind::counter:
            set_bound(check, std::get<CounterCondition>(condition).bound);
            check.words.begin = std::get<CounterCondition>(condition).window;
            SUKI_CHECK(std::get<CounterCondition>(condition).window < ready.plan->windows.size());
            break;
        case ConditionKind::time:
        case ConditionKind::dates:
        case ConditionKind::birthday:
        case ConditionKind::last_purchase:
        case ConditionKind::attribute:
        case ConditionKind::membership:
        case ConditionKind::referral: break;
    }
    return check;
}

int cost_of(ConditionKind kind) {
    switch (kind) {
        case ConditionKind::member:
        case ConditionKind::weekday:
        case ConditionKind::level:
        case ConditionKind::card: return 0;
        case ConditionKind::store:
        case ConditionKind::region:
        case ConditionKind::channel: return 1;
        case ConditionKind::segment:
        case ConditionKind::nth_purchase:
        case ConditionKind::counter:
        case ConditionKind::membership:
        case ConditionKind::referral: return 2;
        case ConditionKind::time:
        case ConditionKind::dates:
        case ConditionKind::last_purchase:
        case ConditionKind::birthday: return 3;
        case ConditionKind::attribute: return 4;
        case ConditionKind::lines:
        case ConditionKind::amount:
        case ConditionKind::quantity: return 5;
    }
    return 5;
}

void Builder::add_checks(ReadyOffer& made) {
    made.checks.begin = static_cast<std::uint32_t>(ready.checks.size());
    for (const Condition& condition : made.offer->conditions) ready.checks.push_back(check_of(condition));
    made.checks.end = static_cast<std::uint32_t>(ready.checks.size());
}

/// The offer's two looks. Once all offers are read: only then it is known whether each thing has a bit to itself.
void Builder::add_looks(ReadyOffer& made) {
    const auto begin = ready.checks.begin() + made.checks.begin;
    const auto end = ready.checks.begin() + made.checks.end;
    std::stable_sort(begin, end, [](const Check& a, const Check& b) { return a.look < b.look; });
    auto looked = begin;
    for (std::size_t i = 0; i < 2 && looked != end && looked->look != Look::nothing; ++i, ++looked) {
        made.looks[i] = looked->look;
        made.bits[i] = static_cast<std::uint64_t>(looked->value);
    }
    const auto rest = std::stable_partition(begin, looked, [&](const Check& check) { return ready.is_settled(check.look); });
    made.settled = static_cast<std::uint8_t>(rest - begin);
    std::stable_sort(rest, end, [](const Check& a, const Check& b) { return cost_of(a.kind) < cost_of(b.kind); });
}

/// Under the one thing, of those that an offer demands, which fewest receipts have. Lines come first: a receipt names few of all
/// goods. An offer that demands nothing that is posted is looked at for every receipt.
void Builder::post_offer(std::uint32_t rank) {
    const ReadyOffer& made = ready.offers[rank];
    if (made.filter != kNone) {
        post(offers_by_filter, made.filter, rank);
        return;
    }
    struct Choice {
        ConditionKind kind;
        Lists* lists;
    };
    const Choice choices[] = {{ConditionKind::store, &by_store},   {ConditionKind::segment, &by_segment},
                              {ConditionKind::region, &by_region}, {ConditionKind::level, &by_level},
                              {ConditionKind::card, &by_card},     {ConditionKind::channel, &by_channel}};
    for (const Choice& choice : choices) {
        for (std::uint32_t i = made.checks.begin; i < made.checks.end; ++i) {
            const Check& check = ready.checks[i];
            if (check.kind != choice.kind) continue;
            if (check.kind == ConditionKind::level || check.kind == ConditionKind::card) {
                for (std::uint32_t bit = 0; bit < 63; ++bit) {
                    if ((check.value >> bit & 1) != 0) post(*choice.lists, bit, rank);
                }
            } else {
                for (std::uint32_t w = check.words.begin; w < check.words.end; ++w) post(*choice.lists, ready.check_words[w], rank);
            }
            return;
        }
    }
    ready.always.push_back(rank);
}

std::int64_t least_common_multiple(std::int64_t a, std::int64_t b) {
    const __int128 multiple = static_cast<__int128>(a / std::gcd(a, b)) * b;
    SUKI_CHECK(multiple <= (std::int64_t{1} << 50));  // the compiler refuses rates that are finer (rates_too_fine)
    return static_cast<std::int64_t>(multiple);
}

/// The unit's own denominator, which the compiler makes a multiple of each rate's and of each product of a base rate and a
/// multiplier. A plan that says less is widened.
std::int64_t denominator_of(const Plan& plan, std::uint32_t unit) {
    std::int64_t common = std::max<std::int64_t>(plan.units[unit].denominator, 1);
    std::int64_t bases = 1;
    std::int64_t factors = 1;
    for (const Offer& offer : plan.offers) {
        if (offer.unit != unit) continue;
        if (const auto* multiplied = std::get_if<PointsMultiplied>(&offer.give)) {
            factors = least_common_multiple(factors, reduced(multiplied->factor).denominator);
        }
        for (const PointRate& each : point_rates(offer.give)) {
            SUKI_CHECK(each.rate.denominator > 0);
            std::int64_t& widened = each.is_base ? bases : common;
            widened = least_common_multiple(widened, each.rate.denominator);
        }
    }
    const __int128 product = static_cast<__int128>(bases) * factors;
    SUKI_CHECK(product <= (std::int64_t{1} << 50));
    return least_common_multiple(common, static_cast<std::int64_t>(product));
}

Giving giving_of(const Give& give) {
    struct Named {
        const Give& give;
        Giving operator()(const PointsPerAmount&) const { return Giving::points_per_amount; }
        Giving operator()(const PointsPerQuantity&) const { return Giving::points_per_quantity; }
        Giving operator()(const PointsFixed&) const { return Giving::points_fixed; }
        Giving operator()(const PointsMultiplied&) const { return Giving::points_multiplied; }
        Giving operator()(const DiscountPercent&) const { return Giving::percent; }
        Giving operator()(const DiscountAmount& some) const { return some.is_per_item ? Giving::amount_per_item : Giving::amount; }
        Giving operator()(const FixedPrice&) const { return Giving::fixed_price; }
        Giving operator()(const Scale&) const { return gives_points(give) ? Giving::points_scale : Giving::scale; }
        Giving operator()(const FreeItems&) const { return Giving::free_items; }
        Giving operator()(const GiveThing&) const { return Giving::thing; }
    };
    return std::visit(Named{give}, give);
}

bool has_member_limit(const Offer& offer) {
    return std::any_of(offer.limits.begin(), offer.limits.end(),
                       [](const Limit& limit) { return limit.scope == LimitScope::member; });
}

/// Where slices are cut, each step's percent must be a whole number of parts.
void check_scale(const Plan& plan, const Scale& scale) {
    SUKI_CHECK(!scale.steps.empty());
    SUKI_CHECK(scale.by != ScaleBy::window || scale.window < plan.windows.size());
    if (scale.slices == Slices::none) return;
    for (const Scale::Step& step : scale.steps) {
        const auto* percent = std::get_if<DiscountPercent>(&step.give);
        SUKI_CHECK(percent == nullptr || kPercentParts % percent->rate.denominator == 0);
    }
}

/// What the offer gives, in the one figure that nearly every kind of giving has. `denominator`: of the points' unit.
void add_figure(ReadyOffer& made, std::int64_t denominator) {
    const auto set = [&](std::int64_t first, std::int64_t second = 1) {
        made.figures[0] = first;
        made.figures[1] = second;
    };
    const auto set_rate = [&](Ratio rate) {
        const Ratio least = reduced(rate);
        const __int128 numerators = static_cast<__int128>(least.numerator) * (denominator / least.denominator);
        set(static_cast<std::int64_t>(numerators >> 64), static_cast<std::int64_t>(numerators));
    };
    const Give& give = made.offer->give;
    switch (made.giving) {
        case Giving::points_per_amount: return set_rate(std::get<PointsPerAmount>(give).rate);
        case Giving::points_per_quantity: {
            const auto& some = std::get<PointsPerQuantity>(give);
            return set_rate(Ratio{some.points, some.per.milli});
        }
        case Giving::points_fixed: return set(std::get<PointsFixed>(give).points);
        case Giving::points_multiplied: {
            const Ratio factor = reduced(std::get<PointsMultiplied>(give).factor);
            return set(factor.numerator - factor.denominator, factor.denominator);
        }
        case Giving::percent:
            return set(std::get<DiscountPercent>(give).rate.numerator, std::get<DiscountPercent>(give).rate.denominator);
        case Giving::amount:
        case Giving::amount_per_item: return set(std::get<DiscountAmount>(give).amount.minor());
        case Giving::fixed_price: return set(std::get<FixedPrice>(give).price.minor());
        case Giving::points_scale:
        case Giving::scale:
        case Giving::free_items:
        case Giving::thing: return;  // asked as written
    }
}

/// Minor units: by what gifts compete. A benefit has no price.
std::int64_t worth_of(const Plan& plan, const GiveThing& give) {
    SUKI_CHECK(give.thing < (give.is_gift ? plan.gifts.size() : plan.benefits.size()));
    if (!give.is_gift) return 0;
    const auto& value = plan.gifts[give.thing].value;
    return value ? value->minor() : 0;
}

ReadyOffer ready_offer(const ReadyPlan& ready, const Offer& offer) {
    ReadyOffer made;
    made.offer = &offer;
    made.giving = giving_of(offer.give);
    made.is_bounded = !offer.limits.empty() || offer.budget.has_value();
    made.needs_member = offer.needs_member || made.is_points() || made.is_thing() || has_member_limit(offer);
    const bool is_of_lines = (offer.lines && !offer.lines->is_all()) || is_about_lines(offer.give);
    made.is_line_stage = !made.is_points() && (offer.stage != Stage::receipt || is_of_lines);
    if (made.is_points()) {
        SUKI_CHECK(offer.unit < ready.plan->units.size());
        made.unit = static_cast<std::uint8_t>(offer.unit);  // at most limits::units_per_programme
    }
    if (made.is_thing()) made.figures[0] = worth_of(*ready.plan, std::get<GiveThing>(offer.give));
    add_figure(made, made.is_points() ? ready.denominators[offer.unit] : 1);
    return made;
}

void check_indexes(const Plan& plan, const Offer& offer) {
    for (const Limit& limit : offer.limits) {
        if (limit.scope == LimitScope::member) SUKI_CHECK(limit.index < plan.windows.size());
        if (limit.scope == LimitScope::programme) SUKI_CHECK(limit.index < plan.pools.size());
    }
    if (offer.budget) SUKI_CHECK(*offer.budget < plan.pools.size());
    if (const auto* scale = std::get_if<Scale>(&offer.give)) check_scale(plan, *scale);
    if (const auto* free = std::get_if<FreeItems>(&offer.give))
        SUKI_CHECK(free->per > 0 && free->free >= 0 && free->free <= free->per);
}

}  // namespace

std::uint32_t card_category_number(const Plan& plan, std::string_view category) {
    if (category.empty()) return kNone;
    const std::vector<CardCategory>& categories = plan.cards.categories;
    for (std::uint32_t i = 0; i < categories.size(); ++i) {
        if (categories[i].id == category) return static_cast<std::uint32_t>(count_of<CardKind>) + i;
    }
    return kNone;
}

ReadyPlan make_ready(PlanPointer shared, bool use_indexes) {
    SUKI_CHECK(shared != nullptr);
    ReadyPlan ready;
    ready.plan = std::move(shared);
    ready.use_indexes = use_indexes;
    const Plan& plan = *ready.plan;
    SUKI_CHECK(plan.units.size() <= limits::units_per_programme);  // PointsByUnit has room for no more
    SUKI_CHECK(plan.levels.size() <= 64);                          // a look has a bit for each
    for (std::uint32_t unit = 0; unit < plan.units.size(); ++unit) ready.denominators.push_back(denominator_of(plan, unit));
    for (const CounterWindow& window : plan.windows) SUKI_CHECK(window.counter < plan.counters.size());

    std::vector<const Offer*> by_id;
    for (const Offer& offer : plan.offers) by_id.push_back(&offer);
    std::stable_sort(by_id.begin(), by_id.end(), [](const Offer* a, const Offer* b) { return a->id < b->id; });

    Builder builder{.ready = ready};
    ready.parts_begin = static_cast<std::uint32_t>(by_id.size());
    ready.reward_ranks.resize(plan.challenges.size());
    for (const ChallengePart& part : plan.challenge_parts) {
        SUKI_CHECK(part.challenge < plan.challenges.size() && part.need > 0 && part.per > 0);
        by_id.push_back(&part.asked);
    }
    for (const Offer* offer : by_id) {
        check_indexes(plan, *offer);
        ReadyOffer made = ready_offer(ready, *offer);
        if (offer->lines) made.filter = builder.filter_number(*offer->lines);
        if (!offer->stack.empty()) {
            made.stack = builder.stacks.try_emplace(offer->stack, static_cast<std::uint32_t>(builder.stacks.size())).first->second;
        }
        builder.add_checks(made);
        ready.offers.push_back(made);
        ready.texts.push_back({offer->id, offer->clause});
        const auto rank = static_cast<std::uint32_t>(ready.offers.size() - 1);
        if (offer->challenge) {
            // Only its parts say whether it is given: no receipt has what it looks for.
            ready.reward_ranks.at(*offer->challenge) = rank;
            ready.offers.back().bits[0] = 0;
        } else {
            builder.post_offer(rank);
        }
    }
    if (use_indexes) {
        for (ReadyOffer& made : ready.offers) builder.add_looks(made);
    }
    for (const Counter& counter : plan.counters) {
        const bool has_lines = counter.measure == Measure::spend || counter.measure == Measure::quantity;
        ready.counter_filters.push_back(has_lines ? builder.filter_number(counter.lines) : kNone);
    }
    for (const PayWithPoints& rule : plan.pay) {
        SUKI_CHECK(rule.unit < plan.units.size() && rule.step > 0);
        ready.except_filters.push_back(rule.has_except ? builder.filter_number(rule.except) : kNone);
    }
    ready.counter_order.resize(plan.counters.size());
    std::iota(ready.counter_order.begin(), ready.counter_order.end(), 0u);
    std::stable_sort(ready.counter_order.begin(), ready.counter_order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return plan.counters[a].key < plan.counters[b].key; });

    for (std::size_t d = 0; d < kDimensions; ++d) ready.filters_by_word[d] = packed(builder.filters_by_word[d]);
    builder.offers_by_filter.resize(ready.filters.size());
    ready.offers_by_filter = packed(builder.offers_by_filter);
    ready.by_store = packed(builder.by_store);
    ready.by_region = packed(builder.by_region);
    ready.by_channel = packed(builder.by_channel);
    ready.by_segment = packed(builder.by_segment);
    ready.by_level = packed(builder.by_level);
    ready.by_card = packed(builder.by_card);
    return ready;
}

}  // namespace suki::engine
