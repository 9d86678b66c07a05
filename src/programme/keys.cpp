#include "programme/keys.h"

#include <array>

#include "programme/plan.h"

namespace suki::programme {

namespace {

template <class E>
constexpr std::span<const std::string_view> words_of() {
    return all_names<E>();
}

constexpr std::array kUnitEnds = std::to_array<std::string_view>({"included", "excluded"});
constexpr std::array kReviews = std::to_array<std::string_view>({"daily"});
constexpr std::array kScaleBy = std::to_array<std::string_view>({"receipt", "spend", "quantity", "visits", "purchases"});
constexpr std::array kScaleAs = std::to_array<std::string_view>({"whole", "slices"});
constexpr std::array kAll = std::to_array<std::string_view>({"all"});

constexpr KeySpec later(std::string_view name, std::string_view description) {
    return {.name = name, .kind = Kind::everything, .description = description, .is_later = true};
}

constexpr std::array kOrganisation = std::to_array<KeySpec>({
    {"name", Kind::localised, "The name that members know the company by.", true},
    {"site", Kind::text, "The address of its site."},
});
constexpr std::array kTarget = std::to_array<KeySpec>({
    {"behaviour", Kind::text, "What members are to do more of.", true},
    {"from", Kind::number_text, "Where it stands now."},
    {"to", Kind::number_text, "Where it is to be."},
    {"within", Kind::period, "By when."},
});
constexpr std::array kJoin = std::to_array<KeySpec>({
    {"welcome", Kind::map, "What a new member is given.", false, false, &keys::welcome},
    later("at", "Where one can join."),
    later("ask", "What joining asks of a person."),
    later("reveal", "What a new member is shown, one step at a time."),
});
constexpr std::array kCards = std::to_array<KeySpec>({
    {"number", Kind::map, "What the numbers of its cards look like; without it Suki makes none.", false, false, &keys::card_number},
    {"bearer", Kind::choice,
     "`discounts`: who shows a bearer card gets what offers say for it; `gathers`: points are gathered on it too.", false, false,
     nullptr, words_of<BearerCards>()},
    {"categories", Kind::entries, "The categories of category cards, lowest first.", false, false, &keys::card_category},
});
constexpr std::array kCardNumber = std::to_array<KeySpec>({
    {"digits", Kind::count, "How many digits a number has, such as 13.", true},
    {"prefix", Kind::text, "The digits that every number begins with."},
    {"check", Kind::choice, "How its last digit is reckoned: `gs1` as in EAN-13, `luhn` as on bank cards, or `none`.", false, false,
     nullptr, words_of<CheckDigit>()},
});
constexpr std::array kCardCategory = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
});
constexpr std::array kBenefit = std::to_array<KeySpec>({
    {"kind", Kind::choice, "What it is by nature: `service`, `access` and `terms` are not material.", true, false, nullptr,
     words_of<BenefitKind>()},
    {"title", Kind::localised, "What members call it."},
    {"material", Kind::yes_no, "Whether it is worth money, where its kind does not say so rightly."},
    {"cost", Kind::money, "What each use of it costs the company; of what stands, a year."},
    {"partner", Kind::word, "Whose it is, where it is not the company's own."},
    {"lasts", Kind::period, "How long one that was granted can be used."},
    {"book", Kind::yes_no, "Whether it can be booked for a time to come."},
    {"keeps", Kind::period, "How long what is handed in with it is kept."},
    {"resource", Kind::link, "The closed page, pre-sale or shop that it opens; its site checks tokens for this very address."},
    {"token_lives", Kind::lifetime, "How long a token for the resource lives: `10 minutes` where nothing is said."},
    {"members", Kind::allowance, "How much of it every member has: `yes`, `2 per year`."},
});
constexpr std::array kGift = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"value", Kind::money, "What it is worth to whoever gets it."},
    {"cost", Kind::money, "What it costs the company."},
    {"sku", Kind::text, "Which goods it is."},
    {"partner", Kind::word, "Whose it is, where it is not the company's own."},
    {"stock", Kind::text, "`by store` (so without it), so many in all such as 4000, or `no`: there is always one."},
    {"held", Kind::period, "How long one that was ordered is set aside; without it 14 days."},
    {"instead", Kind::words, "Which gifts may be handed over in its place."},
});
constexpr std::array kTradeIn = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"department", Kind::word, "Which department of the shop it pays for itself in; without it, its own name."},
    {"unit", Kind::word, "The unit of points that is credited; it must have a worth.", true},
    {"prices", Kind::entries, "What is given for which article of which grade.", true, false, &keys::trade_in_grades},
    {"offer_valid", Kind::period, "How long the member may think about an offer; without it 14 days."},
    {"limit", Kind::text, "How many things a member may hand in: `4 per member per calendar month`."},
    {"consignment", Kind::map, "The member is paid when the thing is sold, not at once.", false, false, &keys::consignment},
});
constexpr std::array kConsignment = std::to_array<KeySpec>({
    {"share", Kind::percent, "Which share of what it is sold for is the member's.", true},
});
constexpr std::array kStreakEvery = std::to_array<std::string_view>({"day", "week", "month"});
constexpr std::array kFreeReward = std::to_array<std::string_view>({"cheapest"});
constexpr std::array kChallenge = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"collect", Kind::map, "So many stamps of one kind.", false, false, &keys::collect},
    {"streak", Kind::map, "Purchases in one day, week or month after the other.", false, false, &keys::streak},
    {"set", Kind::entries, "One of each: what counts as it, under a name for it.", false, false, &keys::when},
    {"steps", Kind::entries, "Several things to collect, each under its name.", false, false, &keys::challenge_step},
    {"in_order", Kind::yes_no, "Whether a step counts only once those before it are done; without it in any order."},
    {"when", Kind::map, "Who and which purchases it is for: conditions that say nothing of goods.", false, false, &keys::when},
    {"give", Kind::map, "What is given for it: one thing.", true, false, &keys::reward},
    {"again", Kind::yes_no, "Whether it begins anew when it is done; without it it is done once."},
    {"within", Kind::period, "How long what was collected counts: `30 days`; without it it does not grow old."},
    {"from", Kind::date, "From which date on purchases count."},
    {"to", Kind::date, "The last date on which they do."},
    {"limit", Kind::limit, "How far it goes: `1 per member per calendar year`, or a map.", false, false, &keys::limit},
});
constexpr std::array kCollect = std::to_array<KeySpec>({
    {"of", Kind::map, "Which goods and purchases get a stamp; without it all.", false, false, &keys::when},
    {"stamp", Kind::text, "What one stamp is for: `per item`, `per receipt`, `per day`, `per 10 BYN`; without it `per item`."},
    {"need", Kind::count, "How many stamps, such as 6.", true},
});
constexpr std::array kChallengeStep = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"of", Kind::map, "Which goods and purchases get a stamp; without it all.", false, false, &keys::when},
    {"stamp", Kind::text, "What one stamp is for: `per item`, `per receipt`, `per day`, `per 10 BYN`; without it `per item`."},
    {"need", Kind::count, "How many stamps; without it one."},
});
constexpr std::array kStreak = std::to_array<KeySpec>({
    {"of", Kind::map, "Which purchases count; without it all.", false, false, &keys::when},
    {"every", Kind::choice, "How long a period is: a day, a week from Monday, or a month of the calendar.", true, false, nullptr,
     kStreakEvery},
    {"at_least", Kind::count, "How many purchases make a period count; without it one."},
    {"for", Kind::count, "How many periods in a row, such as 4.", true},
    {"forgive", Kind::count, "How many missed ones in a row do not end it; without it none."},
});
constexpr std::array kReward = std::to_array<KeySpec>({
    {"free", Kind::choice, "`cheapest`: the cheapest of the goods that got a stamp on the receipt that fills the card.", false,
     false, nullptr, kFreeReward},
});
constexpr std::array kMilestone = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"when", Kind::text, "`1 year after joining`, `each year after joining`, `birthday`, `contract_until renewed`.", true},
    {"give", Kind::map, "The points of one unit.", true, false, &keys::welcome},
});
constexpr std::array kRecognition = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"allowance", Kind::text, "How much a member may give: `100 points per calendar month`.", true},
    {"at_most", Kind::count, "How much at once; without it the whole allowance."},
    {"to_one", Kind::text, "How much to the same colleague: `60 per calendar month`; without it the whole allowance."},
    {"reasons", Kind::words, "What it may be given for: one of these words is named with it."},
    {"message", Kind::choice, "Whether something must be written with it; without it whoever likes does.", false, false, nullptr,
     words_of<RecognitionMessage>()},
    {"not_back", Kind::period, "For how long nobody gives to whom they have it from; without it they may at once."},
});
constexpr std::array kHousehold = std::to_array<KeySpec>({
    {"people", Kind::count, "How many people a household has at most, such as 6.", true},
});
constexpr std::array kMembership = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"fee", Kind::text, "What it costs: `10 EUR per month`, `60 EUR per year`, `25 EUR per 3 months`; without it it is free."},
    {"trial", Kind::period, "How long it is free at first, once for each member."},
    {"grace", Kind::period, "How long it stays when nobody has paid; without it it lapses."},
    {"ask_before", Kind::period, "How long before a period begins its fee is asked for; without it 3 days."},
    {"pause", Kind::map, "How members may pause it; without it they can't.", false, false, &keys::membership_pause},
    {"end", Kind::choice, "What who ends it has: until what is paid for is over, or nothing from then on.", false, false, nullptr,
     words_of<MembershipEnding>()},
    {"prorate", Kind::choice, "What is owed back of a period that is cut short: `by_day`, or `none`.", false, false, nullptr,
     words_of<Proration>()},
    {"round", Kind::choice, "How what is owed back is rounded to the smallest coin.", false, false, nullptr, words_of<Rounding>()},
    {"people", Kind::count, "How many members may have it at once; without it any number."},
    {"benefits", Kind::words, "The benefits that come with it, as often as they like."},
    {"offers", Kind::entries, "The offers that only those get who have it.", false, false, &keys::offer},
});
constexpr std::array kMembershipPause = std::to_array<KeySpec>({
    {"up_to", Kind::period, "How long a pause lasts at most.", true},
    {"times", Kind::allowance, "How many pauses a member may have: `2 per year`."},
});
constexpr std::array kRebateBy = std::to_array<std::string_view>({"spend", "growth", "mix", "payment"});
constexpr std::array kRebate = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"unit", Kind::word, "The unit whose points are given, which must have a worth.", true},
    {"by", Kind::choice, "What the steps count: `spend`, its `growth` over a year, or a `mix` of groups.", true, false, nullptr,
     kRebateBy},
    {"per", Kind::window, "What is taken together: `calendar month`, `calendar quarter` or `calendar year`.", true},
    {"of", Kind::map, "Which goods count; of a mix the categories are its groups.", false, false, &keys::line_filter},
    {"at_least", Kind::money, "Of a mix: how much of a group must be bought for it to count."},
    {"as", Kind::choice, "`whole`: all gets what the highest step gives; `slices`: each part what its own step gives.", false,
     false, nullptr, kScaleAs},
    {"steps", Kind::map, "From how much on which percent: `{10000 BYN: 1%, 50000 BYN: 2.5%}`.", true, false, &keys::steps},
    {"after", Kind::period, "How long after the end of a period its points can be spent; without it at once."},
    later("settle", "With which document it is settled."),
    later("within", "In which time an invoice must be paid."),
    later("give", "What is given of what was paid in time."),
});
constexpr std::array kWelcome = std::to_array<KeySpec>({
    later("gift", "A gift on joining."),
});
constexpr std::array kDiscounts = std::to_array<KeySpec>({
    {"round", Kind::choice, "How a discount is rounded to the smallest coin.", false, false, nullptr, words_of<Rounding>()},
});
constexpr std::array kCounted = std::to_array<KeySpec>({
    {"zero", Kind::text, "Beside numbers of the form `zero` (Arabic, Latvian)."},
    {"one", Kind::text, "Beside 1; in Slavic languages also beside 21, 31 and so on."},
    {"two", Kind::text, "Beside numbers of the form `two` (Arabic, Hebrew, Slovene)."},
    {"few", Kind::text, "Beside 2 to 4, 22 to 24 and so on, in Slavic languages."},
    {"many", Kind::text, "Beside 5 to 20, 25 to 30 and so on, in Slavic languages."},
    {"other", Kind::text, "Beside all other numbers, and where a form is missing."},
});
constexpr std::array kUnit = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"counted", Kind::entries, "How it is written beside a number, by language: the forms of its plural.", false, false,
     &keys::counted},
    {"worth", Kind::money, "What one point is worth when it is spent; without it points can't pay."},
    {"pending", Kind::period, "How long points wait before they can be spent."},
    {"expire", Kind::expiry,
     "When points lapse: `12 months after earning`, `12 months after last activity`, `at the end of the year`, `never`."},
    {"round", Kind::choice, "How points are rounded, once per receipt.", false, false, nullptr, words_of<Rounding>()},
    {"earned_on", Kind::choice, "Which money earns: what was paid, what was due before points, or the list price.", false, false,
     nullptr, words_of<EarnedOn>()},
    {"tax", Kind::choice, "Whether the tax in the price earns too.", false, false, nullptr, kUnitEnds},
});
constexpr std::array kLevels = std::to_array<KeySpec>({
    {"by", Kind::word, "What counts: `spend`, `visits`, `purchases`, `quantity`, or the points of a unit by its name.", true},
    {"over", Kind::window, "Over which time it is counted.", true},
    {"review", Kind::choice, "How often levels are looked at.", false, false, nullptr, kReviews},
    {"downgrade", Kind::choice, "Whether a member falls by one step or to what is due.", false, false, nullptr,
     words_of<Downgrade>()},
    {"steps", Kind::entries, "The levels, lowest first.", true, false, &keys::level_step},
    {"match", Kind::entries, "Who stands so elsewhere has a level for a time.", false, false, &keys::level_match},
});
constexpr std::array kLevelStep = std::to_array<KeySpec>({
    {"from", Kind::comparison, "From how much on; the first level starts at 0."},
    {"any", Kind::list, "Beside `from`: any one of these figures is enough.", false, false, &keys::level_criterion},
    {"all", Kind::list, "Beside `from`: all of these figures are needed.", false, false, &keys::level_criterion},
    {"invitation", Kind::yes_no, "It is reached by invitation only."},
    {"fast_track", Kind::map, "How it is reached at once in the first days.", false, false, &keys::fast_track},
    {"keep", Kind::period, "How long it is kept at least."},
    {"grace", Kind::period, "How long it stays after it is no longer earned."},
    {"title", Kind::localised, "What members call it."},
});
constexpr std::array kLevelCriterion = std::to_array<KeySpec>({
    {"spend", Kind::maybe_map, "Money spent: `all`, or on such lines.", false, false, &keys::line_filter},
    {"spend_on", Kind::texts, "Money spent on these categories."},
    {"quantity_of", Kind::maybe_map, "How much was bought: of a category, or of such lines.", false, false, &keys::line_filter},
    {"visits", Kind::choice, "Days with a purchase or a visit.", false, false, nullptr, kAll},
    {"purchases", Kind::choice, "Receipts.", false, false, nullptr, kAll},
    {"points", Kind::word, "Points earned of this unit."},
    {"over", Kind::window, "Over which time; without it ever."},
    {"at_least", Kind::comparison, "This much or more.", true},
});
constexpr std::array kFastTrack = std::to_array<KeySpec>({
    {"from", Kind::comparison, "From how much on, of what the levels count.", true},
    {"within", Kind::period, "In how many days from joining on.", true},
});
constexpr std::array kLevelMatch = std::to_array<KeySpec>({
    {"title", Kind::localised, "What is matched."},
    {"level", Kind::word, "Which level they have.", true},
    {"lasts", Kind::period, "For how long, unless they earn it meanwhile.", true},
});
constexpr std::array kOffer = std::to_array<KeySpec>({
    {"title", Kind::localised, "What members call it."},
    {"when", Kind::map, "When it applies; without it always.", false, false, &keys::when},
    {"give", Kind::map, "What it gives: one thing.", true, false, &keys::give},
    {"limit", Kind::limit, "How far it goes: `1 per member per calendar year`, or a map.", false, false, &keys::limit},
    {"stack", Kind::word, "Of the offers in one stack only the best for the member applies."},
    {"targeted", Kind::yes_no, "Whether it is given to some members only, as the rules will say."},
});
constexpr std::array kWhen = std::to_array<KeySpec>({
    {"lines", Kind::choice, "`all`: the offer is about each line, whatever it is.", false, false, nullptr, kAll},
    {"sku", Kind::texts, "Lines of these goods."},
    {"category", Kind::texts, "Lines in these categories."},
    {"brand", Kind::texts, "Lines of these brands."},
    {"batch", Kind::texts, "Lines of these batches."},
    {"tag", Kind::texts, "Lines with one of these tags."},
    {"amount", Kind::comparison, "The list total of the lines, or of the receipt: `over 15 BYN`."},
    {"quantity", Kind::comparison, "How much of the lines: `over 0.5 kg`."},
    {"member", Kind::yes_no, "Whether the buyer is known as a member."},
    {"store", Kind::texts, "In one of these stores."},
    {"region", Kind::texts, "In a store of one of these regions."},
    {"channel", Kind::texts, "Bought through one of these channels."},
    {"weekday", Kind::weekdays, "On these days, by the store's clock: `[tue, wed]`, `mon to fri`."},
    {"time", Kind::time_range, "At this time of day, by the store's clock: `08:00 to 12:00`."},
    {"dates", Kind::dates, "On these dates, the last included: `2026-12-24 to 2026-12-26`."},
    {"birthday", Kind::birthday, "Around the member's birthday: `within 3 days`, `on the day`."},
    {"level", Kind::level, "Of these levels: `friend`, `[friend, family]`, `at least friend`."},
    {"card", Kind::level, "With such a card: `bearer`, `[personal, gold]`, `at least silver`."},
    {"nth_purchase", Kind::nth, "On the member's third purchase (`3`) or on each sixth (`every 6`)."},
    {"last_purchase", Kind::comparison, "Since the purchase before this one: `over 45 days ago`."},
    {"counter", Kind::map, "What the member bought or earned over some time.", false, false, &keys::counter},
    {"attribute", Kind::map, "What is known of the member.", false, false, &keys::attribute},
    {"segment", Kind::texts, "In one of these segments."},
    {"membership", Kind::words, "Has one of these memberships."},
    {"referral", Kind::text,
     "The purchase by which a friend whom a member brought proves to be one: `first purchase over 20 BYN`."},
});
constexpr std::array kLineFilter = std::to_array<KeySpec>({
    {"sku", Kind::texts, "Lines of these goods."},
    {"category", Kind::texts, "Lines in these categories."},
    {"brand", Kind::texts, "Lines of these brands."},
    {"batch", Kind::texts, "Lines of these batches."},
    {"tag", Kind::texts, "Lines with one of these tags."},
});
constexpr std::array kCounter = std::to_array<KeySpec>({
    {"spend", Kind::maybe_map, "Money spent: `all`, or on such lines.", false, false, &keys::line_filter},
    {"spend_on", Kind::texts, "Money spent on these categories."},
    {"quantity_of", Kind::maybe_map, "How much was bought: of a category, or of such lines.", false, false, &keys::line_filter},
    {"visits", Kind::choice, "Days with a purchase or a visit.", false, false, nullptr, kAll},
    {"purchases", Kind::choice, "Receipts.", false, false, nullptr, kAll},
    {"points", Kind::word, "Points earned of this unit."},
    {"over", Kind::window, "Over which time; without it ever."},
    {"at_least", Kind::comparison, "This much or more."},
    {"more_than", Kind::comparison, "More than this."},
    {"at_most", Kind::comparison, "This much or less."},
    {"under", Kind::comparison, "Less than this."},
    {"is", Kind::comparison, "Any comparison: `2 to 5`, `over 40 BYN`."},
});
constexpr std::array<KeySpec, 0> kAttribute{};
constexpr std::array kGive = std::to_array<KeySpec>({
    {"discount", Kind::discount, "`3%`, `1.50 BYN`, `0.20 BYN per item`, or a scale.", false, false, &keys::by_steps},
    {"price", Kind::price, "Each of the lines' goods at this price."},
    {"free", Kind::free_items, "`1 per 4`: of every four one is free; `1 per 4 cheapest`: the cheapest of all together."},
    {"gift", Kind::word, "A gift of the catalogue, to be fetched."},
    {"benefit", Kind::word, "A benefit of the matrix, once more."},
    later("ticket", "A ticket of a draw."),
});
constexpr std::array kBySteps = std::to_array<KeySpec>({
    {"scale", Kind::map, "More by steps.", true, false, &keys::scale},
});
constexpr std::array kBothSides = std::to_array<KeySpec>({
    {"both", Kind::count, "As many points for the friend as for whoever brought them."},
    {"member", Kind::count, "Points for whoever brought the friend."},
    {"friend", Kind::count, "Points for the friend."},
});
constexpr std::array kScale = std::to_array<KeySpec>({
    {"by", Kind::choice, "What the steps count: this receipt, or what was bought before it.", true, false, nullptr, kScaleBy},
    {"over", Kind::window, "Over which time; without it `quantity` is of this receipt."},
    {"of", Kind::map, "Only what was spent on such lines, or how many of them were bought, over that time.", false, false,
     &keys::line_filter},
    {"as", Kind::choice, "`whole`: all gets what the highest step reached gives; `slices`: each part what its own step gives.",
     false, false, nullptr, kScaleAs},
    {"steps", Kind::map, "From how much on what: `{50 BYN: 2%, 120 BYN: 4%}`.", true, false, &keys::steps},
});
constexpr std::array<KeySpec, 0> kSteps{};
constexpr std::array kLimit = std::to_array<KeySpec>({
    {"per receipt", Kind::count, "How often on one receipt."},
    {"per member", Kind::count, "How often per member, ever."},
    {"in all", Kind::count, "How often in the whole programme."},
    {"budget", Kind::budget, "How much is given in all: `5000 BYN`, `10000 points per month`."},
});
constexpr std::array kPay = std::to_array<KeySpec>({
    {"at_least", Kind::points, "The fewest points that can be paid at once."},
    {"step", Kind::points, "Points are paid in multiples of this."},
    {"up_to", Kind::percent, "Which share of the receipt points may pay: `50% of receipt`."},
    {"not", Kind::map, "Lines that points can't pay for.", false, false, &keys::line_filter},
    {"gift", Kind::word, "The gift that is bought: `points: 3500` beside it says for how many."},
    {"money", Kind::money, "What is paid for the gift beside the points."},
    {"limit", Kind::text, "How many of the gift a member may buy: `1 per member per calendar year`."},
    {"level", Kind::level, "The gift is for these levels: `friend`, `at least friend`."},
    later("ticket", "A ticket of a draw for points."),
});
constexpr std::array kExample = std::to_array<KeySpec>({
    {"at", Kind::date_time, "When it is bought, on the programme's clock: `2026-12-02 09:30`.", true},
    {"store", Kind::text, "In which store."},
    {"region", Kind::text, "In which region that store is."},
    {"channel", Kind::text, "Through which channel."},
    {"card", Kind::word, "Which card is shown, by its kind or category; a bearer card needs no member."},
    {"member", Kind::maybe_map, "What is known of the member; without it nobody is.", false, false, &keys::example_member},
    {"basket", Kind::list, "What is bought.", true, false, &keys::basket_line},
    {"pay_points", Kind::points, "How many points the member pays with."},
    {"expect", Kind::map, "What must come out.", true, false, &keys::expect},
});
constexpr std::array kExampleMember = std::to_array<KeySpec>({
    {"level", Kind::word, "The member's level."},
    {"birthday", Kind::date, "The member's birthday."},
    {"attributes", Kind::map, "What is known of the member.", false, false, &keys::attribute},
    {"segments", Kind::texts, "The segments the member is in."},
    {"membership", Kind::words, "The memberships that the member has."},
    {"card", Kind::word, "Which card the member shows, by its kind or category."},
    {"purchases", Kind::maybe_map, "How many purchases there were before; with `over`, those of that time.", false, false,
     &keys::figure},
    {"last_purchase", Kind::comparison, "How long ago the last one was: `50 days ago`."},
    {"spend", Kind::figures, "What was spent: `{over: 90 days, is: 350 BYN}`.", false, false, &keys::figure},
    {"visits", Kind::figures, "The days with a purchase or a visit: `{over: 30 days, is: 3}`.", false, false, &keys::figure},
    {"quantity", Kind::figures, "How much was bought: `{over: 30 days, is: 3 kg}`.", false, false, &keys::figure},
    {"points", Kind::figures, "The points earned: `{over: 12 months, is: 900}`.", false, false, &keys::figure},
    {"counters", Kind::figures, "Other figures: `{spend_on: meat/smoked, over: 30 days, is: 50 BYN}`.", false, false,
     &keys::figure},
    {"balance", Kind::map, "The points that can be spent.", false, false, &keys::welcome},
});
constexpr std::array kFigure = std::to_array<KeySpec>({
    {"spend", Kind::maybe_map, "Money spent: `all`, or on such lines.", false, false, &keys::line_filter},
    {"spend_on", Kind::texts, "Money spent on these categories."},
    {"quantity_of", Kind::maybe_map, "How much was bought: of a category, or of such lines.", false, false, &keys::line_filter},
    {"visits", Kind::choice, "Days with a purchase or a visit.", false, false, nullptr, kAll},
    {"purchases", Kind::choice, "Receipts.", false, false, nullptr, kAll},
    {"points", Kind::word, "Points earned of this unit."},
    {"over", Kind::window, "Over which time; without it ever."},
    {"is", Kind::comparison, "The figure itself.", true},
});
constexpr std::array kBasketLine = std::to_array<KeySpec>({
    {"sku", Kind::text, "Which goods."},
    {"category", Kind::text, "The path of their category."},
    {"brand", Kind::text, "Their brand."},
    {"batch", Kind::text, "Their batch."},
    {"tag", Kind::texts, "Their tags."},
    {"quantity", Kind::quantity, "How much; without it one piece."},
    {"price", Kind::money, "The list price of one piece, kilogram, litre or metre."},
    {"amount", Kind::money, "The list price of the whole line, instead of `price`."},
    {"till_discount", Kind::money, "What the till takes off the line by itself."},
    {"deposit", Kind::yes_no, "Whether it is a deposit: no discount, no points."},
    {"no_discount", Kind::yes_no, "Whether nothing may be taken off it."},
    {"no_points", Kind::yes_no, "Whether nothing is earned on it."},
});
constexpr std::array kExpect = std::to_array<KeySpec>({
    {"discount", Kind::money, "The sum of all discounts."},
    {"total", Kind::money, "What is left to pay."},
    {"offers", Kind::offer_names, "All offers that apply, in any order; `[]` when there are none."},
});
constexpr std::array kDocument = std::to_array<KeySpec>({
    {"suki", Kind::version, "The version of this format: 1.", true},
    {"id", Kind::word, "The programme's name for machines: lower-case letters, digits, `-` and `_`.", true},
    {"title", Kind::localised, "The programme's name for people.", true},
    {"organisation", Kind::map, "Whose programme it is.", false, false, &keys::organisation},
    {"relationship", Kind::choice, "With whom.", false, false, nullptr, words_of<Relationship>()},
    {"goal", Kind::choice, "What it is for: exactly one.", false, false, nullptr, words_of<Goal>()},
    {"target", Kind::map, "What is to change, and by when.", false, false, &keys::target},
    {"because", Kind::localised, "Why a member should care."},
    {"languages", Kind::words, "The languages that every text must have; the first is the default."},
    {"currency", Kind::currency, "ISO 4217.", true},
    {"timezone", Kind::zone, "An IANA name such as Europe/Minsk.", true},
    {"effective", Kind::date, "From which date on it is in force.", true},
    {"notice", Kind::period, "How long before a change may take anything away."},
    {"returns", Kind::choice, "What becomes of thresholds after a partial return.", false, false, nullptr,
     words_of<ReturnsPolicy>()},
    {"debt", Kind::choice, "What becomes of returned points that were already spent.", false, false, nullptr,
     words_of<DebtPolicy>()},
    {"discounts", Kind::map, "How discounts are reckoned.", false, false, &keys::discounts},
    {"join", Kind::map, "How one joins.", false, false, &keys::join},
    {"cards", Kind::map, "Its cards.", false, false, &keys::cards},
    {"household", Kind::map, "Members may gather together: points, level and purchases are of all in a household.", false, false,
     &keys::household},
    {"units", Kind::entries, "The currencies of points.", false, false, &keys::unit},
    {"levels", Kind::map, "How levels are reached.", false, false, &keys::levels},
    {"offers", Kind::entries, "Every offer: when it applies, what it gives, how far it goes.", false, false, &keys::offer},
    {"spend", Kind::entries, "How points can be spent.", false, false, &keys::pay},
    {"examples", Kind::entries, "Promises as tests: baskets with what must come out.", false, false, &keys::example},
    {"benefits", Kind::entries, "The matrix: what each level brings, material or not.", false, false, &keys::benefit},
    {"gifts", Kind::entries, "The gifts and prizes that there are.", false, false, &keys::gift},
    {"trade_in", Kind::entries, "What members may hand in to be sold again, and what they are credited for it.", false, false,
     &keys::trade_in},
    {"challenges", Kind::entries, "Stamps, streaks, sets and quests: what is collected, and what is given for it.", false, false,
     &keys::challenge},
    later("codes", "Codes in packs."),
    later("surveys", "Questionnaires."),
    later("draws", "Lotteries."),
    {"memberships", Kind::entries, "The memberships that members may join, for a fee or free.", false, false, &keys::membership},
    {"recognition", Kind::entries, "Points that colleagues give each other out of an allowance that is not their own.", false,
     false, &keys::recognition},
    {"milestones", Kind::entries, "Points for a day in a member's life: so long after joining, a birthday, a contract renewed.",
     false, false, &keys::milestone},
    {"rebates", Kind::entries, "Points for what was bought in a month, quarter or year, all of it taken together.", false, false,
     &keys::rebate},
    later("partners", "Other companies."),
    later("pilot", "Where it starts."),
    later("measure", "How its success is measured."),
});

}  // namespace

namespace keys {
constinit const MapSpec document{"document", "A programme.", kDocument};
constinit const MapSpec organisation{"organisation", "The company.", kOrganisation};
constinit const MapSpec target{"target", "What is to change.", kTarget};
constinit const MapSpec join{"join", "Joining.", kJoin};
constinit const MapSpec cards{"cards", "Cards.", kCards};
constinit const MapSpec card_number{"card_number", "The numbers of cards.", kCardNumber};
constinit const MapSpec card_category{"card_category", "A category of cards.", kCardCategory};
constinit const MapSpec benefit{"benefit", "A benefit: what it is, and how much of it each level has.", kBenefit, "level",
                                Kind::allowance};
constinit const MapSpec gift{"gift", "A gift or prize.", kGift};
constinit const MapSpec milestone{"milestone", "A day in a member's life.", kMilestone};
constinit const MapSpec recognition{"recognition", "Recognition among colleagues.", kRecognition};
constinit const MapSpec trade_in{"trade_in", "A price list of what is taken in.", kTradeIn};
constinit const MapSpec trade_in_grades{
    "trade_in_grades", "What is given for an article, by grade, best first.", {}, "grade", Kind::money};
constinit const MapSpec consignment{"consignment", "How a thing is sold for the member.", kConsignment};
constinit const MapSpec challenge{"challenge", "A challenge.", kChallenge};
constinit const MapSpec collect{"collect", "Stamps to collect.", kCollect};
constinit const MapSpec challenge_step{"challenge_step", "A step of a challenge.", kChallengeStep};
constinit const MapSpec streak{"streak", "Purchases in one period after the other.", kStreak};
constinit const MapSpec reward{"reward", "What is given for a challenge: points of a unit, or the cheapest free.", kReward, "unit",
                               Kind::points};
constinit const MapSpec household{"household", "Households.", kHousehold};
constinit const MapSpec membership{"membership", "A membership that members join, for a fee or free.", kMembership};
constinit const MapSpec membership_pause{"membership_pause", "How a membership may be paused.", kMembershipPause};
constinit const MapSpec rebate{"rebate", "Points for what was bought in a period.", kRebate};
constinit const MapSpec welcome{"points_by_unit", "Points by unit.", kWelcome, "unit", Kind::welcome_points};
constinit const MapSpec discounts{"discounts", "How discounts are reckoned.", kDiscounts};
constinit const MapSpec counted{"counted", "The plural forms of a unit in one language, by the names that Unicode gives them.",
                                kCounted};
constinit const MapSpec unit{"unit", "A currency of points.", kUnit};
constinit const MapSpec levels{"levels", "The ladder of levels.", kLevels};
constinit const MapSpec level_step{"level", "A level.", kLevelStep};
constinit const MapSpec level_criterion{"criterion", "A figure that a level asks for.", kLevelCriterion};
constinit const MapSpec fast_track{"fast_track", "The fast track to a level.", kFastTrack};
constinit const MapSpec level_match{"match", "A standing elsewhere, and the level for it.", kLevelMatch};
constinit const MapSpec offer{"offer", "An offer.", kOffer};
constinit const MapSpec when{"when", "Conditions, all of which must hold.", kWhen};
constinit const MapSpec line_filter{"line_filter", "Which lines: all that is named must hold.", kLineFilter};
constinit const MapSpec counter{"counter", "A figure of the member over some time, compared.", kCounter};
constinit const MapSpec attribute{"attributes", "Facts by name.", kAttribute, "fact", Kind::texts};
constinit const MapSpec give{"give", "What is given: a discount, a price, free goods, or points of a unit.", kGive, "unit",
                             Kind::points_give};
constinit const MapSpec by_steps{"by_steps", "More by steps.", kBySteps};
constinit const MapSpec both_sides{"both_sides", "Points for a friend and for whoever brought them.", kBothSides};
constinit const MapSpec scale{"scale", "What is given by steps.", kScale};
constinit const MapSpec steps{"steps", "What is given, by where it starts.", kSteps, "threshold", Kind::step_give};
constinit const MapSpec limit{"limit", "How far an offer goes.", kLimit, "limit such as `per member per calendar year`",
                              Kind::count};
constinit const MapSpec pay{"spending", "A way to spend points: `points: pay` at the till, or `points: 3500` for a gift.", kPay,
                            "unit", Kind::word};
constinit const MapSpec example{"example", "A purchase with what must come out.", kExample};
constinit const MapSpec example_member{"example_member", "What is known of a member.", kExampleMember};
constinit const MapSpec basket_line{"basket_line", "A line of goods.", kBasketLine};
constinit const MapSpec expect{"expect", "What must come out.", kExpect, "unit", Kind::points};
constinit const MapSpec figure{"figure", "A figure of the member.", kFigure};
}  // namespace keys

const KeySpec* find_key(const MapSpec& map, std::string_view name) {
    for (const KeySpec& key : map.keys) {
        if (key.name == name) return &key;
    }
    return nullptr;
}

Shapes shapes_of(Kind kind) {
    switch (kind) {
        case Kind::version:
        case Kind::word:
        case Kind::text:
        case Kind::yes_no:
        case Kind::choice:
        case Kind::count:
        case Kind::money:
        case Kind::quantity:
        case Kind::percent:
        case Kind::step_give:
        case Kind::period:
        case Kind::window:
        case Kind::expiry:
        case Kind::date:
        case Kind::date_time:
        case Kind::time_range:
        case Kind::comparison:
        case Kind::currency:
        case Kind::zone:
        case Kind::birthday:
        case Kind::nth:
        case Kind::points:
        case Kind::welcome_points:
        case Kind::price:
        case Kind::free_items:
        case Kind::budget:
        case Kind::allowance:
        case Kind::link:
        case Kind::lifetime:
        case Kind::number_text: return {.scalar = true};
        case Kind::words:
        case Kind::texts:
        case Kind::dates:
        case Kind::weekdays:
        case Kind::level:
        case Kind::offer_names: return {.scalar = true, .list = true};
        case Kind::localised:
        case Kind::points_give:
        case Kind::discount:
        case Kind::maybe_map: return {.scalar = true, .map = true};
        case Kind::limit:
        case Kind::everything: return {.scalar = true, .list = true, .map = true};
        case Kind::figures: return {.list = true, .map = true};
        case Kind::map:
        case Kind::entries: return {.map = true};
        case Kind::list: return {.list = true};
    }
    return {};
}

std::string_view shape_word(Kind kind) {
    const Shapes shapes = shapes_of(kind);
    if (shapes.scalar && shapes.list && shapes.map) return "anything";
    if (shapes.scalar && shapes.list) return "value_or_list";
    if (shapes.scalar && shapes.map) return "value_or_map";
    if (shapes.list && shapes.map) return "list_or_map";
    if (shapes.list) return "list";
    if (shapes.map) return "map";
    return "value";
}

}  // namespace suki::programme
