#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "app/codec.h"
#include "fixture.h"
#include "house/sharded_store.h"

/// Commits on several databases that stop at each of their steps, while others go on working.
namespace suki::app {
namespace {

using house::Stop;

/// Two people, and what they should have in the end.
struct Pair {
    MemberName from, to;
    MemberId from_id, to_id;
    std::int64_t from_points = 0, to_points = 0;
};

class HalfWay : public AppTest {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "no PostgreSQL";
        now = at(3, 1).us;
        // Short, since what stands half-way is waited for again and again here.
        cluster = std::make_unique<house::Cluster>(4, 10);
        store = std::make_unique<house::ShardedStore>(*cluster);
        other_store = std::make_unique<house::ShardedStore>(*cluster);
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        std::string document = club();
        publish(document.insert(document.find("offers:"), "household: {people: 3}\n"));
        other = std::make_unique<App>(*other_store, wiring());
    }
    void TearDown() override {
        other.reset();
        AppTest::TearDown();
        store.reset();
        other_store.reset();
        cluster.reset();
    }

    /// What one half-way state is tried with.
    struct Trial {
        Pair pair;
        int number = 0;
        std::string label;
    };
    using Send = std::function<Answered<Answer>(App&, const Trial&)>;
    using Expect = std::function<void(Trial&)>;

    [[nodiscard]] static Caller as(const std::string& key) { return who(key); }
    template <class C>
    static Answered<Answer> send(App& to, const std::string& key, C command) {
        return to.run_any(as(key), Command{std::move(command)});
    }
    Pair two_people(int of_trial) {
        Pair pair;
        const auto join_one = [&](const std::string& name, std::int64_t points, MemberName& member, MemberId& id) {
            const auto made =
                app->run(as("join " + name), CreateMember{.programme = "club", .profile = {.name = "Ana", .external_id = name}});
            EXPECT_TRUE(made) << (made ? "" : describe(made.error()));
            member = {.by = NamedBy::external, .value = name};
            if (!made) return;
            id = made->member;
            EXPECT_TRUE(send(*app, "give " + name, give(member, points)));
        };
        pair.from_points = 100;
        pair.to_points = 20;
        join_one("from" + std::to_string(of_trial), pair.from_points, pair.from, pair.from_id);
        join_one("to" + std::to_string(of_trial), pair.to_points, pair.to, pair.to_id);
        return pair;
    }
    static Adjust give(const MemberName& member, std::int64_t points) {
        return {.programme = "club", .member = member, .unit = "points", .points = Points{points}, .reason = "a test"};
    }
    static Answered<Answer> placing(App& to, const MemberName& member, const std::string& key) {
        return send(to, key, PlaceHold{.programme = "club", .member = member, .unit = "points", .points = Points{10}});
    }
    /// Points that can be spent; nothing where nobody can be found.
    std::int64_t available(const MemberName& member) {
        const auto found = app->find_member("foods", "club", member);
        EXPECT_TRUE(found) << member.value;
        return found && !found->balances.empty() ? found->balances.front().available.minor() : -1;
    }
    /// Whether the answer says that the machine is not ready, the one thing that may be said of what is not known yet.
    static bool is_put_off(const Answered<Answer>& answer) { return !answer && answer.error().code == "store_unavailable"; }
    static std::string code_of(const Answered<Answer>& answer) { return answer ? "ok" : answer.error().code; }
    /// What is remembered of an answer: the same each time.
    static std::string bytes_of(const Answered<Answer>& answer) {
        return std::visit([](const auto& a) { return to_hex(packed(a)); }, *answer);
    }

    /// Points come to one of the two, or go; whoever is put off sends it again when all is recovered.
    struct Later {
        std::string key;
        Command command;
    };
    void work_meanwhile(Trial& trial, std::vector<Later>& later) {
        const std::string n = std::to_string(trial.number);
        const auto work = [&](const std::string& key, Command command) {
            const auto answer = other->run_any(as(key), command);
            if (is_put_off(answer)) {
                later.push_back({key, std::move(command)});
            } else {
                EXPECT_TRUE(answer) << trial.label << " " << key << ": " << code_of(answer);
            }
        };
        work("from gets " + n, give(trial.pair.from, 3));
        work("to gets " + n, give(trial.pair.to, 5));
        // Both have that before and after whatever is tried, and so at every moment. The one has more than the other ever had
        // alone: a merge of which only half is seen would refuse it.
        work("from spends " + n, give(trial.pair.from, -50));
        work("to spends " + n, give(trial.pair.to, -10));
        trial.pair.from_points += 3 - 50;
        trial.pair.to_points += 5 - 10;
    }

    /// The command is stopped at `stop`; the other server is asked the same and other things; then all is recovered, and asked
    /// again. False where these people lie on too few databases for such a step.
    bool try_at(const Stop& stop, const Send& same, const Expect& expect) {
        Trial trial{.pair = two_people(number), .number = number};
        ++number;
        trial.label = std::string{name_of(stop.step)} + " " + std::to_string(stop.count);
        cluster->stop_at(stop);
        const Answered<Answer> first = same(*app, trial);
        if (cluster->is_stop_pending()) {
            cluster->stop_at(std::nullopt);
            return false;
        }
        EXPECT_TRUE(first || is_put_off(first)) << trial.label << ": " << code_of(first);
        half_way += cluster->in_doubt() > 0 ? 1 : 0;
        const Answered<Answer> repeat = same(*other, trial);
        EXPECT_TRUE(repeat || is_put_off(repeat)) << trial.label << ": " << code_of(repeat);
        std::vector<Later> later;
        work_meanwhile(trial, later);
        cluster->recover();
        EXPECT_EQ(cluster->in_doubt(), 0u) << trial.label;
        const Answered<Answer> last = same(*other, trial);
        const Answered<Answer> again = same(*app, trial);
        EXPECT_TRUE(last && again) << trial.label << ": " << code_of(last) << ", " << code_of(again);
        for (const Answered<Answer>* answer : {&first, &repeat, &again}) {
            if (!*answer || !last) continue;
            EXPECT_EQ(bytes_of(*answer), bytes_of(last)) << trial.label;
        }
        for (Later& one : later) {
            const auto done = app->run_any(as(one.key), std::move(one.command));
            EXPECT_TRUE(done) << trial.label << " " << one.key << ": " << code_of(done);
        }
        expect(trial);
        EXPECT_EQ(available(trial.pair.from), trial.pair.from_points) << trial.label;
        EXPECT_EQ(available(trial.pair.to), trial.pair.to_points) << trial.label;
        return true;
    }
    /// At every step of a commit on up to three databases.
    void try_everywhere(const Send& same, const Expect& expect) {
        std::size_t databases = 0;
        for (int i = 0; i < 5; ++i, ++number) {
            const Trial trial{.pair = two_people(number), .number = number};
            ASSERT_TRUE(same(*app, trial));
            databases = std::max(databases, cluster->last_parts());
        }
        ASSERT_GE(databases, 2u);
        // Those that lie on all four are rare to come by, and have no step of another kind.
        databases = std::min<std::size_t>(databases, 3);
        for (const Stop& stop : house::stops_of(databases)) {
            int attempts = 0;
            while (!try_at(stop, same, expect)) ASSERT_LT(++attempts, 60) << name_of(stop.step) << " " << stop.count;
        }
        // What was only before any was prepared, or after all were committed, leaves nothing.
        EXPECT_GE(half_way, static_cast<int>(2 * databases - 1));
        EXPECT_TRUE(app->quarantined("foods").empty());
    }

    int number = 0;    // of the trial
    int half_way = 0;  // how often something was in doubt
    std::unique_ptr<house::Cluster> cluster;
    std::unique_ptr<store::Store> other_store;
    std::unique_ptr<App> other;
};

TEST_F(HalfWay, a_transfer_is_done_once_or_not_at_all) {
    try_everywhere(
        [](App& to, const Trial& trial) {
            return send(to, "transfer " + std::to_string(trial.number),
                        TransferPoints{.programme = "club",
                                       .member = trial.pair.from,
                                       .to = trial.pair.to,
                                       .unit = "points",
                                       .points = Points{30},
                                       .reason = "a test"});
        },
        [](Trial& trial) {
            trial.pair.from_points -= 30;
            trial.pair.to_points += 30;
        });
}

TEST_F(HalfWay, accounts_are_merged_once_or_not_at_all) {
    try_everywhere(
        [](App& to, const Trial& trial) {
            return send(to, "merge " + std::to_string(trial.number),
                        MergeMembers{.programme = "club", .member = trial.pair.from, .to = trial.pair.to, .reason = "a test"});
        },
        [](Trial& trial) {
            // Both names lead to one account now.
            trial.pair.to_points += trial.pair.from_points;
            trial.pair.from_points = trial.pair.to_points;
        });
}

TEST_F(HalfWay, a_household_is_joined_once_or_not_at_all) {
    try_everywhere(
        [](App& to, const Trial& trial) {
            return send(to, "join it " + std::to_string(trial.number),
                        JoinHousehold{.programme = "club", .member = trial.pair.from, .to = trial.pair.to, .reason = "a test"});
        },
        [this](Trial& trial) {
            trial.pair.to_points += trial.pair.from_points;
            trial.pair.from_points = trial.pair.to_points;
            const auto household = app->household("foods", "club", trial.pair.from);
            ASSERT_TRUE(household) << trial.label;
            EXPECT_EQ(household->people.size(), 2u) << trial.label;
            EXPECT_EQ(household->member, trial.pair.from_id) << trial.label;
        });
    EXPECT_EQ(app->verify().breach_count, 0u);
}

// Who leaves buys meanwhile: it is theirs or the household's, and nobody's never.
TEST_F(HalfWay, a_household_is_left_once_or_not_at_all) {
    int stopped = 0;
    const auto try_one = [&](const Stop& stop) {
        const Trial trial{.pair = two_people(number), .number = number};
        const std::string n = std::to_string(number++);
        const std::string label = std::string{name_of(stop.step)} + " " + n;
        const LeaveHousehold leaving{.programme = "club", .member = trial.pair.from, .reason = "a test"};
        EXPECT_TRUE(send(*app, "join " + n,
                         JoinHousehold{.programme = "club", .member = trial.pair.from, .to = trial.pair.to, .reason = "a test"}));
        cluster->stop_at(stop);
        const auto first = send(*app, "leave " + n, leaving);
        if (cluster->is_stop_pending()) {
            cluster->stop_at(std::nullopt);
            return false;
        }
        const auto repeat = send(*other, "leave " + n, leaving);
        const RecordReceipt sold{
            .programme = "club", .member = trial.pair.from, .receipt = receipt("meanwhile " + n, 500, at(3, 1))};
        const auto bought = send(*other, "", sold);
        for (const auto* answer : {&first, &repeat, &bought}) EXPECT_TRUE(*answer || is_put_off(*answer)) << label;
        cluster->recover();
        const auto last = send(*other, "leave " + n, leaving);
        const auto again = send(*app, "", sold);
        EXPECT_TRUE(last && again) << label << ": " << code_of(last) << ", " << code_of(again);
        if (!last || !again) return true;
        EXPECT_EQ(std::get<ReceiptAnswer>(*again).member, std::optional{trial.pair.from_id}) << label;
        EXPECT_EQ(available(trial.pair.from), 0) << label;
        EXPECT_EQ(available(trial.pair.to), 120) << label;
        ++stopped;
        return true;
    };
    for (const Stop& stop : house::stops_of(3)) {
        int attempts = 0;
        while (!try_one(stop)) ASSERT_LT(++attempts, 60) << name_of(stop.step) << " " << stop.count;
    }
    EXPECT_GE(stopped, 5);
    EXPECT_EQ(app->verify().breach_count, 0u);
    EXPECT_TRUE(app->quarantined("foods").empty());
}

TEST_F(HalfWay, a_receipt_is_recorded_once_or_not_at_all) {
    try_everywhere(
        [](App& to, const Trial& trial) {
            RecordReceipt command{.programme = "club",
                                  .member = trial.pair.from,
                                  .receipt = receipt("r" + std::to_string(trial.number), 1'000, at(3, 1))};
            // Paid with points, so that what is available changes at once.
            command.receipt.points_paid.push_back({.unit = "points", .points = Points{20}});
            return send(to, "", command);
        },
        [](Trial& trial) { trial.pair.from_points -= 20; });
}

TEST_F(HalfWay, a_hold_is_confirmed_once_or_not_at_all) {
    std::map<int, HoldId> holds;
    try_everywhere(
        [&holds](App& to, const Trial& trial) -> Answered<Answer> {
            const std::string n = std::to_string(trial.number);
            if (!holds.contains(trial.number)) {
                const auto placed = placing(to, trial.pair.from, "hold " + n);
                if (!placed) return placed;
                holds[trial.number] = std::get<HoldAnswer>(*placed).hold;
            }
            return send(to, "confirm " + n,
                        ConfirmHold{.programme = "club", .hold = holds[trial.number], .points = Points{10}, .reason = "a test"});
        },
        [](Trial& trial) { trial.pair.from_points -= 10; });
}

TEST_F(HalfWay, a_card_is_issued_once_or_not_at_all) {
    try_everywhere(
        [](App& to, const Trial& trial) {
            const std::string n = std::to_string(trial.number);
            return send(to, "issue " + n, IssueCard{.programme = "club", .number = "card-" + n, .member = trial.pair.from});
        },
        [this](Trial& trial) {
            // Nobody else gets it, whoever asks.
            const std::string n = std::to_string(trial.number);
            const auto taken =
                send(*other, "steal " + n, IssueCard{.programme = "club", .number = "card-" + n, .member = trial.pair.to});
            EXPECT_EQ(code_of(taken), "card_already_issued");
            RecordReceipt sold{.programme = "club", .receipt = receipt("by card " + n, 500, at(3, 1))};
            sold.receipt.card = "card-" + n;
            sold.receipt.points_paid.push_back({.unit = "points", .points = Points{5}});
            const auto bought = send(*other, "", sold);
            ASSERT_TRUE(bought) << code_of(bought);
            EXPECT_EQ(std::get<ReceiptAnswer>(*bought).member, std::optional{trial.pair.from_id}) << trial.label;
            trial.pair.from_points -= 5;
        });
}

TEST_F(HalfWay, a_telephone_number_is_one_members) {
    const auto phone = [](int n) { return "+3752910" + std::to_string(10'000 + n); };
    try_everywhere(
        [&](App& to, const Trial& trial) {
            const std::string n = std::to_string(trial.number);
            return send(to, "new " + n,
                        CreateMember{.programme = "club", .profile = {.name = "New", .phone = phone(trial.number)}});
        },
        [&](Trial& trial) {
            const std::string n = std::to_string(trial.number);
            const auto taken = send(*other, "another " + n,
                                    CreateMember{.programme = "club", .profile = {.name = "Other", .phone = phone(trial.number)}});
            EXPECT_EQ(code_of(taken), "phone_already_used");
            const MemberName new_one{.by = NamedBy::phone, .value = phone(trial.number)};
            EXPECT_EQ(balance(new_one).pending.minor() + balance(new_one).available.minor(), 50) << "the welcome, once";
        });
}

/// Transfers among a few people through both servers, sent again until they are done or refused, while coordinators die.
TEST_F(HalfWay, sums_stay_exact_while_coordinators_die) {
    constexpr int kPeople = 5, kThreads = 4, kTransfers = 25;
    std::map<std::string, std::int64_t> points;
    for (int i = 0; i < kPeople; ++i) {
        const std::string name = "p" + std::to_string(i);
        join(name);
        ASSERT_TRUE(send(*app, "give " + name, give({.by = NamedBy::external, .value = name}, 60)));
        points[name] = 60;
    }
    std::mutex mutex;
    std::atomic<int> done{0}, refused{0}, put_off{0}, stopped{0};
    const auto work = [&](int thread) {
        std::mt19937 chance(static_cast<unsigned>(thread) + 1);
        for (int i = 0; i < kTransfers; ++i) {
            const std::string from = "p" + std::to_string(chance() % kPeople);
            const std::string to = "p" + std::to_string(chance() % kPeople);
            if (from == to) continue;
            const std::int64_t amount = 1 + static_cast<std::int64_t>(chance() % 40);
            const std::string key = "t" + std::to_string(thread) + "-" + std::to_string(i);
            const TransferPoints command{.programme = "club",
                                         .member = {.by = NamedBy::external, .value = from},
                                         .to = {.by = NamedBy::external, .value = to},
                                         .unit = "points",
                                         .points = Points{amount},
                                         .reason = "a test"};
            for (int attempt = 0;; ++attempt) {
                const auto answer = send((attempt + thread) % 2 == 0 ? *app : *other, key, command);
                if (is_put_off(answer)) {
                    ++put_off;
                    ASSERT_LT(attempt, 200) << key;
                    continue;
                }
                if (answer) {
                    ++done;
                    const std::lock_guard lock{mutex};
                    points[from] -= amount;
                    points[to] += amount;
                } else {
                    ++refused;
                    EXPECT_EQ(code_of(answer), "insufficient_points") << key;
                }
                break;
            }
        }
    };
    std::atomic<bool> is_over{false};
    std::thread chaos{[&] {
        std::mt19937 chance(7);
        const std::vector<Stop> stops = house::stops_of(cluster->size());
        while (!is_over) {
            cluster->stop_at(stops[chance() % stops.size()]);
            std::this_thread::sleep_for(std::chrono::milliseconds{40});
            stopped += cluster->in_doubt() > 0 ? 1 : 0;
            cluster->recover();
            std::this_thread::sleep_for(std::chrono::milliseconds{40});
        }
        cluster->stop_at(std::nullopt);
        cluster->recover();
    }};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < kThreads; ++thread) threads.emplace_back(work, thread);
    for (std::thread& thread : threads) thread.join();
    is_over = true;
    chaos.join();
    for (const auto& [name, expected] : points) EXPECT_EQ(available({.by = NamedBy::external, .value = name}), expected) << name;
    EXPECT_GT(done, 20);
    EXPECT_GT(stopped, 3) << "else nothing was tried";
    EXPECT_TRUE(app->quarantined("foods").empty());
    RecordProperty("refused", refused);
    RecordProperty("put_off", put_off);
}

}  // namespace
}  // namespace suki::app
