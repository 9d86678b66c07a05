#include "cli/receipt_rows.h"

#include <algorithm>

#include "app/codec.h"
#include "base/limits.h"
#include "event/check.h"

namespace suki::cli {

const std::vector<Field> kReceiptFields{{"receipt"},
                                        {"member"},
                                        {"card"},
                                        {"at"},
                                        {"store"},
                                        {"till"},
                                        {"number"},
                                        {"channel"},
                                        {"sku"},
                                        {"title"},
                                        {"category"},
                                        {"brand"},
                                        {"batch"},
                                        {"tags"},
                                        {"unit"},
                                        {"deposit"},
                                        {"no_points"},
                                        {"no_discount"},
                                        {"quantity", true},
                                        {"amount", true},
                                        {"unit_price", true},
                                        {"tax", true},
                                        {"cost", true},
                                        {"till_discount", true}};

// In the namespace of its type, where the codec of lists looks for it.
template <class C>
void fields(C& codec, SourceRow& v) {
    codec(v.line);
    codec(v.text);
}

namespace {

/// Whether a line names its unit is no part of a receipt as it is packed elsewhere, where that is decided already.
template <class C>
void units_named(C& codec, event::Receipt& receipt) {
    for (event::Line& line : receipt.lines) codec(line.has_unit);
}

template <class C>
void fields(C& codec, ReadRow& v) {
    codec(v.head);
    units_named(codec, v.head);
    codec(v.member);
    codec(v.source);
    codec(v.is_rejected);
}
template <class C>
void fields(C& codec, ReadReceipt& v) {
    codec(v.receipt);
    units_named(codec, v.receipt);
    codec(v.member);
    codec(v.sources);
    codec(v.is_incomplete);
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

std::string problem_text(const event::Problem& problem) {
    constexpr std::string_view line = "/lines/0";
    std::string_view pointer = problem.pointer;
    if (pointer.substr(0, line.size()) == line) pointer.remove_prefix(line.size());
    if (!pointer.empty()) pointer.remove_prefix(1);
    return std::string{pointer == "id" ? "receipt" : pointer} + ": " + std::string{name_of(problem.code)};
}

}  // namespace

std::string pack_row(const ReadRow& row) { return to_bytes(row); }
ReadRow unpack_row(std::string_view bytes) { return from_bytes<ReadRow>(bytes); }
std::string pack_receipt(const ReadReceipt& receipt) { return to_bytes(receipt); }
ReadReceipt unpack_receipt(std::string_view bytes) { return from_bytes<ReadReceipt>(bytes); }

std::string owner_key(const ReadReceipt& receipt) {
    if (!receipt.member.empty()) return "m" + receipt.member;
    if (!receipt.receipt.card.empty()) return "c" + receipt.receipt.card;
    return "r" + receipt.receipt.id;
}

// -- Rows -------------------------------------------------------------------------------------------------------------------

std::string RowReader::read(const CsvRow& row, std::uint64_t number, ReadRow& read) const {
    read.source = {row.line, std::string{row.text}};
    std::string reason = flaw_of(row, file_.reader);
    if (reason.empty()) reason = read_head(row, number, read);
    if (!reason.empty()) return reason;
    event::Line line;
    reason = read_line(row, number, line);
    if (!reason.empty()) return reason;
    read.head.lines.push_back(std::move(line));
    // What the receipt would be refused for if this were its only line is this row's fault alone.
    if (const auto checked = event::check_receipt(read.head); !checked) return problem_text(checked.error().front());
    return {};
}

std::string RowReader::read_head(const CsvRow& row, std::uint64_t number, ReadRow& read) const {
    const auto text = [&](std::string_view field) { return file_.mapping.text(field, row, number); };
    event::Receipt& head = read.head;
    head.id = text("receipt");
    if (head.id.empty()) return "the row names no receipt";
    read.member = text("member");
    if (read.member.size() > limits::code_bytes) return "member: text_too_long";
    head.card = text("card");
    const std::string at = text("at");
    const auto instant = parse_file_time(at, *options_.zone, options_.time);
    if (!instant) return shown(at) + " is not a time such as 2026-03-01 14:05, 01.03.2026 or 2026-03-01T14:05:00Z";
    head.occurred_at = *instant;
    head.store = text("store");
    head.till = text("till");
    head.number = text("number");
    head.channel = text("channel");
    return {};
}

std::string RowReader::read_line(const CsvRow& row, std::uint64_t number, event::Line& line) const {
    const auto text = [&](std::string_view field) { return file_.mapping.text(field, row, number); };
    line.number = 1;
    line.sku = text("sku");
    line.title = text("title");
    line.category = category_path(text("category"));
    line.brand = text("brand");
    line.batch = text("batch");
    if (file_.mapping.has("tags")) {
        line.has_tags = true;
        line.tags = split(text("tags"), '|');
    }
    const std::string unit = text("unit");
    line.has_unit = !unit.empty();
    if (line.has_unit) {
        const auto known = from_name<QuantityUnit>(unit);
        if (!known) return shown(unit) + " is not a unit (piece, kg, l, m)";
        line.quantity.unit = *known;
    }
    if (std::string reason = read_numbers(row, number, line); !reason.empty()) return reason;
    for (const auto& [field, flag] :
         {std::pair{"deposit", &line.is_deposit}, {"no_points", &line.no_points}, {"no_discount", &line.no_discount}}) {
        const auto value = parse_flag(text(field));
        if (!value) return shown(text(field)) + " is neither yes nor no";
        *flag = *value;
    }
    return {};
}

std::string RowReader::read_numbers(const CsvRow& row, std::uint64_t row_number, event::Line& line) const {
    std::string reason;
    const auto number = [&](std::string_view field, int decimals) -> std::optional<std::int64_t> {
        auto value = file_.mapping.number(field, row, row_number, decimals, file_.rounding);
        if (value) return *value;
        if (reason.empty()) reason = value.error();
        return std::nullopt;
    };
    line.quantity.milli = number("quantity", 3).value_or(1000);
    auto amount = number("amount", options_.exponent);
    if (const auto price = number("unit_price", options_.exponent); price && !amount) {
        // A price times a weight is rounded by every till, so it is here also without --round.
        const auto scaled = scale(Money{*price}, Ratio{line.quantity.milli, 1000}, file_.rounding.value_or(Rounding::half_up));
        if (!scaled) return "the amount is too large";
        amount = scaled->minor();
    }
    line.tax = Money{number("tax", options_.exponent).value_or(0)};
    line.till_discount = Money{number("till_discount", options_.exponent).value_or(0)};
    if (const auto cost = number("cost", options_.exponent)) line.cost = Money{*cost};
    if (!reason.empty()) return reason;
    if (!amount) return "the row has no amount";
    line.amount = Money{*amount};
    if (line.quantity.milli == 0 && *amount == 0) return std::string{kEmpty};
    if (line.quantity.milli <= 0) return "the quantity is not positive";
    if (*amount < 0) return "the amount is negative";
    return {};
}

// -- Receipts ---------------------------------------------------------------------------------------------------------------

void ReceiptGrouper::add(ReadRow row) {
    if (row.head.id != id_) {
        close();
        id_ = row.head.id;
    }
    if (row.is_rejected) {
        open_.is_incomplete = true;
        return;
    }
    if (refusal_.empty() && !open_.sources.empty()) refusal_ = contradiction(row);
    if (!refusal_.empty()) {
        refuse(refusal_);
        sinks_.rejected(row.source, refusal_);
        return;
    }
    event::Receipt& receipt = open_.receipt;
    event::Line line = std::move(row.head.lines.front());
    line.number = static_cast<std::uint32_t>(receipt.lines.size() + 1);
    if (open_.sources.empty()) {
        open_.member = std::move(row.member);
        receipt = std::move(row.head);
        receipt.lines.clear();
    } else {
        receipt.occurred_at = std::min(receipt.occurred_at, row.head.occurred_at);
    }
    receipt.lines.push_back(std::move(line));
    open_.sources.push_back(std::move(row.source));
}

/// What two rows of one receipt say differently, as the reason why none of its rows can be used.
std::string ReceiptGrouper::contradiction(const ReadRow& row) const {
    const event::Receipt& there = open_.receipt;
    const event::Receipt& here = row.head;
    const auto reason = [&](std::string_view what, const std::string& a, const std::string& b) {
        return "the rows of receipt " + shown(there.id) + " name two " + std::string{what} + ", " + shown(a) + " and " + shown(b) +
               "; where ids are used again, make them different: --map receipt={STORE}-{DATE}-{ID}, say";
    };
    const Date before = local_date(zone_, there.occurred_at);
    const Date now = local_date(zone_, here.occurred_at);
    if (open_.member != row.member) return reason("members", open_.member, row.member);
    if (there.card != here.card) return reason("cards", there.card, here.card);
    if (before != now) return reason("dates", date_text(before), date_text(now));
    if (there.store != here.store) return reason("stores", there.store, here.store);
    if (there.till != here.till) return reason("tills", there.till, here.till);
    if (there.number != here.number) return reason("numbers", there.number, here.number);
    if (there.channel != here.channel) return reason("channels", there.channel, here.channel);
    if (there.lines.size() == limits::lines_per_receipt) {
        return "receipt " + shown(there.id) + " has more than " + std::to_string(limits::lines_per_receipt) + " lines";
    }
    return {};
}

/// Sends away what was kept of the open receipt.
void ReceiptGrouper::refuse(const std::string& reason) {
    for (const SourceRow& source : open_.sources) sinks_.rejected(source, reason);
    open_.sources.clear();
    open_.receipt.lines.clear();
}

void ReceiptGrouper::close() {
    const bool is_refused = !refusal_.empty();
    if (is_refused) ++refused_;
    if (is_refused || !open_.sources.empty()) ++receipts_;
    if (!is_refused && !open_.sources.empty()) sinks_.whole(std::move(open_));
    open_ = {};
    refusal_.clear();
    id_.clear();
}

}  // namespace suki::cli
