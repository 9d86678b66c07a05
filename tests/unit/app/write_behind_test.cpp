#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>

#include "answer_text.h"
#include "event_stream.h"
#include "fixture.h"
#include "stream_club.h"

/// A batch is decided over the one that is still being written: that must not show.
namespace suki::app {
namespace {

std::string said(const Answered<Answer>& answer) {
    if (!answer) return text_of(Answered<ReceiptAnswer>{Unexpected<Refusal>{answer.error()}});
    if (const auto* sold = std::get_if<ReceiptAnswer>(&*answer)) return text_of(*sold);
    if (const auto* back = std::get_if<ReturnAnswer>(&*answer)) return text_of(*back);
    const auto& came = std::get<ActivityAnswer>(*answer);
    return came.activity + " level " + came.level + " back " + text_of(came.taken_back) + "owed " + text_of(came.owed);
}

std::string told(std::string text, bool may_be_again) {
    const std::size_t at = may_be_again ? text.find("again") : std::string::npos;
    return at == std::string::npos ? text : text.erase(at, 5);
}

class WriteBehind : public AppTest, public ::testing::WithParamInterface<int> {
protected:
    static constexpr std::size_t events = 400;

    void SetUp() override {
        seed_of_stream = 1'000 * seed_of_run() + static_cast<std::uint64_t>(GetParam());
        EventStream stream(seed_of_stream, at(3, 2));
        while (commands.size() < events) {
            std::visit(
                [&](auto event) {
                    if constexpr (!std::is_same_v<decltype(event), LearnMember>) commands.emplace_back(std::move(event));
                },
                stream.next());
        }
    }
    /// An application of its own over an empty database, some batches of which hold a few commands.
    void begin(std::size_t commands_per_commit) {
        app.reset();
        store = house::test_store(at(1, 1));
        now = midnight_utc(*make_date(2030, 1, 1)).us;
        Wiring wired = wiring();
        wired.commands_per_commit = commands_per_commit_ = commands_per_commit;
        app = std::make_unique<App>(*store, std::move(wired));
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        publish(document(kKinds[static_cast<std::size_t>(GetParam()) % kKinds.size()]));
    }
    std::vector<std::string> one_after_the_other() {
        std::vector<std::string> answers;
        for (const Command& command : commands) answers.push_back(said(app->run_any(who(), command)));
        return answers;
    }
    /// None waits for another; the n-th operation of the database fails now and then.
    std::vector<std::string> all_at_once(int failures) {
        std::vector<std::string> answers(commands.size());
        std::atomic<std::size_t> left{commands.size()};
        for (std::size_t i = 0; i < commands.size(); ++i) {
            app->submit(who(), commands[i], [&, i](Answered<Answer> answer) {
                answers[i] = said(answer);
                --left;
            });
        }
        std::mt19937_64 chance{seed_of_stream};
        for (; failures > 0 && left > 0; --failures) {
            // So far apart that no batch fails six times.
            store->fail_at(static_cast<std::int64_t>(100 + 20 * commands_per_commit_ + chance() % 200));
            while (store->is_failure_pending() && left > 0) std::this_thread::sleep_for(std::chrono::microseconds{100});
        }
        while (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
        store->fail_at(0);
        return answers;
    }
    std::string everything() {
        const VerifyReport report = app->verify();
        std::string text = std::to_string(report.accounts) + " accounts " + std::to_string(report.entries) + " entries " +
                           std::to_string(report.receipts) + " receipts " + std::to_string(report.claims) + " claims";
        for (const VerifyBreach& breach : report.breaches) text += "\n" + breach.what + " " + breach.where + " " + breach.details;
        for (int m = 0; m < 6; ++m) {
            const auto member = app->find_member("foods", "club", {.by = NamedBy::external, .value = "m" + std::to_string(m)});
            if (member) text += "\n" + text_of(member->balances);
        }
        return text;
    }

    std::uint64_t seed_of_stream = 0;
    std::vector<Command> commands;

private:
    std::size_t commands_per_commit_ = 0;
};

/// A refusal leaves nothing behind. Where a commit's outcome was unknown and its batch had been written after all, a refusal in it
/// is decided anew after those that came with it, which are then answered as before: so it may be another, or none.
bool may_be_decided_anew(const std::vector<std::string>& answers, const std::vector<std::string>& wanted, std::size_t at,
                         std::size_t commands_per_commit) {
    if (!wanted[at].starts_with("refused")) return false;
    for (std::size_t i = at + 1; i < answers.size() && i < at + commands_per_commit; ++i) {
        if (answers[i] != wanted[i] && told(answers[i], true) == told(wanted[i], true)) return true;
    }
    return false;
}

/// `--gtest_shuffle --gtest_repeat=N` plays N streams that are others than the usual one.
TEST_P(WriteBehind, AnswersAsIfEachHadWaitedForTheOneBefore) {
    begin(512);
    const std::vector<std::string> wanted = one_after_the_other();
    const std::string wanted_after = everything();
    for (const std::size_t commands_per_commit : {1, 3, 20}) {
        for (const int failures : {0, 40}) {
            begin(commands_per_commit);
            const std::vector<std::string> answers = all_at_once(failures);
            bool is_other = false;  // from here on it is another history
            for (std::size_t i = 0; i < commands.size() && !is_other; ++i) {
                // What became of a commit that failed may only show when the command is decided anew.
                const bool may_be_again = failures > 0;
                is_other = may_be_again && answers[i] != wanted[i] && may_be_decided_anew(answers, wanted, i, commands_per_commit);
                if (is_other) break;
                ASSERT_EQ(told(answers[i], may_be_again), told(wanted[i], may_be_again))
                    << "seed " << seed_of_stream << ", command " << i << ", " << commands_per_commit << " a commit, " << failures
                    << " failures";
            }
            if (!is_other) {
                ASSERT_EQ(everything(), wanted_after);
            }
        }
    }
}
INSTANTIATE_TEST_SUITE_P(Kinds, WriteBehind, ::testing::Range(0, 6));

TEST_F(AppTest, who_is_answered_sees_it_at_once) {
    publish(club());
    const MemberName ana = join("ana");
    std::atomic<int> left{50}, late{0};
    for (int i = 0; i < 50; ++i) {
        app->submit(who(),
                    RecordReceipt{.programme = "club", .member = ana, .receipt = receipt("r" + std::to_string(i), 1000, at(3, 1))},
                    [&, i](const Answered<Answer>& answer) {
                        if (!answer || !app->receipt("foods", "club", "r" + std::to_string(i))) ++late;
                        if (answer && balance(ana).pending < std::get<ReceiptAnswer>(*answer).balances.at(0).pending) ++late;
                        --left;
                    });
    }
    while (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    EXPECT_EQ(late, 0);
    EXPECT_EQ(balance(ana).pending, Points{50 + 50 * 30});
}

}  // namespace
}  // namespace suki::app
