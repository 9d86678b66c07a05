#include "fixture.h"

namespace suki::app {
namespace {

class Discrepancies : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(club());
        for (const char* id : {"r1", "r2"}) {
            event::Receipt sold = receipt(id, 1000, at(3, 1), "tea");
            sold.lines[0].charged = Money{1000};
            bought({}, sold);
            now += kSecondUs;
        }
    }
    DiscrepancyList listed(DiscrepancyFilter filter) {
        auto list = app->discrepancies("foods", "club", {}, filter);
        EXPECT_TRUE(list);
        return list ? *std::move(list) : DiscrepancyList{};
    }
    Answered<DiscrepancyView> resolve(const std::string& id, const std::string& note, const std::string& author = "olga") {
        Caller caller = who();
        caller.author = author;
        return app->run(caller, ResolveDiscrepancy{.programme = "club", .discrepancy = id, .note = note});
    }
};

TEST_F(Discrepancies, are_listed_with_their_line_until_they_are_resolved) {
    auto open = listed(DiscrepancyFilter::open).discrepancies;
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(open[0].event, "r2");
    EXPECT_EQ(open[0].discrepancy,
              (Discrepancy{.kind = DiscrepancyKind::charged_differs, .line = 1, .stated = 1000, .decided = 900}));
    EXPECT_FALSE(open[0].resolved_at);

    now = at(3, 2).us;
    const auto resolved = resolve(open[0].id, "the till had last week's prices");
    ASSERT_TRUE(resolved) << describe(resolved.error());
    EXPECT_EQ(resolved->resolved_at, at(3, 2));
    EXPECT_EQ(resolved->resolved_by, "olga");
    EXPECT_EQ(resolved->note, "the till had last week's prices");
    EXPECT_FALSE(resolved->is_repeat);

    open = listed(DiscrepancyFilter::open).discrepancies;
    ASSERT_EQ(open.size(), 1u);
    EXPECT_EQ(open[0].event, "r1");
    const auto all = listed(DiscrepancyFilter::all).discrepancies;
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[0].resolved_by, "olga");
    EXPECT_EQ(all[0].note, "the till had last week's prices");
    EXPECT_EQ(all[0].discrepancy, resolved->discrepancy);
}

TEST_F(Discrepancies, stay_as_they_were_first_resolved) {
    const std::string id = listed(DiscrepancyFilter::open).discrepancies.at(1).id;
    ASSERT_TRUE(resolve(id, "first"));
    now = at(3, 5).us;
    const auto again = resolve(id, "second", "ivan");
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_repeat);
    EXPECT_EQ(again->note, "first");
    EXPECT_EQ(again->resolved_by, "olga");
    EXPECT_LT(*again->resolved_at, at(3, 2));
    // Within one commit too.
    const std::string other = listed(DiscrepancyFilter::open).discrepancies.at(0).id;
    const auto both = app->run_many(who(), {ResolveDiscrepancy{.programme = "club", .discrepancy = other, .note = "one"},
                                            ResolveDiscrepancy{.programme = "club", .discrepancy = other, .note = "two"}});
    ASSERT_TRUE(both[1]);
    EXPECT_EQ(std::get<DiscrepancyView>(*both[1]).note, "one");
    EXPECT_EQ(listed(DiscrepancyFilter::all).discrepancies.at(0).note, "one");
}

TEST_F(Discrepancies, that_are_not_there_are_refused) {
    const std::string id = listed(DiscrepancyFilter::open).discrepancies.at(0).id;
    EXPECT_EQ(resolve("dsc_nothing", "").error().code, "discrepancy_not_found");
    EXPECT_EQ(resolve(id_text("dsc", {1, 2}), "").error().code, "discrepancy_not_found");
    EXPECT_EQ(resolve(id_text("rcp", *parse_id("dsc", id)), "").error().code, "discrepancy_not_found");
    EXPECT_EQ(resolve(id, "a\x01").error().code, "note_malformed");
    EXPECT_EQ(resolve(id, std::string(4'097, 'a')).error().code, "note_malformed");
    EXPECT_TRUE(resolve(id, std::string(4'096, 'a')));
    EXPECT_EQ(app->run(who(), ResolveDiscrepancy{.programme = "other", .discrepancy = id}).error().code, "programme_not_found");
}

}  // namespace
}  // namespace suki::app
