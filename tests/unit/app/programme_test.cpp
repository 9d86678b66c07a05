#include "fixture.h"

namespace suki::app {
namespace {

std::string with(std::string document, std::string_view what, std::string_view by) {
    return document.replace(document.find(what), what.size(), by);
}

TEST_F(AppTest, editions_are_numbered_and_checked) {
    EXPECT_EQ(publish(club()).edition, 1);
    EXPECT_TRUE(publish(club()).is_repeat);
    const auto refused = [&](const PublishEdition& command) {
        const auto answer = app->run(who(), command);
        return answer ? std::string{} : answer.error().code;
    };
    EXPECT_EQ(refused({.document = "suki: 1\nwehn: x"}), "document_invalid");
    const std::string more = with(club(), "3 per 1 BYN", "4 per 1 BYN");
    EXPECT_EQ(refused({.document = with(more, "currency: BYN", "currency: EUR")}), "document_invalid");
    EXPECT_EQ(refused({.document = more}), "effective_on_too_early");
    EXPECT_EQ(refused({.document = more, .effective_on = make_date(2026, 3, 1)}), "effective_on_too_early");
    EXPECT_EQ(refused({.document = more, .effective_on = make_date(2026, 3, 2)}), "");
    EXPECT_EQ(refused({.document = with(more, "4 per", "5 per"), .effective_on = make_date(2026, 3, 1), .allow_past = true}),
              "effective_on_too_early");
    EXPECT_EQ(app->programmes("foods").front().editions.size(), 2u);
    EXPECT_EQ(app->programmes("foods").front().in_force, 1);
}

TEST_F(AppTest, a_failing_example_blocks_publishing) {
    const std::string promise = club() + R"(examples:
  bread:
    at: 2026-02-02 09:30
    member: {level: guest}
    basket: [{category: bread, price: 10.00 BYN}]
    expect: {points: 31}
)";
    const auto refused = app->run(who(), PublishEdition{.document = promise});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "examples_failed") << describe(refused.error());
    EXPECT_EQ(refused.error().diagnostics.size(), 1u);
    EXPECT_TRUE(app->programmes("foods").empty());
    EXPECT_EQ(publish(with(promise, "points: 31", "points: 30")).edition, 1);
}

/// The club with an offer that counts what it did not count before.
std::string club_for_tea_drinkers() {
    return with(club(), "  big:\n", R"(  tea_drinker:
    when: {counter: {spend_on: tea, over: 90 days, at_least: 8 BYN}}
    give: {points: 500}
  big:
)");
}

TEST_F(AppTest, a_new_counter_knows_what_was_bought_before_it) {
    publish(club());
    const MemberName ana = join("ana");
    const MemberName bob = join("bob");
    bought(ana, receipt("r1", 1000, at(3, 1), "tea"));
    bought(ana, receipt("r2", 700, at(3, 1), "bread"));
    bought(bob, receipt("r3", 300, at(3, 1), "tea"));
    ASSERT_TRUE(app->run(who(), PublishEdition{.document = club_for_tea_drinkers(), .effective_on = make_date(2026, 3, 2)}));
    expect_sound();
    now = at(3, 2).us;
    EXPECT_EQ(bought(bob, receipt("r4", 100, at(3, 2))).outcome.points[0], Points{3});
    EXPECT_EQ(bought(ana, receipt("r5", 100, at(3, 2))).outcome.points[0], Points{503});
    // A return of what was bought under the first edition lowers the counter of the second.
    const auto back = bring_back("b1", "r1", 1000);
    ASSERT_TRUE(back) << describe(back.error());
    EXPECT_EQ(back->relied_on, std::vector<std::string>{"r5"});
    expect_sound();
    EXPECT_EQ(bought(ana, receipt("r6", 100, at(3, 2))).outcome.points[0], Points{3});
    start();
    EXPECT_EQ(bought(ana, receipt("r7", 100, at(3, 2))).outcome.points[0], Points{3});
}

TEST_F(AppTest, a_new_counter_counts_what_the_merged_bought_where_they_are_now) {
    publish(club());
    const MemberName ana = join("ana");
    const MemberName old = join("old");
    bought(ana, receipt("r1", 600, at(3, 1), "tea"));
    bought(old, receipt("r2", 700, at(3, 1), "tea"));
    ASSERT_TRUE(app->run(who(), MergeMembers{.programme = "club", .member = old, .to = ana, .reason = "one person"}));
    ASSERT_TRUE(app->run(who(), PublishEdition{.document = club_for_tea_drinkers(), .effective_on = make_date(2026, 3, 2)}));
    expect_sound();
    now = at(3, 2).us;
    EXPECT_EQ(bought(old, receipt("r3", 100, at(3, 2))).outcome.points[0], Points{503});
    expect_sound();
}

TEST_F(AppTest, a_quote_is_kept_for_a_quarter_of_an_hour) {
    publish(club());
    const MemberName ana = join("ana");
    const event::Receipt basket = receipt({}, 500, at(3, 1), "tea");
    const auto quote = app->quote("foods", {.programme = "club", .member = ana, .receipt = basket});
    ASSERT_TRUE(quote) << describe(quote.error());
    EXPECT_EQ(quote->outcome.total, Money{400});
    EXPECT_FALSE(app->receipt("foods", "club", "q1"));
    // Others use the budget up.
    for (int i = 0; i < 3; ++i) bought(ana, receipt("t" + std::to_string(i), 500, at(3, 1), "tea"));
    now += 14 * 60 * kSecondUs;
    RecordReceipt command{
        .programme = "club", .member = ana, .receipt = receipt("q1", 500, at(3, 1), "tea"), .quote_token = quote->token};
    command.receipt.number.clear();
    const auto kept = app->run(who(), command);
    ASSERT_TRUE(kept) << describe(kept.error());
    EXPECT_EQ(kept->outcome.total, Money{400});
    EXPECT_TRUE(kept->discrepancies.empty());
    // Another basket, another member, a later hour, a forged token: today's prices.
    const auto not_kept = [&](RecordReceipt other) {
        const auto answer = app->run(who(), std::move(other));
        ASSERT_TRUE(answer);
        EXPECT_EQ(answer->discrepancies.size(), 1u);
        EXPECT_EQ(answer->discrepancies.at(0).kind, DiscrepancyKind::quote_not_honoured);
    };
    RecordReceipt other = command;
    other.receipt = receipt("q2", 501, at(3, 1), "tea");
    not_kept(other);
    other.receipt = receipt("q3", 500, at(3, 1), "tea");
    other.member = join("bob");
    not_kept(other);
    other.member = ana;
    other.receipt.id = "q4";
    other.quote_token[5] = other.quote_token[5] == 'A' ? 'B' : 'A';
    not_kept(other);
    now += 2 * 60 * kSecondUs;
    other = command;
    other.receipt.id = "q5";
    not_kept(other);
}

TEST_F(AppTest, a_quote_can_hold_the_points_it_names) {
    publish(club());
    const MemberName ana = join("ana");
    ASSERT_TRUE(
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{100}, .reason = "x"}));
    Quote quote{.programme = "club", .member = ana, .receipt = receipt({}, 1000, at(3, 1)), .with_hold = true};
    quote.receipt.points_paid.push_back({.unit = "points", .points = Points{80}});
    const auto answer = app->run(who("q"), quote);
    ASSERT_TRUE(answer) << describe(answer.error());
    ASSERT_EQ(answer->holds.size(), 1u);
    EXPECT_EQ(balance(ana).held, Points{80});
    const auto again = app->run(who("q"), quote);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->holds[0].hold, answer->holds[0].hold);
    EXPECT_EQ(again->token, answer->token);
    const auto released = app->run(who(), ReleaseHold{.programme = "club", .hold = answer->holds[0].hold});
    ASSERT_TRUE(released);
    EXPECT_EQ(balance(ana).available, Points{100});
}

TEST_F(AppTest, histories_are_imported_in_bulk) {
    publish(club());
    std::vector<Command> commands;
    for (int i = 0; i < 1'500; ++i) {
        RecordReceipt one{.programme = "club",
                          .member = {.by = NamedBy::external, .value = "m" + std::to_string(i / 5)},
                          .receipt = receipt("h" + std::to_string(i), 1000, at(1, 2 + i % 5)),
                          .is_import = true,
                          .edition = 1,
                          .as_history = i % 10 < 5,
                          .creates_member = true};
        one.receipt.occurred_at.us -= 365 * kDayUs;
        commands.push_back(one);
    }
    commands.push_back(RecordReceipt{.programme = "club", .receipt = event::Receipt{.id = "bad"}, .is_import = true});
    const auto answers = app->run_many(who(), commands);
    ASSERT_EQ(answers.size(), commands.size());
    for (std::size_t i = 0; i + 1 < answers.size(); ++i) ASSERT_TRUE(answers[i]) << describe(answers[i].error());
    EXPECT_FALSE(answers.back());
    EXPECT_LE(app->figures().commits, 6u);
    EXPECT_EQ(balance({.by = NamedBy::external, .value = "m0"}).available, Points{0});
    // Those points have long expired; a second run changes nothing.
    const auto member = app->find_member("foods", "club", {.by = NamedBy::external, .value = "m1"});
    ASSERT_TRUE(member);
    EXPECT_EQ(member->joined_on, *make_date(2025, 1, 2));
    const auto again = app->run_many(who(), commands);
    for (std::size_t i = 0; i + 1 < again.size(); ++i) ASSERT_TRUE(std::get<ReceiptAnswer>(*again[i]).is_repeat);
    EXPECT_EQ(app->overview("foods", "club")->receipts, 1'500);
}

TEST_F(AppTest, a_visit_counts_and_a_return_without_receipt_takes_the_base_points) {
    publish(club());
    const MemberName ana = join("ana");
    RecordActivity visit{.programme = "club", .member = ana, .activity = {.id = "v1", .kind = "visit", .occurred_at = at(3, 1)}};
    ASSERT_TRUE(app->run(who(), visit));
    const auto again = app->run(who(), visit);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->is_repeat);
    expect_sound();
    visit.activity = {.id = "v2", .kind = "return", .occurred_at = at(3, 1)};
    visit.without_receipt = receipt("x", 1000, at(3, 1)).lines;
    const auto back = app->run(who(), visit);
    ASSERT_TRUE(back) << describe(back.error());
    ASSERT_EQ(back->discrepancies.size(), 1u);
    EXPECT_EQ(back->discrepancies[0].decided, 30);
    EXPECT_EQ(back->discrepancies[0].what, "points");
    // The welcome points are pending: they cover it, as those of the goods would.
    EXPECT_EQ(balance(ana).pending, Points{20});
    EXPECT_EQ(balance(ana).owed, Points{0});
    // Nobody of the staff did it, and the statement says what it was.
    const Reason why = app->statement("foods", "club", ana, {})->lines.front().reason;
    EXPECT_EQ(words::say_reason("en", nullptr, why.key, why.arguments),
              "Goods came back without their receipt: 30 points taken back (v2)");
    EXPECT_EQ(words::say_reason("ru", nullptr, why.key, why.arguments).find("return_without_receipt"), std::string::npos);
    visit.activity.id = "v3";
    const auto more = app->run(who(), visit);
    ASSERT_TRUE(more) << describe(more.error());
    ASSERT_EQ(more->owed.size(), 1u);
    EXPECT_EQ(more->owed[0].points, Points{10});
    EXPECT_EQ(balance(ana).owed, Points{10});
    expect_sound();
    const auto repeated = app->run(who(), visit);
    ASSERT_TRUE(repeated);
    EXPECT_EQ(repeated->owed.size(), 1u);
}

TEST_F(AppTest, goods_without_their_receipt_keep_back_what_the_points_are_worth) {
    publish(club("from_refund"));
    const MemberName ana = join("ana");
    RecordActivity back{.programme = "club", .member = ana, .activity = {.id = "b1", .kind = "return", .occurred_at = at(3, 1)}};
    back.without_receipt = receipt("x", 3000, at(3, 1)).lines;
    const auto answer = app->run(who(), back);
    ASSERT_TRUE(answer) << describe(answer.error());
    ASSERT_EQ(answer->taken_back.size(), 1u);
    EXPECT_EQ(answer->taken_back[0].points, Points{50});
    ASSERT_EQ(answer->left.size(), 1u);
    EXPECT_EQ(answer->left[0].points, Points{40});
    EXPECT_EQ(answer->withheld, Money{40});
    EXPECT_TRUE(answer->owed.empty());
    expect_sound();
}

TEST_F(AppTest, a_purchase_from_before_joining_has_the_lowest_level) {
    std::string document = club();
    document.replace(document.find("  gift:"), 0, "  for_guests:\n    when: {level: guest}\n    give: {discount: 1%}\n");
    publish(document);
    const MemberName ana = join("ana");
    const Date joined = app->find_member("foods", "club", ana)->joined_on;
    const Instant earlier{now.load() - 3 * 24 * 3600 * kSecondUs};
    const ReceiptAnswer late = bought(ana, receipt("r1", 1000, earlier));
    EXPECT_EQ(late.outcome.discount, Money{10});
    EXPECT_EQ(app->find_member("foods", "club", ana)->level->since, add_days(joined, -3));
    // Brought back, it has never been.
    ASSERT_TRUE(bring_back("b1", "r1", 2000));
    EXPECT_EQ(app->find_member("foods", "club", ana)->level->since, joined);
    EXPECT_EQ(app->find_member("foods", "club", ana)->joined_on, joined);
    expect_sound();
}

TEST_F(AppTest, members_are_found_by_all_their_names) {
    publish(club());
    auto made =
        app->run(who(), CreateMember{.programme = "club",
                                     .profile = {.name = "Ana Banana", .phone = "375 (29) 123-45-67", .email = "Ana@X.example"},
                                     .card = "700"});
    ASSERT_TRUE(made) << describe(made.error());
    for (const MemberName& name : {MemberName{NamedBy::phone, "+375291234567"}, MemberName{NamedBy::email, "ana@x.EXAMPLE"},
                                   MemberName{NamedBy::card, "700"}, MemberName{NamedBy::member, made->member.text()}}) {
        const auto found = app->find_member("foods", "club", name);
        ASSERT_TRUE(found) << name.value;
        EXPECT_EQ(found->member, made->member);
    }
    const auto taken = app->run(who(), CreateMember{.programme = "club", .profile = {.phone = "+375291234567"}});
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, "phone_already_used");
    PatchMember patch{.programme = "club", .member = made->member, .if_version = made->version, .phone = "+375290000000"};
    const auto patched = app->run(who(), patch);
    ASSERT_TRUE(patched) << describe(patched.error());
    EXPECT_EQ(patched->version, made->version + 1);
    patch.phone = "+375291111111";
    EXPECT_EQ(app->run(who(), patch).error().code, "version_changed");
    EXPECT_FALSE(app->find_member("foods", "club", {.by = NamedBy::phone, .value = "+375291234567"}));
    EXPECT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.phone = "+375291234567"}}));
    const auto list = app->members("foods", "club", "bana", {});
    ASSERT_TRUE(list);
    ASSERT_EQ(list->members.size(), 1u);
    EXPECT_EQ(list->members[0].cards.size(), 1u);
    const auto page = app->members("foods", "club", "", {.limit = 1});
    ASSERT_TRUE(page);
    ASSERT_FALSE(page->next_cursor.empty());
    EXPECT_EQ(app->members("foods", "club", "", {.cursor = page->next_cursor, .limit = 1})->members.size(), 1u);
}

TEST_F(AppTest, keys) {
    const auto key = app->run(who(), CreateApiKey{.name = "till 1", .scopes = {KeyScope::till}});
    ASSERT_TRUE(key);
    const auto known = app->authenticate(key->secret);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->organisation, "foods");
    EXPECT_EQ(known->scopes, std::vector<KeyScope>{KeyScope::till});
    EXPECT_FALSE(app->authenticate(key->secret + "0"));
    EXPECT_FALSE(app->authenticate("suki_"));
    ASSERT_TRUE(app->run(who(), RevokeApiKey{.id = key->id}));
    EXPECT_FALSE(app->authenticate(key->secret));
}

TEST_F(AppTest, a_store_that_fails_anywhere_leaves_a_command_done_or_not_begun) {
    publish(club());
    const MemberName ana = join("ana");
    ASSERT_TRUE(
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{500}, .reason = "x"}));
    std::int64_t pending = 50;
    std::int64_t available = 500;
    bool has_failed = true;
    for (int n = 1; has_failed; ++n) {
        ASSERT_LT(n, 1'000);
        const std::string id = std::to_string(n);
        store->fail_at(n);
        event::Receipt sold = receipt("r" + id, 1001, at(3, 1));
        sold.points_paid.push_back({.unit = "points", .points = Points{1}});
        const auto answer = buy(ana, sold);
        ASSERT_TRUE(answer) << describe(answer.error());
        has_failed = !store->is_failure_pending();
        store->fail_at(0);
        pending += 30;
        --available;
        ASSERT_EQ(balance(ana).pending, Points{pending}) << n;
        ASSERT_EQ(balance(ana).available, Points{available}) << n;

        store->fail_at(n);
        const auto hold = app->run(who(), PlaceHold{.programme = "club", .member = ana, .unit = "points", .points = Points{1}});
        ASSERT_TRUE(hold) << describe(hold.error());
        has_failed = has_failed || !store->is_failure_pending();
        store->fail_at(0);
        ASSERT_TRUE(app->run(who(), ReleaseHold{.programme = "club", .hold = hold->hold}));
        ASSERT_EQ(balance(ana).available, Points{available}) << n;
        ASSERT_EQ(balance(ana).held, Points{0}) << n;
    }
    expect_sound();
}

}  // namespace
}  // namespace suki::app
