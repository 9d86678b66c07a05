#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "cli/import_common.h"
#include "cli/sorter.h"
#include "event/receipt.h"

/// From rows of a file to whole receipts.
namespace suki::cli {

extern const std::vector<Field> kReceiptFields;

/// One line with the head of its receipt, as read from one row.
struct ReadRow {
    event::Receipt head;  // with exactly one line
    std::string member;
    SourceRow source;
    /// The row can't be used and is in the rejects already: of `head` only the id means something.
    bool is_rejected = false;
};

/// A whole receipt with its rows.
struct ReadReceipt {
    event::Receipt receipt;
    std::string member;
    std::vector<SourceRow> sources;
    bool is_incomplete = false;  // other rows of it were rejected
};

std::string pack_row(const ReadRow& row);
ReadRow unpack_row(std::string_view bytes);
std::string pack_receipt(const ReadReceipt& receipt);
ReadReceipt unpack_receipt(std::string_view bytes);

/// Whose a receipt is, as a sort key.
std::string owner_key(const ReadReceipt& receipt);

/// Reads the rows of one file by its mapping.
class RowReader {
public:
    struct Options {
        int exponent = 2;       // decimals of the currency
        const Zone* zone = {};  // of times without an offset
        TimeOfDay time;         // of dates without a time
    };
    RowReader(const OpenImport& file, Options options) : file_(file), options_(options) {}

    /// Why the row can't be used; kEmpty for one that sells nothing for nothing; nothing for a good one. The id of the receipt is
    /// read also where something else is wrong with the row, as long as it has all its fields.
    std::string read(const CsvRow& row, std::uint64_t number, ReadRow& read) const;
    static constexpr std::string_view kEmpty = "empty";

private:
    [[nodiscard]] std::string read_head(const CsvRow& row, std::uint64_t number, ReadRow& read) const;
    [[nodiscard]] std::string read_line(const CsvRow& row, std::uint64_t number, event::Line& line) const;
    [[nodiscard]] std::string read_numbers(const CsvRow& row, std::uint64_t number, event::Line& line) const;

    const OpenImport& file_;
    Options options_;
};

/// Puts rows together that name the same receipt and follow one another. All rows of a receipt must agree on everything but the
/// goods, and on its date in the zone; of several times the earliest is the receipt's. No more than one receipt is in memory, and
/// of one with too many lines no more than may be.
class ReceiptGrouper {
public:
    struct Sinks {
        std::function<void(ReadReceipt)> whole;
        std::function<void(const SourceRow&, const std::string&)> rejected;  // row, reason
    };
    ReceiptGrouper(const Zone& zone, Sinks sinks) : zone_(zone), sinks_(std::move(sinks)) {}

    void add(ReadRow row);
    /// After the last row, and by `add` between two receipts.
    void close();
    /// Receipts so far, and those of them that went to the rejects whole.
    [[nodiscard]] std::uint64_t receipts() const { return receipts_; }
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    [[nodiscard]] std::string contradiction(const ReadRow& row) const;
    void refuse(const std::string& reason);

    const Zone& zone_;
    Sinks sinks_;
    std::string id_;
    ReadReceipt open_;
    std::string refusal_;  // why no more rows of this receipt are taken
    std::uint64_t receipts_ = 0;
    std::uint64_t refused_ = 0;
};

}  // namespace suki::cli
