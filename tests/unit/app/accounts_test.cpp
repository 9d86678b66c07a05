#include <unistd.h>

#include <array>
#include <filesystem>
#include <thread>

#include "fixture.h"
#include "store/open.h"

/// One person in several programmes of an organisation.
namespace suki::app {
namespace {

/// The club's document under another name.
std::string document_of(const std::string& programme) {
    std::string text = club();
    return text.replace(text.find("id: club"), 8, "id: " + programme);
}

template <class A>
std::string code_of(const Answered<A>& answer) {
    return answer ? "ok" : answer.error().code;
}

class AccountsTest : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(document_of("club"));
        publish(document_of("shop"));
        publish(document_of("web"));
    }
    Answered<MemberView> create(const std::string& programme, const std::string& external,
                                std::optional<AccountId> account = std::nullopt, const std::string& card = {}) {
        return app->run(
            who(),
            CreateMember{
                .programme = programme, .profile = {.name = external, .external_id = external}, .card = card, .account = account});
    }
    MemberView made(const std::string& programme, const std::string& external, std::optional<AccountId> account = std::nullopt,
                    const std::string& card = {}) {
        auto member = create(programme, external, account, card);
        EXPECT_TRUE(member) << (member ? "" : describe(member.error()));
        return member ? *member : MemberView{};
    }
    static MergeMembers merging(const std::string& programme, const MemberView& member, const MemberView& to) {
        return {.programme = programme,
                .member = {NamedBy::member, member.member.text()},
                .to = {NamedBy::member, to.member.text()},
                .reason = "one person"};
    }
    std::vector<std::string> programmes_of(AccountId account) {
        std::vector<std::string> programmes;
        const auto view = app->account("foods", account);
        EXPECT_TRUE(view);
        if (!view) return programmes;
        for (const MemberView& member : view->members) programmes.push_back(member.programme);
        return programmes;
    }
};

using Names = std::vector<std::string>;

TEST_F(AccountsTest, a_retry_joins_once_and_another_account_is_another_command) {
    const MemberView ana = made("club", "ana");
    const MemberView eva = made("club", "eva");
    const CreateMember command{.programme = "shop", .profile = {.name = "Ana"}, .account = ana.account};
    const auto first = app->run(who("k1"), command);
    const auto second = app->run(who("k1"), command);
    ASSERT_TRUE(first && second);
    EXPECT_TRUE(second->is_repeat);
    EXPECT_EQ(first->member, second->member);
    EXPECT_EQ(second->account, ana.account);
    CreateMember other = command;
    other.account = eva.account;
    EXPECT_EQ(code_of(app->run(who("k1"), other)), "idempotency_key_reused");
    other.account.reset();
    EXPECT_EQ(code_of(app->run(who("k1"), other)), "idempotency_key_reused");
    EXPECT_EQ(programmes_of(ana.account), (Names{"club", "shop"}));
}

TEST_F(AccountsTest, another_organisation_has_none_of_them) {
    const MemberView ana = made("club", "ana");
    ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "drinks", .title = "Test Drinks"}));
    Caller other = who();
    other.organisation = "drinks";
    ASSERT_TRUE(app->run(other, PublishEdition{.document = document_of("bar"), .allow_past = true}));
    const auto refused = app->run(other, CreateMember{.programme = "bar", .account = ana.account});
    EXPECT_EQ(code_of(refused), "account_not_found");
    EXPECT_EQ(refused.error().pointer, "/account");
    EXPECT_EQ(code_of(app->account("drinks", ana.account)), "account_not_found");
    EXPECT_EQ(code_of(app->account("drinks", AccountId{})), "account_not_found");
    const auto bob = app->run(other, CreateMember{.programme = "bar"});
    ASSERT_TRUE(bob);
    EXPECT_EQ(code_of(create("shop", "bob", bob->account)), "account_not_found");
    EXPECT_EQ(code_of(app->run(who(), merging("club", ana, *bob))), "member_not_found");
    EXPECT_EQ(code_of(app->run(other, MergeMembers{.programme = "bar",
                                                   .member = {NamedBy::member, bob->member.text()},
                                                   .to = {NamedBy::member, ana.member.text()},
                                                   .reason = "one person"})),
              "member_not_found");
}

TEST_F(AccountsTest, who_was_erased_is_nobody_to_join) {
    const MemberView ana = made("club", "ana");
    store::MemberRow row = *store->find_member("foods", ana.account, ana.member);
    row.status = store::MemberStatus::erased;
    ++row.version;
    store::Batch batch;
    batch.members.push_back(row);
    store->commit(batch);
    start();
    EXPECT_EQ(code_of(create("shop", "ana", ana.account)), "account_not_found");
    const MemberView eva = made("shop", "eva");
    EXPECT_EQ(code_of(app->run(who(), merging("shop", eva, ana))), "member_not_found");
    EXPECT_EQ(programmes_of(ana.account), Names{});
}

TEST_F(AccountsTest, commands_of_one_batch_see_what_the_ones_before_did_to_the_account) {
    const MemberView ana = made("club", "ana");
    const MemberView old = made("club", "old");
    std::vector<Command> commands;
    commands.emplace_back(CreateMember{.programme = "shop", .profile = {.external_id = "old"}, .account = old.account});
    commands.emplace_back(merging("club", old, ana));
    commands.emplace_back(CreateMember{.programme = "shop", .profile = {.external_id = "old"}, .account = old.account});
    commands.emplace_back(CreateMember{.programme = "web", .profile = {.external_id = "old"}, .account = old.account});
    const std::uint64_t before = app->figures().commits;
    const auto answers = app->run_many(who(), commands);
    EXPECT_EQ(app->figures().commits, before + 1);
    EXPECT_EQ(code_of(answers[0]), "ok");
    EXPECT_EQ(code_of(answers[1]), "ok");
    EXPECT_EQ(code_of(answers[2]), "account_already_in_programme");
    EXPECT_EQ(code_of(answers[3]), "ok");
    EXPECT_EQ(app->figures().store_faults, 0u);
    EXPECT_EQ(programmes_of(ana.account), (Names{"club", "shop", "web"}));
    EXPECT_EQ(programmes_of(old.account), (Names{"club", "shop"}));
}

TEST_F(AccountsTest, a_merge_is_known_at_once_in_every_programme) {
    const MemberView ana = made("club", "ana");
    const MemberView old = made("club", "old");
    const MemberView in_shop = made("shop", "old", old.account, "c1");
    ASSERT_TRUE(
        app->run(who(), PlaceHold{.programme = "shop", .member = {NamedBy::external, "old"}, .unit = "points", .points = {}})
            .error()
            .code == "hold_points_malformed");
    ASSERT_TRUE(app->run(
        who(),
        Adjust{
            .programme = "shop", .member = {NamedBy::card, "c1"}, .unit = "points", .points = Points{40}, .reason = "a present"}));
    const auto merged = app->run(who(), merging("club", old, ana));
    ASSERT_TRUE(merged) << describe(merged.error());
    ASSERT_EQ(merged->elsewhere.size(), 1u);
    EXPECT_EQ(merged->elsewhere[0].programme, "shop");
    EXPECT_EQ(merged->elsewhere[0].member, in_shop.member);
    EXPECT_NE(merged->elsewhere[0].to, in_shop.member);
    EXPECT_NE(merged->elsewhere[0].merge, merged->merge);

    // By every name: the same person, who is under the account that stays.
    for (const MemberName& name : {MemberName{NamedBy::card, "c1"}, MemberName{NamedBy::external, "old"}}) {
        const auto found = app->find_member("foods", "shop", name);
        ASSERT_TRUE(found) << describe(found.error());
        EXPECT_EQ(found->account, ana.account);
        EXPECT_EQ(found->member, merged->elsewhere[0].to);
        EXPECT_EQ(found->balances.at(0).available, Points{40});
        // The card shows where it leads.
        ASSERT_EQ(found->cards.size(), 1u);
        EXPECT_EQ(found->cards[0].number, "c1");
        EXPECT_EQ(found->cards[0].member, found->member);
    }
    const auto before = app->find_member("foods", "shop", {NamedBy::member, in_shop.member.text()});
    ASSERT_TRUE(before);
    EXPECT_EQ(before->merged_into, merged->elsewhere[0].to);
    const auto sold = app->run(who(), RecordReceipt{.programme = "shop",
                                                    .member = {NamedBy::member, in_shop.member.text()},
                                                    .receipt = receipt("r1", 1000, at(3, 1))});
    ASSERT_TRUE(sold);
    EXPECT_EQ(sold->member, merged->elsewhere[0].to);
    const auto account = app->account("foods", old.account);
    ASSERT_TRUE(account);
    EXPECT_EQ(account->merged_into, ana.account);
    EXPECT_EQ(account->members.size(), 2u);
    // No entry has the id of another, though both programmes have a unit of that name.
    std::set<std::string> ids;
    std::size_t entries = 0;
    store::Visitor visitor;
    visitor.entry = [&](const store::EntryRow& row) {
        ids.insert(row.entry.id.text());
        ++entries;
        return true;
    };
    store->visit(visitor);
    EXPECT_EQ(ids.size(), entries);
}

TEST_F(AccountsTest, verify_names_a_member_and_points_that_a_merge_left_behind) {
    const MemberView ana = made("club", "ana");
    const MemberView old = made("club", "old");
    made("shop", "old", old.account);
    store::AccountRow row = *store->find_account("foods", old.account);
    row.merged_into = ana.account;
    ++row.version;
    store::Batch batch;
    batch.accounts.push_back(row);
    store->commit(batch);
    std::set<std::string> named;
    for (const VerifyBreach& breach : app->verify().breaches) named.insert(breach.what);
    EXPECT_TRUE(named.contains("merged_member_lost"));
    EXPECT_TRUE(named.contains("merged_account_lost"));
    EXPECT_TRUE(named.contains("merged_account_has_points"));  // for joining
    app.reset();
}

/// Two servers on one database, with everything at once.
class AccountsRace : public AccountsTest {
protected:
    void SetUp() override {
        now = at(3, 1).us;
        const char* kind = std::getenv("SUKI_TEST_STORE");
        if (kind != nullptr && std::string_view{kind} == "postgres") database = std::make_unique<house::TestDatabase>();
        folder = std::filesystem::temp_directory_path() / ("suki-accounts-" + std::to_string(getpid()));
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        store = open();
        other_store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        for (const char* programme : {"club", "shop", "web"}) publish(document_of(programme));
        other = std::make_unique<App>(*other_store, wiring());
    }
    void TearDown() override {
        other.reset();
        other_store.reset();
        AppTest::TearDown();
        store.reset();
        std::filesystem::remove_all(folder);
    }
    std::unique_ptr<store::Store> open() const {
        return store::open_store(
            {.db = database ? database->url() : (folder / "suki.db").string(), .now = at(1, 1), .is_durable = false});
    }
    template <class A, class B>
    std::pair<Answered<typename A::answer_type>, Answered<typename B::answer_type>> at_once(const A& here, const B& there) {
        std::optional<Answered<typename B::answer_type>> answer;
        std::thread thread{[&] { answer = other->run(who(), there); }};
        auto first = app->run(who(), here);
        thread.join();
        return {std::move(first), *std::move(answer)};
    }

    std::unique_ptr<house::TestDatabase> database;
    std::filesystem::path folder;
    std::unique_ptr<store::Store> other_store;
    std::unique_ptr<App> other;
};

constexpr int kRounds = 25;

TEST_F(AccountsRace, two_join_one_account_in_one_programme) {
    for (int round = 0; round < kRounds; ++round) {
        const std::string name = std::to_string(round);
        const MemberView ana = made("club", name);
        const CreateMember joining{.programme = "shop", .profile = {.name = name}, .account = ana.account};
        const auto [here, there] = at_once(joining, joining);
        EXPECT_EQ(std::set({code_of(here), code_of(there)}), (std::set<std::string>{"ok", "account_already_in_programme"}));
        EXPECT_EQ(programmes_of(ana.account), (Names{"club", "shop"}));
    }
}

TEST_F(AccountsRace, one_joins_while_the_account_is_merged) {
    for (int round = 0; round < kRounds; ++round) {
        const std::string name = std::to_string(round);
        const MemberView ana = made("club", "ana" + name);
        const MemberView old = made("club", "old" + name);
        const CreateMember joining{.programme = "shop", .profile = {.name = name}, .account = old.account};
        const auto [merged, joined] = at_once(merging("club", old, ana), joining);
        EXPECT_EQ(code_of(merged), "ok");
        EXPECT_EQ(code_of(joined), "ok");
        EXPECT_EQ(programmes_of(ana.account), (Names{"club", "shop"}));
    }
}

TEST_F(AccountsRace, one_joins_the_account_that_another_is_merged_into) {
    for (int round = 0; round < kRounds; ++round) {
        const std::string name = std::to_string(round);
        const MemberView ana = made("club", "ana" + name);
        const MemberView old = made("club", "old" + name);
        made("shop", "old" + name, old.account);
        const CreateMember joining{.programme = "shop", .profile = {.name = name}, .account = ana.account};
        const auto [merged, joined] = at_once(merging("club", old, ana), joining);
        EXPECT_EQ(code_of(merged), "ok");
        EXPECT_TRUE(code_of(joined) == "ok" || code_of(joined) == "account_already_in_programme") << code_of(joined);
        EXPECT_EQ(programmes_of(ana.account), (Names{"club", "shop"}));
    }
}

TEST_F(AccountsRace, merged_on_while_another_arrives_that_shares_no_programme) {
    for (int round = 0; round < kRounds; ++round) {
        const std::string name = std::to_string(round);
        const MemberView first = made("club", "first" + name);
        const MemberView middle = made("shop", "middle" + name);
        const MemberView last = made("shop", "last" + name);
        const auto [arrived, went_on] = at_once(merging("club", first, middle), merging("shop", middle, last));
        EXPECT_EQ(code_of(arrived), "ok");
        EXPECT_EQ(code_of(went_on), "ok");
        EXPECT_EQ(programmes_of(last.account), (Names{"club", "shop"}));
        const auto found = app->find_member("foods", "club", {NamedBy::external, "first" + name});
        ASSERT_TRUE(found);
        EXPECT_EQ(found->account, last.account);
    }
}

TEST_F(AccountsRace, each_is_merged_into_the_other) {
    for (int round = 0; round < kRounds; ++round) {
        const std::string name = std::to_string(round);
        const MemberView ana = made("club", "ana" + name);
        const MemberView eva = made("shop", "eva" + name);
        const auto [here, there] = at_once(merging("club", ana, eva), merging("shop", eva, ana));
        EXPECT_EQ(std::set({code_of(here), code_of(there)}), (std::set<std::string>{"ok", "same_account"}));
    }
}

}  // namespace
}  // namespace suki::app
