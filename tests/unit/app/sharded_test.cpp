#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "every_command.h"
#include "fixture.h"
#include "house/sharded_store.h"
#include "source_dir.h"
#include "store/postgres/open.h"
#include "two_owners.h"

/// The application over four databases, each with the rows of its own buckets.
namespace suki::app {
namespace {

struct Played {
    std::vector<Step> steps;
    std::vector<std::string> balances;  // after each step
    std::vector<std::set<house::Touch>> touches;
};

class Sharded : public AppTest {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "no PostgreSQL";
        cluster_.emplace();
    }
    void TearDown() override {
        AppTest::TearDown();
        store.reset();
    }
    /// On a store that has nothing yet.
    Played play(std::unique_ptr<store::Store> on, house::Cluster* cluster) {
        app.reset();
        store = std::move(on);
        now = at(3, 1).us;
        seed = 1;
        set_something_aside(*store);
        start();
        EXPECT_TRUE(app->run(who("first"), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        Played played;
        const auto before = [cluster] {
            if (cluster != nullptr) (void)cluster->take_touches();
        };
        const auto after = [&](const Step& step) {
            played.steps.push_back(step);
            played.touches.push_back(cluster != nullptr ? cluster->take_touches() : std::set<house::Touch>{});
            played.balances.push_back(balances());
        };
        EveryCommand{*app, now, before, after}.play();
        expect_sound();
        return played;
    }
    std::string balances() {
        std::string text;
        for (const std::string name : {"ana", "bob", "eve", "dan"}) {
            const auto found = app->find_member("foods", "club", EveryCommand::named(name));
            text += name + " ";
            if (!found) continue;
            for (const UnitBalance& one : found->balances) {
                for (const Points points : {one.pending, one.available, one.held, one.owed})
                    text += std::to_string(points.minor()) + " ";
            }
        }
        return text;
    }

    std::optional<house::Cluster> cluster_;
};

/// Buckets of owners' rows that a command touched, and the reports that it asked for.
struct Reached {
    std::map<int, std::set<std::string>> owners;  // by bucket: the tables
    std::set<std::string> reports;
};

Reached reached(const std::set<house::Touch>& touches) {
    Reached found;
    for (const house::Touch& touch : touches) {
        if (!kTablesOfOwners.contains(touch.table)) continue;
        if (touch.bucket == house::Touch::kEverywhere) {
            found.reports.insert(touch.statement);
        } else {
            found.owners[touch.bucket].insert(touch.table + (touch.is_write ? "!" : ""));
        }
    }
    return found;
}

std::string text_of(const Reached& found) {
    std::string text;
    for (const auto& [bucket, tables] : found.owners) {
        text += " " + std::to_string(bucket) + ":";
        for (const std::string& table : tables) text += " " + table;
    }
    for (const std::string& report : found.reports) text += " report " + report;
    return text;
}

TEST_F(Sharded, every_command_answers_as_on_one_database) {
    const Played one = play(store::open_postgres({.url = house::lent_database(), .now = at(1, 1)}), nullptr);
    const Played many = play(std::make_unique<house::ShardedStore>(*cluster_), &*cluster_);
    ASSERT_EQ(one.steps.size(), many.steps.size());
    for (std::size_t i = 0; i < one.steps.size(); ++i) {
        EXPECT_EQ(one.steps[i], many.steps[i]) << one.steps[i].label;
        EXPECT_EQ(one.balances[i], many.balances[i]) << one.steps[i].label;
    }
}

TEST_F(Sharded, each_database_holds_the_rows_of_its_own_buckets_alone) {
    (void)play(std::make_unique<house::ShardedStore>(*cluster_), &*cluster_);
    const house::Placement placement = cluster_->placement();
    EXPECT_EQ(placement.foreign, std::vector<std::string>{});
    EXPECT_EQ(placement.differing, std::vector<std::string>{});
    // Else there would be nothing to be wrong.
    EXPECT_GE(placement.databases_with_members, 3u);
    EXPECT_GE(placement.tables, kTablesOfOwners.size() + kTablesOfValues.size());
}

/// What the story's commands reach beyond one owner, by their labels: why, in the words of the list.
const std::map<std::string, std::string> kReaching{
    {"transfer", "transfer_points"},
    {"merge", "merge_members"},
    {"return what was bought before the merge", "return_goods"},
    {"exchange what another bought", "record_receipt"},
    {"buy as merged", "any"},
    {"join the household", "join_household"},
    {"buy by a card of before", "any"},
    {"leave the household", "leave_household"},
    {"bring back after leaving", "void_receipt"},
    {"attach", "issue_card"},
    {"join with a card", "create_member"},
    {"publish", "publish_edition"},
    {"publish again", "publish_edition"},
    {"publish the carded", "publish_edition"},
    {"publish the kind", "publish_edition"},
    {"publish the shop", "publish_edition"},
    {"order", "order_gift"},
    {"order another", "order_gift"},
    {"give one", "order_gift"},
    {"hand over", "end_gift_order"},
    {"take back", "end_gift_order"},
    {"cancel", "end_gift_order"},
    {"publish the crew", "publish_edition"},
    {"thank", "give_recognition"},
    {"thank too much", "give_recognition"},
    {"withdraw thanks", "withdraw_recognition"},
    {"publish the hall", "publish_edition"},
    {"publish the attic", "publish_edition"},
    {"arrange", "create_occasion"},
    {"take a seat", "take_seat"},
    {"wait in line", "take_seat"},
    {"wait as well", "take_seat"},
    {"invite", "take_seat"},
    {"come in", "check_in"},
    {"go out again", "check_in"},
    {"leave the seat", "leave_seat"},
    {"make room", "change_occasion"},
    {"cancel the occasion", "cancel_occasion"},
    {"publish the home", "publish_edition"},
    {"publish the grill", "publish_edition"},
    {"publish the pals", "publish_edition"},
    {"join by a code", "create_member"},
    {"say who brought them", "name_referrer"},
    {"buy as a friend", "record_receipt"},
    {"take it back", "void_receipt"},
    {"sweep 0", "sweep"},
    {"sweep 1", "sweep"},
    {"resolve", "resolve_discrepancy"},
};

TEST_F(Sharded, a_command_reaches_one_owner_unless_it_is_listed) {
    const Played played = play(std::make_unique<house::ShardedStore>(*cluster_), &*cluster_);
    std::set<std::string> reaching;
    std::size_t of_one = 0;
    for (std::size_t i = 0; i < played.steps.size(); ++i) {
        const std::string& label = played.steps[i].label;
        Reached found = reached(played.touches[i]);
        // An event of nobody's is a row by itself: its bucket is of its own id, and no owner's.
        if (label.find("nobody") != std::string::npos || label == "buy by no card") {
            std::erase_if(found.owners, [](const auto& one) { return one.second == std::set<std::string>{"outbox!"}; });
        }
        const bool is_beyond = found.owners.size() > 1 || !found.reports.empty();
        if (is_beyond) reaching.insert(label);
        EXPECT_TRUE(!is_beyond || kReaching.contains(label)) << label << " reaches" << text_of(found);
        if (kReaching.contains(label)) {
            EXPECT_TRUE(std::any_of(kBeyondOneOwner.begin(), kBeyondOneOwner.end(), [&](const Reaching& one) {
                return one.word == kReaching.at(label);
            })) << label;
        }
        of_one += found.owners.size() == 1 && !is_beyond ? 1 : 0;
    }
    EXPECT_GE(of_one, 25u);
    // The list names nothing that does not reach so far.
    for (const std::string label : {"transfer",
                                    "merge",
                                    "return what was bought before the merge",
                                    "exchange what another bought",
                                    "buy as merged",
                                    "attach",
                                    "join the household",
                                    "buy by a card of before",
                                    "leave the household",
                                    "bring back after leaving",
                                    "join with a card",
                                    "publish",
                                    "order",
                                    "hand over",
                                    "thank",
                                    "withdraw thanks",
                                    "arrange",
                                    "make room",
                                    "take a seat",
                                    "come in",
                                    "leave the seat",
                                    "cancel the occasion",
                                    "say who brought them",
                                    "buy as a friend",
                                    "take it back",
                                    "sweep 0",
                                    "resolve"}) {
        EXPECT_TRUE(reaching.contains(label)) << label;
    }
}

TEST_F(Sharded, every_table_is_of_owners_or_of_values_or_everywhere) {
    // A new table must say what it is before it can be spread.
    for (const std::string& table : cluster_->tables_by_bucket()) {
        EXPECT_NE(kTablesOfOwners.contains(table), kTablesOfValues.contains(table)) << table;
    }
}

TEST_F(Sharded, the_decision_names_the_same_list) {
    std::ifstream file(std::string{SUKI_SOURCE_DIR} + "/docs/decisions/0071-spread-tables.md");
    std::set<std::string> written;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("| `")) written.insert(line.substr(0, line.find_last_not_of(" |") + 1));
    }
    std::set<std::string> listed;
    for (const Reaching& one : kBeyondOneOwner) {
        listed.insert("| `" + std::string{one.word} + "` | " + (one.when.empty() ? "always" : std::string{one.when}));
    }
    EXPECT_EQ(written, listed);
}

}  // namespace
}  // namespace suki::app
