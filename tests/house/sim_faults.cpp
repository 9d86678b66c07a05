#include "house/sim_faults.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/portions.h"
#include "cli/zones.h"
#include "house/app_stage.h"
#include "house/sim_model.h"
#include "house/test_database.h"
#include "store/open.h"

namespace suki::house {

namespace {

constexpr const char* kProgramme = "faults";

/// The world of the fault loop: a store in a file, and an application whose every write can be made to fail.
class Fragile {
public:
    Fragile(std::string path, Instant now) : path_(std::move(path)), now_(now) { open(); }

    void open() {
        app_.reset();
        store_.reset();
        armed_ = 0;
        store_ = store::open_store({.db = path_, .now = now_});
        app::Wiring wiring;
        wiring.zones = cli::load_zone;
        wiring.now = [this] { return now_; };
        // Each attempt decides anew: there a fault that is to stay is set again.
        wiring.before_deciding = [this](const app::Command&) {
            if (armed_ > 0) store_->fail_at(armed_);
        };
        wiring.random = [this](std::span<std::uint8_t> bytes) {
            for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(chance_.next() >> 56);
        };
        app_ = std::make_unique<app::App>(*store_, wiring);
    }
    app::App& app() { return *app_; }
    store::Store& store() { return *store_; }
    /// Every attempt fails at its n-th operation, until `mend`.
    void break_writes(std::int64_t n) {
        store_->fail_at(n);
        armed_ = n;
    }
    void mend() {
        armed_ = 0;
        store_->fail_at(0);
    }

private:
    std::string path_;
    Instant now_;
    Chance chance_{1};
    std::int64_t armed_ = 0;  // only changed while the committer is idle
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<app::App> app_;
};

app::Caller caller(const std::string& key) { return {"main", "sim", key, "sim"}; }
app::MemberName named(const char* name) { return {app::NamedBy::external, name}; }

event::Receipt basket(const std::string& id, Instant at, std::int64_t amount) {
    event::Receipt receipt;
    receipt.id = receipt.number = id;
    receipt.till = "1";
    receipt.occurred_at = at;
    event::Line line;
    line.number = 1;
    line.quantity = {2000, QuantityUnit::piece};
    line.amount = Money{amount};
    receipt.lines.push_back(line);
    return receipt;
}

/// Where a command is tried: what it needs is there already.
struct Setting {
    Instant now;
    HoldId hold;
};

Setting prepare(const std::string& path) {
    Setting setting{.now = *parse_instant("2020-06-01T10:00Z"), .hold = {}};
    Fragile world(path, setting.now);
    app::App& app = world.app();
    (void)app.run({}, app::CreateOrganisation{"main", "Main"});
    const model::Rules rules{kProgramme, 0, model::Debt::below_zero, 3};
    (void)app.run(caller(""), app::PublishEdition{.document = rules.document()});
    app::CreateMember member{.programme = kProgramme};
    member.profile.external_id = "ana";
    (void)app.run(caller(""), member);
    (void)app.run(caller(""), app::RecordReceipt{
                                  .programme = kProgramme, .member = named("ana"), .receipt = basket("r1", setting.now, 12'000)});
    (void)app.run(caller(""), app::IssueCard{.programme = kProgramme, .number = "700", .kind = programme::CardKind::bearer});
    const auto hold = app.run(caller(""), app::PlaceHold{kProgramme, named("ana"), "points", Points{40}, 900});
    if (hold) setting.hold = hold->hold;
    return setting;
}

/// All that can be seen of what is kept, without the ids that chance gives.
std::string picture(Fragile& world) {
    app::App& app = world.app();
    std::string text;
    for (const char* name : {"ana", "bob"}) {
        const auto page = app.statement("main", kProgramme, named(name), {.cursor = {}, .limit = 100});
        if (!page) {
            text += std::string{name} + " " + page.error().code + "\n";
            continue;
        }
        text += std::string{name} + " " + page->member.profile.phone;
        for (const app::CardView& card : page->member.cards) text += " card " + card.number;
        for (const app::UnitBalance& b : page->member.balances) {
            text += " " + std::to_string(b.pending.minor()) + "/" + std::to_string(b.available.minor()) + "/" +
                    std::to_string(b.held.minor()) + "/" + std::to_string(b.owed.minor());
        }
        for (const app::StatementLine& line : page->lines) {
            text += "\n  " + std::string{name_of(line.entry.kind)} + " " + std::to_string(line.change.minor()) + " " +
                    line.entry.clause;
        }
        text += "\n";
        for (const app::LotView& lot : page->lots) text += "  lot " + std::to_string(lot.remaining.minor());
        for (const app::HoldView& hold : page->holds) text += "  hold " + std::to_string(hold.hold.points.minor());
    }
    for (const char* id : {"r1", "r2", "r3"}) {
        const auto receipt = app.receipt("main", kProgramme, id);
        text += std::string{"\n"} + id + " " +
                (receipt ? std::to_string(receipt->stored.returns.size()) + " returns, paid " +
                               std::to_string(receipt->stored.current.paid.minor()) + ", refunded " +
                               std::to_string(receipt->stored.refunded.minor())
                         : receipt.error().code);
    }
    const auto plan = app.plan("main", kProgramme, 2);
    text += std::string{"\nedition 2 "} + (plan ? "there" : plan.error().code);
    for (const store::PoolRow& row : world.store().pools("main", kProgramme)) {
        const auto pool = world.store().find_pool({row.org, row.programme, row.key, row.period_start});
        text += "\npool " + row.key + " " + std::to_string(pool ? app::drawn_of(*pool) : 0);
    }
    text += "\nto tell: " + std::to_string(world.store().read_outbox(1000).size());
    const app::VerifyReport report = app.verify();
    text += "\n" + std::to_string(report.accounts) + " accounts " + std::to_string(report.wallets) + " wallets " +
            std::to_string(report.entries) + " entries " + std::to_string(report.receipts) + " receipts " +
            std::to_string(report.claims) + " claims";
    for (const app::VerifyBreach& breach : report.breaches)
        text += "\nBREACH " + breach.what + " " + breach.where + " " + breach.details;
    return text;
}

struct Trial {
    const char* what;
    std::function<app::Command(const Setting&)> command;
};

const std::vector<Trial>& trials() {
    static const std::vector<Trial> all = {
        {"a receipt paid with points",
         [](const Setting& s) {
             app::RecordReceipt command{.programme = kProgramme, .member = named("ana"), .receipt = basket("r2", s.now, 8'000)};
             command.receipt.points_paid.push_back({"points", Points{30}, std::nullopt});
             return app::Command{command};
         }},
        {"a receipt paid with a hold",
         [](const Setting& s) {
             app::RecordReceipt command{.programme = kProgramme, .member = named("ana"), .receipt = basket("r3", s.now, 2'000)};
             command.receipt.points_paid.push_back({"points", Points{40}, s.hold});
             return app::Command{command};
         }},
        {"a receipt of nobody",
         [](const Setting& s) {
             return app::Command{app::RecordReceipt{.programme = kProgramme, .receipt = basket("r2", s.now, 6'000)}};
         }},
        {"a return",
         [](const Setting& s) {
             return app::Command{app::ReturnGoods{
                 kProgramme, {.id = "b1", .receipt = "r1", .occurred_at = s.now, .lines = {{1, {1000, QuantityUnit::piece}}}}}};
         }},
        {"a void",
         [](const Setting& s) {
             return app::Command{
                 app::VoidReceipt{kProgramme, {.id = "b1", .receipt = "r1", .occurred_at = s.now, .is_void = true}}};
         }},
        {"a hold",
         [](const Setting&) { return app::Command{app::PlaceHold{kProgramme, named("ana"), "points", Points{25}, 900}}; }},
        {"a confirmation", [](const Setting& s) { return app::Command{app::ConfirmHold{kProgramme, s.hold, Points{15}, "sim"}}; }},
        {"a release", [](const Setting& s) { return app::Command{app::ReleaseHold{kProgramme, s.hold}}; }},
        {"an adjustment",
         [](const Setting&) {
             return app::Command{app::Adjust{kProgramme, named("ana"), "points", Points{-90}, "sim", std::nullopt, true}};
         }},
        {"a member with a card",
         [](const Setting&) {
             app::CreateMember command{.programme = kProgramme};
             command.profile.external_id = "bob";
             command.profile.phone = "+37060000001";
             command.card = "700";
             return app::Command{command};
         }},
        {"an edition",
         [](const Setting& s) {
             const model::Rules rules{kProgramme, 14, model::Debt::below_zero, 3};
             return app::Command{
                 app::PublishEdition{.document = rules.document(), .effective_on = add_days(civil_time(s.now, 0).date, 30)}};
         }},
    };
    return all;
}

/// Where commands are tried: a database with what they need, copied for each of them.
class Copies {
public:
    virtual ~Copies() = default;
    /// The address of the one that is copied, and of the newest copy.
    [[nodiscard]] virtual std::string base() const = 0;
    [[nodiscard]] virtual std::string copy() const = 0;
    virtual void start_over() = 0;
};

class CopiesOfAFile final : public Copies {
public:
    CopiesOfAFile() {
        const std::string stem = (std::filesystem::temp_directory_path() / ("suki-sim-" + std::to_string(getpid()))).string();
        base_ = stem + "-base.db";
        path_ = stem + ".db";
        remove(base_);
    }
    ~CopiesOfAFile() override {
        for (const std::string& path : {base_, path_}) remove(path);
    }
    [[nodiscard]] std::string base() const override { return base_; }
    [[nodiscard]] std::string copy() const override { return path_; }
    void start_over() override {
        remove(path_);
        std::filesystem::copy_file(base_, path_);
    }

private:
    static void remove(const std::string& path) {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
    }
    std::string base_, path_;
};

/// Made anew each time, which gives the same: to copy and drop a database takes five times as long.
class CopiesOnPostgres final : public Copies {
public:
    [[nodiscard]] std::string base() const override { return url_; }
    [[nodiscard]] std::string copy() const override { return url_; }
    void start_over() override {
        empty_database(url_);
        (void)prepare(url_);
    }

private:
    const std::string url_ = lent_database();
};

class FaultLoop {
public:
    FaultLoop(std::int64_t faults_max, std::unique_ptr<Copies> copies)
        : faults_max_(faults_max), copies_(std::move(copies)), setting_(prepare(copies_->base())) {}

    Tally run() {
        for (const Trial& trial : trials()) {
            command_ = trial.command(setting_);
            what_ = trial.what;
            find_ends();
            refused_ = refused_but_done_ = 0;
            std::int64_t once = 1;
            while (once <= faults_max_ && try_fault(once, false)) ++once;
            std::int64_t lasting = 1;
            while (lasting <= faults_max_ && try_fault(lasting, true)) ++lasting;
            std::printf("%s: %lld faults, %lld lasting ones; refused %lld times, of which done all the same %lld\n", trial.what,
                        static_cast<long long>(once - 1), static_cast<long long>(lasting - 1), static_cast<long long>(refused_),
                        static_cast<long long>(refused_but_done_));
            std::fflush(stdout);
            // Otherwise the loop would have tried nothing.
            if (refused_ == 0) complain(lasting, true, "no fault made it be refused", "");
            if (once <= 2) complain(once, false, "no fault came", "");
        }
        return tally_;
    }

private:
    /// What is kept before the command, and after it went well.
    void find_ends() {
        copies_->start_over();
        Fragile world(copies_->copy(), setting_.now);
        absent_ = picture(world);
        const auto answer = world.app().run_any(caller("key"), command_);
        world.open();
        done_ = picture(world);
        if (!answer) complain(0, false, "without faults it is refused: " + answer.error().code, "");
        if (done_ == absent_) complain(0, false, "without faults it changes nothing", done_);
        if (done_.find("BREACH") != std::string::npos) complain(0, false, "without faults the books are not in order", done_);
    }
    /// False when the command was done before the fault came.
    bool try_fault(std::int64_t n, bool is_lasting) {
        copies_->start_over();
        Fragile world(copies_->copy(), setting_.now);
        if (is_lasting)
            world.break_writes(n);
        else
            world.store().fail_at(n);
        const auto answer = world.app().run_any(caller("key"), command_);
        const bool came = world.app().figures().store_faults > 0;
        world.mend();
        world.open();
        const std::string after = picture(world);
        bool is_good = true;
        const auto expect = [&](bool holds, const std::string& what, const std::string& seen) {
            if (!holds && is_good) complain(n, is_lasting, what, seen), is_good = false;
        };
        if (!answer) ++refused_;
        if (!answer && after == done_) ++refused_but_done_;
        expect(after == absent_ || after == done_, "it is neither done nor absent", after);
        if (answer)
            expect(after == done_, "it was answered, and is not there", after);
        else
            expect(answer.error().code == "store_unavailable", "it is refused: " + answer.error().code, after);
        const auto again = world.app().run_any(caller("key"), command_);
        expect(again.has_value(), "sent again it is refused: " + (again ? std::string{} : again.error().code), after);
        const std::string ended = picture(world);
        expect(ended == done_, "sent again it ends elsewhere", ended);
        world.open();
        expect(picture(world) == done_, "after another restart it ends elsewhere", picture(world));
        if (is_good) ++tally_.passed;
        return came;
    }
    void complain(std::int64_t n, bool is_lasting, const std::string& what, const std::string& seen) {
        ++tally_.failed;
        std::printf("%s, fault at operation %lld%s: %s\n--- absent\n%s\n--- done\n%s\n--- seen\n%s\n", what_.c_str(),
                    static_cast<long long>(n), is_lasting ? " of every attempt" : "", what.c_str(), absent_.c_str(), done_.c_str(),
                    seen.c_str());
    }

    std::int64_t faults_max_;
    std::unique_ptr<Copies> copies_;
    Setting setting_;
    app::Command command_;
    std::string what_, absent_, done_;
    std::int64_t refused_ = 0;
    std::int64_t refused_but_done_ = 0;
    Tally tally_;
};

}  // namespace

Tally run_faults(std::int64_t faults_max, bool is_postgres) {
    if (faults_max == 0) return {};
    if (is_postgres) return FaultLoop{faults_max, std::make_unique<CopiesOnPostgres>()}.run();
    return FaultLoop{faults_max, std::make_unique<CopiesOfAFile>()}.run();
}

}  // namespace suki::house
