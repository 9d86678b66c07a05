#include <algorithm>
#include <map>
#include <numeric>

#include "fixture.h"

/// docs/ARRIVAL.md, row by row. What is said to be independent of the order of arrival is fed in every order; where it is said to
/// depend, two orders that differ are shown, and what still holds of the others is held.
namespace suki::app {
namespace {

struct Sale {
    std::string id;
    Instant occurred_at;
    std::int64_t amount = 1000;
    std::string category = "bread";
    std::string store = "s1";
    std::string channel = "till";
    std::string card;  // shown by nobody in particular
    std::string sku;
};

/// What was decided, by receipt: the total, then each offer's verdict and gift.
using Decided = std::map<std::string, std::string>;

class ArrivalTest : public AppTest {
protected:
    /// An application on an empty database, with the document, Ana, two stores and two cards.
    void fresh(const std::string& document) {
        app.reset();
        now = at(12, 1).us;
        store = house::test_store(at(1, 1));
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(document);
        ASSERT_TRUE(app->run(who(), ImportStores{{{"s1", "s1", "north", "", ""}, {"s2", "s2", "south", "UTC", ""}}}));
        ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club",
                                                 .profile = {.external_id = "ana", .facts = {.birthday = YearMonthDay{1990, 3, 3}}},
                                                 .joined_on = make_date(2026, 1, 1)}));
        ASSERT_TRUE(app->run(who(), IssueCard{.programme = "club", .number = "b1", .kind = programme::CardKind::bearer}));
    }
    static MemberName ana() { return {.by = NamedBy::external, .value = "ana"}; }

    std::string decided(const Sale& sale) {
        event::Receipt sold = receipt(sale.id, sale.amount, sale.occurred_at, sale.category);
        sold.store = sale.store;
        sold.channel = sale.channel;
        sold.card = sale.card;
        if (!sale.sku.empty()) sold.lines[0].sku = sale.sku;
        if (!sale.sku.empty()) sold.lines[0].category.clear();
        const ReceiptAnswer answer = bought(sale.card.empty() ? ana() : MemberName{}, sold);
        now += 1'000'000;
        std::string text = std::to_string(answer.outcome.total.minor());
        for (const event::Decision& each : answer.outcome.decisions) {
            text += " " + each.offer + ":" + std::string{name_of(each.verdict)} + ":" + std::to_string(each.discount.minor()) +
                    ":" + std::to_string(each.points.minor());
        }
        return text;
    }
    Decided decided_in(const std::string& document, const std::vector<Sale>& sales, const std::vector<std::size_t>& order) {
        fresh(document);
        Decided all;
        for (const std::size_t i : order) all[sales[i].id] = decided(sales[i]);
        return all;
    }
    static std::vector<std::size_t> in_order(std::size_t count) {
        std::vector<std::size_t> order(count);
        std::iota(order.begin(), order.end(), std::size_t{0});
        return order;
    }
    static std::string words(const std::vector<std::size_t>& order) {
        std::string text;
        for (const std::size_t i : order) text += " " + std::to_string(i);
        return text;
    }

    /// Every order decides every receipt alike. `expected` is worked out by hand.
    void expect_independent(const std::string& document, const std::vector<Sale>& sales, const Decided& expected) {
        std::vector<std::size_t> order = in_order(sales.size());
        do {
            EXPECT_EQ(decided_in(document, sales, order), expected) << "arrived in the order" << words(order);
            if (HasFailure()) return;
        } while (std::next_permutation(order.begin(), order.end()));
        expect_sound();
    }
    /// `sales` are of one day each, in order. Whatever comes early or late, each that finds all earlier days recorded, and these in
    /// their order, is decided as though everything had come in order: later days are not read. Some that don't find it are not.
    void expect_settled_by_earlier_days(const std::string& document, const std::vector<Sale>& sales, const Decided& expected) {
        std::vector<std::size_t> order = in_order(sales.size());
        bool does_differ = false;
        do {
            const Decided all = decided_in(document, sales, order);
            for (std::size_t i = 0; i < order.size(); ++i) {
                std::vector<std::size_t> earlier;
                std::copy_if(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i), std::back_inserter(earlier),
                             [&](std::size_t sale) { return sale < order[i]; });
                const std::string& id = sales[order[i]].id;
                const bool is_settled = earlier == in_order(order[i]);
                if (is_settled) {
                    EXPECT_EQ(all.at(id), expected.at(id)) << id << " arrived in the order" << words(order);
                }
                does_differ = does_differ || all.at(id) != expected.at(id);
            }
            if (HasFailure()) return;
        } while (std::next_permutation(order.begin(), order.end()));
        EXPECT_TRUE(does_differ);
        expect_sound();
    }

    static std::string with(std::string_view rest, std::string_view unit = "points: {worth: 0.01 BYN}") {
        return "suki: 1\nid: club\ntitle: Club\norganisation: {name: Test}\nrelationship: consumer\ngoal: retain\nlanguages: [en]\n"
               "currency: BYN\ntimezone: Europe/Minsk\neffective: 2026-01-01\nunits:\n  " +
               std::string{unit} + "\n" + std::string{rest};
    }
};

TEST_F(ArrivalTest, what_the_receipt_states) {
    const std::string document = with(R"(offers:
  amount: {when: {amount: over 10 BYN}, give: {points: 1}}
  bearer: {when: {card: bearer}, give: {discount: 1 BYN}}
  goods: {when: {category: tea, quantity: at least 2}, give: {points: 2}}
  region: {when: {region: south}, give: {points: 3}}
  store: {when: {store: s1}, give: {points: 4}}
  web: {when: {channel: web}, give: {points: 5}}
)");
    expect_independent(document,
                       {{.id = "r1", .occurred_at = at(3, 1), .amount = 1001},
                        {.id = "r2", .occurred_at = at(3, 2), .category = "tea", .store = "s2"},
                        {.id = "r3", .occurred_at = at(3, 2), .store = "s2", .channel = "web"},
                        {.id = "r4", .occurred_at = at(3, 1), .card = "b1"},
                        {.id = "r5", .occurred_at = at(2, 28), .store = "s3"}},
                       {{"r1", "1001 amount:applied:0:1 store:applied:0:4"},
                        {"r2", "1000 goods:applied:0:2 region:applied:0:3"},
                        {"r3", "1000 region:applied:0:3 web:applied:0:5"},
                        {"r4", "900 bearer:applied:100:0"},
                        {"r5", "1000"}});
}

TEST_F(ArrivalTest, weekday_time_and_dates) {
    // 7 March 2026 is a Saturday. The store s2 keeps UTC, three hours behind the programme.
    const std::string document = with(R"(offers:
  dates: {when: {dates: 2026-03-08 to 2026-03-09}, give: {points: 1}}
  morning: {when: {time: 08:00 to 10:00}, give: {points: 2}}
  saturday: {when: {weekday: sat}, give: {points: 3}}
)");
    expect_independent(document,
                       {{.id = "r1", .occurred_at = at(3, 7, 9)},
                        {.id = "r2", .occurred_at = at(3, 8, 1), .store = "s2"},
                        {.id = "r3", .occurred_at = at(3, 9, 12), .store = "s2"},
                        {.id = "r4", .occurred_at = at(3, 10, 10)},
                        {.id = "r5", .occurred_at = at(3, 8, 1)}},
                       {{"r1", "1000 morning:applied:0:2 saturday:applied:0:3"},
                        {"r2", "1000 dates:applied:0:1 saturday:applied:0:3"},
                        {"r3", "1000 dates:applied:0:1 morning:applied:0:2"},
                        {"r4", "1000"},
                        {"r5", "1000 dates:applied:0:1"}});
}

TEST_F(ArrivalTest, birthday) {
    const std::string document = with("offers:\n  birthday: {when: {birthday: within 1 days}, give: {points: 1}}\n");
    expect_independent(document,
                       {{.id = "r1", .occurred_at = at(3, 1)},
                        {.id = "r2", .occurred_at = at(3, 2)},
                        {.id = "r3", .occurred_at = at(3, 4)},
                        {.id = "r4", .occurred_at = at(3, 5)}},
                       {{"r1", "1000"}, {"r2", "1000 birthday:applied:0:1"}, {"r3", "1000 birthday:applied:0:1"}, {"r4", "1000"}});
}

TEST_F(ArrivalTest, catalogue_cards_and_facts_are_as_they_stand_when_the_receipt_comes) {
    const std::string document = with(R"(offers:
  birthday: {when: {birthday: on the day}, give: {points: 4}}
  goods: {when: {category: tea}, give: {points: 1}}
  lapsed: {when: {segment: lapsed}, give: {points: 2}}
  parents: {when: {attribute: {children: over 0}}, give: {points: 3}}
)");
    fresh(document);
    const auto member = app->find_member("foods", "club", ana());
    ASSERT_TRUE(member);
    EXPECT_EQ(decided({.id = "r1", .occurred_at = at(3, 1), .sku = "t"}), "1000");
    ASSERT_TRUE(app->run(who(), ImportProducts{{{.sku = "t", .category = "tea"}}}));
    PatchMember patch{.programme = "club", .member = member->member};
    patch.attributes = {{"children", "1"}};
    patch.segments = std::vector<std::string>{"lapsed"};
    patch.birthday = std::optional{YearMonthDay{1990, 3, 1}};
    ASSERT_TRUE(app->run(who(), patch));
    // The same purchase of the same moment, had it come later.
    EXPECT_EQ(decided({.id = "r2", .occurred_at = at(3, 1), .sku = "t"}),
              "1000 birthday:applied:0:4 goods:applied:0:1 lapsed:applied:0:2 parents:applied:0:3");
    // A card that was blocked meanwhile is nobody's, though it was good at the till.
    ASSERT_TRUE(app->run(who(), BlockCard{.programme = "club", .number = "b1"}));
    event::Receipt sold = receipt("r3", 1000, at(3, 1));
    sold.card = "b1";
    const ReceiptAnswer blocked = bought({}, sold);
    ASSERT_EQ(blocked.discrepancies.size(), 1u);
    EXPECT_EQ(blocked.discrepancies[0].kind, DiscrepancyKind::card_blocked);
}

TEST_F(ArrivalTest, level) {
    const std::string document = with(R"(levels:
  by: spend
  over: 12 months
  downgrade: one_step
  steps:
    guest:  {from: 0 BYN}
    friend: {from: 20 BYN, keep: 1 months}
    family: {from: 35 BYN, keep: 1 months}
offers:
  family: {when: {level: family}, give: {points: 2}}
  friends: {when: {level: friend}, give: {points: 1}}
)");
    const std::vector<Sale> sales{{.id = "r1", .occurred_at = at(3, 1)},
                                  {.id = "r2", .occurred_at = at(3, 2)},
                                  {.id = "r3", .occurred_at = at(3, 3), .amount = 1500},
                                  {.id = "r4", .occurred_at = at(3, 4)}};
    expect_settled_by_earlier_days(
        document, sales, {{"r1", "1000"}, {"r2", "1000"}, {"r3", "1500 friends:applied:0:1"}, {"r4", "1000 family:applied:0:2"}});
    EXPECT_EQ(decided_in(document, sales, {0, 1, 2, 3}).at("r4"), "1000 family:applied:0:2");
    EXPECT_EQ(decided_in(document, sales, {0, 2, 3, 1}).at("r4"), "1000 friends:applied:0:1");
    // The history of levels is in the end the same.
    const auto levels = [&](const std::vector<std::size_t>& order) {
        (void)decided_in(document, sales, order);
        const auto member = app->find_member("foods", "club", ana());
        return member && member->level
                   ? member->level->level + " " + date_text(member->level->since) + " " + date_text(member->level->keep_until)
                   : std::string{};
    };
    EXPECT_EQ(levels({0, 1, 2, 3}), "family 2026-03-03 2026-04-03");
    EXPECT_EQ(levels({3, 2, 1, 0}), "family 2026-03-03 2026-04-03");
}

TEST_F(ArrivalTest, purchases_counters_and_scales) {
    const std::string document = with(R"(offers:
  back: {when: {last_purchase: over 5 days ago}, give: {points: 1}}
  counter: {when: {counter: {spend_on: tea, over: 30 days, at_least: 20 BYN}}, give: {points: 2}}
  over_time: {give: {discount: {scale: {by: spend, over: 90 days, steps: {10 BYN: 10%}}}}}
  third: {when: {nth_purchase: 3}, give: {points: 3}}
)");
    const std::vector<Sale> sales{{.id = "r1", .occurred_at = at(3, 1), .amount = 2000, .category = "tea"},
                                  {.id = "r2", .occurred_at = at(3, 7)},
                                  {.id = "r3", .occurred_at = at(3, 8)},
                                  {.id = "r4", .occurred_at = at(5, 1)}};
    expect_settled_by_earlier_days(document, sales,
                                   {{"r1", "2000 over_time:gives_nothing:0:0"},
                                    {"r2", "900 back:applied:0:1 counter:applied:0:2 over_time:applied:100:0"},
                                    {"r3", "900 counter:applied:0:2 over_time:applied:100:0 third:applied:0:3"},
                                    {"r4", "900 back:applied:0:1 over_time:applied:100:0"}});
    EXPECT_EQ(decided_in(document, sales, {1, 0, 2, 3}).at("r2"), "1000 over_time:gives_nothing:0:0");
    EXPECT_EQ(decided_in(document, sales, {0, 2, 1, 3}).at("r3"),
              "900 back:applied:0:1 counter:applied:0:2 over_time:applied:100:0");
}

TEST_F(ArrivalTest, order_within_one_day) {
    const std::string document = with("offers:\n  second: {when: {nth_purchase: 2}, give: {points: 1}}\n");
    const std::vector<Sale> sales{{.id = "morning", .occurred_at = at(3, 1, 9)}, {.id = "evening", .occurred_at = at(3, 1, 18)}};
    const Decided in_time{{"morning", "1000"}, {"evening", "1000 second:applied:0:1"}};
    const Decided reversed{{"morning", "1000 second:applied:0:1"}, {"evening", "1000"}};
    EXPECT_EQ(decided_in(document, sales, {0, 1}), in_time);
    EXPECT_EQ(decided_in(document, sales, {1, 0}), reversed);
}

TEST_F(ArrivalTest, limits_per_member) {
    const std::string document = with("offers:\n  gift: {give: {points: 1}, limit: 1 per member per 7 days}\n");
    const std::vector<Sale> sales{{.id = "r1", .occurred_at = at(3, 1)},
                                  {.id = "r2", .occurred_at = at(3, 7)},
                                  {.id = "r3", .occurred_at = at(3, 8)},
                                  {.id = "r4", .occurred_at = at(3, 15)}};
    expect_settled_by_earlier_days(document, sales,
                                   {{"r1", "1000 gift:applied:0:1"},
                                    {"r2", "1000 gift:lost_to_limit:0:0"},
                                    {"r3", "1000 gift:applied:0:1"},
                                    {"r4", "1000 gift:applied:0:1"}});
    EXPECT_EQ(decided_in(document, sales, {1, 0, 2, 3}).at("r2"), "1000 gift:applied:0:1");
    // Then the third finds a use within its seven days.
    EXPECT_EQ(decided_in(document, sales, {1, 0, 2, 3}).at("r3"), "1000 gift:lost_to_limit:0:0");
}

TEST_F(ArrivalTest, limits_and_budgets_of_the_whole_programme) {
    const std::string document = with(R"(offers:
  budget: {give: {discount: 2 BYN}, limit: {budget: 3 BYN}}
  first: {give: {points: 1}, limit: 1 in all}
)");
    const std::vector<Sale> sales{{.id = "r1", .occurred_at = at(3, 1)}, {.id = "r2", .occurred_at = at(3, 2)}};
    EXPECT_EQ(decided_in(document, sales, {0, 1}), (Decided{{"r1", "800 budget:applied:200:0 first:applied:0:1"},
                                                            {"r2", "1000 budget:lost_to_budget:0:0 first:lost_to_limit:0:0"}}));
    EXPECT_EQ(decided_in(document, sales, {1, 0}), (Decided{{"r1", "1000 budget:lost_to_budget:0:0 first:lost_to_limit:0:0"},
                                                            {"r2", "800 budget:applied:200:0 first:applied:0:1"}}));
}

/// By the receipt that earned them: when they mature and when they lapse.
Decided dates_of(const std::vector<LotView>& lots) {
    Decided dates;
    for (const LotView& lot : lots) {
        dates[lot.earned_by] =
            instant_text(lot.matures_at) + " " + (lot.expires_at ? instant_text(*lot.expires_at) : std::string{"never"});
    }
    return dates;
}

TEST_F(ArrivalTest, expiry_and_pending) {
    const std::vector<Sale> sales{{.id = "r1", .occurred_at = at(3, 1)},
                                  {.id = "r2", .occurred_at = at(6, 30)},
                                  {.id = "r3", .occurred_at = at(8, 31)},
                                  {.id = "r4", .occurred_at = at(11, 30)}};
    const std::string base = "offers:\n  base: {give: {points: 1 per 1 BYN}}\n";
    const auto dates_in = [&](std::string_view unit, const std::vector<std::size_t>& order) {
        (void)decided_in(with(base, unit), sales, order);
        const auto page = app->statement("foods", "club", ana(), {});
        EXPECT_TRUE(page);
        return page ? dates_of(page->lots) : Decided{};
    };
    const auto expect_same = [&](std::string_view unit, const Decided& expected) {
        std::vector<std::size_t> order = in_order(sales.size());
        do {
            EXPECT_EQ(dates_in(unit, order), expected) << unit << " arrived in the order" << words(order);
            if (HasFailure()) return;
        } while (std::next_permutation(order.begin(), order.end()));
        expect_sound();
    };
    // Midnight in Minsk is 21:00 of the day before in UTC.
    expect_same("points: {worth: 0.01 BYN, pending: 14 days, expire: 12 months after earning}",
                {{"r1", "2026-03-14T21:00:00Z 2027-02-28T21:00:00Z"},
                 {"r2", "2026-07-13T21:00:00Z 2027-06-29T21:00:00Z"},
                 {"r3", "2026-09-13T21:00:00Z 2027-08-30T21:00:00Z"},
                 {"r4", "2026-12-13T21:00:00Z 2027-11-29T21:00:00Z"}});
    expect_same("points: {worth: 0.01 BYN, expire: at the end of the year}", {{"r1", "2026-02-28T21:00:00Z 2026-12-31T21:00:00Z"},
                                                                              {"r2", "2026-06-29T21:00:00Z 2026-12-31T21:00:00Z"},
                                                                              {"r3", "2026-08-30T21:00:00Z 2026-12-31T21:00:00Z"},
                                                                              {"r4", "2026-11-29T21:00:00Z 2026-12-31T21:00:00Z"}});
    // All last until a year after the last activity, whichever came last.
    expect_same("points: {worth: 0.01 BYN, expire: 12 months after last activity}",
                {{"r1", "2026-02-28T21:00:00Z 2027-11-29T21:00:00Z"},
                 {"r2", "2026-06-29T21:00:00Z 2027-11-29T21:00:00Z"},
                 {"r3", "2026-08-30T21:00:00Z 2027-11-29T21:00:00Z"},
                 {"r4", "2026-11-29T21:00:00Z 2027-11-29T21:00:00Z"}});
}

TEST_F(ArrivalTest, a_clock_that_is_ahead_is_known_by_when_the_receipt_comes) {
    const std::string document = with("offers:\n  dates: {when: {dates: 2026-12-02}, give: {points: 1}}\n");
    fresh(document);  // on 1 December
    EXPECT_EQ(decided({.id = "r1", .occurred_at = at(12, 2)}), "1000");
    now = at(12, 2).us;
    EXPECT_EQ(decided({.id = "r2", .occurred_at = at(12, 2)}), "1000 dates:applied:0:1");
}

}  // namespace
}  // namespace suki::app
