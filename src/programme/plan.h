#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/amount.h"
#include "base/names.h"
#include "base/plural.h"
#include "base/quantity.h"
#include "base/text.h"
#include "base/time.h"
#include "base/zone.h"
#include "programme/card_number.h"

/// The compiled programme. A Plan is immutable; everything that evaluation asks of the document stands here, resolved: names are
/// indexes, texts are numbers, every counter and window that any part names is listed once.
namespace suki::programme {

SUKI_ENUM(Relationship, consumer, partner, employee)
SUKI_ENUM(Goal, attract, retain, defend, win_back, widen)
SUKI_ENUM(ReturnsPolicy, rejudge, keep)
SUKI_ENUM(DebtPolicy, refuse, below_zero, from_refund)
SUKI_ENUM(CardKind, none, bearer, personal, category)
/// What is shown at the till: its kind, and the category of a category card where it names one.
struct CardShown {
    CardKind kind = CardKind::none;
    std::string category;  // id, see Plan::cards; empty for other kinds, and of a category card that names none
    friend bool operator==(const CardShown&, const CardShown&) = default;
};
SUKI_ENUM(Op, over, at_least, under, at_most, between, exactly)

/// A number compared: `over 15 BYN`, `at least 3`, `2 to 5` (between, both ends in). Unit by context: minor money, thousandths,
/// days, points, or thousandths of an attribute's number.
struct Bound {
    Op op = Op::at_least;
    std::int64_t value = 0;
    std::int64_t upper = 0;  // only for `between`
    friend bool operator==(const Bound&, const Bound&) = default;
};
constexpr bool holds(const Bound& bound, std::int64_t seen) {
    switch (bound.op) {
        case Op::over: return seen > bound.value;
        case Op::at_least: return seen >= bound.value;
        case Op::under: return seen < bound.value;
        case Op::at_most: return seen <= bound.value;
        case Op::between: return seen >= bound.value && seen <= bound.upper;
        case Op::exactly: return seen == bound.value;
    }
    return false;
}

SUKI_ENUM(WindowKind, rolling, calendar_day, calendar_week, calendar_month, calendar_quarter, calendar_year, ever)

/// A stretch of civil dates that ends with the date asked about (that date is in it): the last 90 days, this calendar year, ever.
struct Window {
    WindowKind kind = WindowKind::ever;
    Period period;  // only for `rolling`
    friend bool operator==(const Window&, const Window&) = default;
};
/// `[starts_on, ends_on)` with ends_on the day after `as_of`. Rolling N days: the N days up to and with `as_of`. Rolling N months:
/// from the day after `as_of` minus N months. Weeks start on Monday.
DateRange dates_of(const Window& window, Date as_of);

/// Which lines: within one list any value serves, all non-empty lists must hold. All lists empty: every line.
struct LineFilter {
    std::vector<std::string> skus;
    std::vector<std::string> categories;  // whole path, see catalogue::is_in_category
    std::vector<std::string> brands;
    std::vector<std::string> batches;
    std::vector<std::string> tags;
    [[nodiscard]] bool is_all() const {
        return skus.empty() && categories.empty() && brands.empty() && batches.empty() && tags.empty();
    }
    friend bool operator==(const LineFilter&, const LineFilter&) = default;
};

/// What is counted per civil day. `spend` is money paid for goods (after discounts and points, without deposits); `visits` are days
/// with a purchase or a recorded visit; `purchases` are receipts; `points` are points earned; `uses` are how often an offer
/// was used (Limit).
SUKI_ENUM(Measure, spend, quantity, visits, purchases, points, uses)

struct Counter {
    Measure measure = Measure::spend;
    LineFilter lines;                         // spend and quantity only
    QuantityUnit unit = QuantityUnit::piece;  // quantity only
    std::uint32_t points_unit = 0;            // points only
    std::string offer;                        // uses only
    /// The name under which the account keeps it: by measure and filter, so that a new edition finds the old figures.
    std::string key;
};

/// One number that the Context resolves: a counter summed over a window.
struct CounterWindow {
    std::uint32_t counter = 0;
    Window window;
};

// -- Conditions, other than which lines ---------------------------------------------------------------------------------

SUKI_ENUM(ConditionKind, member, lines, amount, quantity, store, region, channel, weekday, time, dates, birthday, level, card,
          nth_purchase, last_purchase, counter, attribute, segment, membership, referral)

struct MemberCondition {
    bool is_member = true;
};
/// List total of the matched lines before any discount; without a line filter of the whole receipt (deposits excluded).
struct AmountCondition {
    Bound bound;
};
/// Of the matched lines counted in `unit`; lines in other units do not count.
struct QuantityCondition {
    Bound bound;
    QuantityUnit unit = QuantityUnit::piece;
};
/// store, region, channel, card-free text choices: any of.
struct ChoiceCondition {
    ConditionKind kind = ConditionKind::store;  // store, region, channel or segment
    std::vector<std::string> any_of;
};
struct WeekdayCondition {
    std::uint8_t days = 0;  // bit 0 is Monday; in the store's zone
};
/// `[from, to)` on the store's clock; over midnight when `to` <= `from`.
struct TimeCondition {
    TimeOfDay from;
    TimeOfDay to;
};
struct DatesCondition {
    std::vector<DateRange> any_of;  // half-open, though documents say the last day
};
/// From `before` days before the birthday to `after` days after it. 29 February is kept on 28 February in common years.
struct BirthdayCondition {
    int before = 0;
    int after = 0;
};
struct LevelCondition {
    std::vector<std::uint32_t> any_of;  // indexes into Plan::levels
};
/// A card of one of the kinds, or a category card of one of the categories. Without `category` among the kinds where it names any.
struct CardCondition {
    std::vector<CardKind> any_of;
    std::vector<std::string> categories;  // ids, see Plan::cards
};
/// This receipt is the member's n-th (or each n-th) purchase, counting those recorded before it.
struct NthPurchaseCondition {
    std::int64_t n = 1;
    bool is_every = false;
};
/// Days since the last purchase before this one. A member without one fails it.
struct LastPurchaseCondition {
    Bound days;
};
struct CounterCondition {
    std::uint32_t window = 0;  // index into Plan::windows
    Bound bound;
};
/// A fact of the member: a number compared (thousandths), or any of some texts (yes and no are `true` and `false`).
struct AttributeCondition {
    std::string name;
    std::optional<Bound> bound;
    std::vector<std::string> any_of;
};
/// Has one of the memberships at the time of the purchase: on trial, paid for, or within its grace.
struct MembershipCondition {
    std::vector<std::string> any_of;  // ids, see Plan::memberships
};

/// The first purchase of somebody whom a member brought, of which so much is paid in money: not with points, and without deposits.
/// Smaller ones before it do not count.
struct ReferralCondition {
    Bound paid;  // `over` or `at_least`
};

using Condition =
    std::variant<MemberCondition, AmountCondition, QuantityCondition, ChoiceCondition, WeekdayCondition, TimeCondition,
                 DatesCondition, BirthdayCondition, LevelCondition, CardCondition, NthPurchaseCondition, LastPurchaseCondition,
                 CounterCondition, AttributeCondition, MembershipCondition, ReferralCondition>;
ConditionKind kind_of(const Condition& condition);

// -- Effects ------------------------------------------------------------------------------------------------------------

/// `3 per 1 BYN`: `rate` points per minor unit of money, unrounded. These are the base points that multipliers act on.
struct PointsPerAmount {
    Ratio rate;
};
/// `20 per 0.1 kg`, `5 per item`: `points` for each whole or part `per` (proportional; rounded once per receipt).
struct PointsPerQuantity {
    std::int64_t points = 0;
    Quantity per;
};
struct PointsFixed {
    std::int64_t points = 0;
};
/// `x2`: adds (factor - 1) times the base points of the matched lines.
struct PointsMultiplied {
    Ratio factor;
};
struct DiscountPercent {
    Ratio rate;  // 3% is 3/100
};
/// `1.50 BYN` off once, or `per item` off each piece (or whole kg, l, m) of the matched lines.
struct DiscountAmount {
    Money amount;
    bool is_per_item = false;
};
/// Each piece (or kg, l, m) of the matched lines for this price; nothing where that is dearer.
struct FixedPrice {
    Money price;
};
/// What the steps of a scale are read by. `amount`: of this purchase; for discounts the matched lines' list total, or what remains
/// of them at the receipt stage; for points what the lines earn on. `quantity`: of the matched lines. `window`: a counter window,
/// as it stood before this receipt.
SUKI_ENUM(ScaleBy, amount, quantity, window)
/// Along what the slices of a scale are cut; `none`: it is whole.
SUKI_ENUM(Slices, none, money, quantity)

/// What a step of a scale gives: all steps give the same kind, see `Scale`.
using StepGive = std::variant<DiscountPercent, DiscountAmount, PointsPerAmount, PointsPerQuantity, PointsFixed>;

/// More by steps. Whole: all goods get what the highest step that is reached gives. In slices: each part of this purchase gets what
/// the step that it lies in gives. The purchase begins where `by` stood before it (at 0 by amount and quantity), and its goods fill
/// the steps in the order of its lines: by money (for discounts what can be discounted, for points what earns), or by quantity.
/// Slices of money give percents or points per amount, slices of quantity percents, money per item or points per quantity.
struct Scale {
    struct Step {
        std::int64_t from = 0;
        StepGive give;
    };
    ScaleBy by = ScaleBy::amount;
    std::uint32_t window = 0;                 // by window
    QuantityUnit unit = QuantityUnit::piece;  // by quantity, and of slices of quantity
    Slices slices = Slices::none;
    std::vector<Step> steps;  // ascending by `from`; all give the same alternative of StepGive
};
/// Of every `per` pieces `free` are free. With `cheapest` all matched lines are counted together and the cheapest are free;
/// otherwise each sku by itself. A weighed line counts as one piece.
struct FreeItems {
    std::int64_t free = 1;
    std::int64_t per = 2;
    bool cheapest = false;
};

/// `gift: ham`, `benefit: tasting`: one gift to be fetched, or one use more of a benefit.
struct GiveThing {
    bool is_gift = true;      // else a benefit
    std::uint32_t thing = 0;  // index into Plan::gifts or Plan::benefits
};

using Give = std::variant<PointsPerAmount, PointsPerQuantity, PointsFixed, PointsMultiplied, DiscountPercent, DiscountAmount,
                          FixedPrice, Scale, FreeItems, GiveThing>;

/// A scale has steps here; so with the next.
bool gives_points(const Give& give);
bool gives_thing(const Give& give);
/// Points by the amount: what multipliers act on.
bool gives_base_points(const Give& give);
/// Points per minor unit of money (`is_base`), or per thousandth of goods; reduced.
struct PointRate {
    Ratio rate;
    bool is_base = true;
};
std::optional<PointRate> point_rate(const StepGive& step);
/// Of a scale step by step; empty where nothing is given by a rate.
std::vector<PointRate> point_rates(const Give& give);
/// As many points, whatever the goods cost.
bool gives_fixed_points(const Give& give);
/// Points by the quantity of goods.
bool gives_by_quantity(const Give& give);
/// Gives that are by nature about pieces and lines: discounts of them act at the line stage, whatever else an offer says.
bool is_about_lines(const Give& give);

/// When in the calculation an offer acts (DESIGN.md 6).
SUKI_ENUM(Stage, line, receipt, points, things)

SUKI_ENUM(LimitScope, receipt, member, programme)

/// At most `count` uses: on a receipt, per member over a window, or of the whole programme. FreeItems are used once for each group
/// of `per` pieces, anything else once on a receipt.
struct Limit {
    LimitScope scope = LimitScope::member;
    std::int64_t count = 0;
    Window window;            // member and programme
    std::uint32_t index = 0;  // member: into Plan::windows; programme: into Plan::pools
};

/// What is shared by all members and drawn from escrow: uses, money or points of one offer, per window.
SUKI_ENUM(PoolKind, uses, money, points)
struct Pool {
    std::uint32_t offer = 0;
    PoolKind kind = PoolKind::uses;
    std::int64_t total = 0;
    Window window;    // `ever`, or a calendar window: then each has its own total
    std::string key;  // `offer:kind:window`, stable over editions
};

/// What who brought a friend gets with that friend's purchase, beside what the offer gives the friend.
struct Referral {
    std::int64_t points = 0;     // of the offer's unit
    std::optional<Limit> limit;  // per member: for how many friends
};

struct Offer {
    std::string id;
    LocalisedText title;
    std::string clause;               // `4.2`: the numbered sentence of the rules that this offer is
    std::optional<LineFilter> lines;  // set: an offer about those lines
    std::vector<Condition> conditions;
    Give give;
    std::uint32_t unit = 0;  // of points gives: index into Plan::units
    Stage stage = Stage::points;
    std::string stack;  // empty: competes with nobody
    std::vector<Limit> limits;
    std::optional<std::uint32_t> budget;  // index into Plan::pools (money or points)
    bool needs_member = false;            // gives points, or a condition or limit speaks of the member
    bool is_targeted = false;
    std::size_t line = 0;  // where it stands in the document
    /// Set: what a challenge gives, index into Plan::challenges. Its parts say when; it has no conditions of its own.
    std::optional<std::uint32_t> challenge = {};
    /// Set: the offer has a ReferralCondition, and is used once by each friend.
    std::optional<Referral> referral = {};
};

// -- Challenges ---------------------------------------------------------------------------------------------------------

/// So many of one thing; a period after the other without a gap; one of each; steps, each with what it asks.
SUKI_ENUM(ChallengeKind, collect, streak, set, steps)
/// What a stamp is given for.
SUKI_ENUM(Stamping, item, receipt, day, amount)

/// What is collected on one card: so many stamps for purchases that meet conditions.
struct ChallengePart {
    std::string id;  // empty where the challenge has only one
    LocalisedText title;
    std::uint32_t challenge = 0;  // index into Plan::challenges
    Stamping stamping = Stamping::receipt;
    std::int64_t per = 1;   // by amount: minor units of money for each stamp
    std::int64_t need = 1;  // stamps; of a streak periods in a row
    Offer asked;            // which lines and purchases count; gives nothing
    std::string key;        // of its counters, see engine/challenges.h: by name, so that a new edition finds what was collected
};
struct Challenge {
    std::uint32_t offer = 0;  // index into Plan::offers: its id, title and clause, what it gives and how often
    ChallengeKind kind = ChallengeKind::collect;
    std::uint32_t first_part = 0;  // into Plan::challenge_parts
    std::uint32_t part_count = 1;
    std::uint32_t common_count = 0;                // so many of each part's conditions, the first, are of all parts
    bool is_again = false;                         // begins anew when it is done
    bool is_in_order = false;                      // steps: each counts once those before it are done
    std::optional<Period> within;                  // what is older counts no more; none: nothing grows old
    std::optional<DateRange> open;                 // only what was bought then counts
    WindowKind every = WindowKind::calendar_week;  // streak: calendar day, week or month
    std::int64_t at_least = 1;                     // streak: so many purchases in each
    std::int64_t forgive = 0;                      // streak: so many missed in a row do not end it
};

// -- Cards --------------------------------------------------------------------------------------------------------------

/// What a category card says of whoever shows it: silver, gold. The later in the list the higher.
struct CardCategory {
    std::string id;
    LocalisedText title;
};
/// A bearer card gives whoever shows it what offers say for it; and where it gathers, also points and levels, though nobody is
/// known.
SUKI_ENUM(BearerCards, discounts, gathers)
struct Cards {
    std::optional<CardNumbers> numbers;  // none: numbers are made elsewhere and may look like anything
    BearerCards bearer = BearerCards::discounts;
    std::vector<CardCategory> categories;
};

// -- Benefits -----------------------------------------------------------------------------------------------------------

/// What a privilege is by nature. `service`, `access` and `terms` are not material: they cost the company attention before money.
SUKI_ENUM(BenefitKind, service, access, terms, gift, discount, partner)
constexpr bool is_material(BenefitKind kind) {
    return kind != BenefitKind::service && kind != BenefitKind::access && kind != BenefitKind::terms;
}

/// How much of a benefit somebody has.
struct Allowance {
    std::optional<std::int64_t> count;  // none: as often as they like, or all the time
    Window window;                      // over which `count` is counted
    friend bool operator==(const Allowance&, const Allowance&) = default;
};
/// A privilege of the matrix: what members have of it by their level, or all of them, and what may be granted by hand.
struct Benefit {
    std::string id;
    LocalisedText title;
    std::string clause;
    BenefitKind kind = BenefitKind::service;
    bool is_material = false;
    std::string partner;                             // whose it is; empty: the company's own
    std::optional<Money> cost;                       // to the company, for each use; or a year of it where it stands
    std::optional<Period> lasts;                     // how long one that was granted can be used; none: until it is used
    bool is_booked = false;                          // can be set for a time to come
    std::optional<Period> keeps;                     // what is handed in with it is kept so long; none: nothing is
    std::string resource;                            // the closed page to which it is the right, https://…; empty: none
    std::int64_t token_seconds = 600;                // how long a token for it lives
    std::optional<Allowance> everybody;              // every member, whatever their level
    std::vector<std::optional<Allowance>> by_level;  // as Plan::levels, `everybody` put in where a level says nothing
};

// -- Gifts --------------------------------------------------------------------------------------------------------------

/// Counted by store, so many in all, or not at all: then there is always one.
SUKI_ENUM(GiftStocked, by_store, in_all, always)
/// A thing of the catalogue of gifts and prizes.
struct Gift {
    std::string id;
    LocalisedText title;
    std::string clause;
    std::string sku;             // of the catalogue of goods; may be empty
    std::string partner;         // whose it is; empty: the company's own
    std::optional<Money> value;  // to whoever gets it
    std::optional<Money> cost;   // to the company
    GiftStocked stocked = GiftStocked::by_store;
    std::int64_t stock = 0;                // in all
    Period held{.days = 14};               // set aside for so long
    std::vector<std::string> substitutes;  // ids: what may be handed over in its place
};
/// One way to buy a gift.
struct GiftPrice {
    std::string id;
    std::string clause;
    std::uint32_t gift = 0;
    std::uint32_t unit = 0;
    std::int64_t points = 0;
    Money money;                        // beside the points
    std::optional<Allowance> limit;     // how many a member may buy so
    std::vector<std::uint32_t> levels;  // indexes into Plan::levels, ascending; empty: all, and without levels
};

// -- Trade-in -----------------------------------------------------------------------------------------------------------

/// What is credited for an article of one grade.
struct TradeInPrice {
    std::string article;
    std::string grade;
    Money price;
    std::int64_t points = 0;  // price / worth of the unit, exactly whole
};
/// A price list of what members hand in to be sold again. docs/decisions/0083-trade-in.md.
struct TradeIn {
    std::string id;
    LocalisedText title;
    std::string clause;
    std::string department;
    std::uint32_t unit = 0;            // of points that have a worth
    std::vector<TradeInPrice> prices;  // in the order of the document, those of an article together
    Period offer_valid{.days = 14};
    std::optional<Allowance> limit;  // how many things a member may hand in
    std::optional<Ratio> share;      // on consignment: of what it is sold for; none: it is bought at once
};

// -- Households ---------------------------------------------------------------------------------------------------------

/// Members may join accounts: points, level and what is counted are of all who are in it.
struct Household {
    std::int64_t people = 0;  // at most so many
    std::string clause;
};

// -- Memberships --------------------------------------------------------------------------------------------------------

/// What becomes of what is paid for when a member ends it.
SUKI_ENUM(MembershipEnding, at_period_end, at_once)
/// What of it is owed back when it ends at once.
SUKI_ENUM(Proration, none, by_day)
struct MembershipPause {
    Period up_to;     // then it runs on by itself
    Allowance times;  // how many a member may have; without a count as many as they like
};
/// A membership that members join, for a fee or free. Its offers are among Plan::offers, as `membership.offer`, with a condition
/// that it is had. docs/decisions/0079-memberships.md.
struct Membership {
    std::string id;
    LocalisedText title;
    std::string clause;
    Money fee;                // for each `period`; 0: it is free
    Period period;            // months or days; of what is free nothing
    Period trial;             // free, when a member joins for the first time
    Period grace;             // it stays had for so long after a period that nobody paid for began
    Period asked{.days = 3};  // so long before a period begins its fee is asked for
    std::optional<MembershipPause> pause;
    MembershipEnding end = MembershipEnding::at_period_end;
    Proration prorate = Proration::none;
    Rounding rounding = Rounding::half_up;  // of what is owed back
    std::int64_t people = 0;                // at most so many have one at once; 0: any number
    std::vector<std::uint32_t> benefits;    // indexes into Plan::benefits, ascending: had as often as they like
    [[nodiscard]] bool is_free() const { return fee.is_zero(); }
};

// -- Milestones ---------------------------------------------------------------------------------------------------------

/// The day of which there is one, or one a year: so long after joining, each year of it, the birthday; or when an attribute that
/// holds a date moves to a later one, such as the end of a contract.
SUKI_ENUM(MilestoneKind, after_joining, each_year, birthday, renewed)
/// Points for a day in a member's life. docs/decisions/0087-milestones.md.
struct Milestone {
    std::string id;
    LocalisedText title;
    std::string clause;
    MilestoneKind kind = MilestoneKind::after_joining;
    Period after;           // of after_joining
    std::string attribute;  // of renewed
    std::uint32_t unit = 0;
    std::int64_t points = 0;
};

// -- Recognition --------------------------------------------------------------------------------------------------------

SUKI_ENUM(RecognitionMessage, optional, required)
/// Points that members give each other out of an allowance which is not theirs. docs/decisions/0085-recognition.md.
struct Recognition {
    std::string id;
    LocalisedText title;
    std::string clause;
    std::uint32_t unit = 0;
    Allowance allowance;               // points that a member may give
    std::int64_t at_most = 0;          // at once
    std::optional<Allowance> to_one;   // points that a member may give to the same colleague
    std::vector<std::string> reasons;  // words, one of which is named; empty: none is
    RecognitionMessage message = RecognitionMessage::optional;
    Period not_back;  // so long nobody gives to whom they have it from; of nothing: at once
};

// -- Rebates ------------------------------------------------------------------------------------------------------------

/// By what the steps of a rebate are read: what was bought in the period, by how much more that is than in the same period of the
/// year before, or in how many of the named groups enough was bought.
SUKI_ENUM(RebateBy, spend, growth, mix)

/// Points for what was bought in a calendar month, quarter or year, all of it taken together. docs/decisions/0086-rebates.md.
struct Rebate {
    std::string id;
    LocalisedText title;
    std::string clause;
    std::uint32_t unit = 0;  // index into Plan::units; it has a worth
    RebateBy by = RebateBy::spend;
    WindowKind per = WindowKind::calendar_quarter;
    LineFilter lines;                     // of which goods; of a mix its groups are the categories
    std::vector<std::uint32_t> counters;  // indexes into Plan::counters: of the goods; of a mix of each group, in their order
    /// Steps of percents, by minor units of money, millionths of growth, or groups.
    Scale scale;
    Money at_least;  // of a mix: so much of a group counts
    Period after;    // so long after the end of a period its points can be spent
};

// -- Units, levels, spending --------------------------------------------------------------------------------------------

SUKI_ENUM(ExpiryKind, never, after_earning, after_activity, period_end)
struct Expiry {
    ExpiryKind kind = ExpiryKind::never;
    Period period;                                    // after_earning, after_activity
    WindowKind calendar = WindowKind::calendar_year;  // period_end: month, quarter or year
    friend bool operator==(const Expiry&, const Expiry&) = default;
};

/// Which money earns: `paid` (after every discount and without what points paid), `discounted` (also what points paid), `list`.
SUKI_ENUM(EarnedOn, paid, discounted, list)

struct Unit {
    std::string id;
    LocalisedText title;
    CountedText counted;  // how it is written beside a number; a language may be missing
    std::string clause;
    Ratio worth;     // minor units of money per point; 0 when it can't be spent as money
    Period pending;  // not spendable before this has passed
    Expiry expiry;
    Rounding rounding = Rounding::down;
    EarnedOn earned_on = EarnedOn::paid;
    bool is_tax_excluded = false;  // earns on the price without tax
    /// All point rates of the unit are multiples of 1/denominator, so that sums are exact integers.
    std::int64_t denominator = 1;
};

/// So much of the ladder's measure in the first days reaches the level at once; after them it is earned as always.
struct FastTrack {
    std::int64_t from = 0;
    Period within;  // from joining on
};

/// Earned by `from`, by criteria, or by both: by any of them, or by all together. By invitation it is earned never, only granted.
struct Level {
    std::string id;
    LocalisedText title;
    std::string clause;
    bool has_from = true;
    std::int64_t from = 0;                   // of the ladder's measure
    std::vector<CounterCondition> criteria;  // each at least so much
    bool is_any = false;                     // one of `from` and `criteria` is enough
    bool is_invited = false;
    std::optional<FastTrack> fast_track;
    Period keep;   // kept at least this long
    Period grace;  // and this long after no longer being earned
};

/// Who shows that they stand so elsewhere has the level for a time, once, to see whether they earn it.
struct LevelMatch {
    std::string id;
    LocalisedText title;
    std::uint32_t level = 0;  // index into Plan::levels
    Period lasts;
};

SUKI_ENUM(Downgrade, one_step, as_due)

/// How levels are reached. `window` indexes Plan::windows.
struct Ladder {
    std::uint32_t window = 0;
    Downgrade downgrade = Downgrade::one_step;
};

/// Paying at the till with points of a unit. Points × worth is whole money for every multiple of `step` (checked).
struct PayWithPoints {
    std::string id;
    std::string clause;
    std::uint32_t unit = 0;
    std::int64_t at_least = 1;
    std::int64_t step = 1;
    Ratio up_to{1, 1};  // of what remains of the receipt without the excluded lines
    LineFilter except;  // lines that points can't pay for; only when `has_except`
    bool has_except = false;
};

struct Welcome {
    std::uint32_t unit = 0;
    std::int64_t points = 0;
    std::string clause;
};

// -- Examples -----------------------------------------------------------------------------------------------------------

/// A promise as a test: a basket, what is known of the member, and what must come out. Run by the engine.
struct Example {
    struct Line {
        std::string sku, category, brand, batch;
        std::vector<std::string> tags;
        Quantity quantity{1000, QuantityUnit::piece};
        Money amount;  // list total
        Money till_discount;
        bool is_deposit = false;
        bool no_discount = false;
        bool no_points = false;
    };
    struct Figure {  // a counter's value: `spend: {over: 90 days, is: 350 BYN}`
        std::uint32_t window = 0;
        std::int64_t value = 0;
    };
    struct Member {
        std::optional<std::uint32_t> level;
        std::optional<YearMonthDay> birthday;
        std::vector<std::pair<std::string, std::string>> attributes;  // numbers in decimal text
        std::vector<std::string> segments;
        std::vector<std::string> memberships;  // ids, sorted
        CardShown card;
        std::int64_t purchases = 0;
        std::optional<std::int64_t> last_purchase_days;
        std::vector<Figure> figures;
        std::vector<std::int64_t> balances;  // by unit
    };
    struct Expect {
        std::optional<Money> discount;
        std::optional<Money> total;                                  // to pay
        std::vector<std::pair<std::uint32_t, std::int64_t>> points;  // unit, earned
        std::optional<std::vector<std::string>> offers;              // ids of all that applied, in any order
    };
    std::string id;
    std::size_t line = 0;  // where it stands in the document
    std::size_t column = 0;
    Date date;
    TimeOfDay time;
    std::string store, region, channel;
    CardShown card;  // with or without a member; the member's own `card` is the same
    std::optional<Member> member;
    std::vector<Line> basket;
    std::int64_t pay_points = 0;
    Expect expect;
};

// -- The whole ----------------------------------------------------------------------------------------------------------

/// Rules of the engine that a plan was compiled for; raised when a fix changes results (DESIGN.md 4).
/// 2: points that are whole before rounding stay whole (docs/decisions/0040-whole-points.md), and what the till took in points pays
/// as it took it (docs/decisions/0031-paying-with-points.md).
/// 3: limits per member and in all count every group of FreeItems, not the receipts that had some.
inline constexpr int kSemantics = 3;

struct Plan {
    int semantics = kSemantics;
    std::string id;
    LocalisedText title;
    LocalisedText organisation;
    std::string site;
    Relationship relationship = Relationship::consumer;
    Goal goal = Goal::retain;
    LocalisedText because;
    std::string target;                  // as written, for people
    std::vector<std::string> languages;  // first is the default
    std::string currency;
    int exponent = 2;
    ZonePointer zone;
    Date effective_on;
    Period notice;
    ReturnsPolicy returns = ReturnsPolicy::rejudge;
    DebtPolicy debt = DebtPolicy::below_zero;
    Rounding discount_rounding = Rounding::half_up;

    Cards cards;
    std::optional<Household> household;  // none: every member by themselves
    std::vector<Welcome> welcome;
    std::vector<Unit> units;
    std::optional<Ladder> ladder;
    std::vector<Level> levels;  // ascending; the first from 0. Empty: no levels
    std::vector<LevelMatch> level_matches;
    std::vector<Offer> offers;             // in the order of the document
    std::vector<std::uint32_t> referrals;  // indexes into offers: those for bringing friends
    std::vector<PayWithPoints> pay;
    std::vector<Benefit> benefits;  // in the order of the document
    std::vector<Gift> gifts;        // likewise
    std::vector<GiftPrice> gift_prices;
    std::vector<TradeIn> trade_ins;              // likewise
    std::vector<Challenge> challenges;           // likewise
    std::vector<ChallengePart> challenge_parts;  // those of one challenge stand together
    std::vector<std::uint32_t> parts_by_key;     // indexes into challenge_parts
    std::vector<Membership> memberships;         // in the order of the document
    std::vector<Recognition> recognitions;       // likewise
    std::vector<Milestone> milestones;           // likewise
    std::vector<Rebate> rebates;                 // likewise
    std::vector<Counter> counters;
    std::vector<CounterWindow> windows;
    std::vector<Pool> pools;
    std::vector<Example> examples;

    std::string document;       // the source, byte for byte
    std::string document_hash;  // SHA-256 of it, hexadecimal
};

using PlanPointer = std::shared_ptr<const Plan>;

/// Null when there is none of that id. It looks at one after another: for what few receipts ask.
const Offer* find_offer(const Plan& plan, std::string_view id);
/// Index into Plan::challenge_parts, by ChallengePart::key.
std::optional<std::uint32_t> find_part(const Plan& plan, std::string_view key);
/// Index into Plan::challenges, by the id of its offer.
std::optional<std::uint32_t> find_challenge(const Plan& plan, std::string_view id);

}  // namespace suki::programme
