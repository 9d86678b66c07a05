#include <set>
#include <thread>

#include "app/base64.h"
#include "app/signing_keys.h"
#include "base/ed25519.h"
#include "fixture.h"
#include "house/test_database.h"
#include "house/tokens.h"
#include "store/open.h"

/// Access tokens where a story can't look: what stands in one, what is stored, who makes the first key.
namespace suki::app {
namespace {

constexpr std::int64_t kDay = 86'400 * kSecondUs;

std::string key_of(char symbol) { return std::string(kEd25519KeyBytes, symbol); }

// RFC 8037, appendix A: a key, its thumbprint, and a text that it signed.
TEST(AccessTokenFormat, is_that_of_the_standards) {
    const std::string private_key = *from_base64("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
    const std::string public_key = ed25519_public_key(private_key);
    EXPECT_EQ(to_base64(public_key), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    EXPECT_EQ(thumbprint(public_key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    const std::string text = to_base64(R"({"alg":"EdDSA"})") + "." + to_base64("Example of Ed25519 signing");
    EXPECT_EQ(text, "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc");
    EXPECT_EQ(to_base64(ed25519_sign(private_key, text)),
              "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
}

// However time goes on: one key signs, it was published for a day before, and is published until its last token has expired.
TEST(SigningKeyRing, every_key_is_published_before_and_after_it_signs) {
    const Instant start = at(3, 1);
    SigningKeys keys;
    struct Life {
        Instant published_from, signs_from, signs_until, published_until;
    };
    std::map<std::string, Life> lives;
    int made = 0;
    for (Instant now = start; now < Instant{start.us + 200 * kDay}; now.us += 3'600 * kSecondUs) {
        // By hand now and then.
        const bool is_by_hand = made % 3 == 2 && now.us % (5 * kDay) < 3'600 * kSecondUs;
        const std::string fresh = key_of(static_cast<char>('a' + made));
        const auto change = is_by_hand ? std::optional{change_by_hand(keys, now, false, fresh)} : change_due(keys, now, 30, fresh);
        if (change) {
            keys = change->keys;
            if (change->is_made) ++made;
        }
        const SigningKeysView view = view_of(keys, now);
        int signing = 0;
        for (const SigningKeyView& key : view.keys) {
            Life& life = lives[key.id];
            if (life.published_from == Instant{}) life.published_from = now;
            life.published_until = now;
            if (key.status != SigningKeyStatus::signing) continue;
            ++signing;
            if (life.signs_from == Instant{}) life.signs_from = now;
            life.signs_until = now;
        }
        ASSERT_EQ(signing, 1);
        EXPECT_LE(view.keys.size(), 3u);
    }
    EXPECT_GE(lives.size(), 7u);
    int whole = 0;
    for (const auto& [id, life] : lives) {
        if (life.signs_from > start) {
            EXPECT_GE(life.signs_from.us - life.published_from.us, kDay);
        }
        if (life.published_until < Instant{start.us + 199 * kDay}) {
            EXPECT_GE(life.published_until.us - life.signs_until.us, kDay);
            ++whole;
        }
    }
    EXPECT_GE(whole, 5);
}

class AccessTokens : public AppTest {
protected:
    void SetUp() override {
        AppTest::SetUp();
        publish(with_doors());
        ana = join("ana");
    }
    static std::string with_doors() {
        std::string document = club();
        return document.insert(document.find("offers:"),
                               "benefits: {door: {kind: access, resource: \"https://shop.example/club\", members: yes}}\n");
    }
    Answered<AccessToken> token() { return app->access_token(who(), "club", ana, "door"); }
    static std::vector<house::PublishedKey> published_by(const App& of) {
        std::vector<house::PublishedKey> keys;
        const auto all = of.signing_keys("foods");
        EXPECT_TRUE(all);
        for (const SigningKeyView& key : all->keys) keys.push_back({key.id, key.public_key});
        return keys;
    }
    std::vector<store::AuditRow> rotations() {
        std::vector<store::AuditRow> rows;
        store::Visitor visitor;
        visitor.audit = [&](const store::AuditRow& row) {
            if (row.action == RotateSigningKeys::word) rows.push_back(row);
            return true;
        };
        store->visit(visitor);
        return rows;
    }
    MemberName ana;
};

TEST_F(AccessTokens, say_whose_right_it_is_to_what_and_nothing_of_the_person) {
    const auto given = token();
    ASSERT_TRUE(given) << describe(given.error());
    const house::OpenedToken opened = house::open_token(given->token, published_by(*app));
    EXPECT_EQ(opened.fault, "");
    const std::string member = app->find_member("foods", "club", ana)->member.text();
    const std::string seconds = std::to_string(now.load() / kSecondUs);
    EXPECT_EQ(opened.header, R"({"alg":"EdDSA","typ":"JWT","kid":")" + given->key + "\"}");
    EXPECT_EQ(opened.claims, R"({"iss":"foods","aud":"https://shop.example/club","sub":")" + member + R"(","iat":)" + seconds +
                                 R"(,"nbf":)" + seconds + R"(,"exp":)" + std::to_string(now.load() / kSecondUs + 600) +
                                 R"(,"jti":")" + opened.id + R"(","programme":"club","benefit":"door","level":"guest"})");
    EXPECT_EQ(given->expires_at, Instant{now.load() + 600 * kSecondUs});
    // Two tokens are never the same one.
    EXPECT_NE(house::open_token(token()->token, published_by(*app)).id, opened.id);
    // With the longest address a QR code still holds it.
    EXPECT_LT(given->token.size(), 600u);
}

TEST_F(AccessTokens, name_the_public_address_where_there_is_one) {
    Wiring reached = wiring();
    reached.public_url = "https://suki.example";
    app.reset();
    app = std::make_unique<App>(*store, reached);
    const auto given = token();
    ASSERT_TRUE(given);
    EXPECT_EQ(house::open_token(given->token, published_by(*app)).issuer, "https://suki.example/v1/organisations/foods");
}

TEST_F(AccessTokens, private_halves_are_secrets_and_go_when_they_sign_no_more) {
    const auto secrets = [&] {
        std::map<std::string, std::size_t> sizes;
        for (const store::SecretRow& row : store->secrets()) {
            if (row.name.starts_with("sign/")) sizes[row.name.substr(5)] = row.value.size();
        }
        return sizes;
    };
    const std::string first = token()->key;
    EXPECT_EQ(secrets(), (std::map<std::string, std::size_t>{{first, 32}}));
    now += 29 * kDay + kSecondUs;
    ASSERT_TRUE(token());
    now += kDay + kSecondUs;
    const std::string second = token()->key;
    EXPECT_NE(second, first);
    EXPECT_EQ(secrets().at(first), 32u);
    now += 3'600 * kSecondUs;
    EXPECT_EQ(token()->key, second);
    EXPECT_EQ(secrets().at(first), 0u);
    EXPECT_EQ(secrets().at(second), 32u);
    EXPECT_EQ(published_by(*app).size(), 2u);
    ASSERT_TRUE(app->run(who("lost"), RotateSigningKeys{.how = KeyRotation::revoke}));
    EXPECT_EQ(secrets().at(second), 0u);
    EXPECT_NE(token()->key, second);
    EXPECT_EQ(published_by(*app).size(), 1u);
    // What the record of the keys holds is public.
    store::Visitor visitor;
    visitor.record = [&](const store::RecordRow& row) {
        for (const store::SecretRow& secret : store->secrets()) {
            if (secret.value.size() == 32) {
                EXPECT_EQ(row.packed.find(secret.value), std::string::npos);
            }
        }
        return true;
    };
    store->visit(visitor);
}

TEST_F(AccessTokens, what_was_rotated_is_written_down_and_by_whom) {
    ASSERT_TRUE(token());
    ASSERT_TRUE(token());
    ASSERT_TRUE(app->run(who("next"), RotateSigningKeys{.how = KeyRotation::next}));
    ASSERT_TRUE(app->run(who("next"), RotateSigningKeys{.how = KeyRotation::next}));
    ASSERT_TRUE(app->run(who("lost"), RotateSigningKeys{.how = KeyRotation::revoke}));
    std::multiset<std::string> rows;
    for (const store::AuditRow& row : rotations()) rows.insert(row.actor + " " + row.subjects.back() + " " + row.outcome);
    EXPECT_EQ(rows, (std::multiset<std::string>{" due done", "test next done", "test revoke done"}));
}

TEST_F(AccessTokens, a_key_that_lost_its_private_half_is_found) {
    const std::string key = token()->key;
    const auto secret = store->find_secret("sign/" + key);
    ASSERT_TRUE(secret);
    store::Batch batch;
    batch.secrets.push_back({.name = secret->name, .value = std::string(32, 'x'), .created_at = secret->created_at});
    store->commit(batch);
    const VerifyReport report = app->verify();
    ASSERT_EQ(report.breaches.size(), 1u);
    EXPECT_EQ(report.breaches[0].what, "signing_key_lost");
    batch.secrets = {*secret};
    store->commit(batch);
}

// Sixty-four who ask for the first token at once have one key.
TEST_F(AccessTokens, the_first_key_is_made_once) {
    std::mutex mutex;
    std::set<std::string> keys;
    std::vector<std::thread> threads;
    for (int client = 0; client < 64; ++client) {
        threads.emplace_back([&] {
            const auto given = token();
            const std::lock_guard lock{mutex};
            keys.insert(given ? given->key : given.error().code);
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(keys.size(), 1u);
    EXPECT_EQ(published_by(*app).size(), 1u);
    EXPECT_EQ(rotations().size(), 1u);
}

/// Several servers on one database.
class AccessTokensOfServers : public AppTest {
protected:
    void SetUp() override {
        if (house::test_server().empty()) GTEST_SKIP() << "no PostgreSQL";
        now = at(3, 1).us;
        database_.emplace();
        store = open();
        start();
        ASSERT_TRUE(app->run(who(), CreateOrganisation{.id = "foods", .title = "Test Foods"}));
        std::string document = club();
        publish(document.insert(document.find("offers:"),
                                "benefits: {door: {kind: access, resource: \"https://shop.example/club\", members: yes}}\n"));
        join("ana");
    }
    void TearDown() override {
        AppTest::TearDown();
        store.reset();
    }
    std::unique_ptr<store::Store> open() const { return store::open_store({.db = database_->url(), .now = at(1, 1)}); }
    std::optional<house::TestDatabase> database_;
};

TEST_F(AccessTokensOfServers, that_make_the_first_key_at_once_agree_on_it) {
    constexpr int kServers = 4;
    std::vector<std::unique_ptr<store::Store>> stores;
    std::vector<std::unique_ptr<App>> servers;
    for (int i = 0; i < kServers; ++i) {
        stores.push_back(open());
        servers.push_back(std::make_unique<App>(*stores.back(), wiring()));
    }
    const MemberName ana{.by = NamedBy::external, .value = "ana"};
    std::mutex mutex;
    std::set<std::string> keys;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4 * kServers; ++i) {
        threads.emplace_back([&, i] {
            const auto given = servers[static_cast<std::size_t>(i % kServers)]->access_token(who(), "club", ana, "door");
            const std::lock_guard lock{mutex};
            keys.insert(given ? given->key : given.error().code);
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(keys.size(), 1u);
    // What one revokes, no other signs with or publishes a moment longer.
    ASSERT_TRUE(servers[0]->run(who("lost"), RotateSigningKeys{.how = KeyRotation::revoke}));
    for (const auto& server : servers) {
        const auto published = server->signing_keys("foods");
        ASSERT_TRUE(published);
        ASSERT_EQ(published->keys.size(), 1u);
        EXPECT_FALSE(keys.contains(published->keys[0].id));
        const auto given = server->access_token(who(), "club", ana, "door");
        ASSERT_TRUE(given);
        EXPECT_EQ(given->key, published->keys[0].id);
    }
    servers.clear();
}

}  // namespace
}  // namespace suki::app
