#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>

#include "house.h"
#include "server/routes.h"
#include "source_dir.h"

/// Every route of api/openapi.yaml for everybody who could ask: who may, may; who may not changes nothing and learns nothing.
namespace suki::server {
namespace {

/// What a person is known by. None of it may stand in an answer to somebody who may not have it.
constexpr const char* kPersonal[] = {"Nastassia", "+375291112233", "nastia@example.org", "crm-77", "1987-06-05", "vegetarian"};

class Matrix : public ServerTest {
protected:
    enum class Kind { nobody, key, session };
    struct Asker {
        std::string name;
        Kind kind = Kind::nobody;
        Headers headers;
        int reach = -1;              // 0 till, 1 service, 2 admin; -1: known to nobody
        bool has_token = true;       // of a session: writes carry X-CSRF-Token
        bool is_of_another = false;  // of another organisation
    };

    void SetUp() override {
        ServerTest::SetUp();
        const app::Caller operator_{.organisation = "foods", .api_key = "operator"};
        ASSERT_TRUE(app->run(operator_, app::ImportStores{.stores = {{.id = "s1"}}}));
        ASSERT_TRUE(app->run(operator_, app::ImportProducts{.products = {{.sku = "a", .category = "tea"}}}));
        const auto made =
            service("POST", "/v1/members",
                    R"({"name":"Nastassia","phone":"+375291112233","email":"nastia@example.org","external_id":"crm-77",)"
                    R"("birthday":"1987-06-05","attributes":{"diet":"vegetarian"},"card":"c1"})");
        ASSERT_EQ(made.status, 201) << made.body;
        member = server::at(made.body, "/id");
        account = server::at(made.body, "/account");
        ASSERT_EQ(till("PUT", "/v1/receipts/r1", kReceipt).status, 200);
        ASSERT_EQ(admin("POST", "/v1/users", R"({"name":"olga"})").status, 201);
        make_others();
        make_askers();
    }

    void make_others() {
        ASSERT_TRUE(app->run(app::Caller{.api_key = "operator"}, app::CreateOrganisation{.id = "others", .title = "Others"}));
        const app::Caller other{.organisation = "others", .api_key = "operator"};
        ASSERT_TRUE(app->run(other, app::PublishEdition{.document = std::string{kShop}, .allow_past = true}));
        for (const app::KeyScope scope : {app::KeyScope::till, app::KeyScope::service, app::KeyScope::admin}) {
            other_keys.push_back(app->run(other, app::CreateApiKey{.name = "k", .scopes = {scope}})->secret);
        }
        other_password = app->run(other, app::CreateUser{.name = "stranger"})->password;
        everywhere_password = app->run(app::Caller{.api_key = "operator"}, app::CreateUser{.name = "everywhere"})->password;
    }

    Asker session_of(const std::string& name, const std::string& with_password) {
        const auto answer = ask("POST", "/v1/session", {{"Content-Type", "application/json"}},
                                R"({"name":")" + name + R"(","password":")" + with_password + "\"}");
        EXPECT_EQ(answer.status, 200) << answer.body;
        const std::string cookie{answer.header("Set-Cookie").value_or("")};
        return {
            .name = "session of " + name,
            .kind = Kind::session,
            .headers = {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-CSRF-Token", server::at(answer.body, "/csrf_token")}},
            .reach = 2};
    }

    void make_askers() {
        const auto bearer = [](const std::string& secret) { return Headers{{"Authorization", "Bearer " + secret}}; };
        askers.push_back({.name = "nobody"});
        askers.push_back({.name = "a key that never was", .headers = bearer("suki_0123456789abcdef_" + std::string(64, '0'))});
        std::string changed = keys[2];
        changed.back() = changed.back() == '0' ? '1' : '0';
        askers.push_back({.name = "a key with a wrong secret", .headers = bearer(changed)});
        const auto revoked =
            app->run(app::Caller{.organisation = "foods"}, app::CreateApiKey{.name = "x", .scopes = {app::KeyScope::admin}});
        ASSERT_TRUE(app->run(app::Caller{.organisation = "foods"}, app::RevokeApiKey{.id = revoked->id}));
        askers.push_back({.name = "a revoked key", .headers = bearer(revoked->secret)});
        for (int scope = 0; scope < 3; ++scope) {
            const std::string word{name_of(static_cast<app::KeyScope>(scope))};
            askers.push_back({.name = word + " key",
                              .kind = Kind::key,
                              .headers = bearer(keys[static_cast<std::size_t>(scope)]),
                              .reach = scope});
            askers.push_back({.name = word + " key of another organisation",
                              .kind = Kind::key,
                              .headers = bearer(other_keys[static_cast<std::size_t>(scope)]),
                              .reach = scope,
                              .is_of_another = true});
        }
        Asker ended = session_of("admin", password);
        EXPECT_EQ(ask("DELETE", "/v1/session", ended.headers).status, 204);
        ended.name = "a session that ended";
        ended.kind = Kind::nobody;
        ended.reach = -1;
        askers.push_back(ended);
        askers.push_back(session_of("admin", password));
        Asker without = askers.back();
        without.name += " without its token";
        without.headers.pop_back();
        without.has_token = false;
        askers.push_back(without);
        Asker wrong = askers[askers.size() - 2];
        wrong.name += " with a wrong token";
        wrong.headers.back().second.back() ^= 1;
        wrong.has_token = false;
        askers.push_back(wrong);
        Asker foreign = session_of("stranger", other_password);
        foreign.is_of_another = true;
        askers.push_back(foreign);
        askers.push_back(session_of("everywhere", everywhere_password));
        askers.back().headers.emplace_back("X-Organisation", "foods");  // see `target_of`
    }

    /// The route's path, naming what is there, or what never was.
    std::string path_of(const Route& route, bool is_there = true) const {
        std::string path{route.path};
        const auto has = [&](std::string_view part) { return route.path.find(part) != std::string_view::npos; };
        const std::string id = has("/members/")    ? (is_there ? member : MemberId{}.text())
                               : has("/accounts/") ? (is_there ? account : AccountId{}.text())
                               : has("/holds/")    ? HoldId{}.text()
                               : has("/receipts/") ? (is_there ? "r1" : "r0")
                               : has("/stores/")   ? (is_there ? "s1" : "s0")
                               : has("/keys/")     ? (is_there ? keys[0].substr(5, 16) : "0123456789abcdef")
                                                   : "x";
        const std::pair<std::string_view, std::string> fills[] = {{"{id}", id},
                                                                  {"{number}", is_there ? "c1" : "c0"},
                                                                  {"{name}", is_there ? "olga" : "nadia"},
                                                                  {"{sku}", is_there ? "a" : "zzz"},
                                                                  {"{programme}", "shop"},
                                                                  {"{benefit}", "tour"},
                                                                  {"{use}", "use_00000000000000000000000001"},
                                                                  {"{grant}", "bgr_00000000000000000000000001"},
                                                                  {"{organisation}", is_there ? "foods" : "nowhere"},
                                                                  {"{gift}", "knife"},
                                                                  {"{item}", "tri_00000000000000000000000001"},
                                                                  {"{membership}", "mbs_00000000000000000000000001"},
                                                                  {"{request}", "pay_00000000000000000000000001"},
                                                                  {"{order}", "gor_00000000000000000000000001"},
                                                                  {"{recognition}", "thx_00000000000000000000000001"},
                                                                  {"{occasion}", "occ_00000000000000000000000001"},
                                                                  {"{edition}", is_there ? "1" : "9"}};
        for (const auto& [name, value] : fills) {
            if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), value);
        }
        return path;
    }

    /// A body that the route takes.
    std::string body_of(const Route& route) const {
        static const std::map<std::string_view, std::string> bodies{
            {"LevelGrantInput", R"({"level":"friend","reason":"a test"})"},
            {"QuoteInput", R"({"member":{"card":"c1"},"lines":[{"number":1,"sku":"a","quantity":"1","amount":100}]})"},
            {"ReceiptInput", kReceipt},
            {"ReturnInput", R"({"id":"b1","occurred_at":"2026-03-01T08:50:00+03:00","lines":[{"line":1,"quantity":"1"}]})"},
            {"VoidInput", R"({"id":"b2","occurred_at":"2026-03-01T08:50:00+03:00"})"},
            {"HoldInput", R"({"member":{"card":"c1"},"unit":"points","points":1})"},
            {"ConfirmHoldInput", "{}"},
            {"MemberInput", R"({"name":"Ivan"})"},
            {"MemberPatch", R"({"name":"Somebody else"})"},
            {"UndoInput", R"({"reason":"a mistake"})"},
            {"AdjustmentInput", R"({"unit":"points","points":7,"reason":"a present"})"},
            {"CardInput", R"({"number":"c9","kind":"bearer"})"},
            {"CardReplacement", R"({"number":"c10"})"},
            {"CardBatchInput", R"({"count":1})"},
            {"BenefitUseInput", R"({"note":"two guests"})"},
            {"BenefitUseEnd", "{}"},
            {"BenefitUseConfirm", "{}"},
            {"BenefitUseMove", R"({"shelf":"B-2"})"},
            {"KeyRotationInput", R"({"revoke":true})"},
            {"GiftOrderInput", R"({"store":"s1"})"},
            {"GiftPresentInput", R"({"store":"s1","reason":"a present"})"},
            {"GiftHandOver", "{}"},
            {"GiftCancel", "{}"},
            {"GiftTakeBack", R"({"reason":"a mistake"})"},
            {"RecognitionInput", R"({"to":"mem_00000000000000000000000001","kind":"thanks","points":5})"},
            {"RecognitionWithdrawal", R"({"reason":"a mistake"})"},
            {"TradeItemInput", R"({"trade_in":"shoes","article":"boots"})"},
            {"TradeItemOffer", R"({"grade":"good"})"},
            {"TradeItemChange", "{}"},
            {"TradeItemSale", R"({"price":1500})"},
            {"TradeItemBecause", R"({"reason":"a mistake"})"},
            {"MembershipJoinInput", R"({"membership":"grill"})"},
            {"MembershipChangeInput", "{}"},
            {"ReferrerInput", R"({"referred_by":"c1","reason":"a test"})"},
            {"PaymentReportInput", R"({"result":"paid"})"},
            {"StockMoveInput", R"({"store":"s1","move":"received","count":3})"},
            {"OccasionInput",
             R"({"title":"A tasting","starts_at":"2026-03-09T18:00:00Z","ends_at":"2026-03-09T20:00:00Z","capacity":5})"},
            {"OccasionCancel", R"({"reason":"a storm"})"},
            {"SeatInput", "{}"},
            {"SeatInvitation", R"({"reason":"a guest"})"},
            {"SeatLeave", "{}"},
            {"CheckInInput", R"({"member":{"card":"c1"}})"},
            {"MemberCheckIn", "{}"},
            {"CheckInUndo", R"({"reason":"a mistake"})"},
            {"HouseholdPersonInput", R"({"member":"mem_00000000000000000000000001","reason":"they asked"})"},
            {"HouseholdPatch", R"({"pays":"owner","reason":"she asked"})"},
            {"BenefitGrantInput", R"({"count":1,"reason":"a present"})"},
            {"EventInput", R"({"id":"v1","kind":"visit","member":{"card":"c1"},"occurred_at":"2026-03-01T08:00:00+03:00"})"},
            {"ProductsInput", R"({"products":[{"sku":"new"}]})"},
            {"StoresInput", R"({"stores":[{"id":"new"}]})"},
            {"DocumentInput", R"({"document":"suki: 1"})"},
            {"PublishInput", R"({"document":"suki: 1"})"},
            {"DiscrepancyResolution", R"({"note":"seen"})"},
            {"KeyInput", R"({"name":"new","scope":"admin"})"},
            {"UserInput", R"({"name":"intruder"})"},
            {"SignInInput", R"({"name":"nobody","password":"wrong password"})"},
            {"PasswordInput", R"({"old_password":"wrong","new_password":"a wholly different sentence"})"}};
        if (route.schema.empty()) return {};
        // Refused for what it asks, by whoever may ask it: nobody gives points to themselves.
        const std::string to_oneself = R"("to":")" + member + R"(","reason":"a present")";
        if (route.schema == "TransferInput") return "{" + to_oneself + R"(,"unit":"points","points":7})";
        if (route.schema == "MergeInput") return "{" + to_oneself + "}";
        const auto found = bodies.find(route.schema);
        if (found == bodies.end()) ADD_FAILURE() << "no body for " << route.schema;
        return found == bodies.end() ? "{}" : found->second;
    }

    net::ClientResponse call_as(const Asker& asker, const Route& route, std::string target) {
        Headers headers;
        for (const auto& [name, value] : asker.headers) {
            if (name == "X-Organisation") {
                if (route.access != Access::anyone) target += "?organisation=" + value;
            } else {
                headers.emplace_back(name, value);
            }
        }
        headers.emplace_back("Idempotency-Key", "m" + std::to_string(++idempotency_keys));
        headers.emplace_back("If-Match", "*");
        if (!route.schema.empty()) headers.emplace_back("Content-Type", "application/json");
        return ask(route.method, target, headers, body_of(route));
    }

    /// Everything that is kept of the organisation, also who may do what in it.
    std::string everything() {
        std::string all;
        const auto add = [&](const auto&... parts) {
            ((all += parts, all += ' '), ...);
            all += '\n';
        };
        store::Visitor visitor;
        visitor.account = [&](const store::AccountRow& row) { return add(row.org, row.id.text()), true; };
        visitor.member = [&](const store::MemberRow& row) {
            return add(row.org, row.id.text(), row.name, std::to_string(row.version)), true;
        };
        visitor.card = [&](const store::CardRow& row) { return add(row.org, row.number, std::string{name_of(row.status)}), true; };
        visitor.claim = [&](const store::ClaimRow& row) {
            return add(row.key.org, std::string{name_of(row.key.kind)}, row.key.value), true;
        };
        visitor.state = [&](const store::StateRow& row) {
            return add(row.org, row.account.text(), std::to_string(row.version)), true;
        };
        visitor.entry = [&](const store::EntryRow& row) { return add(row.org, row.entry.id.text()), true; };
        visitor.receipt = [&](const store::ReceiptRow& row) { return add(row.org, row.id, std::to_string(row.version)), true; };
        visitor.activity = [&](const store::ActivityRow& row) { return add(row.org, row.id), true; };
        visitor.discrepancy = [&](const store::DiscrepancyRow& row) { return add(row.org, row.receipt, row.resolved_by), true; };
        visitor.audit = [&](const store::AuditRow& row) {
            // An attempt to sign in, and a refused entry, is written down whoever tries.
            if (row.action != "sign_in" && row.action != "refused_entry") add(row.org, row.action, row.outcome);
            return true;
        };
        store->visit(visitor);
        for (const auto& row : store->organisations()) {
            add(row.id);
            for (const auto& one : store->programmes(row.id)) {
                add(one.id, std::to_string(store->editions(row.id, one.id).size()));
            }
            for (const auto& one : store->api_keys(row.id)) add(one.id, one.revoked_at ? "revoked" : "live");
            for (const auto& one : store->console_users(row.id)) add(one.name, one.password_hash);
            for (const auto& one : store->list_products(row.id, {}, {}, 100)) add(one.sku);
            for (const auto& one : store->places(row.id)) add(one.id);
        }
        return all;
    }

    /// Of api/openapi.yaml: the reach that the operation asks for; -1: of nobody, 3: a session.
    static int needed(const std::string& operation) {
        static const YAML::Node document = YAML::LoadFile(SUKI_SOURCE_DIR "/api/openapi.yaml");
        for (const auto& path : document["paths"]) {
            for (const auto& method : path.second) {
                if (method.second["operationId"].Scalar() != operation) continue;
                const std::string scope = method.second["x-scope"].Scalar();
                if (scope == "none") return -1;
                if (method.second["security"]) return 3;
                return scope == "till" ? 0 : scope == "service" ? 1 : 2;
            }
        }
        ADD_FAILURE() << operation << " is not described";
        return 2;
    }

    enum class Verdict { allowed, unauthenticated, forbidden };
    static Verdict verdict(const Asker& asker, const Route& route) {
        const int asked = needed(std::string{route.operation});
        if (asked < 0) return Verdict::allowed;
        if (asker.reach < 0) return Verdict::unauthenticated;
        if (asked == 3 && asker.kind != Kind::session) return Verdict::unauthenticated;
        if (asker.kind == Kind::session && !asker.has_token && route.method != "GET") return Verdict::forbidden;
        return asked == 3 || asker.reach >= asked ? Verdict::allowed : Verdict::forbidden;
    }

    static void expect_nothing_personal(const std::string& body, const std::string& where) {
        for (const char* personal : kPersonal) EXPECT_EQ(body.find(personal), std::string::npos) << where << ": " << body;
    }

    std::vector<std::string> other_keys;
    std::string other_password, everywhere_password, member, account;
    std::vector<Asker> askers;
};

TEST_F(Matrix, WhoMayNotChangesNothingAndLearnsNothing) {
    int denied = 0, allowed = 0;
    for (const Route& route : routes()) {
        for (const Asker& asker : askers) {
            const std::string where = std::string{route.operation} + " by " + asker.name;
            SCOPED_TRACE(where);
            const Verdict wanted = verdict(asker, route);
            if (wanted == Verdict::allowed) {
                // What they do is other tests' matter, and would spoil this one's data. Whether they get in is seen at a place that
                // is not there.
                if (route.operation == "signOut" || route.operation == "changePassword") continue;
                if (route.method != "GET" && path_of(route) == path_of(route, false)) continue;
                ++allowed;
                const auto answer = call_as(asker, route, path_of(route, false));
                EXPECT_TRUE(answer.status != 401 && answer.status != 403 && answer.status < 500) << answer.status << answer.body;
                continue;
            }
            ++denied;
            const std::string before = everything();
            const auto answer = call_as(asker, route, path_of(route));
            const auto absent = call_as(asker, route, path_of(route, false));
            EXPECT_EQ(answer.status, wanted == Verdict::unauthenticated ? 401 : 403) << answer.body;
            EXPECT_EQ(server::at(answer.body, "/code"), server::at(absent.body, "/code"))
                << "what is there can be told from what is not";
            EXPECT_EQ(answer.status, absent.status);
            EXPECT_EQ(everything(), before);
            expect_nothing_personal(answer.body, where);
            EXPECT_EQ(answer.header("WWW-Authenticate").has_value(), wanted == Verdict::unauthenticated);
        }
    }
    EXPECT_GT(denied, 300);
    EXPECT_GT(allowed, 300);
}

TEST_F(Matrix, AllowedWritesAreAllowed) {
    // The other half of what the matrix above leaves out: whoever may write does, each with keys of the least scope.
    for (const Route& route : routes()) {
        const int asked = needed(std::string{route.operation});
        if (route.method == "GET" || asked < 0 || asked == 3) continue;
        SCOPED_TRACE(std::string{route.operation});
        for (const Asker& asker : askers) {
            if (asker.kind != Kind::key || asker.is_of_another || asker.reach != asked) continue;
            const auto answer = call_as(asker, route, path_of(route));
            EXPECT_TRUE(answer.status != 401 && answer.status != 403 && answer.status < 500) << answer.status << answer.body;
        }
    }
}

TEST_F(Matrix, WhatBelongsToAnotherOrganisationIsNotThere) {
    for (const Route& route : routes()) {
        if (needed(std::string{route.operation}) < 0 || route.access == Access::session) continue;
        for (Asker asker : askers) {
            if (!asker.is_of_another || verdict(asker, route) != Verdict::allowed) continue;
            // One key for all of them would name too many members that are not there.
            if (asker.kind == Kind::key && asker.reach == 0) {
                const app::Caller other{.organisation = "others", .api_key = "operator"};
                const auto fresh = app->run(other, app::CreateApiKey{.name = "k", .scopes = {app::KeyScope::till}});
                asker.headers = {{"Authorization", "Bearer " + fresh->secret}};
            }
            const std::string where = std::string{route.operation} + " by " + asker.name;
            SCOPED_TRACE(where);
            const auto snapshot = [&] {
                std::string mine, all = everything();
                for (std::size_t begin = 0; begin < all.size();) {
                    const std::size_t end = all.find('\n', begin);
                    if (all.compare(begin, 6, "foods ") == 0) mine += all.substr(begin, end - begin + 1);
                    begin = end + 1;
                }
                return mine;
            };
            const std::string before = snapshot();
            if (route.operation == "recordReceipt") continue;  // they may have a receipt of that name too: below
            const auto answer = call_as(asker, route, path_of(route));
            const auto absent = call_as(asker, route, path_of(route, false));
            // Of what the call makes, and of what both organisations have, there is nothing to be told.
            const bool names_theirs = path_of(route) != path_of(route, false) && route.operation != "getEdition";
            if (names_theirs) {
                EXPECT_EQ(answer.status, 404) << answer.body;
                EXPECT_EQ(answer.status, absent.status) << absent.body;
                EXPECT_EQ(server::at(answer.body, "/code"), server::at(absent.body, "/code"));
            }
            expect_nothing_personal(answer.body, where);
            EXPECT_EQ(answer.body.find(member), std::string::npos);
            // Nor by asking for it.
            const auto named = call_as(asker, route, path_of(route) + "?organisation=foods");
            EXPECT_EQ(named.status, 403) << named.body;
            EXPECT_EQ(snapshot(), before);
        }
    }
    const std::string before = everything();
    const auto theirs = ask(
        "PUT", "/v1/receipts/r1",
        {{"Authorization", "Bearer " + other_keys[0]}, {"Idempotency-Key", "o"}, {"Content-Type", "application/json"}}, kReceipt);
    EXPECT_EQ(theirs.status, 200) << theirs.body;
    EXPECT_EQ(server::at(theirs.body, "/member"), "null") << "the card is another organisation's";
    EXPECT_NE(everything(), before);
    EXPECT_EQ(server::at(till("GET", "/v1/receipts/r1").body, "/member"), member);
}

TEST_F(Matrix, ATillSeesNothingPersonalOfAMember) {
    const std::string calls[][3] = {
        {"GET", "/v1/members/" + member + "/account", ""},
        {"GET", "/v1/cards/c1", ""},
        {"GET", "/v1/receipts/r1", ""},
        {"POST", "/v1/receipts/quote",
         R"({"member":{"phone":"+375291112233"},"lines":[{"number":1,"quantity":"1","amount":100}]})"},
        {"POST", "/v1/receipts/quote", R"({"member":{"card":"c1"},"lines":[{"number":1,"quantity":"1","amount":100}]})"},
        {"PUT", "/v1/receipts/r2", kReceipt},
        {"POST", "/v1/holds", R"({"member":{"card":"c1"},"unit":"points","points":1})"},
        {"POST", "/v1/events", R"({"id":"v1","kind":"visit","member":{"card":"c1"},"occurred_at":"2026-03-01T08:00:00+03:00"})"},
        {"POST", "/v1/receipts/r1/returns",
         R"({"id":"b1","occurred_at":"2026-03-01T08:50:00+03:00","lines":[{"line":1,"quantity":"1"}]})"},
        {"POST", "/v1/members", R"({"name":"Ivan","phone":"+375291112233"})"},
        {"POST", "/v1/members", R"({"name":"Ivan","email":"nastia@example.org"})"},
        {"POST", "/v1/members", R"({"name":"Ivan","card":"c1"})"}};
    for (const auto& [method, target, body] : calls) {
        const auto answer = till(method, target, body);
        EXPECT_TRUE(answer.status < 300 || answer.status == 409) << method << target << answer.body;
        expect_nothing_personal(answer.body, method + " " + target);
    }
    const auto fields_of = [](const std::string& body) {
        std::set<std::string> names;
        const auto document = json::parse(body);
        if (document && document->root().kind() == json::Kind::object) {
            for (const auto [name, value] : document->root().members()) names.emplace(name);
        }
        return names;
    };
    EXPECT_EQ(fields_of(till("GET", calls[0][1]).body),
              (std::set<std::string>{"account", "member", "programme", "balances", "lots", "holds", "level", "scales"}));
    EXPECT_EQ(fields_of(till("GET", "/v1/cards/c1").body),
              (std::set<std::string>{"number", "kind", "status", "issued_at", "member", "category", "batch", "anonymous"}));
}

}  // namespace
}  // namespace suki::server
