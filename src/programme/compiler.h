#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "programme/compile.h"
#include "programme/fields.h"
#include "programme/findings.h"
#include "programme/scalars.h"

namespace suki::programme {

/// Turns a document into a plan. It goes on after every mistake, with whatever is harmless in the place of what was wrong: a plan
/// is only handed out when there was none.
class Compiler {
public:
    Compiler(const ZoneLoader& zones, int semantics, Findings& findings) : zones_(zones), findings_(findings) {
        plan_.semantics = semantics;
    }

    /// Of a tree that is whole.
    void compile_document(NodeRef root);
    [[nodiscard]] Plan& plan() { return plan_; }

private:
    // The parts of a document, in the order in which later ones need earlier ones.
    void compile_header(const Fields& document);
    void compile_place_and_time(const Fields& document);
    void compile_languages(const Fields& document);
    void compile_units(NodeRef node);
    void compile_unit(NodeRef node);
    void compile_levels(NodeRef node);
    void compile_level_steps(NodeRef steps, const Counter* counter);
    std::optional<std::int64_t> compile_level_from(NodeRef node, const Counter& counter);
    void compile_criteria(const Fields& step, NodeRef node, Level& level);
    void compile_fast_track(NodeRef node, const Counter* counter, Level& level);
    void compile_level_match(NodeRef node);
    /// `membership`: only who has that gets it; empty: whoever meets its conditions.
    void compile_offer(NodeRef node, std::string_view membership = {});
    void compile_spending(NodeRef node);
    void compile_pay(const Fields& fields, PayWithPoints& pay);
    void compile_join(NodeRef node);
    void compile_cards(NodeRef node);
    void compile_card_numbers(NodeRef node);
    void compile_benefit(NodeRef node);
    void compile_resource(const Fields& fields, Benefit& benefit);
    void compile_gifts(NodeRef node);
    void compile_gift(NodeRef node, Gift& gift);
    void compile_gift_stock(NodeRef node, Gift& gift);
    std::optional<Allowance> compile_gift_limit(NodeRef node);
    /// What is bought for how many points of the unit that stands beside it.
    void compile_gift_price(const Fields& fields, NodeRef node);
    void compile_milestone(NodeRef node);
    void compile_milestone_day(NodeRef node, Milestone& milestone);
    void compile_recognition(NodeRef node);
    std::optional<Allowance> compile_recognition_points(NodeRef node, std::string_view unit);
    void compile_trade_in(NodeRef node);
    void compile_trade_in_prices(NodeRef node, TradeIn& entry);
    void compile_household(NodeRef node);
    /// A challenge while it is put together.
    struct ChallengeDraft {
        Challenge challenge;
        Offer offer;
        Offer common;  // what `when` and the dates ask of every purchase that counts
        std::vector<ChallengePart> parts;
        bool is_good = true;
    };
    void compile_challenge(NodeRef node);
    void compile_challenge_kind(const Fields& fields, ChallengeDraft& draft);
    void compile_collect(const Fields& fields, ChallengePart part, ChallengeDraft& draft);
    void compile_streak(NodeRef node, ChallengeDraft& draft);
    void compile_stamp(NodeRef node, ChallengePart& part, ChallengeDraft& draft);
    void compile_asked(std::optional<NodeRef> of, ChallengePart& part);
    void compile_need(std::optional<NodeRef> node, ChallengePart& part, ChallengeDraft& draft);
    void compile_challenge_dates(const Fields& fields, ChallengeDraft& draft);
    void compile_reward(NodeRef node, ChallengeDraft& draft);
    void check_challenge_keys(const Fields& fields, ChallengeDraft& draft);
    void check_streak_length(NodeRef node, const ChallengeDraft& draft);
    void compile_memberships(NodeRef node);
    void compile_membership(NodeRef node, Membership& membership);
    void compile_fee(NodeRef node, Membership& membership);
    void compile_membership_benefits(NodeRef node, Membership& membership);
    /// Ids, each once and sorted. What is no membership is reported.
    std::vector<std::string> memberships_named(NodeRef node);
    void compile_rebates(NodeRef node);
    void compile_rebate(NodeRef node);
    void compile_rebate_goods(const Fields& fields, Rebate& rebate);
    bool compile_rebate_steps(NodeRef steps, Rebate& rebate);
    void compile_example(NodeRef node);

    // Offers: conditions, gives, limits.
    void compile_when(NodeRef node, Offer& offer);
    void compile_line_conditions(const Fields& when, Offer& offer);
    void compile_place_conditions(const Fields& when, Offer& offer);
    void compile_time_conditions(const Fields& when, Offer& offer);
    void compile_member_conditions(const Fields& when, Offer& offer);
    void compile_card_condition(NodeRef node, Offer& offer);
    void compile_counter_condition(NodeRef node, Offer& offer);
    std::optional<CounterCondition> compile_compared(NodeRef node, const Fields& fields);
    void compile_attributes(NodeRef node, Offer& offer);
    void compile_attribute(NodeRef node, Offer& offer);
    void compile_give(NodeRef node, Offer& offer);
    std::optional<std::uint32_t> index_of_gift(NodeRef node);
    std::optional<std::uint32_t> index_of_benefit(NodeRef node);
    std::optional<Give> compile_discount(NodeRef node);
    void compile_points(NodeRef node, Offer& offer);
    void compile_referral(NodeRef node, Offer& offer);
    /// Challenges count each one's own purchases.
    void refuse_referral(NodeRef node, Offer& asked);
    /// `{both: 300}`, `{member: 300, friend: 100}`
    void compile_both_sides(NodeRef node, Offer& offer);
    /// The limit is of whoever brings friends; each friend has what is given once.
    void settle_referral(Offer& offer, NodeRef node);
    /// So with those below: nothing, or false, when it was told what is wrong.
    std::optional<Give> compile_scale(NodeRef node, bool is_of_points);
    bool compile_scale_steps(NodeRef steps, Measure measure, bool is_of_points, Scale& scale, std::optional<QuantityUnit>& unit);
    std::optional<StepGive> compile_step(NodeRef step, bool is_of_points);
    bool read_scale(const Fields& fields, Measure measure, Scale& scale);
    bool cut_slices(const Fields& fields, Measure measure, Scale& scale);
    void compile_limits(NodeRef node, Offer& offer);
    void compile_limit_text(NodeRef at, std::string_view text, Offer& offer);
    void compile_budget(NodeRef node, Offer& offer);
    /// Where a limit counts what can not happen twice.
    void warn_of_idle_limit(const Offer& offer, NodeRef node);
    void settle_offer(Offer& offer, NodeRef node);
    void check_offer_can_apply(const Offer& offer, NodeRef node);

    // Examples.
    std::optional<Example::Member> compile_example_member(NodeRef node);
    void compile_example_facts(const Fields& fields, Example::Member& member);
    void compile_example_figures(const Fields& fields, Example::Member& member);
    void compile_figure(NodeRef node, std::string_view measure, Example::Member& member);
    void compile_basket_line(NodeRef node, Example& example);
    void compile_expect(NodeRef node, Example& example);

    // Pieces that several parts share.
    std::optional<LineFilter> compile_line_filter(NodeRef node);
    void take_lines(const Fields& fields, LineFilter& lines);
    /// The counter that a map names by one of its measure keys; reports when there is none or more than one.
    std::optional<Counter> compile_counter(const Fields& fields);
    /// The values of `bound` in the counter's own measure.
    ValueParser value_parser(const Counter& counter, std::optional<QuantityUnit>& unit) const;
    std::uint32_t register_window(NodeRef at, Counter counter, const Window& window);
    std::optional<std::uint32_t> find_window(Counter counter, const Window& window) const;

    std::optional<std::string> text_of(NodeRef node, std::size_t bytes_max);
    std::string text_or_empty(const Fields& fields, std::string_view key, std::size_t bytes_max);
    std::vector<std::string> texts_of(NodeRef node, std::size_t bytes_max);
    LocalisedText localised(NodeRef node);
    CountedText counted(NodeRef node);
    /// Whether the programme speaks the language that `node` stands under; reports it otherwise.
    bool check_language(NodeRef node);
    void check_counted(NodeRef node, const Unit& unit);
    std::optional<std::uint32_t> unit_named(NodeRef at, std::string_view name);
    std::optional<std::uint32_t> level_named(NodeRef at, std::string_view name);
    /// Of a list such as `[friend, at least gold]`; ascending. What is no level is reported.
    std::vector<std::uint32_t> levels_named(NodeRef node);
    /// By the word for a kind, or the id of a category.
    std::optional<CardShown> card_named(NodeRef at, std::string_view name);
    bool check_word(NodeRef at, std::string_view word, bool is_key);
    bool check_entry_count(NodeRef node, std::size_t most);

    template <class T>
    std::optional<T> take(NodeRef node, Parsed<T> parsed) {
        if (parsed) return std::move(parsed).value();
        findings_.error(node, parsed.error());
        return std::nullopt;
    }
    template <class E>
    std::optional<E> choice(NodeRef node) {
        if (const auto found = from_name<E>(node.text())) return found;
        report_choice(node, all_names<E>());
        return std::nullopt;
    }
    void report_choice(NodeRef node, std::span<const std::string_view> known);
    /// The scalars of a node that is one scalar or a list of them.
    std::vector<NodeRef> scalars_of(NodeRef node);

    // What only the whole document can be wrong in.
    void check_whole();
    /// Where points expire before they can be spent; `at` is where the unit says when they expire.
    void warn_of_short_life(NodeRef at, const Unit& unit);
    void check_stacks();
    void check_multipliers();
    bool check_rates_of_unit(std::uint32_t unit);

    const ZoneLoader& zones_;
    Findings& findings_;
    Plan plan_;
    Currency currency_;
    std::vector<std::string_view> unit_names_;
    std::vector<std::string_view> level_names_;
    std::set<std::string_view> offer_names_;
    std::set<std::string, std::less<>> languages_;
    std::vector<std::string_view> gift_names_;
    std::vector<std::string_view> membership_names_;
    std::deque<std::string> offer_names_made_;  // `membership.offer`
    std::vector<NodeRef> offer_nodes_;          // beside plan_.offers
    std::vector<NodeRef> unit_nodes_;           // beside plan_.units
    std::size_t figures_ = 0;                   // windows of other measures than uses
    std::map<std::string, std::uint32_t, std::less<>> counters_by_key_;
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> windows_by_text_;
};

/// `day` is the calendar day, `calendar year` says so, `6 months` rolls; all but the last start anew for everybody at once.
Parsed<Window> parse_limit_window(const std::string& text, const Sentence<>& advice);
/// `yes`, `no` (nothing), `3` (ever), `2 per year`.
Parsed<std::optional<Allowance>> parse_allowance(std::string_view text);
/// The name of a counter by what it counts: `spend(category=meat/smoked)`.
std::string counter_key(const Counter& counter);
/// Whether a condition can only hold for a known member.
bool speaks_of_member(const Condition& condition);

}  // namespace suki::programme
