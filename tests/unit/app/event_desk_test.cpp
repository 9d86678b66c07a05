// Random streams of events through the application and through EventDesk, compared event by event.
#include "app/event_desk.h"

#include "answer_text.h"
#include "event_stream.h"
#include "fixture.h"
#include "stream_club.h"

namespace suki::app {
namespace {

class EventDeskTest : public AppTest {
protected:
    void play(const Kind& kind, std::uint64_t stream_seed, int events) {
        const std::string source = document(kind);
        const EditionView edition = publish(source);
        const auto compiled = programme::compile(source, wiring().zones);
        ASSERT_TRUE(compiled);
        desk_ = std::make_unique<EventDesk>(compiled->plan);
        clock_ = at(3, 2);  // after all that the fixture did
        EventStream stream(stream_seed, clock_);
        for (int i = 0; i < events && !HasFailure(); ++i) {
            SCOPED_TRACE("seed " + std::to_string(stream_seed) + ", event " + std::to_string(i));
            std::visit([&](auto event) { compare(std::move(event)); }, stream.next());
        }
        for (int m = 0; m < 6 && !HasFailure(); ++m) {
            const MemberName name{.by = NamedBy::external, .value = "m" + std::to_string(m)};
            const auto member = app->find_member("foods", "club", name);
            if (!member) continue;
            EXPECT_EQ(text_of(member->balances), text_of(desk_->balances(name)));
        }
        EXPECT_EQ(edition.edition, 1);
    }

    /// The application's clock stands where the events are: at the latest that was accepted.
    template <class A>
    void set_clock(const Answered<A>& expected) {
        if (expected && expected->recorded_at > clock_) clock_ = expected->recorded_at;
        now = clock_.us;
    }

    void compare(RecordReceipt command) {
        const auto expected = desk_->decide(command);
        set_clock(expected);
        if (command.member.by != NamedBy::nobody) {
            // Sent again, it is sent as it was.
            const auto sent = sent_cards_.find(command.receipt.id);
            const auto card = cards_.find(command.member.value);
            command.receipt.card = sent != sent_cards_.end() ? sent->second : card != cards_.end() ? card->second : "";
            if (expected) sent_cards_.emplace(command.receipt.id, command.receipt.card);
        }
        const auto answer = app->run(who(), command);
        ASSERT_EQ(text_of(answer), text_of(expected));
        if (answer) {
            ASSERT_EQ(answer->outcome, expected->outcome);
            ++(answer->is_repeat ? repeats : answer->returns.empty() ? sales : exchanges);
            if (!answer->uncovered.empty()) ++uncovered;
            if (answer->level != answer->level_before) ++levels_changed;
        } else {
            ++refusals[answer.error().code];
        }
    }
    template <class Command>
        requires std::same_as<Command, ReturnGoods> || std::same_as<Command, VoidReceipt>
    void compare(const Command& command) {
        const auto expected = desk_->decide(command);
        set_clock(expected);
        const auto answer = app->run(who(), command);
        ASSERT_EQ(text_of(answer), text_of(expected));
        if (answer) {
            ++(answer->is_repeat ? repeats : returns);
            if (!answer->relied_on.empty()) ++relied;
            if (!answer->withheld.is_zero() || !answer->owed.empty() || !answer->left.empty()) ++spent_before;
        } else {
            ++refusals[answer.error().code];
        }
    }
    void compare(const RecordActivity& command) {
        const auto expected = desk_->decide(command);
        set_clock(expected);
        const Date date = local_date(*desk_->plan().zone, command.activity.occurred_at);
        if (expected && !app->find_member("foods", "club", command.member)) {
            ASSERT_TRUE(app->run(
                who(),
                CreateMember{
                    .programme = "club", .profile = {.external_id = command.member.value}, .joined_on = date, .is_import = true}));
        }
        const auto answer = app->run(who(), command);
        if (!expected || !answer) {
            ASSERT_FALSE(expected);
            // Who is unknown to the application is refused before the rest is looked at here, and after it there.
            ASSERT_FALSE(answer);
            ASSERT_EQ(answer.error().code, expected.error().code);
            ++refusals[answer.error().code];
            return;
        }
        ASSERT_EQ(answer->level, expected->level);
        ASSERT_EQ(answer->is_repeat, expected->is_repeat);
        ASSERT_EQ(text_of(app->find_member("foods", "club", command.member)->balances), text_of(desk_->balances(command.member)));
        ++visits;
    }
    void compare(const LearnMember& command) {
        const auto expected = desk_->decide(command);
        set_clock(expected);
        const auto known = app->find_member("foods", "club", command.member);
        PatchMember patch = command.facts;
        patch.programme = "club";
        Answered<MemberView> answer = Unexpected<Refusal>{Refusal{}};
        if (known) {
            patch.member = known->member;
            answer = app->run(who(), patch);
        } else {
            CreateMember create{.programme = "club", .profile = {.external_id = command.member.value}};
            if (patch.birthday) create.profile.facts.birthday = *patch.birthday;
            create.profile.facts.segments = patch.segments.value_or(std::vector<std::string>{});
            std::map<std::string, std::optional<std::string>> attributes;
            for (const auto& [name, value] : patch.attributes) attributes[name] = value;
            for (const auto& [name, value] : attributes) {
                if (value) create.profile.facts.attributes.emplace_back(name, *value);
            }
            answer = app->run(who(), create);
        }
        ASSERT_EQ(answer.has_value(), expected.has_value());
        if (!answer) {
            ASSERT_EQ(answer.error().code, expected.error().code);
            ASSERT_EQ(answer.error().pointer, expected.error().pointer);
            ++refusals[answer.error().code];
            return;
        }
        ASSERT_EQ(expected->has_joined, !known.has_value());
        ASSERT_EQ(text_of(answer->balances), text_of(expected->balances));
        ASSERT_EQ(answer->level ? answer->level->level : "", expected->level);
        if (command.card) {
            const std::string number = "card-" + std::to_string(++cards_made_);
            ASSERT_TRUE(app->run(
                who(), IssueCard{.programme = "club", .number = number, .kind = command.card->kind, .member = command.member}));
            cards_[command.member.value] = number;
        }
        ++facts;
    }

    std::unique_ptr<EventDesk> desk_;
    Instant clock_;
    std::map<std::string, std::string> cards_;       // that a member shows now
    std::map<std::string, std::string> sent_cards_;  // that was shown with a receipt
    int cards_made_ = 0;
    // What the streams reached: a test that compares nothing passes too easily.
    int sales = 0, exchanges = 0, returns = 0, repeats = 0, visits = 0, facts = 0, uncovered = 0, relied = 0, spent_before = 0,
        levels_changed = 0;
    std::map<std::string, int> refusals;
};

class EventDeskStreams : public EventDeskTest, public ::testing::WithParamInterface<int> {};

/// `--gtest_shuffle --gtest_repeat=N` plays N streams that are others than the usual one.
TEST_P(EventDeskStreams, answer_as_the_application_does) {
    const auto kind = static_cast<std::size_t>(GetParam());
    const std::uint64_t other = seed_of_run();
    play(kKinds[kind], 1'000 * other + kind, 1'000);
    if (other != 0) return;
    EXPECT_GT(sales, 300);
    EXPECT_GT(exchanges, 10);
    EXPECT_GT(returns, 80);
    EXPECT_GT(repeats, 30);
    EXPECT_GT(visits, 40);
    EXPECT_GT(facts, 40);
    EXPECT_GT(uncovered, 20);
    EXPECT_GT(spent_before, 0);
    EXPECT_GT(relied, 0);
    EXPECT_GT(levels_changed, 20);
    for (const char* code : {"receipt_already_recorded", "return_already_recorded", "receipt_of_return_not_found",
                             "receipt_is_void", "returned_more_than_bought", "attribute_malformed"}) {
        EXPECT_GT(refusals[code], 0) << code;
    }
    EXPECT_GT(refusals.size(), 15u);
}
INSTANTIATE_TEST_SUITE_P(Kinds, EventDeskStreams, ::testing::Range(0, static_cast<int>(kKinds.size())));

/// A refusal in the middle of an exchange leaves nothing of it.
TEST_F(EventDeskTest, an_exchange_that_is_refused_changes_nothing) {
    const auto compiled = programme::compile(document(kKinds[0]), wiring().zones);
    ASSERT_TRUE(compiled);
    EventDesk desk(compiled->plan);
    const MemberName ana{.by = NamedBy::external, .value = "ana"};
    ASSERT_TRUE(desk.decide(RecordReceipt{.member = ana, .receipt = receipt("r1", 2'000, at(3, 1))}));
    const std::string before = text_of(desk.balances(ana));
    const auto back = [&](const std::string& id, const std::string& of) {
        return event::Return{
            .id = id, .receipt = of, .occurred_at = at(3, 2), .lines = {{.line = 1, .quantity = {1'000, QuantityUnit::piece}}}};
    };
    const auto refused = desk.decide(
        RecordReceipt{.member = ana, .receipt = receipt("r2", 500, at(3, 2)), .returns = {back("b1", "r1"), back("b2", "r9")}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "receipt_of_return_not_found");
    EXPECT_EQ(refused.error().pointer, "/returns/1/receipt");
    EXPECT_EQ(text_of(desk.balances(ana)), before);
    const auto alone = desk.decide(ReturnGoods{.what = back("b1", "r1")});
    ASSERT_TRUE(alone) << alone.error().code;
    EXPECT_EQ(alone->refund, Money{1'000});
}

TEST_F(EventDeskTest, names_one_person_however_the_number_is_written) {
    const auto compiled = programme::compile(document(kKinds[0]), wiring().zones);
    ASSERT_TRUE(compiled);
    EventDesk desk(compiled->plan);
    ASSERT_TRUE(desk.decide(
        RecordReceipt{.member = {.by = NamedBy::phone, .value = "+375 29 123-45-67"}, .receipt = receipt("r1", 2'000, at(3, 12))}));
    EXPECT_NE(text_of(desk.balances({.by = NamedBy::phone, .value = "+375291234567"})), text_of(desk.balances({})));
}

}  // namespace
}  // namespace suki::app
