#include "engine/evaluate.h"

#include <algorithm>
#include <memory_resource>

#include "base/check.h"
#include "base/limits.h"
#include "engine/evaluation.h"
#include "engine/sort_by_number.h"

namespace suki::engine {

using namespace programme;

namespace {

/// A word of the plan that a line has.
struct LineWord {
    std::uint32_t line = 0;
    std::uint32_t word = 0;
    Dimension dimension{};
};

/// What is looked up for every line.
struct SoughtLine {
    SoughtLine(std::string_view wanted_sku, std::string_view wanted_category) : sku(wanted_sku), category(wanted_category) {}
    Sought sku;
    Sought category;
    std::uint32_t likely_sku = kNone;
    std::uint32_t likely_category = kNone;
};

/// Calls `found` with the number of every category that the plan names and that the part of `path` is in, the whole path left out.
/// Runs longer than any category of a document are not looked up, so a path of any length costs no more than its segments.
template <class Found>
void for_each_run(const Words& categories, std::string_view path, const Found& found) {
    for (std::size_t start = 0;;) {
        std::size_t next = std::string_view::npos;
        std::size_t end = start;
        for (std::size_t depth = 0; depth < limits::category_depth; ++depth) {
            end = path.find('/', end);
            if (depth == 0) next = end;
            const bool is_whole = start == 0 && end == std::string_view::npos;
            const std::uint32_t word = is_whole ? kNone : categories.find(path.substr(start, end - start));
            if (word != kNone) found(word);
            if (end == std::string_view::npos) break;
            ++end;
        }
        if (next == std::string_view::npos) return;
        start = next + 1;
    }
}

/// Finds the words of the plan that lines have. A dimension that no filter asks about is not read.
struct LineReader {
    const ReadyPlan& ready;
    std::pmr::vector<LineWord>& found;
    const Words& skus = ready.words_of(Dimension::sku);
    const Words& batches = ready.words_of(Dimension::batch);
    const Words& brands = ready.words_of(Dimension::brand);
    const Words& categories = ready.words_of(Dimension::category);
    const Words& tags = ready.words_of(Dimension::tag);

    void add(std::uint32_t line, Dimension dimension, std::uint32_t word) const {
        if (word == kNone) return;
        ready.filters_of(dimension).prefetch_list(word);
        found.push_back({line, word, dimension});
    }
    void read_category(std::uint32_t position, const SoughtLine& sought) const {
        const std::string_view path = sought.category.text;
        if (path.empty() || categories.is_empty()) return;
        add(position, Dimension::category, categories.confirmed(sought.likely_category, sought.category));
        if (!has_byte(path, '/')) return;
        for_each_run(categories, path, [&](std::uint32_t word) { add(position, Dimension::category, word); });
    }
    void read(std::uint32_t position, const event::Line& line, const LineFacts& facts, const SoughtLine& sought) const {
        add(position, Dimension::sku, skus.confirmed(sought.likely_sku, sought.sku));
        if (!batches.is_empty()) add(position, Dimension::batch, batches.find(line.batch));
        if (!brands.is_empty()) add(position, Dimension::brand, brands.find(facts.brand));
        read_category(position, sought);
        if (tags.is_empty()) return;
        for (const std::string& tag : facts.tags) add(position, Dimension::tag, tags.find(tag));
    }
};

/// Whether the filter's other dimensions take the line too, by all the words that it has.
bool takes_rest(const ReadyPlan& ready, const Filter& filter, std::span<const LineWord> of_line) {
    for (std::size_t d = static_cast<std::size_t>(filter.posted) + 1; d < kDimensions; ++d) {
        const Stretch values = filter.values[d];
        if (values.is_empty()) continue;
        const auto first = ready.filter_words.begin() + values.begin;
        const auto last = ready.filter_words.begin() + values.end;
        const bool is_taken = std::any_of(of_line.begin(), of_line.end(), [&](const LineWord& each) {
            return static_cast<std::size_t>(each.dimension) == d && std::binary_search(first, last, each.word);
        });
        if (!is_taken) return false;
    }
    return true;
}

/// A filter takes a line.
struct Pair {
    std::uint32_t filter = 0;
    std::uint32_t line = 0;
    friend bool operator==(const Pair&, const Pair&) = default;
};

/// All pairs by the postings, with repetitions; lines ascend. A programme of thousands of offers does not fit the fast memory, so
/// what a step will read is fetched for all lines before the first is read: the waits overlap instead of adding up.
void find_pairs(Evaluation& work, std::pmr::vector<Pair>& pairs) {
    const ReadyPlan& ready = work.ready;
    std::pmr::vector<SoughtLine> sought{work.memory};
    sought.reserve(work.all_lines.size());
    std::pmr::vector<LineWord> words{work.memory};
    words.reserve(work.all_lines.size() * 4);
    const LineReader reader{.ready = ready, .found = words};
    for (const std::uint32_t line : work.all_lines) {
        const SoughtLine& each = sought.emplace_back(work.receipt.lines[line].sku, facts_of(work.context, line).category);
        reader.skus.prefetch(each.sku);
        reader.categories.prefetch(each.category);
    }
    for (SoughtLine& each : sought) {
        each.likely_sku = reader.skus.likely(each.sku);
        each.likely_category = reader.categories.likely(each.category);
    }
    for (std::size_t i = 0; i < sought.size(); ++i) {
        const std::uint32_t line = work.all_lines[i];
        reader.read(line, work.receipt.lines[line], facts_of(work.context, line), sought[i]);
    }
    for (const LineWord& each : words) ready.filters_of(each.dimension).prefetch_items(each.word);
    pairs.reserve(words.size() * 2);
    for (std::size_t begin = 0, end = 0; begin < words.size(); begin = end) {
        for (end = begin; end < words.size() && words[end].line == words[begin].line;) ++end;
        const std::span<const LineWord> of_line = std::span{words}.subspan(begin, end - begin);
        for (const LineWord& each : of_line) {
            for (const std::uint32_t posted : ready.filters_of(each.dimension).of(each.word)) {
                // The lowest bit says whether the filter asks for more than this word.
                const std::uint32_t number = posted >> 1;
                if ((posted & 1) != 0 && !takes_rest(ready, ready.filters[number], of_line)) continue;
                ready.offers_by_filter.prefetch_list(number);
                pairs.push_back({number, each.line});
            }
        }
    }
}

/// The same, text against text.
void find_pairs_plainly(Evaluation& work, std::pmr::vector<Pair>& pairs) {
    for (const std::uint32_t line : work.all_lines) {
        for (std::uint32_t number = 0; number < work.ready.filters.size(); ++number) {
            if (takes(*work.ready.filters[number].source, work.receipt.lines[line], facts_of(work.context, line))) {
                pairs.push_back({number, line});
            }
        }
    }
}

void find_hits(Evaluation& work) {
    std::pmr::vector<Pair> pairs{work.memory};
    if (work.ready.use_indexes) {
        find_pairs(work, pairs);
    } else {
        find_pairs_plainly(work, pairs);
    }
    if (pairs.empty()) return;
    // Lines ascend already, and stay so within a filter.
    sort_by_number(pairs, static_cast<std::uint32_t>(work.ready.filters.size()), [](const Pair& pair) { return pair.filter; });
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    work.positions.reserve(pairs.size());
    work.hits.reserve(pairs.size());
    for (const Pair& pair : pairs) {
        const auto at = static_cast<std::uint32_t>(work.positions.size());
        if (work.hits.empty() || work.hits.back().filter != pair.filter) work.hits.push_back({pair.filter, at, at});
        work.positions.push_back(pair.line);
        ++work.hits.back().end;
    }
}

/// What lines state lies apart from line to line, and evaluation is the first to read it: the waits overlap.
void prefetch_lines(const Evaluation& work) {
    for (const event::Line& line : work.receipt.lines) {
        __builtin_prefetch(&line.sku);
        __builtin_prefetch(&line.quantity);
        __builtin_prefetch(&line.amount);
        __builtin_prefetch(&line.is_deposit);
    }
    for (const LineFacts& facts : work.context.lines) __builtin_prefetch(&facts.category);
}

void read_context(Evaluation& work) {
    const ReadyPlan& ready = work.ready;
    work.store = ready.stores.find(work.receipt.store);
    work.region = ready.regions.find(work.context.region);
    work.channel = ready.channels.find(work.receipt.channel);
    const auto see = [&](Look look, std::uint32_t number) {
        if (number != kNone) work.seen[static_cast<std::size_t>(look)] |= bit_of(number);
    };
    see(Look::nothing, 0);
    see(Look::store, work.store);
    see(Look::region, work.region);
    see(Look::channel, work.channel);
    see(Look::card, static_cast<std::uint32_t>(work.context.card.kind));
    work.card_category = card_category_number(work.plan, work.context.card.category);
    see(Look::card, work.card_category);
    see(Look::weekday, static_cast<std::uint32_t>(work.context.store_weekday));
    see(Look::member, work.context.is_member);
    if (!work.context.is_member) return;
    for (std::uint32_t i = 0; i < work.plan.levels.size(); ++i) {
        if (work.plan.levels[i].id == work.context.level) work.level = i;
    }
    see(Look::level, work.level);
    if (ready.segments.is_empty()) return;
    for (const std::string& segment : work.context.facts.segments) {
        const std::uint32_t word = ready.segments.find(segment);
        if (word == kNone) continue;
        work.segments.push_back(word);
        see(Look::segment, word);
    }
}

/// By halving without a branch on what is found: of a branch the processor would guess every other one wrong.
bool is_in_words(const ReadyPlan& ready, Stretch words, std::uint32_t word) {
    if (word == kNone || words.is_empty()) return false;
    const std::uint32_t* first = &ready.check_words[words.begin];
    for (std::uint32_t left = words.end - words.begin; left > 1;) {
        const std::uint32_t half = left / 2;
        first += first[half] <= word ? half : 0;
        left -= half;
    }
    return *first == word;
}

}  // namespace

std::span<const std::uint32_t> Evaluation::lines_of(std::uint32_t filter) const {
    if (filter == kNone) return all_lines;
    const auto at =
        std::lower_bound(hits.begin(), hits.end(), filter, [](const FilterHits& hit, std::uint32_t f) { return hit.filter < f; });
    if (at == hits.end() || at->filter != filter) return {};
    return std::span{positions}.subspan(at->begin, at->end - at->begin);
}

void read_receipt(Evaluation& work) {
    prefetch_lines(work);
    read_context(work);
    // Written where they stay, as all that there is one of for each line or offer: what is put together beside its place and then
    // copied is read back before its parts have arrived, and the processor waits.
    work.lines.reserve(work.receipt.lines.size());
    work.all_lines.resize(work.receipt.lines.size());
    std::uint32_t taking_part = 0;
    for (const event::Line& line : work.receipt.lines) {
        work.all_lines[taking_part] = static_cast<std::uint32_t>(work.lines.size());
        taking_part += line.is_deposit ? 0 : 1;
        LineWork& made = work.lines.emplace_back(line.amount.minor());
        made.takes_part = !line.is_deposit;
        made.takes_discount = !line.is_deposit && !line.no_discount;
        made.earns = !line.is_deposit && !line.no_points;
    }
    work.all_lines.resize(taking_part);
    find_hits(work);
}

std::pmr::vector<Possible> possible_offers(const Evaluation& work) {
    const ReadyPlan& ready = work.ready;
    std::pmr::vector<Possible> possible{work.memory};
    if (!ready.use_indexes) {
        for (std::uint32_t rank = 0; rank < ready.offers.size(); ++rank) {
            const auto lines = work.lines_of(ready.offers[rank].filter);
            possible.push_back({rank, static_cast<std::uint32_t>(lines.size()), lines.data()});
        }
        return possible;
    }
    possible.reserve(work.hits.size() + ready.always.size());
    for (const FilterHits& hit : work.hits) ready.offers_by_filter.prefetch_items(hit.filter);
    const auto add_with = [&](std::span<const std::uint32_t> list, std::span<const std::uint32_t> lines) {
        for (const std::uint32_t rank : list) {
            __builtin_prefetch(&ready.offers[rank]);
            possible.push_back({rank, static_cast<std::uint32_t>(lines.size()), lines.data()});
        }
    };
    const auto add = [&](std::span<const std::uint32_t> list) { add_with(list, work.all_lines); };
    const std::span<const std::uint32_t> positions{work.positions};
    for (const FilterHits& hit : work.hits) {
        add_with(ready.offers_by_filter.of(hit.filter), positions.subspan(hit.begin, hit.end - hit.begin));
    }
    add(ready.always);
    add(ready.by_store.of(work.store));
    add(ready.by_region.of(work.region));
    add(ready.by_channel.of(work.channel));
    add(ready.by_level.of(work.level));
    add(ready.by_card.of(static_cast<std::uint32_t>(work.context.card.kind)));
    add(ready.by_card.of(work.card_category));
    for (const std::uint32_t segment : work.segments) add(ready.by_segment.of(segment));
    sort_by_number(possible, static_cast<std::uint32_t>(ready.offers.size()), [](const Possible& each) { return each.rank; });
    const auto is_same = [](const Possible& a, const Possible& b) { return a.rank == b.rank; };
    possible.erase(std::unique(possible.begin(), possible.end(), is_same), possible.end());
    return possible;
}

bool is_met(const Evaluation& work, const Check& check, std::span<const std::uint32_t> matched) {
    const Context& context = work.context;
    if (!work.ready.use_indexes) return is_met(*check.source, work.question(matched));
    switch (check.kind) {
        case ConditionKind::member: return context.is_member == check.flag;
        case ConditionKind::lines: return !matched.empty();
        case ConditionKind::amount: return holds(check.bound(), amount_of(work.receipt, matched));
        case ConditionKind::quantity:
            return holds(check.bound(), quantity_of(work.receipt, matched, static_cast<QuantityUnit>(check.words.begin)));
        case ConditionKind::store: return is_in_words(work.ready, check.words, work.store);
        case ConditionKind::region: return is_in_words(work.ready, check.words, work.region);
        case ConditionKind::channel: return is_in_words(work.ready, check.words, work.channel);
        case ConditionKind::segment:
            return std::any_of(work.segments.begin(), work.segments.end(),
                               [&](std::uint32_t segment) { return is_in_words(work.ready, check.words, segment); });
        case ConditionKind::weekday: return (check.value >> static_cast<unsigned>(context.store_weekday) & 1) != 0;
        case ConditionKind::level: return work.level != kNone && (check.value >> work.level & 1) != 0;
        case ConditionKind::card:
            return (static_cast<std::uint64_t>(check.value) & work.seen[static_cast<std::size_t>(Look::card)]) != 0;
        case ConditionKind::nth_purchase: {
            const std::int64_t nth = context.purchases_before + 1;
            return context.is_member && (check.flag ? nth % check.value == 0 : nth == check.value);
        }
        case ConditionKind::counter: return context.is_member && holds(check.bound(), value_at(context.windows, check.words.begin));
        case ConditionKind::time:
        case ConditionKind::dates:
        case ConditionKind::birthday:
        case ConditionKind::last_purchase:
        case ConditionKind::membership:
        case ConditionKind::referral:
        case ConditionKind::attribute: return is_met(*check.source, work.question(matched));
    }
    return false;
}

namespace {

/// What one line of memory says of an offer; most that don't apply are turned away by it. All of it, whatever the first answer:
/// where one offer in two applies, of every branch the processor guesses every other one wrong.
bool is_possible(const Evaluation& work, const ReadyOffer& offer, const Possible& possible) {
    const auto misses = [&](int i) { return (offer.bits[i] & work.seen[static_cast<std::size_t>(offer.looks[i])]) == 0; };
    // A receipt of nothing but deposits, or of nothing at all (everything came back), meets no offer's conditions.
    return !(static_cast<int>(possible.count == 0) | static_cast<int>(offer.needs_member && !work.context.is_member) |
             static_cast<int>(misses(0)) | static_cast<int>(misses(1)));
}

}  // namespace

void find_candidates(Evaluation& work) {
    const ReadyPlan& ready = work.ready;
    std::pmr::vector<Possible> possible = possible_offers(work);
    std::size_t count = 0;
    for (const Possible& each : possible) {
        const bool stays = is_possible(work, ready.offers[each.rank], each);
        possible[count] = each;
        count += stays ? 1 : 0;
    }
    possible.resize(count);
    work.candidates.reserve(count);
    for (const Possible& each : possible) {
        const ReadyOffer& offer = ready.offers[each.rank];
        __builtin_prefetch(ready.checks.data() + offer.checks.begin + offer.settled);
        __builtin_prefetch(&ready.texts[each.rank]);
    }
    for (const Possible& each : possible) {
        const ReadyOffer& offer = ready.offers[each.rank];
        bool is_candidate = true;
        for (std::uint32_t i = offer.checks.begin + offer.settled; i < offer.checks.end && is_candidate; ++i) {
            is_candidate = is_met(work, ready.checks[i], each.lines());
        }
        auto& found = each.rank < ready.parts_begin ? work.candidates : work.counting;
        if (is_candidate) found.emplace_back(each.rank, offer, each.lines());
    }
}

namespace {

/// A friend's purchase proves that they are one by what is paid for it in money.
bool is_paid_enough(const Evaluation& work, const Offer& offer) {
    std::int64_t paid = 0;
    for (const LineWork& line : work.lines) paid += line.takes_part ? line.paid() : 0;
    return std::all_of(offer.conditions.begin(), offer.conditions.end(), [&](const Condition& condition) {
        const auto* referral = std::get_if<ReferralCondition>(&condition);
        return referral == nullptr || holds(referral->paid, paid);
    });
}

}  // namespace

void check_limits(const Evaluation& work, Candidate& candidate) {
    const auto lose = [&](std::string_view limit) {
        candidate.verdict = event::Verdict::lost_to_limit;
        candidate.winner = limit;
    };
    if (!candidate.ready->is_bounded) return;
    if (candidate.offer().referral && !is_paid_enough(work, candidate.offer())) {
        candidate.verdict = event::Verdict::gives_nothing;
        return;
    }
    for (const Limit& limit : candidate.offer().limits) {
        switch (limit.scope) {
            case LimitScope::receipt:
                // The groups of FreeItems were counted up to the limits already; any other offer is used once.
                if (limit.count < 1) return lose(name_of(limit.scope));
                break;
            case LimitScope::member:
                // A member may use it `count` times; what stands in the window is how often they did before.
                if (!work.context.is_member || value_at(work.context.windows, limit.index) >= limit.count)
                    return lose(name_of(limit.scope));
                break;
            case LimitScope::programme:
                if (value_at(work.context.pools, limit.index) < 1) return lose(name_of(limit.scope));
                break;
        }
    }
}

void check_budget(const Evaluation& work, Candidate& candidate, std::int64_t amount) {
    if (!candidate.is_applied() || !candidate.ready->is_bounded) return;
    const auto& budget = candidate.offer().budget;
    if (!budget) return;
    if (amount <= value_at(work.context.pools, *budget) && !candidate.is_dropped) return;
    candidate.verdict = event::Verdict::lost_to_budget;
    candidate.winner = name_of(work.plan.pools[*budget].kind);
}

/// Each once on a receipt, where anything but deposits was bought; in a stack the one that is worth most.
void give_things(Evaluation& work) {
    std::pmr::vector<Candidate*> things{work.memory};
    for (Candidate& candidate : work.candidates) {
        if (!candidate.ready->is_thing()) continue;
        check_limits(work, candidate);
        things.push_back(&candidate);
    }
    if (things.empty()) return;
    settle_stacks(work, things, [](const Candidate& a, const Candidate& b) { return a.ready->amount() > b.ready->amount(); });
}

PlanPointer without_offers(const Plan& plan) {
    auto bare = std::make_shared<Plan>(plan);
    bare->offers.clear();
    bare->pools.clear();
    bare->challenges.clear();
    bare->challenge_parts.clear();
    bare->parts_by_key.clear();
    bare->examples.clear();
    return bare;
}

Evaluator::Evaluator(PlanPointer plan, Options options)
    : index_(std::make_unique<const Index>(Index{make_ready(std::move(plan), options.use_indexes)})) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

const Plan& Evaluator::plan() const { return *index_->ready.plan; }

Outcome Evaluator::evaluate(const Context& context, const event::Receipt& receipt, std::vector<Payable>* payables) const {
    alignas(std::max_align_t) std::array<std::byte, kArenaBytes> bytes;  // left uninitialised: only what is used is touched
    Arena arena{bytes};
    Evaluation work{.ready = index_->ready,
                    .plan = *index_->ready.plan,
                    .context = context,
                    .receipt = receipt,
                    .memory = &arena,
                    .payables = payables};
    read_receipt(work);
    find_candidates(work);
    count_challenges(work, false);
    give_discounts(work);
    give_till_discounts(work);
    pay_with_points(work);
    count_challenges(work, true);
    give_points(work);
    give_things(work);
    return outcome_of(work);
}

}  // namespace suki::engine
