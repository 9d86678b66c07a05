#include "app/quarantine.h"

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "app/decide.h"
#include "fixture.h"
#include "house/death.h"
#include "store/in_flight.h"

/// What becomes of commands that were in flight when a process died (DESIGN.md 16).
namespace suki::app {
namespace {

class QuarantineTest : public AppTest {
protected:
    void SetUp() override {
        folder = std::filesystem::temp_directory_path() / ("suki-quarantine-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        AppTest::SetUp();
        publish(club());
        ana = join("ana");
        restart();
    }
    void TearDown() override {
        AppTest::TearDown();
        record.reset();
        std::filesystem::remove_all(folder);
    }
    void restart() {
        app.reset();
        record = std::make_unique<store::InFlight>((folder / "suki.db").string());
        Wiring wired = wiring();
        wired.in_flight = record.get();
        wired.alarm = [this](const std::string& sentence) { alarms.push_back(sentence); };
        wired.before_deciding = [this](const Command& command) { decided.push_back(in_flight("foods", command).subject); };
        app = std::make_unique<App>(*store, std::move(wired));
    }
    /// Another process dies while it decides these together.
    void die_with(const std::vector<Command>& commands, bool is_quote = false, const std::string& organisation = "foods") {
        std::vector<store::InFlightCommand> known;
        for (const Command& command : commands) known.push_back(in_flight(organisation, command));
        const pid_t child = fork();
        if (child == 0) {
            store::InFlight::accuse_on_crash();
            auto* dying = new store::InFlight{(folder / "suki.db").string()};
            auto* mark = new store::InFlight::Mark{is_quote ? dying->mark_one(known.front()) : dying->mark_batch(known)};
            (void)mark;
            house::die_by_watchdog();
        }
        int status = 0;
        waitpid(child, &status, 0);
    }
    Command sale(const std::string& id) {
        return RecordReceipt{.programme = "club", .member = ana, .receipt = receipt(id, 1000, at(3, 1))};
    }
    std::string code_of(const Command& command) {
        const auto answer = app->run_any(who(), command);
        return answer ? "ok" : answer.error().code;
    }

    std::filesystem::path folder;
    std::unique_ptr<store::InFlight> record;
    MemberName ana;
    std::vector<std::string> alarms;
    std::vector<std::string> decided;
};

TEST_F(QuarantineTest, a_command_in_flight_at_two_deaths_is_refused_and_those_beside_it_are_not) {
    die_with({sale("a"), sale("poison"), sale("b")});
    restart();
    EXPECT_EQ(app->figures().suspects, 3u);
    EXPECT_EQ(alarms.size(), 1u);
    // The till sends again; each is decided by itself, and what passes is no suspect any more.
    const auto commits = app->figures().commits;
    EXPECT_EQ(app->run_many(who(), {sale("a"), sale("b"), sale("c"), sale("d")}).size(), 4u);
    EXPECT_EQ(app->figures().commits - commits, 3u) << "a, b, and then the others together";
    EXPECT_EQ(app->figures().suspects, 1u);
    EXPECT_EQ(store->suspects().size(), 1u);

    die_with({sale("poison")});
    restart();
    EXPECT_EQ(app->figures().suspects, 0u);
    EXPECT_EQ(app->figures().in_quarantine, 1u);
    ASSERT_EQ(alarms.size(), 2u);
    EXPECT_NE(alarms[1].find("record_receipt poison of foods"), std::string::npos) << alarms[1];
    decided.clear();
    EXPECT_EQ(code_of(sale("poison")), "quarantined");
    EXPECT_EQ(decided, std::vector<std::string>{}) << "it is not even looked at";
    EXPECT_EQ(code_of(sale("e")), "ok");
    restart();
    EXPECT_EQ(code_of(sale("poison")), "quarantined");
    EXPECT_EQ(balance(ana).pending, Points{50 + 5 * 30});
}

TEST_F(QuarantineTest, an_operator_sees_and_releases_it) {
    for (int i = 0; i < 2; ++i) {
        die_with({sale("poison")});
        restart();
    }
    const auto all = app->quarantined("foods");
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].command, "record_receipt");
    EXPECT_EQ(all[0].subject, "poison");
    EXPECT_EQ(all[0].reason, "in flight at 2 deaths of the process");
    EXPECT_TRUE(app->quarantined("others").empty());
    EXPECT_EQ(code_of(ReleaseQuarantined{.id = "0123"}), "quarantined_command_not_found");
    Caller stranger = who();
    ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "others", .title = "Others"}));
    stranger.organisation = "others";
    EXPECT_FALSE(app->run(stranger, ReleaseQuarantined{.id = all[0].id}));
    const auto released = app->run(who(), ReleaseQuarantined{.id = all[0].id});
    ASSERT_TRUE(released);
    EXPECT_EQ(released->subject, "poison");
    EXPECT_EQ(code_of(ReleaseQuarantined{.id = all[0].id}), "quarantined_command_not_found");
    EXPECT_EQ(app->figures().in_quarantine, 0u);
    restart();
    EXPECT_EQ(code_of(sale("poison")), "ok");
}

TEST_F(QuarantineTest, what_belongs_to_no_organisation_is_seen_and_released_too) {
    for (int i = 0; i < 2; ++i) {
        die_with({Sweep{}}, false, "");
        restart();
    }
    const Caller sweeper{.api_key = "sweep"};
    const auto refused = app->run(sweeper, Sweep{});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "quarantined");
    const auto all = app->quarantined("foods");
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].command, "sweep");
    EXPECT_EQ(code_of(ReleaseQuarantined{.id = all[0].id}), "ok");
    EXPECT_TRUE(app->run(sweeper, Sweep{}));
}

TEST_F(QuarantineTest, nobody_is_set_aside_for_a_neighbour) {
    // Two servers that had not heard of one another's deaths: the same batch dies twice.
    for (int i = 0; i < 3; ++i) die_with({sale("a"), sale("poison")});
    restart();
    EXPECT_EQ(app->figures().in_quarantine, 0u);
    EXPECT_EQ(app->figures().suspects, 2u);
    EXPECT_EQ(code_of(sale("a")), "ok");
    die_with({sale("poison")});
    restart();
    EXPECT_EQ(app->figures().in_quarantine, 1u);
    EXPECT_EQ(code_of(sale("poison")), "quarantined");
}

TEST_F(QuarantineTest, another_organisation_s_like_command_is_not_meant) {
    for (int i = 0; i < 2; ++i) die_with({sale("a")}, false, "others");
    restart();
    EXPECT_EQ(app->figures().in_quarantine, 1u);
    EXPECT_EQ(code_of(sale("a")), "ok");
}

TEST_F(QuarantineTest, a_death_is_counted_once_however_often_it_is_found) {
    die_with({sale("a")});
    // The start can't write it down: the record stays, and what it says holds all the same.
    const auto starts = [&](std::int64_t n) {
        store->fail_at(n);
        try {
            restart();
        } catch (const store::StoreFault&) {
            return false;  // what it reads first
        }
        return true;
    };
    std::int64_t n = 1;
    while (!starts(n)) ++n;
    ASSERT_FALSE(store->is_failure_pending());
    EXPECT_EQ(app->figures().suspects, 1u);
    EXPECT_TRUE(store->suspects().empty());
    restart();
    ASSERT_EQ(store->suspects().size(), 1u);
    EXPECT_EQ(store->suspects()[0].deaths, 1);
    // Written down, and then its writer ends before it forgets: the name of the death tells.
    const store::LeftBehind left{.name = store->suspects()[0].last_death, .groups = {{in_flight("foods", sale("a"))}}};
    Quarantine known;
    known.replace({}, store->suspects());
    EXPECT_TRUE(known.after_death(left, at(3, 1)).is_empty());
    EXPECT_EQ(code_of(sale("a")), "ok");
}

TEST_F(QuarantineTest, a_basket_that_kills_its_quote_is_refused_whenever_it_is_asked_for) {
    Quote poison{.programme = "club", .member = ana, .receipt = receipt("quote", 1000, at(3, 1))};
    Quote good{.programme = "club", .member = ana, .receipt = receipt("quote", 2000, at(3, 1))};
    die_with({poison}, true);
    restart();
    EXPECT_TRUE(app->quote("foods", good));
    poison.receipt.occurred_at.us += 1'000'000;  // a quote is of now
    EXPECT_TRUE(app->quote("foods", poison));
    EXPECT_EQ(app->figures().suspects, 0u) << "it has passed";
    for (int i = 0; i < 2; ++i) {
        poison.receipt.occurred_at.us += 1'000'000;
        die_with({poison}, true);
        restart();
    }
    EXPECT_TRUE(app->quote("foods", good));
    const auto refused = app->quote("foods", poison);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "quarantined");
    poison.with_hold = true;
    EXPECT_EQ(code_of(poison), "quarantined");
}

TEST_F(QuarantineTest, nothing_is_left_in_flight_when_all_is_answered) {
    EXPECT_EQ(code_of(sale("a")), "ok");
    EXPECT_EQ(code_of(Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{1}}), "reason_missing");
    EXPECT_TRUE(app->quote("foods", {.programme = "club", .receipt = receipt("q", 100, at(3, 1))}));
    app.reset();
    record.reset();
    EXPECT_TRUE(std::filesystem::is_empty(folder));
    restart();
    EXPECT_EQ(app->figures().suspects, 0u);
}

}  // namespace
}  // namespace suki::app
