// Random streams of events through the application and through EventDesk, compared event by event.
#include "app/event_desk.h"

#include "event_stream.h"
#include "fixture.h"

namespace suki::app {
namespace {

/// Everything in which settling has a say: two units that expire each in their own way, levels that fall within weeks, budgets by
/// month and without end, limits of a member, counters.
constexpr std::string_view kEverything = R"(suki: 1
id: club
title: Club
organisation: {name: Test Foods}
relationship: consumer
goal: retain
languages: [en]
currency: BYN
timezone: Europe/Minsk
effective: 2026-03-10
returns: RETURNS
debt: DEBT
join: {welcome: {points: 50}}
units:
  points: {worth: 0.01 BYN, pending: PENDING, expire: EXPIRE, earned_on: paid}
  stars: {worth: 0.10 BYN, expire: 45 days after last activity}
levels:
  by: spend
  over: 60 days
  review: daily
  downgrade: one_step
  steps:
    guest:  {from: 0 BYN}
    friend: {from: 80 BYN, keep: 20 days, grace: 10 days}
    family: {from: 250 BYN, keep: 30 days, grace: 10 days}
offers:
  base: {give: {points: 3 per 1 BYN}}
  starry: {when: {amount: at least 20 BYN}, give: {stars: 1 per 2 BYN}}
  double: {when: {category: meat, level: at least friend}, give: {points: x2}}
  basket: {give: {discount: {scale: {by: receipt, steps: {50 BYN: 2%, 120 BYN: 4%}}}}, stack: price}
  regular: {give: {discount: {scale: {by: spend, over: 90 days, steps: {100 BYN: 1%, 400 BYN: 3%}}}}, stack: price}
  cards: {when: {card: personal}, give: {discount: 1%}}
  category: {when: {card: category}, give: {points: 7}}
  pates: {when: {category: meat/pates}, give: {free: 1 per 4 cheapest}, limit: {per receipt: 2, budget: 60 BYN per month}}
  wine: {when: {category: wine}, give: {discount: 4 BYN}, limit: {budget: 100 BYN}}
  gifts: {when: {category: gifts}, give: {points: 40}, limit: {budget: 400 points}}
  monthly: {when: {category: tea}, give: {points: 15}, limit: 1 per member per calendar month}
  first: {when: {tag: sale}, give: {discount: 1 BYN}, limit: 9 in all}
  often: {when: {counter: {visits: all, over: 30 days, at_least: 3}}, give: {points: 11}}
  third: {when: {nth_purchase: 3}, give: {points: 150}}
  back: {when: {last_purchase: over 15 days ago}, give: {points: 20}}
  lapsed: {when: {segment: lapsed, attribute: {town: minsk}}, give: {points: 9}}
  birthday: {when: {birthday: within 3 days}, give: {points: 30}, limit: 1 per member per calendar year}
spend:
  at_till: {points: pay, at_least: 10, step: 5, up_to: 80% of receipt, not: {category: wine}}
  stars: {stars: pay, at_least: 1, step: 1, up_to: 50% of receipt}
)";

struct Kind {
    std::string returns;
    std::string debt;
    std::string pending;
    std::string expire;
};

std::string document(const Kind& kind) {
    std::string text{kEverything};
    const auto put = [&](std::string_view name, const std::string& value) { text.replace(text.find(name), name.size(), value); };
    put("RETURNS", kind.returns);
    put("DEBT", kind.debt);
    put("PENDING", kind.pending);
    put("EXPIRE", kind.expire);
    return text;
}

std::string text_of(const std::vector<UnitPoints>& points) {
    std::string text;
    for (const UnitPoints& one : points) text += one.unit + "=" + std::to_string(one.points.minor()) + " ";
    return text;
}
std::string text_of(const std::vector<UnitBalance>& balances) {
    std::string text;
    for (const UnitBalance& one : balances) {
        text += one.unit + "=" + std::to_string(one.pending.minor()) + "/" + std::to_string(one.available.minor()) + "/" +
                std::to_string(one.held.minor()) + "/" + std::to_string(one.owed.minor()) + " ";
    }
    return text;
}
std::string text_of(const std::vector<Discrepancy>& discrepancies) {
    std::string text;
    for (const Discrepancy& one : discrepancies) {
        text += std::string{name_of(one.kind)} + ":" + std::to_string(one.line) + ":" + std::to_string(one.stated) + ":" +
                std::to_string(one.decided) + ":" + one.what + " ";
    }
    return text;
}
std::string text_of(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& one : words) text += one + " ";
    return text;
}

/// All that is answered but the moment of recording, in words that a failing test can show.
std::string text_of(const ReturnAnswer& a) {
    return a.return_id + " of " + a.receipt + " refund " + std::to_string(a.refund.minor()) + " withheld " +
           std::to_string(a.withheld.minor()) + " back " + text_of(a.taken_back) + "left " + text_of(a.left) + "owed " +
           text_of(a.owed) + "given " + text_of(a.given_back) + "has " + text_of(a.balances) + "level " + a.level + " relied " +
           text_of(a.relied_on) + text_of(a.discrepancies) + (a.is_repeat ? "again" : "");
}
std::string text_of(const ReceiptAnswer& a) {
    std::string text = a.receipt + " edition " + std::to_string(a.edition) + " at " + instant_text(a.judged_at) + " total " +
                       std::to_string(a.outcome.total.minor()) + " paid " + std::to_string(a.outcome.paid.minor()) + " earned ";
    for (const Points& points : a.outcome.points) text += std::to_string(points.minor()) + " ";
    text += "uncovered " + text_of(a.uncovered) + "has " + text_of(a.balances) + "level " + a.level_before + ">" + a.level + " " +
            text_of(a.discrepancies) + (a.is_repeat ? "again" : "");
    for (const ReturnAnswer& one : a.returns) text += " [" + text_of(one) + "]";
    return text;
}
template <class A>
std::string text_of(const Answered<A>& answer) {
    if (answer) return text_of(*answer);
    std::string text = "refused " + answer.error().code + " at " + answer.error().pointer;
    for (const event::Problem& problem : answer.error().problems) {
        text += ", " + std::string{name_of(problem.code)} + " at " + problem.pointer;
    }
    return text;
}

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
            ASSERT_TRUE(
                app->run(who(), IssueCard{.programme = "club", .number = number, .kind = *command.card, .member = command.member}));
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

const std::vector<Kind> kKinds{
    {"rejudge", "below_zero", "0 days", "50 days after earning"},
    {"rejudge", "from_refund", "7 days", "40 days after last activity"},
    {"rejudge", "refuse", "3 days", "at the end of the month"},
    {"keep", "below_zero", "0 days", "30 days after last activity"},
    {"keep", "from_refund", "0 days", "25 days after earning"},
    {"keep", "refuse", "0 days", "never"},
};

/// `--gtest_shuffle --gtest_repeat=N` plays N streams that are others than the usual one.
TEST_P(EventDeskStreams, answer_as_the_application_does) {
    const auto kind = static_cast<std::size_t>(GetParam());
    const auto other = static_cast<std::uint64_t>(::testing::UnitTest::GetInstance()->random_seed());
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
