#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "cli/receipt_rows.h"
#include "cli/zones.h"

namespace suki::cli {

namespace {

struct Counts {
    std::uint64_t rows = 0, empty_lines = 0, recorded = 0, repeats = 0, refused = 0, incomplete = 0, left_out = 0,
                  discrepancies = 0, new_members = 0, lost_to_pools = 0, late = 0;
};

std::size_t bytes_of(const ImportOptions& options) { return static_cast<std::size_t>(options.memory_mib) << 20; }

class ReceiptImport {
public:
    explicit ReceiptImport(const ImportOptions& options)
        : options_(options),
          opened_(open_place(options.place, false, system_now, true,
                             // Half sorts; the other half, which sorted rows before the first receipt is recorded, keeps accounts.
                             [&options](app::Wiring& wiring) { wiring.account_bytes = bytes_of(options) / 2; })),
          programme_(programme_of(options.place, *opened_.app)),
          sender_(*opened_.app, caller_of(options.place)),
          file_(open_import(options, kReceiptFields, {"receipt", "at"})) {
        const auto plan = opened_.app->plan(options.place.organisation, programme_, options.edition);
        if (!plan) throw UsageError{sentence(plan.error())};
        plan_ = *plan;
        if (!file_.mapping.has("amount") && !file_.mapping.has("unit_price")) {
            throw UsageError{"nothing says where `amount` comes from; add --map amount=COLUMN"};
        }
        zone_ = options.zone.empty() ? plan_->zone : load_zone(options.zone);
        if (!zone_) throw UsageError{"--zone " + options.zone + " is not a time zone"};
        const auto time = parse_time_of_day(options.time);
        if (!time || time->minutes >= 24 * 60) throw UsageError{"--time wants a time such as 12:00"};
        time_ = *time;
        // Without points nothing is drawn from anybody's pool.
        if (!options.as_history) find_shared_limits();
    }

    int run() {
        const std::size_t memory = bytes_of(options_);
        const char* folder = std::getenv("TMPDIR");
        const std::string temporary = folder == nullptr ? "/tmp" : folder;
        ExternalSorter receipts(temporary, memory / 2);
        {
            ExternalSorter rows(temporary, memory / 2);
            read(rows);
            group(rows, receipts);
        }
        receipts.finish();
        // What sorting gave back in small pieces lies in the heap otherwise, beside all that accounts take.
        malloc_trim(0);
        commit(receipts);
        file_.rejects.finish();
        report();
        return file_.rejects.count() == 0 ? 0 : 1;
    }

private:
    /// Limits and budgets of the whole programme go to whoever comes first, so where any edition has them the receipts come in the
    /// order of time (DESIGN.md 13). Else they come owner by owner, which writes each account once for many receipts.
    void find_shared_limits() {
        const std::string& organisation = options_.place.organisation;
        has_shared_limits_ = !plan_->pools.empty();
        if (options_.edition != 0) return;
        for (const app::ProgrammeView& programme : opened_.app->programmes(organisation)) {
            if (programme.id != programme_) continue;
            for (const app::EditionView& edition : programme.editions) {
                const auto plan = opened_.app->plan(organisation, programme_, edition.edition);
                has_shared_limits_ = has_shared_limits_ || (plan && !(*plan)->pools.empty());
            }
        }
    }

    /// By the id of their receipts.
    void read(ExternalSorter& rows) {
        Progress progress("reading " + options_.file, file_.reader.bytes_total());
        const RowReader reader(file_, {.exponent = plan_->exponent, .zone = zone_.get(), .time = time_});
        while (const CsvRow* row = file_.reader.next()) {
            ++counts_.rows;
            ReadRow read;
            const std::string reason = reader.read(*row, counts_.rows, read);
            if (reason == RowReader::kEmpty) {
                ++counts_.empty_lines;
            } else if (!reason.empty()) {
                file_.rejects.add(*row, reason);
                if (!read.head.id.empty()) add(rows, {.head = {.id = read.head.id}, .is_rejected = true});
            } else {
                add(rows, read);
            }
            progress.at(file_.reader.bytes_read(), counts_.rows);
        }
        if (file_.reader.problem() != CsvReader::Problem::none) {
            throw UsageError{options_.file + ": " + file_.reader.problem_text() + "; nothing of it is recorded"};
        }
        rows.finish();
        progress.finish(counts_.rows);
    }

    static void add(ExternalSorter& rows, const ReadRow& row) {
        std::string key;
        append_key(key, row.head.id);
        rows.add(key, pack_row(row));
    }

    void group(ExternalSorter& rows, ExternalSorter& receipts) {
        ReceiptGrouper grouper(
            *zone_, {.whole = [&](ReadReceipt receipt) { keep(receipts, std::move(receipt)); },
                     .rejected = [&](const SourceRow& row, const std::string& reason) { file_.rejects.add(row, reason); }});
        std::string key;
        std::string payload;
        while (rows.next(key, payload)) grouper.add(unpack_row(payload));
        grouper.close();
        receipts_ = grouper.receipts();
        counts_.refused = grouper.refused();
    }

    /// In the order in which they are to be recorded.
    void keep(ExternalSorter& receipts, ReadReceipt receipt) {
        if (receipt.is_incomplete && options_.whole_receipts) {
            for (const SourceRow& row : receipt.sources) {
                file_.rejects.add(row, "another row of receipt " + shown(receipt.receipt.id) + " can't be used");
            }
            ++counts_.left_out;
            return;
        }
        std::string key;
        if (has_shared_limits_) append_key(key, receipt.receipt.occurred_at.us);
        append_key(key, owner_key(receipt));
        if (!has_shared_limits_) append_key(key, receipt.receipt.occurred_at.us);
        append_key(key, receipt.receipt.id);
        receipts.add(key, pack_receipt(receipt));
    }

    void commit(ExternalSorter& receipts) {
        Progress progress("recording receipts", receipts.size());
        std::string key;
        std::string payload;
        std::vector<ReadReceipt> batch;
        std::uint64_t done = 0;
        while (receipts.next(key, payload)) {
            batch.push_back(unpack_receipt(payload));
            ++done;
            if (batch.size() == Sender::kAtOnce) {
                record(batch);
                progress.at(done, done);
            }
        }
        record(batch);
        progress.finish(done);
    }

    [[nodiscard]] app::RecordReceipt command_of(const ReadReceipt& read) const {
        app::RecordReceipt command;
        command.programme = programme_;
        if (!read.member.empty())
            command.member = {app::NamedBy::external, read.member};
        else if (!read.receipt.card.empty())
            command.member = {app::NamedBy::card, read.receipt.card};
        command.receipt = read.receipt;
        command.is_import = true;
        command.is_dated_back = true;
        command.edition = options_.edition;
        command.as_history = options_.as_history;
        command.creates_member = !options_.keeps_unknown_members && command.member.by != app::NamedBy::nobody;
        return command;
    }

    void record(std::vector<ReadReceipt>& batch) {
        const auto answers = sender_.send(batch.size(), [&](std::size_t i) { return command_of(batch[i]); });
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (!answers[i]) {
                ++counts_.refused;
                const std::string reason = sentence(answers[i].error());
                for (const SourceRow& source : batch[i].sources) file_.rejects.add(source, reason);
                continue;
            }
            count(std::get<app::ReceiptAnswer>(*answers[i]), batch[i]);
        }
        batch.clear();
    }

    void count(const app::ReceiptAnswer& answer, const ReadReceipt& receipt) {
        if (answer.is_repeat) {
            ++counts_.repeats;
            return;
        }
        ++counts_.recorded;
        counts_.incomplete += receipt.is_incomplete ? 1 : 0;
        counts_.discrepancies += answer.discrepancies.empty() ? 0 : 1;
        counts_.new_members += answer.is_new_member ? 1 : 0;
        counts_.late += answer.recorded_at.us - receipt.receipt.occurred_at.us > kSecondUs ? 1 : 0;
        for (const event::Decision& decision : answer.outcome.decisions) {
            const bool is_lost_to_all =
                decision.verdict == event::Verdict::lost_to_limit && decision.winner == name_of(programme::LimitScope::programme);
            counts_.lost_to_pools += is_lost_to_all || decision.verdict == event::Verdict::lost_to_budget ? 1 : 0;
        }
    }

    void report() const {
        std::cout << counts_.rows << " rows, " << receipts_ << " receipts: " << counts_.recorded << " recorded, " << counts_.repeats
                  << " already there, " << counts_.refused << " refused; " << counts_.empty_lines << " empty lines skipped";
        if (counts_.discrepancies > 0) std::cout << "; " << counts_.discrepancies << " receipts with discrepancies";
        std::cout << '\n';
        if (file_.rejects.count() > 0) std::cout << file_.rejects.count() << " rows rejected: " << file_.rejects.path() << '\n';
        if (counts_.left_out > 0) {
            std::cout << counts_.left_out << " receipts left out, because a row of theirs was rejected\n";
        }
        if (counts_.incomplete > 0) {
            std::cout
                << counts_.incomplete
                << " receipts recorded without their rejected rows; --whole leaves such receipts out until all their rows are "
                   "right\n";
        }
        if (counts_.late > 0 && !options_.as_history) {
            std::cout
                << counts_.late
                << " receipts are recorded later than they happened, as something of later was recorded for their members before: "
                   "points that run out or are kept by purchases are judged as of then; import the oldest file first, and while no "
                   "server runs\n";
        }
        if (counts_.new_members > 0) {
            std::cout << counts_.new_members << " new members" << (plan_->welcome.empty() ? "" : ", without welcome points")
                      << '\n';
        }
        if (has_shared_limits_ && counts_.recorded > 0) {
            std::cout << "limits and budgets of the whole programme were decided in the order of time, within this file: "
                      << counts_.lost_to_pools << " offers lost to them\n";
        }
    }

    ImportOptions options_;
    Opened opened_;
    std::string programme_;
    Sender sender_;
    OpenImport file_;
    programme::PlanPointer plan_;
    ZonePointer zone_;
    TimeOfDay time_;
    bool has_shared_limits_ = false;
    std::uint64_t receipts_ = 0;
    Counts counts_;
};

}  // namespace

int import_receipts(const ImportOptions& options) { return ReceiptImport(options).run(); }

}  // namespace suki::cli
