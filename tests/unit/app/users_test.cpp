#include <gtest/gtest.h>

#include "app/sign_in_guard.h"
#include "fixture.h"

/// Who may sign in to the console.
namespace suki::app {
namespace {

class Users : public AppTest {
protected:
    std::string add(const std::string& name) {
        const auto user = app->run(who(), CreateUser{.name = name});
        EXPECT_TRUE(user) << describe(user.error());
        return user ? user->password : std::string{};
    }
    SessionView sign_in(const std::string& name, const std::string& password) {
        const auto session = app->sign_in(name, password);
        EXPECT_TRUE(session) << describe(session.error());
        return session ? *session : SessionView{};
    }
    /// As a request would: one in use goes on.
    [[nodiscard]] bool is_in(const SessionView& session) const {
        const auto found = app->session(session.secret);
        if (found && found->is_to_prolong) app->prolong(session.secret);
        return found.has_value();
    }
    template <class A>
    static std::string code_of(const Answered<A>& answer) {
        return answer ? "ok" : answer.error().code;
    }
    [[nodiscard]] Caller user(const std::string& name) const {
        Caller caller = who();
        caller.api_key = "console:" + name;
        return caller;
    }
    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> list;
        const auto users = app->users("foods");
        for (const UserView& one : *users) list.push_back(one.name + one.password);
        return list;
    }
};

TEST_F(Users, the_first_one_is_made_once) {
    EXPECT_TRUE(app->is_first_start());
    const auto made = app->run(Caller{}, CreateUser{.name = "admin"});
    ASSERT_TRUE(made);
    EXPECT_FALSE(app->is_first_start());
    EXPECT_EQ(code_of(app->run(Caller{}, CreateUser{.name = "admin"})), "user_already_exists");
    EXPECT_EQ(code_of(app->run(who(), CreateUser{.name = "admin"})), "user_already_exists") << "people sign in by name alone";
    const SessionView session = sign_in("admin", made->password);
    ASSERT_TRUE(app->session(session.secret));
    EXPECT_EQ(app->session(session.secret)->csrf_token, session.csrf_token);
    app->sign_out(session.secret);
    EXPECT_FALSE(is_in(session));
    start();
    EXPECT_FALSE(app->is_first_start());
}

TEST_F(Users, a_name_is_unique_over_all_organisations) {
    add("ann");
    ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "others", .title = "x"}));
    Caller other = who();
    other.organisation = "others";
    EXPECT_EQ(code_of(app->run(other, CreateUser{.name = "ann"})), "user_already_exists");
    EXPECT_EQ(code_of(app->run(other, RemoveUser{.name = "ann"})), "user_not_found");
    EXPECT_EQ(code_of(app->run(other, ResetPassword{.name = "ann"})), "user_not_found");
    EXPECT_TRUE(app->users("others")->empty());
}

TEST_F(Users, guessing_closes_a_name_for_the_guesser_only) {
    const std::string password = add("ann");
    const Origin here{.address = "1.1.1.1"}, there{.address = "2.2.2.2"};
    for (int i = 0; i < 5; ++i) EXPECT_EQ(code_of(app->sign_in("ann", "wrong", there)), "wrong_name_or_password");
    EXPECT_EQ(code_of(app->sign_in("ann", password, there)), "too_many_attempts");
    EXPECT_EQ(code_of(app->sign_in("ann", password, here)), "ok") << "nobody locks another out by name";
    EXPECT_EQ(code_of(app->sign_in("bob", password, there)), "wrong_name_or_password") << "another name is open there";
    const auto refused = app->sign_in("ann", password, there);
    EXPECT_EQ(refused.error().arguments.at(0), (std::pair<std::string, std::string>{"seconds", "900"}));
    std::size_t told = 0;
    const auto log = app->audit("foods", {.action = "sign_in"}, {});
    ASSERT_TRUE(log);
    for (const AuditView& row : log->rows) told += row.outcome == "too_many_attempts" ? 1 : 0;
    EXPECT_EQ(told, 1u) << "once, however often they try";
    now += 16 * 60 * kSecondUs;
    EXPECT_EQ(code_of(app->sign_in("ann", password, there)), "ok");
    EXPECT_EQ(code_of(app->sign_in("nobody", password)), "wrong_name_or_password");
    EXPECT_EQ(code_of(app->sign_in("ann", std::string(1'025, 'x'))), "wrong_name_or_password");
}

TEST_F(Users, stuffing_from_everywhere_is_slowed_down_and_locks_nobody_out) {
    const std::string password = add("ann");
    const Origin home{.address = "1.1.1.1"};
    EXPECT_EQ(code_of(app->sign_in("ann", password, home)), "ok");
    int let_in = 0;
    for (int i = 0; i < 500; ++i) {
        const Origin bot{.address = "6.6." + std::to_string(i / 250) + "." + std::to_string(i % 250)};
        let_in += code_of(app->sign_in("ann", "stolen" + std::to_string(i), bot)) == "wrong_name_or_password" ? 1 : 0;
        now += kSecondUs / 10;
    }
    // 30 at once, then one in ten seconds of the fifty.
    EXPECT_GE(let_in, SignInGuard::name_failures_max);
    EXPECT_LE(let_in, SignInGuard::name_failures_max + 6);
    EXPECT_EQ(code_of(app->sign_in("ann", password, home)), "ok") << "from where she signed in before";
    EXPECT_EQ(code_of(app->sign_in("bob", "wrong", {.address = "6.6.0.1"})), "wrong_name_or_password") << "one name is slow";
    now += SignInGuard::turn_s * kSecondUs;
    EXPECT_EQ(code_of(app->sign_in("ann", password, {.address = "7.7.7.7"})), "ok") << "in her turn also from elsewhere";
}

TEST(SignInGuardTest, forgets_and_stays_small) {
    SignInGuard guard;
    const auto at_second = [](std::int64_t s) { return Instant{s * kSecondUs}; };
    for (int i = 0; i < SignInGuard::failures_max; ++i) guard.on_failure("ann", "a", at_second(i));
    EXPECT_EQ(guard.ask("ann", "a", at_second(10)).wait_s, SignInGuard::window_s - 10);
    EXPECT_EQ(guard.ask("ann", "a", at_second(SignInGuard::window_s)).wait_s, 0);
    guard.on_success("ann", "a", at_second(1'000));
    for (int i = 0; i < SignInGuard::failures_max - 1; ++i) guard.on_failure("ann", "a", at_second(1'001));
    EXPECT_EQ(guard.ask("ann", "a", at_second(1'002)).wait_s, 0) << "the right one ended the count";
    guard.on_failure("ann", "a", at_second(1'003));
    const auto first = guard.ask("ann", "a", at_second(1'004));
    EXPECT_TRUE(first.wait_s > 0 && first.is_news);
    EXPECT_FALSE(guard.ask("ann", "a", at_second(1'004)).is_news);
    for (std::size_t i = 0; i < SignInGuard::names_max + 10; ++i) guard.on_failure("n" + std::to_string(i), "a", at_second(2'000));
    EXPECT_EQ(guard.ask("ann", "a", at_second(1'005)).wait_s, 0) << "what failed longest ago made room";
}

TEST_F(Users, a_name_is_one) {
    EXPECT_EQ(code_of(app->run(who(), CreateUser{.name = ""})), "user_name_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateUser{.name = std::string(129, 'a')})), "user_name_malformed");
    EXPECT_EQ(code_of(app->run(who(), CreateUser{.name = std::string(128, 'a')})), "ok");
}

TEST_F(Users, are_listed_without_passwords) {
    add("bob");
    add("ann");
    EXPECT_EQ(names(), (std::vector<std::string>{"ann", "bob"}));
}

TEST_F(Users, a_new_password_ends_the_sessions_of_the_old_one) {
    add("ann");
    const std::string old_password = add("bob");
    const SessionView session = sign_in("bob", old_password);
    EXPECT_EQ(code_of(app->run(user("bob"), ResetPassword{.name = "bob"})), "user_is_oneself");
    EXPECT_EQ(code_of(app->run(user("ann"), ResetPassword{.name = "zoe"})), "user_not_found");
    EXPECT_TRUE(is_in(session));
    const auto reset = app->run(user("ann"), ResetPassword{.name = "bob"});
    ASSERT_TRUE(reset);
    EXPECT_FALSE(is_in(session));
    EXPECT_EQ(code_of(app->sign_in("bob", old_password)), "wrong_name_or_password");
    EXPECT_TRUE(is_in(sign_in("bob", reset->password)));
}

TEST_F(Users, are_removed_but_not_oneself_nor_the_last) {
    add("ann");
    const std::string password = add("bob");
    const SessionView session = sign_in("bob", password);
    EXPECT_EQ(code_of(app->run(user("bob"), RemoveUser{.name = "bob"})), "user_is_oneself");
    EXPECT_EQ(code_of(app->run(user("ann"), RemoveUser{.name = "bob"})), "ok");
    EXPECT_FALSE(is_in(session));
    EXPECT_EQ(code_of(app->sign_in("bob", password)), "wrong_name_or_password");
    EXPECT_EQ(code_of(app->run(who(), RemoveUser{.name = "bob"})), "user_not_found");
    EXPECT_EQ(code_of(app->run(who(), RemoveUser{.name = "ann"})), "last_user");
    add("bob");
    EXPECT_EQ(code_of(app->run(who(), RemoveUser{.name = "ann"})), "ok");
    EXPECT_EQ(names(), std::vector<std::string>{"bob"});
}

TEST_F(Users, two_at_once_do_not_pass_what_one_would_not) {
    add("ann");
    add("bob");
    // Both stand in one commit.
    const auto removed = app->run_many(who(), {RemoveUser{.name = "ann"}, RemoveUser{.name = "bob"}});
    EXPECT_EQ(code_of(removed.at(0)), "ok");
    EXPECT_EQ(code_of(removed.at(1)), "last_user");
    EXPECT_EQ(names(), std::vector<std::string>{"bob"});
}

TEST_F(Users, ones_own_password_takes_the_old_one) {
    const std::string old_password = add("ann");
    const SessionView session = sign_in("ann", old_password);
    const auto change = [&](std::string_view given, const std::string& wanted) {
        return code_of(app->change_password(session, given, wanted));
    };
    EXPECT_EQ(change("wrong", "a wholly different sentence"), "wrong_password");
    EXPECT_EQ(change(old_password, "nine char"), "password_too_short");
    EXPECT_EQ(change(old_password, "пять1"), "password_too_short") << "symbols are counted, not bytes";
    EXPECT_EQ(change(old_password, std::string(1'025, 'x')), "password_too_long");
    EXPECT_EQ(change(old_password, "I am ANN myself"), "password_contains_name");
    EXPECT_EQ(change(old_password, old_password), "password_unchanged");
    for (const char* common : {"password123", "qwerty12345", "1234567890", "P@ssw0rd2024", "Summer2026!", "aaaaaaaaaaaaaaaa",
                               "welcome2suki", "йцукенгшщз", "пароль1234", "ПАРОЛЬ1234"}) {
        EXPECT_EQ(change(old_password, common), "password_easily_guessed") << common;
    }
    EXPECT_TRUE(is_in(session));

    const auto next = app->change_password(session, old_password, "ten  chars");
    ASSERT_TRUE(next) << describe(next.error());
    EXPECT_TRUE(is_in(*next));
    EXPECT_FALSE(is_in(session));
    EXPECT_EQ(code_of(app->sign_in("ann", old_password)), "wrong_name_or_password");
    EXPECT_TRUE(is_in(sign_in("ann", "ten  chars")));
}

TEST_F(Users, a_session_ends_when_nothing_is_asked_for_and_in_any_case_after_twelve_hours) {
    const std::string password = add("ann");
    constexpr std::int64_t kMinute = 60 * kSecondUs;
    const SessionView idle = sign_in("ann", password);
    now += 59 * kMinute;
    EXPECT_TRUE(is_in(idle));
    now += 59 * kMinute;
    EXPECT_TRUE(is_in(idle)) << "it was used in between";
    now += 61 * kMinute;
    EXPECT_FALSE(is_in(idle));

    const SessionView busy = sign_in("ann", password);
    const std::int64_t began = now;
    while (is_in(busy) && now < began + 24 * 60 * kMinute) now += 10 * kMinute;
    EXPECT_EQ(now - began, 12 * 60 * kMinute);

    // Also where it was last used just before what is not written down.
    const SessionView early = sign_in("ann", password);
    now += 4 * kMinute;
    EXPECT_TRUE(is_in(early));
    now += 55 * kMinute;
    EXPECT_TRUE(is_in(early));

    // What was signed out meanwhile stays so, whatever a request that came before writes.
    const SessionView left = sign_in("ann", password);
    now += 45 * kMinute;
    const auto seen = app->session(left.secret);
    ASSERT_TRUE(seen && seen->is_to_prolong);
    app->sign_out(left.secret);
    app->prolong(left.secret);
    store::Batch late;
    late.sessions_prolonged.push_back({.token_hash = sha256(left.secret), .expires_at = Instant{now.load() + 60 * kMinute}});
    store->commit(late);
    EXPECT_FALSE(is_in(left));
}

TEST_F(Users, the_old_password_is_not_guessed) {
    const std::string password = add("ann");
    const SessionView session = sign_in("ann", password);
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(code_of(app->change_password(session, "a guess", "a wholly different sentence")), "wrong_password");
    }
    EXPECT_EQ(code_of(app->change_password(session, password, "a wholly different sentence")), "too_many_attempts");
}

TEST_F(Users, whoever_was_removed_meanwhile_changes_nothing) {
    add("bob");
    const std::string password = add("ann");
    const SessionView session = sign_in("ann", password);
    ASSERT_TRUE(app->run(who(), RemoveUser{.name = "ann"}));
    EXPECT_EQ(code_of(app->change_password(session, password, "a wholly different sentence")), "user_not_found");
    // The same when another password came between the check of the old one and the change.
    EXPECT_EQ(code_of(app->run(who(), ChangePassword{.name = "bob", .old_hash = "another", .password_hash = "mine"})),
              "wrong_password");
}

}  // namespace
}  // namespace suki::app
