#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "app/codec.h"
#include "fixture.h"

/// One story in which every kind of command is done at least once, the same each time.
namespace suki::app {

/// What was done, and all of what was answered: the moment of recording and every id too.
struct Step {
    std::string label;
    std::string_view word;  // of the command
    std::string said;
    friend bool operator==(const Step&, const Step&) = default;
};

inline constexpr std::string_view kSetAside = "0123456789abcdef";

/// Set aside before the application starts, so that there is something to release.
inline void set_something_aside(store::Store& store) {
    store::Batch batch;
    batch.quarantine.push_back({.key = {.org = "foods", .command_hash = sha256(kSetAside)},
                                .command = "record_receipt",
                                .subject = "r0",
                                .reason = "a test",
                                .recorded_at = at(2, 1)});
    store.commit(batch);
}

class EveryCommand {
public:
    /// `before` and `after` each step.
    EveryCommand(App& app, std::atomic<std::int64_t>& now, std::function<void()> before, std::function<void(const Step&)> after)
        : app_(app), now_(now), before_(std::move(before)), after_(std::move(after)) {}

    void play() {
        set_up();
        people();
        cards();
        benefits();
        levels();
        gifts();
        recognition();
        trade_ins();
        occasions();
        memberships();
        referrals();
        households();
        goods();
        points();
        two_owners();
        books();
        access();
        for (std::size_t kind = 0; kind < std::variant_size_v<Command>; ++kind) {
            EXPECT_TRUE(done_.contains(kind)) << "the story does not do the command of number " << kind;
        }
    }
    static MemberName named(const std::string& external) { return {.by = NamedBy::external, .value = external}; }

private:
    static Caller who(std::string key) {
        return {.organisation = "foods", .api_key = "test", .idempotency_key = std::move(key), .author = "tester"};
    }
    template <class C>
    Answered<typename C::answer_type> ask(const std::string& label, C command, bool is_to_succeed = true) {
        before_();
        // A second for each, as at a till.
        now_ += kSecondUs;
        done_.insert(Command{command}.index());
        auto answer = app_.run(who("k " + label), std::move(command));
        EXPECT_EQ(answer.has_value(), is_to_succeed) << label << ": " << (answer ? "" : answer.error().code);
        after_({.label = label, .word = C::word, .said = answer ? to_hex(packed(*answer)) : answer.error().code});
        return answer;
    }
    template <class C>
    void run(const std::string& label, C command, bool is_to_succeed = true) {
        (void)ask(label, std::move(command), is_to_succeed);
    }
    static event::Receipt sale(const std::string& id, std::int64_t amount, const std::string& category = "bread") {
        event::Receipt sold{.id = id, .store = "s1", .till = "t1", .number = id, .occurred_at = at(3, 1), .channel = "till"};
        sold.lines.push_back(
            {.number = 1, .sku = "a", .category = category, .quantity = {2000, QuantityUnit::piece}, .amount = Money{amount}});
        return sold;
    }
    RecordReceipt receipt(const std::string& member, const std::string& id, std::int64_t amount) {
        return {.programme = "club", .member = named(member), .receipt = sale(id, amount)};
    }
    event::Return back(const std::string& id, const std::string& of) {
        return {.id = id,
                .receipt = of,
                .occurred_at = Instant{now_.load()},
                .lines = {{.line = 1, .quantity = {1000, QuantityUnit::piece}}}};
    }
    Adjust adjust(const std::string& member, std::int64_t points) {
        return {.programme = "club", .member = named(member), .unit = "points", .points = Points{points}, .reason = "a test"};
    }

    void set_up() {
        run("organisation", CreateOrganisation{.id = "others", .title = "Others"});
        run("publish", PublishEdition{.document = club(), .allow_past = true});
        std::string second = club();
        second.replace(second.find("3 per 1 BYN"), 11, "4 per 1 BYN");
        run("products", ImportProducts{.products = {{.sku = "a", .category = "bread"}, {.sku = "b", .category = "tea"}}});
        run("stores", ImportStores{.stores = {{.id = "s1", .title = "One"}}});
        run("release", ReleaseQuarantined{.id = to_hex(sha256(kSetAside))});
        run("publish again", PublishEdition{.document = second, .effective_on = *make_date(2026, 9, 1), .allow_past = true});
    }
    void people() {
        for (const std::string name : {"ana", "bob", "eve", "dan"}) {
            CreateMember command{.programme = "club", .profile = {.name = name, .external_id = name}};
            command.profile.phone = "+37529100000" + std::to_string(name.size() + static_cast<std::size_t>(name[0]) % 7);
            command.profile.email = name + "@example.com";
            command.card = "card-" + name;
            const auto made = ask("create " + name, command);
            if (made) members_[name] = made->member;
        }
        run("create ana again", CreateMember{.programme = "club", .profile = {.external_id = "ana"}}, false);
        PatchMember patch{.programme = "club", .member = members_["bob"]};
        patch.phone = "+375291999999";
        patch.email = "";
        run("patch", patch);
        run("issue to bob", IssueCard{.programme = "club", .number = "card-2", .member = named("bob")});
        run("issue to nobody", IssueCard{.programme = "club", .number = "card-3", .kind = programme::CardKind::category});
        run("block", BlockCard{.programme = "club", .number = "card-2"});
        run("replace", ReplaceCard{.programme = "club", .number = "card-2", .replacement = "card-4"});
    }
    /// In a programme with gifts.
    void gifts() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: shop");
        document.insert(document.find("offers:"), "gifts: {cup: {instead: [pen]}, pen: {}}\n");
        document.insert(document.find("spend:\n") + 7, "  cup: {points: 5, gift: cup}\n");
        run("publish the shop", PublishEdition{.document = document, .allow_past = true});
        run("join the shop", CreateMember{.programme = "shop", .profile = {.external_id = "sue"}});
        Adjust points{.programme = "shop", .member = named("sue"), .unit = "points", .points = Points{100}};
        points.reason = "a test";
        run("give points", points);
        MoveGiftStock stock{.programme = "shop", .gift = "cup", .store = "s1", .move = StockMove::received, .count = 5};
        run("deliver cups", stock);
        stock.gift = "pen";
        run("deliver pens", stock);
        stock.move = StockMove::written_off;
        stock.count = 1;
        stock.reason = "broken";
        run("write off", stock);
        OrderGift order{.programme = "shop", .member = named("sue"), .gift = "cup", .count = 1, .store = "s1"};
        const auto fetched = ask("order", order);
        const auto dropped = ask("order another", order);
        order.is_present = true;
        order.reason = "a test";
        run("give one", order);
        EndGiftOrder end{.programme = "shop", .member = named("sue")};
        if (fetched) {
            end.order = fetched->id;
            end.substitute = "pen";
            run("hand over", end);
            end.substitute.clear();
            end.end = GiftOrderEnd::take_back;
            end.reason = "a test";
            run("take back", end);
        }
        if (dropped) {
            end.order = dropped->id;
            end.end = GiftOrderEnd::cancel;
            run("cancel", end);
        }
    }
    /// In a programme of colleagues.
    void recognition() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: crew");
        document.insert(document.find("offers:"), "recognition: {thanks: {allowance: 100 points per calendar month}}\n");
        run("publish the crew", PublishEdition{.document = document, .allow_past = true});
        for (const std::string name : {"may", "ned"}) {
            run("join the crew " + name, CreateMember{.programme = "crew", .profile = {.external_id = name}});
        }
        GiveRecognition thank{.programme = "crew", .member = named("may"), .to = named("ned"), .kind = "thanks"};
        thank.points = Points{30};
        thank.message = "well done";
        const auto given = ask("thank", thank);
        thank.points = Points{71};
        run("thank too much", thank, false);
        if (!given) return;
        run("withdraw thanks",
            WithdrawRecognition{.programme = "crew", .member = named("ned"), .recognition = given->id, .reason = "a test"});
    }
    /// In a programme that takes things in.
    void trade_ins() {
        using engine::TradeItemStep;
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: attic");
        document.insert(document.find("offers:"), "trade_in: {shoes: {unit: points, prices: {boots: {good: 8 BYN}}}}\n");
        run("publish the attic", PublishEdition{.document = document, .allow_past = true});
        run("join the attic", CreateMember{.programme = "attic", .profile = {.external_id = "tim"}});
        const HandInItem boots{.programme = "attic", .member = named("tim"), .trade_in = "shoes", .article = "boots"};
        const auto sold = ask("hand in", boots);
        const auto undone = ask("hand in another", boots);
        if (!sold || !undone) return;
        for (const TradeItemStep step : {TradeItemStep::offer, TradeItemStep::accept, TradeItemStep::sell}) {
            ChangeTradeItem change{.programme = "attic", .member = named("tim"), .item = sold->id, .step = step};
            change.grade = "good";
            change.price = Money{1500};
            run("trade in: " + std::string{name_of(step)}, change);
        }
        for (const TradeItemStep step : {TradeItemStep::offer, TradeItemStep::accept, TradeItemStep::undo}) {
            ChangeTradeItem change{.programme = "attic", .member = named("tim"), .item = undone->id, .step = step};
            change.grade = "good";
            change.reason = "a test";
            run("trade in again: " + std::string{name_of(step)}, change);
        }
    }
    /// In a programme where a benefit lets in.
    void occasions() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: hall");
        document.insert(document.find("offers:"), "benefits: {tasting: {kind: access, members: 5 per year}}\n");
        run("publish the hall", PublishEdition{.document = document, .allow_past = true});
        for (const char* name : {"ina", "ken", "lou", "max"}) {
            run(std::string{"join the hall "} + name, CreateMember{.programme = "hall", .profile = {.external_id = name}});
        }
        CreateOccasion arrange{.programme = "hall", .terms = {.title = {.any = "A tasting"}}};
        arrange.terms.starts_at = {now_.load() + 86'400 * kSecondUs};
        arrange.terms.ends_at = {now_.load() + 2 * 86'400 * kSecondUs};
        arrange.terms.waiting_most = 3;
        arrange.terms.access = OccasionAccess::benefit;
        arrange.terms.benefit = "tasting";
        const auto made = ask("arrange", arrange);
        if (!made) return;
        TakeSeat take{.programme = "hall", .member = named("ina"), .occasion = made->id};
        run("take a seat", take);
        take.member = named("ken");
        run("wait in line", take);
        take.member = named("lou");
        run("wait as well", take);
        take.member = named("max");
        take.is_invited = true;
        take.reason = "a test";
        run("invite", take);
        CheckIn come{.programme = "hall", .member = named("ina"), .occasion = made->id};
        run("come in", come);
        come.is_undone = true;
        come.reason = "a test";
        run("go out again", come);
        run("leave the seat", LeaveSeat{.programme = "hall", .member = named("ina"), .occasion = made->id});
        arrange.terms.capacity = 2;
        run("make room", ChangeOccasion{.programme = "hall", .occasion = made->id, .terms = arrange.terms});
        run("cancel the occasion", CancelOccasion{.programme = "hall", .occasion = made->id, .reason = "a test"});
    }
    /// In a programme with a membership that costs something.
    void memberships() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: grill");
        document.insert(document.find("offers:"),
                        "memberships: {grill: {fee: 5 BYN per month, grace: 7 days, pause: {up_to: 9 days}}}\n");
        run("publish the grill", PublishEdition{.document = document, .allow_past = true});
        run("join the grill", CreateMember{.programme = "grill", .profile = {.external_id = "gus"}});
        const auto joined =
            ask("join a membership", JoinMembership{.programme = "grill", .member = named("gus"), .membership = "grill"});
        if (!joined) return;
        ReportPayment report{.programme = "grill", .member = named("gus"), .request = joined->request};
        report.result = PaymentResult::failed;
        run("fail to pay", report);
        report.result = PaymentResult::paid;
        run("pay the fee", report);
        ChangeMembership change{.programme = "grill", .member = named("gus"), .membership = joined->id};
        run("pause", change);
        change.change = MembershipChange::resume;
        run("resume", change);
        change.change = MembershipChange::end;
        run("end", change);
        change.change = MembershipChange::keep;
        run("keep", change);
    }
    /// In a programme in which members bring friends.
    void referrals() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: pals");
        document.insert(document.find("offers:") + 8, "  bring: {when: {referral: first purchase}, give: {points: {both: 30}}}\n");
        run("publish the pals", PublishEdition{.document = document, .allow_past = true});
        run("join the pals", CreateMember{.programme = "pals", .profile = {.external_id = "kim"}});
        const auto code = ask("ask for a code", GiveReferralCode{.programme = "pals", .member = named("kim")});
        if (!code) return;
        CreateMember joins{.programme = "pals", .profile = {.external_id = "lea"}};
        joins.referred_by = code->code;
        run("join by a code", joins);
        run("join without one", CreateMember{.programme = "pals", .profile = {.external_id = "max"}});
        run("say who brought them",
            NameReferrer{.programme = "pals", .member = named("max"), .referred_by = code->code, .reason = "a test"});
        RecordReceipt bought{.programme = "pals", .member = named("lea"), .receipt = sale("pal-1", 3'000)};
        run("buy as a friend", bought);
        event::Return whole = back("pal-2", "pal-1");
        whole.lines.clear();
        whole.is_void = true;
        run("take it back", VoidReceipt{.programme = "pals", .what = whole});
    }
    /// In a programme with a matrix of benefits.
    void benefits() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: kind");
        document.insert(document.find("offers:"),
                        "benefits: {tour: {kind: access, book: yes, members: 1 per year}, "
                        "box: {kind: service, keeps: 1 month, members: yes}}\n");
        run("publish the kind", PublishEdition{.document = document, .allow_past = true});
        run("join the kind", CreateMember{.programme = "kind", .profile = {.external_id = "kim"}});
        const UseBenefit use{.programme = "kind", .member = named("kim"), .benefit = "tour", .store = "s1"};
        const auto used = ask("use the tour", use);
        run("use the tour again", use, false);
        const auto granted =
            ask("grant a tour", GrantBenefit{.programme = "kind", .member = named("kim"), .benefit = "tour", .reason = "a test"});
        run("use what was granted", use);
        const auto more =
            ask("grant another", GrantBenefit{.programme = "kind", .member = named("kim"), .benefit = "tour", .reason = "a test"});
        if (used)
            run("undo the use", EndBenefitUse{.programme = "kind", .member = named("kim"), .use = used->id, .reason = "a test"});
        const auto kept = ask("hand in a box", UseBenefit{.programme = "kind",
                                                          .member = named("kim"),
                                                          .benefit = "box",
                                                          .store = "s1",
                                                          .note = {},
                                                          .booked_for = {},
                                                          .item = "a box",
                                                          .shelf = "A-1"});
        if (kept) {
            EndBenefitUse end{.programme = "kind", .member = named("kim"), .use = kept->id, .end = BenefitUseEnd::move};
            end.shelf = "B-2";
            run("move the box", end);
            end.end = BenefitUseEnd::collect;
            run("collect the box", end);
        }
        if (granted && more) {
            run("revoke what was used",
                RevokeBenefit{.programme = "kind", .member = named("kim"), .grant = granted->id, .reason = "a test"}, false);
            run("revoke a grant",
                RevokeBenefit{.programme = "kind", .member = named("kim"), .grant = more->id, .reason = "a test"});
        }
    }
    void levels() {
        const GrantLevel grant{
            .programme = "kind", .member = named("kim"), .level = "friend", .match = {}, .until = {}, .reason = "a test"};
        const auto granted = ask("grant a level", grant);
        run("grant it again", grant);
        if (!granted) return;
        const EndLevelGrant end{.programme = "kind", .member = named("kim"), .grant = granted->id, .reason = "a test"};
        run("end the grant", end);
        run("end it again", end, false);
    }
    /// In a programme that offers households, with an offer that each person may use once.
    void households() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: home");
        document.insert(document.find("offers:"), "household: {people: 3}\n");
        document.insert(document.find("spend:\n  at_till"),
                        "  once: {when: {category: jam}, give: {points: 7}, limit: 1 per member}\n");
        run("publish the home", PublishEdition{.document = document, .allow_past = true});
        for (const std::string name : {"hal", "ivy"}) {
            CreateMember command{.programme = "home", .profile = {.name = name, .external_id = name}, .card = "home-" + name};
            run("be at home " + name, command);
        }
        const auto bought = [&](const std::string& id) {
            RecordReceipt sold{.programme = "home", .receipt = sale(id, 2'000, "jam")};
            sold.receipt.card = "home-ivy";
            return sold;
        };
        run("buy before joining", bought("h1"));
        run("join the household",
            JoinHousehold{.programme = "home", .member = named("ivy"), .to = named("hal"), .reason = "a test"});
        run("join it again", JoinHousehold{.programme = "home", .member = named("ivy"), .to = named("hal"), .reason = "a test"},
            false);
        run("buy by a card of before", bought("h2"));
        run("let the owner pay",
            SetHousehold{.programme = "home", .member = named("hal"), .pays = HouseholdPays::owner, .reason = "a test"});
        run("let another pay",
            SetHousehold{.programme = "home", .member = named("ivy"), .pays = HouseholdPays::owner, .reason = "a test"}, false);
        run("leave the household", LeaveHousehold{.programme = "home", .member = named("ivy"), .reason = "a test"});
        run("leave it again", LeaveHousehold{.programme = "home", .member = named("ivy"), .reason = "a test"}, false);
        RecordReceipt later{.programme = "home", .member = named("ivy"), .receipt = sale("h3", 2'000, "jam")};
        run("buy after leaving", later);
        event::Return whole = back("h4", "h1");
        whole.lines.clear();
        whole.is_void = true;
        run("bring back after leaving", VoidReceipt{.programme = "home", .what = whole});
    }
    /// In a programme whose cards have numbers of its own, and gather.
    void cards() {
        std::string document = club();
        document.replace(document.find("id: club"), 8, "id: carded");
        document.insert(document.find("offers:"), "cards: {number: {digits: 13, prefix: \"29\"}, bearer: gathers}\n");
        run("publish the carded", PublishEdition{.document = document, .allow_past = true});
        const auto batch = ask("cards of nobody", MakeCards{.programme = "carded", .count = 3});
        if (batch) run("block cards of nobody", BlockCardBatch{.programme = "carded", .batch = batch->id});
        run("join the carded", CreateMember{.programme = "carded", .profile = {.external_id = "ann"}, .makes_card = true});
        for (const std::string number : {"2900000000018", "2900000000025"}) {
            run("issue " + number, IssueCard{.programme = "carded", .number = number});
            RecordReceipt sold{.programme = "carded", .receipt = sale("gathered by " + number, 4'000)};
            sold.receipt.card = number;
            run("gather on " + number, sold);
        }
        run("attach", IssueCard{.programme = "carded", .number = "2900000000018", .member = named("ann")});
        run("join with a card", CreateMember{.programme = "carded", .profile = {.external_id = "ben"}, .card = "2900000000025"});
    }
    void goods() {
        run("buy", receipt("ana", "r1", 12'000));
        run("buy again", receipt("ana", "r1", 12'000));
        run("buy other", receipt("ana", "r1", 11'000), false);
        RecordReceipt by_card{.programme = "club", .receipt = sale("r2", 4'000, "tea")};
        by_card.receipt.card = "card-bob";
        run("buy by card", by_card);
        RecordReceipt unknown = by_card;
        unknown.receipt.id = "r3";
        unknown.receipt.card = "card-of-nobody";
        run("buy by no card", unknown);
        run("buy as nobody", RecordReceipt{.programme = "club", .receipt = sale("r4", 500)});
        RecordReceipt differs = receipt("bob", "r5", 9'000);
        differs.receipt.charged = Money{1};
        run("buy at another price", differs);
        RecordReceipt exchange = receipt("ana", "r6", 3'000);
        exchange.returns.push_back(back("x1", "r1"));
        exchange.returns.front().occurred_at = exchange.receipt.occurred_at;
        run("exchange", exchange);
        run("return", ReturnGoods{.programme = "club", .what = back("x2", "r2")});
        run("return of nobody's", ReturnGoods{.programme = "club", .what = back("x3", "r4")});
        event::Return whole = back("x4", "r5");
        whole.lines.clear();
        whole.is_void = true;
        run("void", VoidReceipt{.programme = "club", .what = whole});
        run("visit", RecordActivity{.programme = "club",
                                    .member = named("ana"),
                                    .activity = {.id = "a1", .kind = "visit", .occurred_at = at(3, 1), .store = "s1"}});
    }
    void points() {
        const auto given = ask("adjust", adjust("bob", 500));
        run("adjust ana", adjust("ana", 700));
        run("adjust too much", adjust("ana", -9'000'000), false);
        if (given) {
            run("undo", UndoAdjustment{.programme = "club", .member = named("bob"), .adjustment = given->id, .reason = "a test"});
        }
        run("adjust bob", adjust("bob", 300));
        const auto hold = [this](const std::string& label) {
            return ask(label, PlaceHold{.programme = "club", .member = named("ana"), .unit = "points", .points = Points{60}});
        };
        const auto first = hold("hold");
        if (first) run("confirm", ConfirmHold{.programme = "club", .hold = first->hold, .points = Points{40}, .reason = "a test"});
        const auto second = hold("hold again");
        if (second) run("free", ReleaseHold{.programme = "club", .hold = second->hold});
        const auto third = hold("hold for a sale");
        if (third) {
            RecordReceipt paid = receipt("ana", "r7", 2'000);
            paid.receipt.points_paid.push_back({.unit = "points", .points = Points{50}, .hold = third->hold});
            run("buy with points", paid);
        }
        Quote quote{.programme = "club", .member = named("bob"), .receipt = sale("q1", 2'000), .with_hold = true};
        quote.receipt.points_paid.push_back({.unit = "points", .points = Points{20}});
        run("quote", quote);
    }
    void two_owners() {
        run("transfer", TransferPoints{.programme = "club",
                                       .member = named("ana"),
                                       .to = named("bob"),
                                       .unit = "points",
                                       .points = Points{30},
                                       .reason = "a test"});
        run("buy as dan", receipt("dan", "r8", 4'000));
        run("merge", MergeMembers{.programme = "club", .member = named("dan"), .to = named("eve"), .reason = "a test"});
        run("buy as merged", receipt("dan", "r9", 1'000));
        run("return what was bought before the merge", ReturnGoods{.programme = "club", .what = back("x5", "r8")});
        RecordReceipt exchange = receipt("bob", "r10", 3'000);
        exchange.returns.push_back(back("x6", "r7"));
        exchange.returns.front().occurred_at = exchange.receipt.occurred_at;
        run("exchange what another bought", exchange);
    }
    void books() {
        const auto open = app_.discrepancies("foods", "club", {"", 100});
        EXPECT_TRUE(open && !open->discrepancies.empty());
        if (open && !open->discrepancies.empty()) {
            run("resolve", ResolveDiscrepancy{.programme = "club", .discrepancy = open->discrepancies.front().id, .note = "seen"});
        }
        now_ += 20 * kDayUs;  // what was pending is mature
        for (int i = 0; i < 2; ++i) run("sweep " + std::to_string(i), Sweep{});
    }
    void access() {
        const auto key = ask("key", CreateApiKey{.name = "till", .scopes = {KeyScope::till}});
        if (key) run("revoke", RevokeApiKey{.id = key->id});
        run("first keys", RotateSigningKeys{});
        run("no keys are due", RotateSigningKeys{});
        run("next keys", RotateSigningKeys{.how = KeyRotation::next});
        run("lost keys", RotateSigningKeys{.how = KeyRotation::revoke});
        const auto user = ask("user", CreateUser{.name = "una"});
        run("second user", CreateUser{.name = "uri"});
        run("reset", ResetPassword{.name = "uri"});
        run("remove", RemoveUser{.name = "uri"});
        // Nobody but the user's own session changes a password: App makes the command of it.
        if (!user) return;
        const auto session = app_.sign_in("una", user->password);
        EXPECT_TRUE(session && app_.change_password(*session, user->password, "a new one that is long"));
        done_.insert(Command{ChangePassword{}}.index());
    }

    App& app_;
    std::atomic<std::int64_t>& now_;
    std::function<void()> before_;
    std::function<void(const Step&)> after_;
    std::set<std::size_t> done_;
    std::map<std::string, MemberId> members_;
};

}  // namespace suki::app
