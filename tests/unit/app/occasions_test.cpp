#include <thread>

#include "app/occasions.h"
#include "base/limits.h"
#include "fixture.h"
#include "house/sharded_store.h"
#include "store/postgres/open.h"

/// Guest lists where a story can't look: many who ask at once, what the interface refuses before it is asked, an end in several
/// steps, and what verify would say.
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class OccasionsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        std::string document = club();
        document.insert(document.find("offers:"), "benefits: {tasting: {kind: access, members: 2 per year}}\n");
        publish(document);
    }
    void join_all(int count) {
        for (int i = 0; i < count; ++i) {
            ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = name_of_member(i)}}));
        }
    }
    static std::string name_of_member(int i) { return "m" + std::to_string(i); }
    static MemberName member(int i) { return {.by = NamedBy::external, .value = name_of_member(i)}; }
    static OccasionTerms terms(std::int64_t capacity, std::int64_t waiting_most = 0) {
        OccasionTerms terms{.title = {.any = "A tasting"}, .starts_at = at(4, 1, 18), .ends_at = at(4, 1, 20)};
        terms.capacity = capacity;
        terms.waiting_most = waiting_most;
        terms.guests_most = 3;
        return terms;
    }
    std::string arrange(const OccasionTerms& terms) {
        const auto made = app->run(who(), CreateOccasion{"club", terms});
        EXPECT_TRUE(made) << (made ? "" : describe(made.error()));
        return made ? made->id : std::string{};
    }
    Answered<SeatView> take(int i, const std::string& occasion, std::int64_t party = 1) {
        TakeSeat command{.programme = "club", .member = member(i), .occasion = occasion};
        command.party = party;
        return app->run(who(), command);
    }
    Answered<SeatView> leave(int i, const std::string& occasion) {
        return app->run(who(), LeaveSeat{.programme = "club", .member = member(i), .occasion = occasion, .reason = {}});
    }
    OccasionView look(const std::string& occasion) {
        const auto found = app->occasion("foods", "club", occasion);
        EXPECT_TRUE(found);
        return found ? *found : OccasionView{};
    }
    std::size_t count(const std::string& occasion, SeatStatus status) {
        GuestListQuery query{.occasion = occasion, .status = status, .store = {}, .page = {}};
        query.page.limit = limits::page_rows_max;
        const auto list = app->guest_list("foods", "club", query);
        EXPECT_TRUE(list);
        return list ? list->seats.size() : 0;
    }
};

// Sixty-four clients, one seat; and eleven.
TEST_F(OccasionsTest, the_last_seats_go_to_as_many_as_there_are) {
    constexpr int kClients = 64;
    join_all(kClients);
    for (const std::int64_t capacity : {1, 11}) {
        const std::string occasion = arrange(terms(capacity, 5));
        std::atomic<int> booked = 0;
        std::atomic<int> waiting = 0;
        std::atomic<int> refused = 0;
        std::vector<std::thread> threads;
        for (int client = 0; client < kClients; ++client) {
            threads.emplace_back([&, client] {
                const auto seat = take(client, occasion);
                if (!seat) {
                    refused += seat.error().code == "occasion_full" ? 1 : 0;
                } else {
                    ++(seat->status == SeatStatus::booked ? booked : waiting);
                }
            });
        }
        for (std::thread& thread : threads) thread.join();
        EXPECT_EQ(booked, capacity);
        EXPECT_EQ(waiting, 5);
        EXPECT_EQ(refused, kClients - capacity - 5);
        EXPECT_EQ(look(occasion).taken, capacity);
        EXPECT_EQ(count(occasion, SeatStatus::booked), static_cast<std::size_t>(capacity));
        EXPECT_EQ(count(occasion, SeatStatus::waiting), 5u);
    }
}

// Of one member who asks sixty-four times one seat is taken, and one use.
TEST_F(OccasionsTest, a_member_has_one_seat) {
    join_all(1);
    OccasionTerms free = terms(50);
    free.access = OccasionAccess::benefit;
    free.benefit = "tasting";
    const std::string occasion = arrange(free);
    std::atomic<int> booked = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&] { booked += code_of(take(0, occasion)) == "ok" ? 1 : 0; });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(booked, 1);
    EXPECT_EQ(look(occasion).taken, 1);
    const auto benefits = app->benefits("foods", "club", member(0));
    ASSERT_TRUE(benefits);
    EXPECT_EQ(benefits->uses.size(), 1u);
}

// Seats taken, left, widened and let in at once: what stands fits, and verify (at the end of every test) agrees.
TEST_F(OccasionsTest, everything_at_once_adds_up) {
    constexpr int kMembers = 12;
    join_all(kMembers);
    OccasionTerms wide = terms(6, 4);
    wide.access = OccasionAccess::benefit;
    wide.benefit = "tasting";
    const std::string occasion = arrange(wide);
    std::vector<std::thread> threads;
    for (int client = 0; client < kMembers; ++client) {
        threads.emplace_back([&, client] {
            for (int round = 0; round < 10; ++round) {
                (void)take(client, occasion, 1 + (client + round) % 3);
                if (round % 3 == 1) (void)leave(client, occasion);
                if (round % 4 == 2) {
                    (void)app->run(who(), CheckIn{.programme = "club", .member = member(client), .occasion = occasion});
                    CheckIn back{.programme = "club", .member = member(client), .occasion = occasion};
                    back.is_undone = true;
                    back.reason = "a test";
                    (void)app->run(who(), back);
                }
                if (client == 0) {
                    OccasionTerms other = wide;
                    other.capacity = 6 + round % 4;
                    (void)app->run(who(), ChangeOccasion{"club", occasion, other});
                }
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_LE(look(occasion).taken, look(occasion).terms.capacity);
    EXPECT_TRUE(app->run(who(), CancelOccasion{.programme = "club", .occasion = occasion, .reason = "a test"}));
    EXPECT_EQ(count(occasion, SeatStatus::booked), 0u);
    for (int i = 0; i < kMembers; ++i) {
        const auto benefits = app->benefits("foods", "club", member(i));
        ASSERT_TRUE(benefits);
        EXPECT_EQ(benefits->benefits.at(0).used, 0) << i;
    }
}

// More seats than are ended in one command: the sweep goes on, and everybody has their use back.
TEST_F(OccasionsTest, a_large_occasion_is_cancelled_in_steps) {
    constexpr int kMembers = 520;
    std::vector<Command> commands;
    for (int i = 0; i < kMembers; ++i) {
        commands.emplace_back(CreateMember{.programme = "club", .profile = {.external_id = name_of_member(i)}});
    }
    (void)app->run_many(who(), std::move(commands));
    OccasionTerms large = terms(kMembers);
    large.access = OccasionAccess::benefit;
    large.benefit = "tasting";
    const std::string occasion = arrange(large);
    commands.clear();
    for (int i = 0; i < kMembers; ++i) {
        commands.emplace_back(TakeSeat{.programme = "club", .member = member(i), .occasion = occasion, .note = {}, .reason = {}});
    }
    for (const auto& answer : app->run_many(who(), std::move(commands))) EXPECT_TRUE(answer);
    EXPECT_TRUE(app->run(who(), CancelOccasion{.programme = "club", .occasion = occasion, .reason = "a test"}));
    EXPECT_EQ(look(occasion).taken, 20);
    EXPECT_TRUE(app->run(who(), Sweep{}));
    EXPECT_EQ(look(occasion).taken, 0);
    EXPECT_EQ(count(occasion, SeatStatus::cancelled), 500u);
    EXPECT_EQ(app->benefits("foods", "club", member(7))->benefits.at(0).used, 0);
}

// And one that took place ends in steps as well.
TEST_F(OccasionsTest, who_did_not_come_is_written_down_by_the_sweep) {
    join_all(3);
    const std::string occasion = arrange(terms(2, 1));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(take(i, occasion));
    ASSERT_TRUE(app->run(who(), CheckIn{.programme = "club", .member = member(0), .occasion = occasion}));
    now = at(4, 1, 20).us;
    EXPECT_EQ(look(occasion).status, OccasionStatus::held);
    EXPECT_EQ(code_of(leave(1, occasion)), "occasion_ended");
    EXPECT_TRUE(app->run(who(), Sweep{}));
    EXPECT_EQ(look(occasion).came, 1);
    EXPECT_EQ(count(occasion, SeatStatus::missed), 1u);
    EXPECT_EQ(count(occasion, SeatStatus::not_reached), 1u);
}

TEST_F(OccasionsTest, numbers_texts_and_times_have_their_limits) {
    const auto refused = [&](const std::function<void(OccasionTerms&)>& change) {
        OccasionTerms wrong = terms(5);
        change(wrong);
        const auto made = app->run(who(), CreateOccasion{"club", wrong});
        return made ? std::string{"ok"} : made.error().code + made.error().pointer;
    };
    EXPECT_EQ(refused([](auto& t) { t.title = {}; }), "occasion_text_malformed/title");
    EXPECT_EQ(refused([](auto& t) { t.title = {.any = {}, .languages = {{"ru", "x"}}}; }), "occasion_text_malformed/title");
    EXPECT_EQ(refused([](auto& t) { t.title = {.any = {}, .languages = {{"en", "x"}}}; }), "ok");
    EXPECT_EQ(refused([](auto& t) { t.place = "a\nb"; }), "occasion_text_malformed/place");
    EXPECT_EQ(refused([](auto& t) { t.store = "a\nb"; }), "occasion_text_malformed/store");
    EXPECT_EQ(refused([](auto& t) { t.capacity = 0; }), "occasion_count_out_of_range/capacity");
    EXPECT_EQ(refused([](auto& t) { t.capacity = limits::people_per_occasion; }), "ok");
    EXPECT_EQ(refused([](auto& t) { t.capacity = limits::people_per_occasion + 1; }), "occasion_count_out_of_range/capacity");
    EXPECT_EQ(refused([](auto& t) { t.guests_most = limits::guests_per_seat; }), "ok");
    EXPECT_EQ(refused([](auto& t) { t.guests_most = limits::guests_per_seat + 1; }), "occasion_count_out_of_range/guests_most");
    EXPECT_EQ(refused([](auto& t) { t.waiting_most = limits::waiting_per_occasion; }), "ok");
    EXPECT_EQ(refused([](auto& t) { t.waiting_most = limits::waiting_per_occasion + 1; }),
              "occasion_count_out_of_range/waiting_most");
    EXPECT_EQ(refused([](auto& t) { t.ends_at = t.starts_at; }), "occasion_times_malformed/ends_at");
    EXPECT_EQ(refused([](auto& t) { t.closes_at = Instant{t.ends_at.us + 1}; }), "occasion_times_malformed/closes_at");
    EXPECT_EQ(refused([](auto& t) { t.opens_at = t.starts_at; }), "occasion_times_malformed/opens_at");
    EXPECT_EQ(refused([](auto& t) { t.leave_by = t.ends_at; }), "occasion_times_malformed/leave_by");

    join_all(2);
    const std::string occasion = arrange(terms(9));
    EXPECT_EQ(code_of(take(0, occasion, 0)), "seat_party_out_of_range");
    EXPECT_EQ(code_of(take(0, occasion, 5)), "seat_party_out_of_range");
    TakeSeat noted{.programme = "club", .member = member(0), .occasion = occasion, .note = "a\nb", .reason = {}};
    EXPECT_EQ(code_of(app->run(who(), noted)), "occasion_text_malformed");
    EXPECT_EQ(code_of(take(0, occasion, 4)), "ok");
    EXPECT_EQ(code_of(app->run(who(), LeaveSeat{"club", member(0), occasion, "a\nb"})), "occasion_text_malformed");
}

// A use that a seat has taken is the seat's to end.
TEST_F(OccasionsTest, a_use_of_a_seat_ends_with_it) {
    join_all(1);
    OccasionTerms by_benefit = terms(5);
    by_benefit.access = OccasionAccess::benefit;
    by_benefit.benefit = "tasting";
    const std::string occasion = arrange(by_benefit);
    const auto seat = take(0, occasion);
    ASSERT_TRUE(seat);
    for (const BenefitUseEnd end : {BenefitUseEnd::cancel, BenefitUseEnd::confirm, BenefitUseEnd::undo}) {
        EndBenefitUse command{.programme = "club", .member = member(0), .use = seat->use};
        command.end = end;
        command.reason = "a test";
        EXPECT_EQ(code_of(app->run(who(), command)), "benefit_use_of_seat");
    }
    EXPECT_TRUE(leave(0, occasion));
}

// A key of another store sees no occasion of this one.
TEST_F(OccasionsTest, a_door_of_another_store_is_another_door) {
    join_all(1);
    OccasionTerms placed = terms(5);
    placed.store = "s1";
    const std::string occasion = arrange(placed);
    ASSERT_TRUE(take(0, occasion));
    Caller other = who();
    other.store = "s2";
    CheckIn command{.programme = "club", .member = member(0), .occasion = occasion};
    command.store = "s2";
    EXPECT_EQ(code_of(app->run(other, command)), "occasion_not_found");
    command.store = "s1";
    EXPECT_EQ(code_of(app->run(other, command)), "store_not_allowed");
    other.store = "s1";
    EXPECT_EQ(code_of(app->run(other, command)), "ok");
    const auto list = app->occasions("foods", "club", {.time = std::nullopt, .own_store = "s2", .member = {}, .page = {}});
    ASSERT_TRUE(list);
    EXPECT_TRUE(list->occasions.empty());
}

TEST_F(OccasionsTest, verify_counts_the_seats_and_looks_along_the_line) {
    join_all(3);
    const std::string occasion = arrange(terms(1, 2));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(take(i, occasion));
    const store::RecordKey key{.org = "foods", .account = {}, .id = *parse_id(OccasionTag::prefix, occasion)};
    const auto whole = unpack_record<Occasion>(*store->find_record(key));
    const auto breaches_of = [&](const Occasion& body) {
        auto row = *store->find_record(key);
        row.packed = pack_record(body);
        ++row.version;
        store::Batch batch;
        batch.records.push_back(std::move(row));
        store->commit(batch);
        std::set<std::string> found;
        for (const VerifyBreach& breach : app->verify().breaches) found.insert(breach.what);
        return found;
    };
    using Breaches = std::set<std::string>;
    Occasion wrong = whole;
    wrong.taken = 0;
    EXPECT_EQ(breaches_of(wrong), (Breaches{"seats_differ_from_occasion", "line_beside_free_seats"}));
    wrong = whole;
    wrong.terms.capacity = 0;
    EXPECT_EQ(breaches_of(wrong), Breaches{"seats_above_capacity"});
    wrong = whole;
    std::swap(wrong.line[0], wrong.line[1]);
    EXPECT_EQ(breaches_of(wrong), Breaches{"line_out_of_order"});
    wrong = whole;
    wrong.line.pop_back();
    EXPECT_EQ(breaches_of(wrong), Breaches{"line_differs_from_seats"});
    EXPECT_EQ(breaches_of(whole), Breaches{});
}

/// Two servers on one PostgreSQL, or on spread tables. Who is told to come back does.
class TwoDoors : public AppTest, public ::testing::WithParamInterface<bool> {
protected:
    static constexpr int kClients = 64;

    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "SUKI_TEST_POSTGRES names no server";
        now = at(3, 1).us;
        if (GetParam()) {
            cluster.emplace();
        } else {
            database.emplace();
        }
        store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(club());
        for (int i = 0; i < kClients; ++i) {
            ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = "m" + std::to_string(i)}}));
        }
        other_store = open();
        other = std::make_unique<App>(*other_store, wiring());
    }
    void TearDown() override {
        other.reset();
        other_store.reset();
        AppTest::TearDown();
        store.reset();
    }
    std::unique_ptr<store::Store> open() {
        if (cluster) return std::make_unique<house::ShardedStore>(*cluster);
        return store::open_postgres({.url = database->url(), .now = at(1, 1)});
    }
    static MemberName member(int i) { return {.by = NamedBy::external, .value = "m" + std::to_string(i)}; }
    template <class C>
    auto ask(int client, const C& command) {
        App& server = client % 2 == 0 ? *app : *other;
        while (true) {
            auto answer = server.run(who(), command);
            if (answer || answer.error().code != "store_unavailable") return answer;
        }
    }

    std::optional<house::Cluster> cluster;
    std::optional<house::TestDatabase> database;
    std::unique_ptr<store::Store> other_store;
    std::unique_ptr<App> other;
};

TEST_P(TwoDoors, give_the_last_seats_to_as_many_as_there_are) {
    OccasionTerms terms{.title = {.any = "A tasting"}, .starts_at = at(4, 1, 18), .ends_at = at(4, 1, 20)};
    terms.capacity = 7;
    terms.waiting_most = 3;
    const auto occasion = app->run(who(), CreateOccasion{"club", terms});
    ASSERT_TRUE(occasion);
    std::atomic<int> booked = 0;
    std::atomic<int> waiting = 0;
    std::atomic<int> refused = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < kClients; ++client) {
        threads.emplace_back([&, client] {
            const auto seat = ask(client, TakeSeat{.programme = "club", .member = member(client), .occasion = occasion->id});
            if (!seat) {
                refused += seat.error().code == "occasion_full" ? 1 : 0;
            } else {
                ++(seat->status == SeatStatus::booked ? booked : waiting);
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(booked, 7);
    EXPECT_EQ(waiting, 3);
    EXPECT_EQ(refused, kClients - 10);
    // Seven leave at both servers at once: the three who wait have a seat.
    std::atomic<int> left = 0;
    threads.clear();
    for (int client = 0; client < kClients; ++client) {
        threads.emplace_back([&, client] {
            const auto list = app->seats_of("foods", "club", member(client));
            if (!list || list->seats.empty() || list->seats.front().status != SeatStatus::booked) return;
            left += ask(client, LeaveSeat{.programme = "club", .member = member(client), .occasion = occasion->id}) ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_GE(left, 7);
    const auto found = other->occasion("foods", "club", occasion->id);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->taken, 10 - left);
    EXPECT_EQ(found->waiting, 0);
}

INSTANTIATE_TEST_SUITE_P(Stores, TwoDoors, ::testing::Bool(),
                         [](const auto& is_spread) { return is_spread.param ? "spread" : "one_database"; });

}  // namespace
}  // namespace suki::app
