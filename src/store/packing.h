#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows.h"

/// How rows become columns, whatever the database.
namespace suki::store {

/// The owner's state and wallets, sealed together with the row's key, so that a row that was damaged or mixed up with another is
/// noticed.
std::string pack_state(const StateRow& row);
/// Fills state and wallets of a row whose other columns were read. False when the bytes are damaged or belong to another row.
bool unpack_state(std::string_view packed, StateRow& row);

/// Over every column of the row.
std::int64_t checksum_of(const EntryRow& row);
std::int64_t checksum_of(const ReceiptRow& row);
std::int64_t checksum_of(const RecordRow& row);

std::string pack_facts(const account::Facts& facts);
bool unpack_facts(std::string_view packed, account::Facts& facts);
std::string pack_lots(const std::vector<ledger::LotChange>& lots);
bool unpack_lots(std::string_view packed, std::vector<ledger::LotChange>& lots);
std::string pack_texts(const std::vector<std::string>& texts);
bool unpack_texts(std::string_view packed, std::vector<std::string>& texts);
std::string pack_localised(const LocalisedText& text);
bool unpack_localised(std::string_view packed, LocalisedText& text);

std::string pack_audit_heads(const std::vector<AuditHead>& heads);
bool unpack_audit_heads(std::string_view packed, std::vector<AuditHead>& heads);

/// The balances beside the packed wallet.
WalletRow wallet_row(const StateRow& row, const ledger::Wallet& wallet);

struct SearchWord {
    std::string field;
    std::string word;
    friend auto operator<=>(const SearchWord&, const SearchWord&) = default;
};
/// A text in the form in which texts are compared: no capitals, no accents.
std::string folded_text(std::string_view text);
/// Its words; points, apostrophes, `@`, `_` and `+` belong to them.
std::vector<std::string> folded_words(std::string_view text);
/// Only the digits.
std::string digits_of(std::string_view text);
/// What a member is found by, without cards; sorted, none twice.
std::vector<SearchWord> search_words(const MemberRow& member);

}  // namespace suki::store
