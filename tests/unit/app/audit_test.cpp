#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "fixture.h"
#include "store/audit.h"

/// Who did what, and that nobody can take it back unseen.
namespace suki::app {
namespace {

class Audit : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(club());
    }
    std::vector<AuditView> log(const AuditFilter& filter = {}) {
        std::vector<AuditView> all;
        Page page{.limit = 3};
        do {
            const auto list = app->audit("foods", filter, page);
            EXPECT_TRUE(list);
            if (!list) break;
            all.insert(all.end(), list->rows.begin(), list->rows.end());
            page.cursor = list->next_cursor;
        } while (!page.cursor.empty());
        return all;
    }
    /// `action outcome subject subject …` of the newest row.
    std::string newest() {
        const AuditView row = log().at(0);
        std::string text = row.action + " " + row.outcome;
        for (const std::string& subject : row.subjects) text += " " + subject;
        return text;
    }
    std::string member_id(const MemberName& name) { return app->find_member("foods", "club", name)->member.text(); }
    Caller as(const std::string& user) const {
        Caller caller = who();
        caller.api_key = "console:" + user;
        caller.request = "req-7";
        return caller;
    }
};

TEST_F(Audit, says_what_was_done_and_by_whom) {
    EXPECT_EQ(newest(), "publish_edition done club edition_1");
    const auto user = app->run(who(), CreateUser{.name = "olga"});
    ASSERT_TRUE(user);
    EXPECT_EQ(newest(), "create_user done " + user->id);
    const auto key = app->run(as("olga"), CreateApiKey{.name = "till 7", .scopes = {KeyScope::till}});
    ASSERT_TRUE(key);
    EXPECT_EQ(newest(), "create_api_key done " + key->id);
    EXPECT_EQ(log().at(0).actor, user->id) << "not her name";
    EXPECT_EQ(log().at(0).request, "req-7");

    const MemberName ana = join("ana");
    const std::string member = member_id(ana);
    EXPECT_EQ(newest(), "create_api_key done " + key->id) << "the journal has what a till does";
    const auto given =
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{5}, .reason = "sorry, Ana"});
    ASSERT_TRUE(given);
    EXPECT_EQ(newest(), "adjust done " + member + " " + given->id);
    const auto undone =
        app->run(who(), UndoAdjustment{.programme = "club", .member = ana, .adjustment = given->id, .reason = "not Ana"});
    ASSERT_TRUE(undone);
    EXPECT_EQ(newest(), "undo_adjustment done " + member + " " + undone->id);
    ASSERT_TRUE(app->run(who(), PatchMember{.programme = "club", .member = *MemberId::parse(member), .name = "Anna Secret"}));
    EXPECT_EQ(newest(), "patch_member done " + member);
    ASSERT_TRUE(
        app->run(who(), IssueCard{.programme = "club", .number = "4004", .kind = programme::CardKind::personal, .member = ana}));
    const AuditView issued = log().at(0);
    EXPECT_EQ(issued.subjects.at(1), member);
    ASSERT_TRUE(app->run(who(), BlockCard{.programme = "club", .number = "4004"}));
    EXPECT_EQ(log().at(0).subjects, issued.subjects) << "the same card has the same id";
    ASSERT_TRUE(app->run(who(), ImportStores{.stores = {{.id = "north"}}}));
    EXPECT_EQ(newest(), "import_stores done north");
    ASSERT_TRUE(app->run(who(), RevokeApiKey{.id = key->id}));
    EXPECT_EQ(newest(), "revoke_api_key done " + key->id);
    ASSERT_TRUE(app->run(who(), CreateUser{.name = "ivan"}));
    ASSERT_TRUE(app->run(who(), RemoveUser{.name = "olga"}));
    EXPECT_EQ(newest(), "remove_user done " + user->id);

    // Ids, and nothing that a person would be known by.
    for (const AuditView& row : log()) {
        std::string all = row.actor + row.action + row.outcome + row.request;
        for (const std::string& subject : row.subjects) all += " " + subject;
        for (const char* personal : {"olga", "ivan", "Ana", "ana", "Anna", "4004", "sorry", "till 7"}) {
            EXPECT_EQ(all.find(personal), std::string::npos) << all;
        }
    }
    EXPECT_EQ(log({.actor = user->id}).size(), 1u);
    EXPECT_EQ(log({.action = "create_user"}).size(), 2u);
}

TEST_F(Audit, says_what_was_refused) {
    EXPECT_FALSE(app->run(who(), RevokeApiKey{.id = "+375291234567"}));
    EXPECT_EQ(newest(), "revoke_api_key key_not_found") << "and not what was written in the place of an id";
    const MemberName ana = join("ana");
    EXPECT_FALSE(
        app->run(who(), Adjust{.programme = "club", .member = ana, .unit = "points", .points = Points{-5'000}, .reason = "r"}));
    EXPECT_EQ(newest(), "adjust insufficient_points " + member_id(ana));
    Caller nowhere = who();
    nowhere.organisation = "nowhere";
    EXPECT_FALSE(app->run(nowhere, RevokeApiKey{.id = "x"}));
    EXPECT_TRUE(app->audit("nowhere", {}, {})->rows.empty());
}

TEST_F(Audit, says_a_thing_once) {
    const MemberName ana = join("ana");
    const Adjust gift{.programme = "club", .member = ana, .unit = "points", .points = Points{5}, .reason = "r"};
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(app->run(who("k1"), gift));
    EXPECT_EQ(log({.action = "adjust"}).size(), 1u);
    // Also when the commit's outcome is not known.
    for (int n = 1; n < 60; ++n) {
        const std::size_t before = log({.action = "adjust"}).size();
        store->fail_at(n);
        const auto answer = app->run(who("f" + std::to_string(n)), gift);
        const bool is_over = store->is_failure_pending();
        store->fail_at(0);
        EXPECT_EQ(log({.action = "adjust"}).size(), before + (answer ? 1 : 0)) << n;
        if (is_over) return;
    }
    FAIL() << "the command never came through";
}

TEST_F(Audit, says_who_signed_in_and_who_could_not) {
    const auto user = app->run(who(), CreateUser{.name = "olga"});
    now += kSecondUs;
    EXPECT_FALSE(app->sign_in("olga", "wrong", {.request = "r1"}));
    EXPECT_EQ(newest(), "sign_in wrong_name_or_password " + user->id);
    EXPECT_EQ(log().at(0).actor, "");
    now += kSecondUs;
    EXPECT_FALSE(app->sign_in("olga@example.org", "wrong", {.request = "r2"}));
    EXPECT_EQ(newest(), "sign_in wrong_name_or_password");
    now += kSecondUs;
    const auto session = app->sign_in("olga", user->password, {.request = "r3"});
    ASSERT_TRUE(session);
    EXPECT_EQ(newest(), "sign_in done " + user->id);
    EXPECT_EQ(log().at(0).actor, user->id);
    EXPECT_EQ(log().at(0).request, "r3");
    now += kSecondUs;
    EXPECT_FALSE(app->change_password(*session, "wrong", "a wholly different sentence"));
    EXPECT_EQ(newest(), "change_password wrong_password " + user->id);
    ASSERT_TRUE(app->change_password(*session, user->password, "a wholly different sentence"));
    EXPECT_EQ(log({.action = "change_password"}).at(0).outcome, "done");
}

TEST_F(Audit, is_of_one_organisation) {
    ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "others", .title = "x"}));
    Caller other = who();
    other.organisation = "others";
    ASSERT_TRUE(app->run(other, CreateApiKey{.name = "k", .scopes = {KeyScope::till}}));
    const auto list = app->audit("others", {}, {});
    ASSERT_EQ(list->rows.size(), 2u);
    EXPECT_EQ(list->rows[1].action, "create_organisation");
    EXPECT_TRUE(log({.action = "create_api_key"}).empty());
}

TEST_F(Audit, refuses_a_cursor_that_is_none) {
    for (const char* cursor : {"x", "MX4yfjM", "MX4tMX4z", "MX45OTk5fjM"}) {
        const auto list = app->audit("foods", {}, {.cursor = cursor});
        EXPECT_TRUE(list || list.error().code == "cursor_malformed") << cursor;
    }
    EXPECT_FALSE(app->audit("foods", {}, {.limit = 0}));
}

TEST_F(Audit, has_a_root_for_each_day_on_which_something_was_done) {
    ASSERT_EQ(app->make_daily_audit_roots().size(), 1u);
    EXPECT_TRUE(app->make_daily_audit_roots().empty()) << "this day has one";
    ASSERT_TRUE(app->run(who(), CreateUser{.name = "olga"}));
    EXPECT_TRUE(app->make_daily_audit_roots().empty());
    now += 24 * 3'600 * kSecondUs;
    const auto second = app->make_daily_audit_roots();
    ASSERT_EQ(second.size(), 1u);
    EXPECT_EQ(second[0].number, 2);
    now += 48 * 3'600 * kSecondUs;
    EXPECT_TRUE(app->make_daily_audit_roots().empty()) << "nothing was done";
    ASSERT_TRUE(app->run(who(), CreateUser{.name = "ivan"}));
    const auto third = app->make_audit_root("foods");
    ASSERT_TRUE(third && *third);
    EXPECT_EQ((*third)->number, 3);
}

// -- Tampering ----------------------------------------------------------------------------------------------------------------

using Rows = std::vector<store::AuditRow>;
using Roots = std::vector<store::AuditRootRow>;

class Tampering : public Audit {
protected:
    void SetUp() override {
        Audit::SetUp();
        // Two long chains and several short ones, with a root in between.
        for (int i = 0; i < 12; ++i) {
            if (i == 8) {
                app->make_daily_audit_roots();
            }
            ASSERT_TRUE(app->run(who(), ImportStores{.stores = {{.id = i % 2 == 0 ? "north" : "south"}}}));
            ASSERT_TRUE(app->run(who(), CreateApiKey{.name = "k", .scopes = {KeyScope::till}}));
        }
        now += 24 * 3'600 * kSecondUs;
        app->make_daily_audit_roots();
        store::Visitor visitor;
        visitor.audit = [&](const store::AuditRow& row) {
            rows.push_back(row);
            return true;
        };
        visitor.audit_root = [&](const store::AuditRootRow& root) {
            roots.push_back(root);
            return true;
        };
        store->visit(visitor);
        ASSERT_EQ(roots.size(), 2u);
        ASSERT_GE(rows.size(), 25u);
    }
    static std::set<std::string> found(const Rows& rows, const Roots& roots) {
        std::set<std::string> names;
        store::AuditChecker checker{[&](const std::string& what, const std::string&, const std::string&) { names.insert(what); }};
        for (const auto& root : roots) checker.take(root);
        for (const auto& row : rows) checker.take(row);
        checker.finish();
        return names;
    }
    /// Chains everything behind the row anew, as whoever knows how would do it.
    static void rechain(Rows& rows, std::size_t from) {
        for (std::size_t i = from; i < rows.size(); ++i) {
            const bool is_first = rows[i].number == 1;
            if (i > from && (rows[i].chain != rows[from].chain || rows[i].org != rows[from].org)) return;
            rows[i].hash = store::hash_of(is_first ? Digest{} : rows[i - 1].hash, rows[i]);
        }
    }
    std::size_t long_chain() const {
        for (std::size_t i = 0; i + 3 < rows.size(); ++i) {
            if (rows[i].number == 1 && rows[i + 3].number == 4) return i;
        }
        return rows.size();
    }
    Rows rows;
    Roots roots;
};

TEST_F(Tampering, is_not_seen_where_there_is_none) {
    EXPECT_TRUE(found(rows, roots).empty());
    EXPECT_TRUE(found({}, {}).empty());
    ASSERT_LT(long_chain(), rows.size());
}

TEST_F(Tampering, with_any_field_of_any_row_is_seen) {
    const std::function<void(store::AuditRow&)> changes[] = {[](auto& row) { row.at.us += 1; },
                                                             [](auto& row) { row.actor += "x"; },
                                                             [](auto& row) { row.action = "sign_in"; },
                                                             [](auto& row) { row.subjects.emplace_back(); },
                                                             [](auto& row) { row.outcome = "undone"; },
                                                             [](auto& row) { row.request += "x"; },
                                                             [](auto& row) { row.hash[31] ^= 1; },
                                                             [](auto& row) { row.org = "others"; },
                                                             [](auto& row) { row.number += 1; },
                                                             [](auto& row) {
                                                                 row.subjects.clear();
                                                                 row.outcome = "done ";
                                                             }};
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const auto& change : changes) {
            Rows changed = rows;
            change(changed[i]);
            EXPECT_FALSE(found(changed, roots).empty()) << i;
        }
    }
}

TEST_F(Tampering, that_chains_the_rest_anew_is_seen_by_the_root) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Rows changed = rows;
        changed[i].actor = "somebody";
        rechain(changed, i);
        EXPECT_EQ(found(changed, roots), std::set<std::string>{"audit_row_differs"}) << i;
    }
}

TEST_F(Tampering, that_removes_a_row_is_seen) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        Rows fewer = rows;
        fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
        EXPECT_FALSE(found(fewer, roots).empty()) << i;
    }
    EXPECT_EQ(found({}, roots), std::set<std::string>{"audit_tail_missing"});
}

TEST_F(Tampering, that_puts_rows_in_another_order_is_seen) {
    const std::size_t at = long_chain();
    Rows swapped = rows;
    std::swap(swapped[at + 1], swapped[at + 2]);
    EXPECT_TRUE(found(swapped, roots).contains("audit_row_missing"));
    std::swap(swapped[at + 1].number, swapped[at + 2].number);
    EXPECT_TRUE(found(swapped, roots).contains("audit_row_differs"));
}

TEST_F(Tampering, that_cuts_off_the_end_of_a_chain_is_seen_by_the_root) {
    const std::size_t at = long_chain();
    std::size_t end = at;
    while (end < rows.size() && rows[end].chain == rows[at].chain) ++end;
    for (std::size_t from = at; from < end; ++from) {
        Rows cut = rows;
        cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(from), cut.begin() + static_cast<std::ptrdiff_t>(end));
        EXPECT_EQ(found(cut, roots), std::set<std::string>{"audit_tail_missing"}) << from;
    }
}

TEST_F(Tampering, with_roots_is_seen) {
    EXPECT_TRUE(found(rows, {roots[1]}).contains("audit_root_missing"));
    Roots changed = roots;
    changed[0].heads.pop_back();
    EXPECT_TRUE(found(rows, changed).contains("audit_root_differs"));
    changed[0].hash = store::hash_of({}, changed[0]);
    EXPECT_EQ(found(rows, changed), std::set<std::string>{"audit_root_differs"}) << "the next one holds it";
    changed = roots;
    changed[1].made_at.us += 1;
    EXPECT_TRUE(found(rows, changed).contains("audit_root_differs"));
}

}  // namespace
}  // namespace suki::app
