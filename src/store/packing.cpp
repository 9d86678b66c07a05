#include "store/packing.h"

#include <algorithm>

#include "base/bytes.h"

namespace suki::store {

namespace {

constexpr std::uint64_t kVersion = 1;

void put_key(ByteWriter& out, const StateRow& row) {
    out.put_text(row.org);
    out.put_bits(row.account.bits.high, row.account.bits.low);
    out.put_text(row.programme);
    out.put(row.entries);
    out.put(row.version);
}

template <class T>
void put_optional_id(ByteWriter& out, const std::optional<T>& id) {
    out.put_bool(id.has_value());
    if (id) out.put_bits(id->bits.high, id->bits.low);
}

/// SQL knows no unsigned 64-bit number.
std::int64_t checksum(const ByteWriter& out) { return static_cast<std::int64_t>(stable_hash(out.bytes())); }

/// Unseals a packed column, reads it with `read` and checks that this took all of it.
template <class Read>
bool unpack(std::string_view packed, Read read) {
    const auto bytes = unseal(packed);
    if (!bytes) return false;
    ByteReader in{*bytes};
    if (in.get_unsigned() != kVersion) return false;
    read(in);
    return in.is_at_end();
}

template <class Write>
std::string packed(Write write) {
    ByteWriter out;
    out.put_unsigned(kVersion);
    write(out);
    return out.sealed();
}

std::optional<Instant> next_due(const ledger::Wallet& wallet) {
    std::optional<Instant> due;
    const auto consider = [&due](Instant at) { due = due ? std::min(*due, at) : at; };
    for (const ledger::Lot& lot : wallet.lots) {
        if (!lot.is_mature) consider(lot.matures_at);
        if (lot.expires_at) consider(*lot.expires_at);
    }
    for (const ledger::Hold& hold : wallet.holds) consider(hold.expires_at);
    return due;
}

}  // namespace

std::string pack_state(const StateRow& row) {
    return packed([&row](ByteWriter& out) {
        put_key(out, row);
        pack(out, row.state);
        out.put_unsigned(row.wallets.size());
        for (const ledger::Wallet& wallet : row.wallets) ledger::pack(out, wallet);
        const bool has_brought = !row.brought.empty();
        const bool has_memberships = !row.memberships.empty() || has_brought;
        const bool has_more = !row.state.grants.empty() || has_memberships;
        const bool is_shared = row.household || !row.left.empty() || has_more;
        if (row.merged.empty() && !is_shared) return;  // as rows from before there were any
        out.put_unsigned(row.merged.size());
        for (const Merged& merged : row.merged) {
            out.put_bits(merged.account.bits.high, merged.account.bits.low);
            out.put_bits(merged.into.bits.high, merged.into.bits.low);
            out.put(merged.at.us);
        }
        if (!is_shared) return;
        for (const Merged& merged : row.merged) out.put_bits(merged.member.bits.high, merged.member.bits.low);
        out.put(row.household ? 1 : 0);
        if (row.household) {
            out.put_bits(row.household->owner.bits.high, row.household->owner.bits.low);
            out.put(row.household->is_owner_paying ? 1 : 0);
            out.put(row.household->begun_at.us);
        }
        out.put_unsigned(row.left.size());
        for (const AccountId account : row.left) out.put_bits(account.bits.high, account.bits.low);
        if (!has_more) return;
        pack(out, row.state.grants);
        if (!has_memberships) return;
        out.put_unsigned(row.memberships.size());
        for (const MembershipSpan& span : row.memberships) {
            out.put_bits(span.membership.high, span.membership.low);
            out.put_bits(span.member.bits.high, span.member.bits.low);
            out.put_text(span.plan);
            out.put(span.from.us);
            out.put_bool(span.until.has_value());
            if (span.until) out.put(span.until->us);
        }
        if (!has_brought) return;
        out.put_unsigned(row.brought.size());
        for (const Brought& one : row.brought) {
            out.put_bits(one.member.bits.high, one.member.bits.low);
            out.put_bits(one.record.high, one.record.low);
            out.put_bits(one.account.bits.high, one.account.bits.low);
            out.put_bits(one.by.bits.high, one.by.bits.low);
            out.put(one.since.days);
            out.put_bool(one.is_ended);
            out.put_bool(one.is_proved);
        }
    });
}

bool unpack_state(std::string_view bytes, StateRow& row) {
    ByteWriter key;
    put_key(key, row);
    const auto whole = unseal(bytes);
    // The key's bytes stand after the version, which takes one byte.
    if (!whole || whole->substr(std::min<std::size_t>(1, whole->size()), key.bytes().size()) != key.bytes()) return false;
    ByteReader in{whole->substr(1 + key.bytes().size())};
    if (static_cast<std::uint64_t>(whole->front()) != kVersion) return false;
    row.state = account::unpack_state(in);
    const std::size_t count = in.get_count();
    row.wallets.clear();
    for (std::size_t i = 0; i < count && in.is_ok(); ++i) row.wallets.push_back(ledger::unpack_wallet(in));
    row.merged.clear();
    row.household.reset();
    row.left.clear();
    row.memberships.clear();
    row.brought.clear();
    if (in.is_at_end()) return true;
    for (std::size_t left = in.get_count(); left > 0 && in.is_ok(); --left) {
        Merged merged;
        in.get_bits(merged.account.bits.high, merged.account.bits.low);
        in.get_bits(merged.into.bits.high, merged.into.bits.low);
        merged.at.us = in.get();
        row.merged.push_back(merged);
    }
    if (in.is_at_end()) return true;
    for (Merged& merged : row.merged) in.get_bits(merged.member.bits.high, merged.member.bits.low);
    if (in.get() != 0) {
        Household household;
        in.get_bits(household.owner.bits.high, household.owner.bits.low);
        household.is_owner_paying = in.get() != 0;
        household.begun_at.us = in.get();
        row.household = household;
    }
    for (std::size_t count_left = in.get_count(); count_left > 0 && in.is_ok(); --count_left) {
        AccountId account;
        in.get_bits(account.bits.high, account.bits.low);
        row.left.push_back(account);
    }
    if (in.is_at_end()) return true;
    row.state.grants = account::unpack_grants(in);
    if (in.is_at_end()) return true;
    for (std::size_t spans = in.get_count(); spans > 0 && in.is_ok(); --spans) {
        MembershipSpan& span = row.memberships.emplace_back();
        in.get_bits(span.membership.high, span.membership.low);
        in.get_bits(span.member.bits.high, span.member.bits.low);
        span.plan = in.get_text();
        span.from.us = in.get();
        if (in.get_bool()) span.until = Instant{in.get()};
    }
    if (in.is_at_end()) return true;
    for (std::size_t left = in.get_count(); left > 0 && in.is_ok(); --left) {
        Brought& one = row.brought.emplace_back();
        in.get_bits(one.member.bits.high, one.member.bits.low);
        in.get_bits(one.record.high, one.record.low);
        in.get_bits(one.account.bits.high, one.account.bits.low);
        in.get_bits(one.by.bits.high, one.by.bits.low);
        one.since.days = static_cast<std::int32_t>(in.get());
        one.is_ended = in.get_bool();
        one.is_proved = in.get_bool();
    }
    return in.is_at_end();
}

std::int64_t checksum_of(const EntryRow& row) {
    const ledger::Entry& entry = row.entry;
    ByteWriter out;
    out.put_unsigned(kVersion);
    out.put_text(row.org);
    out.put_bits(row.account.bits.high, row.account.bits.low);
    out.put_text(row.programme);
    out.put(row.sequence);
    out.put_bits(entry.id.bits.high, entry.id.bits.low);
    out.put_text(entry.unit);
    out.put_text(name_of(entry.kind));
    out.put(entry.occurred_at.us);
    out.put(entry.recorded_at.us);
    out.put(entry.effective_at.us);
    out.put_text(entry.cause);
    out.put_text(entry.offer);
    out.put_text(entry.clause);
    out.put(entry.edition);
    for (std::size_t book = 0; book <= static_cast<std::size_t>(ledger::Book::adjusted); ++book) out.put(entry.legs[book].minor());
    // Entries from before there were transfers have no such leg.
    if (const Points leg = entry.legs[static_cast<std::size_t>(ledger::Book::transferred)]; !leg.is_zero()) out.put(leg.minor());
    pack(out, entry.lots);
    out.put_text(entry.reason);
    out.put_text(entry.author);
    return checksum(out);
}

std::int64_t checksum_of(const ReceiptRow& row) {
    ByteWriter out;
    out.put_unsigned(kVersion);
    out.put_text(row.org);
    out.put_text(row.programme);
    out.put_text(row.id);
    put_optional_id(out, row.account);
    put_optional_id(out, row.member);
    out.put_text(row.store);
    out.put(row.occurred_at.us);
    out.put(row.recorded_at.us);
    out.put(row.date.days);
    out.put(row.edition);
    out.put(row.list_total.minor());
    out.put(row.total.minor());
    out.put(row.paid.minor());
    out.put_bool(row.is_returned);
    out.put(row.version);
    out.put_text(row.packed);
    return checksum(out);
}

std::int64_t checksum_of(const RecordRow& row) {
    ByteWriter out;
    out.put_unsigned(kVersion);
    out.put_text(row.org);
    out.put_bits(row.id.high, row.id.low);
    out.put_text(row.programme);
    out.put_text(name_of(row.kind));
    put_optional_id(out, row.account);
    put_optional_id(out, row.member);
    out.put_text(row.subject);
    out.put_text(row.place);
    out.put_text(row.status);
    out.put(row.created_at.us);
    out.put_bool(row.due_at.has_value());
    if (row.due_at) out.put(row.due_at->us);
    out.put(row.version);
    out.put_text(row.packed);
    return checksum(out);
}

std::string pack_facts(const account::Facts& facts) {
    return packed([&facts](ByteWriter& out) { pack(out, facts); });
}

bool unpack_facts(std::string_view bytes, account::Facts& facts) {
    return unpack(bytes, [&facts](ByteReader& in) { facts = account::unpack_facts(in); });
}

std::string pack_lots(const std::vector<ledger::LotChange>& lots) {
    return packed([&lots](ByteWriter& out) { ledger::pack(out, lots); });
}

bool unpack_lots(std::string_view bytes, std::vector<ledger::LotChange>& lots) {
    return unpack(bytes, [&lots](ByteReader& in) { lots = ledger::unpack_lot_changes(in); });
}

std::string pack_texts(const std::vector<std::string>& texts) {
    return packed([&texts](ByteWriter& out) {
        out.put_unsigned(texts.size());
        for (const std::string& text : texts) out.put_text(text);
    });
}

bool unpack_texts(std::string_view bytes, std::vector<std::string>& texts) {
    return unpack(bytes, [&texts](ByteReader& in) {
        texts.clear();
        const std::size_t count = in.get_count();
        for (std::size_t i = 0; i < count && in.is_ok(); ++i) texts.push_back(in.get_text());
    });
}

std::string pack_audit_heads(const std::vector<AuditHead>& heads) {
    return packed([&heads](ByteWriter& out) {
        out.put_unsigned(heads.size());
        for (const AuditHead& head : heads) {
            out.put(head.chain);
            out.put(head.number);
            out.put_text({reinterpret_cast<const char*>(head.hash.data()), head.hash.size()});
        }
    });
}

bool unpack_audit_heads(std::string_view bytes, std::vector<AuditHead>& heads) {
    return unpack(bytes, [&heads](ByteReader& in) {
        heads.clear();
        const std::size_t count = in.get_count();
        for (std::size_t i = 0; i < count && in.is_ok(); ++i) {
            AuditHead& head = heads.emplace_back();
            head.chain = static_cast<int>(in.get());
            head.number = in.get();
            const std::string hash = in.get_text();
            if (hash.size() != head.hash.size()) return in.fail();
            std::copy(hash.begin(), hash.end(), head.hash.begin());
        }
    });
}

std::string pack_localised(const LocalisedText& text) {
    return packed([&text](ByteWriter& out) {
        out.put_text(text.any);
        out.put_unsigned(text.languages.size());
        for (const auto& [code, words] : text.languages) {
            out.put_text(code);
            out.put_text(words);
        }
    });
}

bool unpack_localised(std::string_view bytes, LocalisedText& text) {
    return unpack(bytes, [&text](ByteReader& in) {
        text = {};
        text.any = in.get_text();
        const std::size_t count = in.get_count();
        for (std::size_t i = 0; i < count && in.is_ok(); ++i) {
            std::string code = in.get_text();
            text.languages.emplace_back(std::move(code), in.get_text());
        }
    });
}

WalletRow wallet_row(const StateRow& row, const ledger::Wallet& wallet) {
    const ledger::Legs books = ledger::books_of(wallet);
    const auto book = [&books](ledger::Book which) { return books[static_cast<std::size_t>(which)]; };
    return {.org = row.org,
            .account = row.account,
            .programme = row.programme,
            .unit = wallet.unit,
            .pending = book(ledger::Book::pending),
            .available = book(ledger::Book::available),
            .held = book(ledger::Book::held),
            .owed = wallet.owed,
            .next_due_at = next_due(wallet)};
}

}  // namespace suki::store
