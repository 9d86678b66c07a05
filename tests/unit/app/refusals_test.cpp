#include "base/limits.h"
#include "fixture.h"

/// The rejections that no story can reach (scripts/check_refusals.mjs lists them).
namespace suki::app {
namespace {

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

TEST_F(AppTest, organisations_are_named_once_and_well) {
    EXPECT_EQ(code_of(app->run(who(), CreateOrganisation{.id = "", .title = "x"})), "organisation_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateOrganisation{.id = std::string(65, 'x'), .title = "x"})), "organisation_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateOrganisation{.id = "other", .title = "a\nb"})), "organisation_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateOrganisation{.id = std::string(64, 'x'), .title = "x"})), "ok");
    EXPECT_EQ(code_of(app->run(who(), CreateOrganisation{.id = "foods", .title = "x"})), "organisation_already_exists");
    Caller stranger = who();
    stranger.organisation = "nobody";
    EXPECT_EQ(code_of(app->run(stranger, PublishEdition{.document = club(), .allow_past = true})), "organisation_not_found");
}

TEST_F(AppTest, keys_and_users_are_named_well) {
    EXPECT_EQ(code_of(app->run(who(), CreateApiKey{.name = "", .scopes = {KeyScope::till}})), "key_name_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateApiKey{.name = "till", .scopes = {}})), "scope_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateApiKey{.name = "till", .programme = "none", .scopes = {KeyScope::till}})),
              "programme_not_found");
    EXPECT_EQ(code_of(app->run(who(), CreateApiKey{.name = "till", .scopes = {KeyScope::till}})), "ok");
    EXPECT_EQ(code_of(app->run(who(), RevokeApiKey{.id = "0000000000000000"})), "key_not_found");
}

TEST_F(AppTest, a_key_of_another_organisation_is_not_found) {
    const auto key = app->run(who(), CreateApiKey{.name = "till", .scopes = {KeyScope::till}});
    ASSERT_TRUE(key);
    ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "others", .title = "x"}));
    Caller other = who();
    other.organisation = "others";
    EXPECT_EQ(code_of(app->run(other, RevokeApiKey{.id = key->id})), "key_not_found");
    EXPECT_EQ(code_of(app->run(who(), RevokeApiKey{.id = key->id})), "ok");
}

TEST_F(AppTest, members_are_changed_at_the_version_that_was_read) {
    publish(club());
    const MemberName ana = join("ana");
    const auto member = app->find_member("foods", "club", ana);
    ASSERT_TRUE(member);
    PatchMember patch{.programme = "club", .member = member->member, .if_version = member->version + 1, .name = "Anna"};
    const auto refused = app->run(who(), patch);
    EXPECT_EQ(code_of(refused), "version_changed");
    patch.if_version = member->version;
    EXPECT_EQ(code_of(app->run(who(), patch)), "ok");
    now += 1'000'000;
    EXPECT_EQ(code_of(app->run(who(), patch)), "version_changed");
    PatchMember birth{.programme = "club", .member = member->member};
    birth.birthday = std::optional{YearMonthDay{2001, 2, 29}};
    EXPECT_EQ(code_of(app->run(who(), birth)), "birthday_malformed");
    birth.birthday = std::optional{YearMonthDay{2000, 2, 29}};
    EXPECT_EQ(code_of(app->run(who(), birth)), "ok");
}

TEST_F(AppTest, who_was_merged_is_changed_where_they_are_now) {
    publish(club());
    const MemberName ana = join("ana");
    const MemberName old = join("old");
    const MemberId gone = app->find_member("foods", "club", old)->member;
    PatchMember patch{.programme = "club", .member = gone, .phone = "+375291112233"};
    EXPECT_EQ(code_of(app->run(who(), patch)), "ok");
    EXPECT_EQ(code_of(app->run(who(), MergeMembers{.programme = "club", .member = old, .to = ana, .reason = "one person"})), "ok");
    EXPECT_EQ(code_of(app->run(who(), patch)), "member_merged");
    // Her page says where she is; her names lead there, and what the other lacked is theirs.
    const auto page = app->find_member("foods", "club", {.by = NamedBy::member, .value = gone.text()});
    const auto now_is = app->find_member("foods", "club", old);
    ASSERT_TRUE(page && now_is);
    EXPECT_EQ(page->member, gone);
    EXPECT_EQ(page->merged_into, now_is->member);
    EXPECT_EQ(now_is->profile.external_id, "ana");
    EXPECT_EQ(now_is->profile.phone, "+375291112233");
    EXPECT_EQ(page->profile.phone, "");
    // A name that stayed with the one who went can be taken over later.
    PatchMember take{.programme = "club", .member = now_is->member, .external_id = "old"};
    EXPECT_EQ(code_of(app->run(who(), take)), "ok");
    EXPECT_EQ(app->find_member("foods", "club", old)->profile.external_id, "old");
    EXPECT_EQ(code_of(app->find_member("foods", "club", ana)), "member_not_found");
    EXPECT_TRUE(app->verify().breaches.empty());
}

TEST_F(AppTest, a_blocked_card_names_nobody) {
    publish(club());
    ASSERT_TRUE(app->run(who(), CreateMember{.programme = "club", .profile = {.external_id = "ana"}, .card = "c1"}));
    const PlaceHold hold{
        .programme = "club", .member = {.by = NamedBy::card, .value = "c1"}, .unit = "points", .points = Points{1}};
    EXPECT_EQ(code_of(app->run(who(), hold)), "insufficient_points");
    ASSERT_TRUE(app->run(who(), BlockCard{.programme = "club", .number = "c1"}));
    EXPECT_EQ(code_of(app->run(who(), hold)), "card_blocked");
    PlaceHold other = hold;
    other.member.value = "c2";
    EXPECT_EQ(code_of(app->run(who(), other)), "card_not_found");
}

TEST_F(AppTest, an_adjustment_has_an_author) {
    publish(club());
    const MemberName ana = join("ana");
    const Adjust gift{.programme = "club", .member = ana, .unit = "points", .points = Points{1}, .reason = "sorry"};
    EXPECT_EQ(code_of(app->run({.organisation = "foods"}, gift)), "author_missing");
    EXPECT_EQ(code_of(app->run({.organisation = "foods", .api_key = "test"}, gift)), "ok");
}

TEST_F(AppTest, a_receipt_brings_back_at_most_a_thousand_returns) {
    publish(club());
    const MemberName ana = join("ana");
    RecordReceipt sale{.programme = "club", .member = ana, .receipt = receipt("r1", 1000, at(3, 1))};
    sale.returns.resize(limits::returns_per_receipt + 1);
    EXPECT_EQ(code_of(app->run(who(), sale)), "too_many_returns");
    // One less is looked at, and the first of them names nothing.
    sale.returns.resize(limits::returns_per_receipt);
    EXPECT_EQ(code_of(app->run(who(), sale)), "missing_text");
}

TEST_F(AppTest, pages_are_turned_with_what_was_given) {
    publish(club());
    const MemberName ana = join("ana");
    bought(ana, receipt("r1", 1000, at(3, 1)));
    for (const std::size_t limit : {std::size_t{0}, limits::page_rows_max + 1}) {
        EXPECT_EQ(code_of(app->statement("foods", "club", ana, {"", limit})), "limit_out_of_range");
        EXPECT_EQ(code_of(app->members("foods", "club", "", {"", limit})), "limit_out_of_range");
        EXPECT_EQ(code_of(app->receipts("foods", "club", ana, {"", limit})), "limit_out_of_range");
        EXPECT_EQ(code_of(app->discrepancies("foods", "club", {"", limit})), "limit_out_of_range");
    }
    for (const std::size_t limit : {std::size_t{1}, limits::page_rows_max}) {
        EXPECT_EQ(code_of(app->statement("foods", "club", ana, {"", limit})), "ok");
    }
    EXPECT_EQ(code_of(app->statement("foods", "club", ana, {"forged", 10})), "cursor_malformed");
    EXPECT_EQ(code_of(app->receipts("foods", "club", ana, {"forged", 10})), "cursor_malformed");
    EXPECT_EQ(code_of(app->discrepancies("foods", "club", {"forged", 10})), "cursor_malformed");
}

TEST_F(AppTest, nothing_is_taken_after_the_end) {
    publish(club());
    const MemberName ana = join("ana");
    app->stop();
    EXPECT_EQ(code_of(buy(ana, receipt("r1", 1000, at(3, 1)))), "shutting_down");
    // What was written can still be read.
    EXPECT_TRUE(app->find_member("foods", "club", ana));
    EXPECT_EQ(code_of(app->receipt("foods", "club", "r1")), "receipt_not_found");
}

TEST_F(AppTest, a_full_queue_takes_no_more) {
    publish(club());
    const MemberName ana = join("ana");
    App busy(*store, Wiring{.zones = [](const std::string& name) { return std::make_shared<Zone>(fixed_zone(name, 3 * 3600)); },
                            .now = [this] { return Instant{now.load()}; },
                            .random = [](std::span<std::uint8_t> bytes) { std::fill(bytes.begin(), bytes.end(), std::uint8_t{1}); },
                            .commands_waiting_max = 0});
    EXPECT_EQ(code_of(busy.run(who(), RecordReceipt{.programme = "club", .member = ana, .receipt = receipt("r1", 1000, at(3, 1))})),
              "too_busy");
    EXPECT_EQ(code_of(app->receipt("foods", "club", "r1")), "receipt_not_found");
}

}  // namespace
}  // namespace suki::app
