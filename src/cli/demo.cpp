#include "cli/demo_history.h"

#include <atomic>
#include <filesystem>
#include <iostream>
#include <utility>

#include "base/embedded.h"
#include "cli/verbs.h"
#include "cli/zones.h"
#include "store/open.h"

namespace suki::cli {

namespace {

constexpr const char* kDocument = "examples/meat-works-till.yaml";

std::string_view document() {
    const auto* file = embedded::find(kDocument);
    if (file == nullptr) throw UsageError{"this binary was built without the demo's document"};
    return file->bytes;
}

/// A demo is loaded into a new database: what a cut-off one left is not the demo, and a second one is refused card by card. Nothing
/// is written, and the database is closed again: the demo opens it with the clock of its history.
void refuse_used(Place place) {
    if (!store::is_postgres(place.db) && !std::filesystem::exists(place.db)) return;
    place.programme.clear();
    place.organisation.clear();
    const Opened opened = open_place(place, false);
    for (const std::string& organisation : opened.app->organisations()) {
        for (const app::ProgrammeView& programme : opened.app->programmes(organisation)) {
            throw UsageError{"the database holds the programme " + programme.id +
                             ", and the demo wants one of its own: name a new one with --db"};
        }
    }
}

/// Loads a history as though it had been lived: the application's clock is the history's.
class DemoLoader {
public:
    DemoLoader(const DemoHistory& history, const Place& place, std::uint64_t seed)
        : history_(history), place_(place), accounts_(seed), clock_us_(midnight_utc(add_days(history.starts_on, -7)).us) {
        // Nobody's data: a load that is cut off is made again, so it need not wait for the disk.
        const auto now = [this] { return Instant{clock_us_.load()}; };
        // Made one after the other on the committer's thread, so that a link to a member holds for every demo of one seed.
        const auto with_same_ids = [this](app::Wiring& wiring) {
            wiring.new_account = [this] { return AccountId{{accounts_.next(), accounts_.next()}}; };
        };
        opened_ = open_place(place, true, now, false, with_same_ids);
    }

    void run() {
        prepare();
        Progress progress("demo history", history_.events.size());
        std::uint64_t done = 0;
        std::vector<app::Command> batch;
        std::int64_t swept_us = clock_us_;
        for (const DemoEvent& event : history_.events) {
            // A day's events go together; whatever asks about a balance first needs what came before it.
            const bool is_new_day = !batch.empty() && event.at.us - batch_started_us_ > kDayUs / 2;
            if (is_new_day || event.wants_to_pay_with_points || batch.size() >= 500) flush(batch);
            if (batch.empty()) batch_started_us_ = event.at.us;
            if (event.at.us - swept_us > 30 * kDayUs) {
                flush(batch);
                sweep();
                swept_us = event.at.us;
            }
            batch.push_back(command_of(event));
            latest_us_ = event.at.us;
            if (event.wants_to_pay_with_points) flush(batch);
            ++done;
            progress.at(done, done);
        }
        flush(batch);
        sweep();
        progress.finish(done);
        std::cerr << receipts_ << " receipts, " << returns_ << " returns, " << history_.members.size() << " members, " << paid_
                  << " payments with points; " << refused_ << " refused\n";
    }

    [[nodiscard]] std::int64_t refused() const { return refused_; }

private:
    template <class C>
    void must(C command) {
        const auto answer = opened_.app->run(caller_of(place_), std::move(command));
        if (!answer) throw UsageError{"the demo can't be loaded: " + sentence(answer.error())};
    }

    void prepare() {
        app::PublishEdition edition;
        edition.document = document();
        edition.effective_on = history_.starts_on;
        edition.allow_past = true;
        must(std::move(edition));
        must(app::ImportProducts{history_.products});
        must(app::ImportStores{history_.stores});
    }

    app::Command command_of(const DemoEvent& event) {
        if (event.joins) {
            const DemoMember& member = history_.members[*event.joins];
            app::CreateMember command;
            command.programme = place_.programme;
            command.profile = member.profile;
            command.card = member.card;
            return command;
        }
        if (event.goods_back) return *event.goods_back;
        app::RecordReceipt command = *event.receipt;
        if (event.wants_to_pay_with_points) {
            clock_us_ = std::max(clock_us_.load(), event.at.us);
            pay_with_points(command);
        }
        return command;
    }

    /// As a till does it: asks what could be spent, and spends half of it or all.
    void pay_with_points(app::RecordReceipt& command) {
        const auto quote =
            opened_.app->quote(place_.organisation, app::Quote{command.programme, command.member, command.receipt, false});
        if (!quote) return;
        for (const app::UnitPoints& spendable : quote->spendable) {
            if (spendable.points <= Points{0}) continue;
            command.receipt.points_paid.push_back({spendable.unit, spendable.points, std::nullopt});
            ++paid_;
        }
    }

    void flush(std::vector<app::Command>& batch) {
        if (batch.empty()) return;
        // Tills are online in the demo: what happened is recorded within the half day, and never before it happened.
        clock_us_ = std::max(clock_us_.load(), latest_us_);
        for (const app::Command& command : batch) {
            receipts_ += std::holds_alternative<app::RecordReceipt>(command) ? 1 : 0;
            returns_ += std::holds_alternative<app::ReturnGoods>(command) ? 1 : 0;
        }
        for (const auto& answer : opened_.app->run_many(caller_of(place_), std::move(batch))) {
            if (answer) continue;
            if (++refused_ <= 5) std::cerr << "refused: " << sentence(answer.error()) << '\n';
        }
        batch.clear();
    }

    void sweep() {
        for (;;) {
            const auto answer = opened_.app->run(caller_of(place_), app::Sweep{});
            if (!answer || answer->is_done) return;
        }
    }

    const DemoHistory& history_;
    const Place& place_;
    DemoRandom accounts_;
    std::atomic<std::int64_t> clock_us_;
    Opened opened_;
    std::int64_t batch_started_us_ = 0;
    std::int64_t latest_us_ = 0;
    std::int64_t receipts_ = 0;
    std::int64_t returns_ = 0;
    std::int64_t paid_ = 0;
    std::int64_t refused_ = 0;
};

}  // namespace

int load_demo(const DemoOptionsCli& options) {
    Place place = options.place;
    place.programme = "meat-works";
    const ZonePointer zone = load_zone("Europe/Minsk");
    if (!zone) throw UsageError{"the system has no time zone database (package tzdata)"};
    refuse_used(place);
    const DemoHistory history = make_demo_history({options.seed, options.members, options.years, place.programme}, *zone);
    DemoLoader loader(history, place, options.seed);
    loader.run();
    return loader.refused() == 0 ? 0 : 1;
}

}  // namespace suki::cli
