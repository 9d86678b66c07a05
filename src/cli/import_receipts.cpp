#include <cstdlib>
#include <iostream>

#include "app/codec.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "cli/import_common.h"
#include "cli/sorter.h"
#include "cli/zones.h"

namespace suki::cli {

namespace {

const std::vector<std::string> kFields{"receipt", "member",  "card",          "at",      "store",     "till",
                                       "number",  "channel", "sku",           "title",   "category",  "brand",
                                       "batch",   "tags",    "quantity",      "unit",    "amount",    "unit_price",
                                       "tax",     "cost",    "till_discount", "deposit", "no_points", "no_discount"};
constexpr std::size_t kCommandsAtOnce = 1'000;

/// A row of the file, kept so that a receipt that is refused can be written to the rejects as it stood.
struct SourceRow {
    std::uint64_t line = 0;
    std::string text;
};
template <class C>
void fields(C& codec, SourceRow& v) {
    codec(v.line);
    codec(v.text);
}
/// One line with the head of its receipt, as read from one row.
struct ReadRow {
    event::Receipt head;  // with exactly one line
    std::string member;
    SourceRow source;
};
template <class C>
void fields(C& codec, ReadRow& v) {
    codec(v.head);
    codec(v.member);
    fields(codec, v.source);
}
/// A whole receipt with its rows.
struct ReadReceipt {
    event::Receipt receipt;
    std::string member;
    std::vector<SourceRow> sources;
};
template <class C>
void fields(C& codec, ReadReceipt& v) {
    codec(v.receipt);
    codec(v.member);
    codec(v.sources);
}

template <class T>
std::string to_bytes(const T& value) {
    ByteWriter out;
    app::Packer packer{out};
    fields(packer, const_cast<T&>(value));  // a packer only reads
    return out.bytes();
}
template <class T>
T from_bytes(std::string_view bytes) {
    ByteReader in{bytes};
    app::Unpacker unpacker{in};
    T value{};
    fields(unpacker, value);
    SUKI_CHECK(in.is_at_end());
    return value;
}

/// Whose a receipt is, as a sort key: the owner's receipts must follow one another.
std::string owner_key(const std::string& member, const event::Receipt& receipt) {
    if (!member.empty()) return "m" + member;
    if (!receipt.card.empty()) return "c" + receipt.card;
    return "r" + receipt.id;
}

struct Counts {
    std::uint64_t rows = 0, empty_lines = 0, receipts = 0, committed = 0, repeats = 0, rejected_receipts = 0, discrepancies = 0;
};

class ReceiptImport {
public:
    explicit ReceiptImport(const ImportOptions& options)
        : options_(options),
          opened_(open_place(options.place, false)),
          programme_(programme_of(options.place, *opened_.app)),
          file_(open_import(options, kFields, {"receipt", "at"})) {
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
    }

    int run() {
        const std::size_t memory = static_cast<std::size_t>(options_.memory_mib) << 20;
        const char* folder = std::getenv("TMPDIR");
        const std::string temporary = folder == nullptr ? "/tmp" : folder;
        ExternalSorter receipts(temporary, memory / 2);
        {
            ExternalSorter rows(temporary, memory / 2);
            read(rows);
            group(rows, receipts);
        }
        receipts.finish();
        commit(receipts);
        report();
        return file_.rejects.count() == 0 ? 0 : 1;
    }

private:
    // -- Rows --------------------------------------------------------------------------------------------------------------

    void read(ExternalSorter& rows) {
        Progress progress("reading " + options_.file, file_.reader.bytes_total());
        while (const CsvRow* row = file_.reader.next()) {
            ++counts_.rows;
            ReadRow read;
            const std::string reason = read_row(*row, read);
            if (reason == "empty") {
                ++counts_.empty_lines;
            } else if (!reason.empty()) {
                file_.rejects.add(row->line, reason, row->text);
            } else {
                std::string key;
                append_key(key, owner_key(read.member, read.head));
                append_key(key, read.head.id);
                rows.add(key, to_bytes(read));
            }
            progress.at(file_.reader.bytes_read(), counts_.rows);
        }
        must_be_read(file_.reader, options_.file);
        rows.finish();
        progress.finish(counts_.rows);
    }

    /// Why the row can't be used; `empty` for one that sells nothing for nothing.
    std::string read_row(const CsvRow& row, ReadRow& read) {
        const Mapping& map = file_.mapping;
        const auto text = [&](std::string_view field) { return map.text(field, row, counts_.rows); };
        if (!is_valid_text(row.text)) return "the row is not UTF-8 text";
        if (row.fields.size() != file_.reader.header().size()) return "the row has another number of fields than the header";
        event::Receipt& head = read.head;
        head.id = text("receipt");
        if (head.id.empty()) return "the row names no receipt";
        read.member = text("member");
        head.card = text("card");
        const auto at = parse_file_time(text("at"), *zone_, time_);
        if (!at) return "`" + text("at").substr(0, 40) + "` is not a time";
        head.occurred_at = *at;
        head.store = text("store");
        head.till = text("till");
        head.number = text("number");
        head.channel = text("channel");
        event::Line line;
        std::string reason = read_line(row, line);
        if (!reason.empty()) return reason;
        head.lines.push_back(std::move(line));
        read.source = {row.line, std::string{row.text}};
        return {};
    }

    std::string read_line(const CsvRow& row, event::Line& line) {
        const Mapping& map = file_.mapping;
        const auto text = [&](std::string_view field) { return map.text(field, row, counts_.rows); };
        line.sku = text("sku");
        line.title = text("title");
        line.category = text("category");
        line.brand = text("brand");
        line.batch = text("batch");
        if (map.has("tags")) {
            line.has_tags = true;
            std::string tag;
            for (const char c : text("tags") + "|") {
                if (c != '|')
                    tag += c;
                else if (!tag.empty())
                    line.tags.push_back(std::exchange(tag, {}));
            }
        }
        if (const std::string unit = text("unit"); !unit.empty()) {
            const auto known = from_name<QuantityUnit>(unit);
            if (!known) return "`" + unit.substr(0, 40) + "` is not a unit (piece, kg, l, m)";
            line.quantity.unit = *known;
        }
        std::string reason;
        const auto number = [&](std::string_view field, int decimals) -> std::optional<std::int64_t> {
            auto value = map.number(field, row, decimals, file_.rounding);
            if (value) return *value;
            if (reason.empty()) reason = value.error();
            return std::nullopt;
        };
        line.quantity.milli = number("quantity", 3).value_or(1000);
        auto amount = number("amount", plan_->exponent);
        if (const auto price = number("unit_price", plan_->exponent); price && !amount) {
            const auto scaled = scale(Money{*price}, Ratio{line.quantity.milli, 1000}, Rounding::half_up);
            if (!scaled) return "the amount is too large";
            amount = scaled->minor();
        }
        line.tax = Money{number("tax", plan_->exponent).value_or(0)};
        line.till_discount = Money{number("till_discount", plan_->exponent).value_or(0)};
        if (const auto cost = number("cost", plan_->exponent)) line.cost = Money{*cost};
        if (!reason.empty()) return reason;
        if (!amount) return "the row has no amount";
        line.amount = Money{*amount};
        if (line.quantity.milli == 0 && *amount == 0) return "empty";
        if (line.quantity.milli <= 0) return "the quantity is not positive";
        if (*amount < 0) return "the amount is negative";
        for (const auto& [field, flag] :
             {std::pair{"deposit", &line.is_deposit}, {"no_points", &line.no_points}, {"no_discount", &line.no_discount}}) {
            const auto value = parse_flag(text(field));
            if (!value) return "`" + text(field).substr(0, 40) + "` is neither yes nor no";
            *flag = *value;
        }
        return {};
    }

    // -- Receipts ----------------------------------------------------------------------------------------------------------

    /// The rows of one receipt follow one another now: they become its lines, in the order of the file.
    void group(ExternalSorter& rows, ExternalSorter& receipts) {
        std::string key;
        std::string payload;
        std::string open_key;
        ReadReceipt open;
        const auto close = [&] {
            if (open.sources.empty()) return;
            ++counts_.receipts;
            std::string sort_key;
            append_key(sort_key, owner_key(open.member, open.receipt));
            append_key(sort_key, open.receipt.occurred_at.us);
            append_key(sort_key, open.receipt.id);
            receipts.add(sort_key, to_bytes(open));
            open = {};
        };
        while (rows.next(key, payload)) {
            auto row = from_bytes<ReadRow>(payload);
            if (key != open_key) {
                close();
                open_key = key;
                open.member = row.member;
                open.receipt = row.head;
                open.receipt.lines.clear();
            }
            open.receipt.occurred_at = std::min(open.receipt.occurred_at, row.head.occurred_at);
            event::Line line = std::move(row.head.lines.front());
            line.number = static_cast<std::uint32_t>(open.receipt.lines.size() + 1);
            open.receipt.lines.push_back(std::move(line));
            open.sources.push_back(std::move(row.source));
        }
        close();
    }

    void commit(ExternalSorter& receipts) {
        Progress progress("recording receipts", receipts.size());
        std::string key;
        std::string payload;
        std::vector<ReadReceipt> batch;
        std::uint64_t done = 0;
        while (receipts.next(key, payload)) {
            batch.push_back(from_bytes<ReadReceipt>(payload));
            ++done;
            if (batch.size() == kCommandsAtOnce) {
                record(batch);
                progress.at(done, done);
            }
        }
        record(batch);
        progress.finish(done);
    }

    void record(std::vector<ReadReceipt>& batch) {
        std::vector<app::Command> commands;
        commands.reserve(batch.size());
        for (ReadReceipt& read : batch) {
            app::RecordReceipt command;
            command.programme = programme_;
            if (!read.member.empty())
                command.member = {app::NamedBy::external, read.member};
            else if (!read.receipt.card.empty())
                command.member = {app::NamedBy::card, read.receipt.card};
            command.receipt = read.receipt;
            command.is_import = true;
            command.edition = options_.edition;
            command.as_history = options_.as_history;
            command.creates_member = !options_.keeps_unknown_members && !read.member.empty();
            commands.emplace_back(std::move(command));
        }
        const auto answers = opened_.app->run_many(caller_of(options_.place), std::move(commands));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (!answers[i]) {
                ++counts_.rejected_receipts;
                const std::string reason = sentence(answers[i].error());
                for (const SourceRow& source : batch[i].sources) file_.rejects.add(source.line, reason, source.text);
                continue;
            }
            const auto& answer = std::get<app::ReceiptAnswer>(*answers[i]);
            ++(answer.is_repeat ? counts_.repeats : counts_.committed);
            counts_.discrepancies += answer.discrepancies.empty() ? 0 : 1;
        }
        batch.clear();
    }

    void report() const {
        std::cout << counts_.rows << " rows, " << counts_.receipts << " receipts: " << counts_.committed << " recorded, "
                  << counts_.repeats << " already there, " << counts_.rejected_receipts << " refused; " << counts_.empty_lines
                  << " empty lines skipped";
        if (counts_.discrepancies > 0) std::cout << "; " << counts_.discrepancies << " receipts with discrepancies";
        std::cout << '\n';
        if (file_.rejects.count() > 0) std::cout << file_.rejects.count() << " rows rejected: " << file_.rejects.path() << '\n';
        if (!plan_->pools.empty()) {
            std::cout
                << "limits and budgets of the whole programme are not enforced in an import: receipts come owner by owner, not in "
                   "the order of time\n";
        }
    }

    ImportOptions options_;
    Opened opened_;
    std::string programme_;
    OpenImport file_;
    programme::PlanPointer plan_;
    ZonePointer zone_;
    TimeOfDay time_;
    Counts counts_;
};

}  // namespace

int import_receipts(const ImportOptions& options) { return ReceiptImport(options).run(); }

}  // namespace suki::cli
