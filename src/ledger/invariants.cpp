#include <map>
#include <string>

#include "ledger/ledger.h"

/// The checkers know the data and nothing of the code that posts: they share no function with it and use plain 128-bit sums.
namespace suki::ledger {

namespace {

using Wide = __int128;

std::string number(Wide value) {
    if (value == 0) return "0";
    const bool is_negative = value < 0;
    std::string digits;
    for (; value != 0; value /= 10) {
        const auto digit = static_cast<int>(value % 10);
        digits.insert(digits.begin(), static_cast<char>('0' + (is_negative ? -digit : digit)));
    }
    return is_negative ? "-" + digits : digits;
}

std::array<Wide, 4> sums_of(const Wallet& wallet) {
    std::array<Wide, 4> sums{};
    for (const Lot& lot : wallet.lots) sums[lot.is_mature ? 1 : 0] += lot.remaining.minor();
    for (const Hold& hold : wallet.holds) {
        for (const Draw& draw : hold.draws) sums[2] += draw.taken.minor();
    }
    sums[3] = -static_cast<Wide>(wallet.owed.minor());
    return sums;
}

void check_legs(const std::vector<Entry>& entries, std::vector<Breach>& breaches) {
    for (const Entry& entry : entries) {
        Wide sum = 0;
        for (const Points points : entry.legs) sum += points.minor();
        if (sum != 0) breaches.push_back({Invariant::legs_sum_to_zero, entry.id.text() + " sums to " + number(sum)});
    }
}

void check_books(const Wallet& before, const std::vector<Entry>& entries, const Wallet& after, std::vector<Breach>& breaches) {
    std::array<Wide, 4> expected = sums_of(before);
    for (const Entry& entry : entries) {
        for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += entry.legs[i].minor();
    }
    const std::array<Wide, 4> found = sums_of(after);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (expected[i] == found[i]) continue;
        breaches.push_back({Invariant::books_equal_lots, std::string{name_of(static_cast<Book>(i))} + " is " + number(found[i]) +
                                                             ", its entries say " + number(expected[i])});
    }
}

void check_lots(const Wallet& wallet, std::vector<Breach>& breaches) {
    Wide sum = wallet.owed.minor();
    for (const Lot& lot : wallet.lots) {
        sum += lot.remaining.minor();
        if (lot.remaining.minor() <= 0 || lot.remaining > lot.original || lot.id.is_nil()) {
            breaches.push_back({Invariant::lots_within_bounds,
                                lot.id.text() + " has " + number(lot.remaining.minor()) + " of " + number(lot.original.minor())});
        }
    }
    for (const Hold& hold : wallet.holds) sum += hold.points.minor();
    if (sum > kAmountMax) breaches.push_back({Invariant::lots_within_bounds, "all together " + number(sum)});
    for (std::size_t i = 1; i < wallet.lots.size(); ++i) {
        const Lot& a = wallet.lots[i - 1];
        const Lot& b = wallet.lots[i];
        // `never` sorts behind every instant.
        const std::int64_t a_us = a.expires_at ? a.expires_at->us : INT64_MAX;
        const std::int64_t b_us = b.expires_at ? b.expires_at->us : INT64_MAX;
        if (a_us > b_us || (a_us == b_us && !(a.id < b.id))) {
            breaches.push_back({Invariant::lots_in_spending_order, a.id.text() + " before " + b.id.text()});
        }
    }
    std::map<LotId, int> seen;
    for (const Lot& lot : wallet.lots) {
        if (++seen[lot.id] == 2) breaches.push_back({Invariant::lots_in_spending_order, lot.id.text() + " stands twice"});
    }
}

void check_holds(const Wallet& wallet, std::vector<Breach>& breaches) {
    for (std::size_t i = 0; i < wallet.holds.size(); ++i) {
        const Hold& hold = wallet.holds[i];
        Wide sum = 0;
        bool is_sound = hold.points.minor() > 0 && !hold.id.is_nil();
        for (const Draw& draw : hold.draws) {
            sum += draw.taken.minor();
            is_sound = is_sound && draw.taken.minor() > 0 && draw.taken <= draw.lot.original && draw.lot.is_mature;
        }
        if (!is_sound || sum != hold.points.minor()) {
            breaches.push_back({Invariant::holds_equal_draws,
                                hold.id.text() + " holds " + number(hold.points.minor()) + ", its draws are " + number(sum)});
        }
        if (i > 0 && !(wallet.holds[i - 1].id < hold.id)) {
            breaches.push_back({Invariant::holds_equal_draws, hold.id.text() + " is out of order or stands twice"});
        }
    }
}

/// What came back after its time stands beside a debt until the next entry lets it expire: it can't be spent and repays nothing.
void check_debt(const Wallet& wallet, const std::vector<Entry>& entries, std::vector<Breach>& breaches) {
    if (wallet.owed.minor() < 0) breaches.push_back({Invariant::debt_not_positive, "owed is " + number(wallet.owed.minor())});
    if (wallet.owed.minor() <= 0) return;
    Wide available = 0;
    for (const Lot& lot : wallet.lots) {
        const bool is_expired = lot.expires_at && !entries.empty() && *lot.expires_at <= entries.back().effective_at;
        if (lot.is_mature && !is_expired) available += lot.remaining.minor();
    }
    if (available > 0) {
        breaches.push_back(
            {Invariant::debt_not_positive, number(available) + " available beside a debt of " + number(wallet.owed.minor())});
    }
}

/// Which sign each book may have, in the order of Book: `+`, `-`, `0`, or `*` for any.
std::string_view signs_of(EntryKind kind) {
    switch (kind) {
        case EntryKind::earn:
        case EntryKind::welcome: return "++0+-0000";
        case EntryKind::mature: return "-+0+00000";
        case EntryKind::expire: return "--0000+00";
        case EntryKind::spend: return "0-0-0+000";
        case EntryKind::hold: return "0-+000000";
        case EntryKind::release: return "0+-+00000";
        case EntryKind::confirm: return "00-00+000";
        case EntryKind::return_earn: return "--0-+-000";
        case EntryKind::return_spend: return "++0+0-000";
        case EntryKind::adjust: return "-*0*000*0";
        case EntryKind::extend: return "000000000";
        case EntryKind::transfer_out: return "--0+0000*";
        case EntryKind::transfer_in: return "+*0*0000*";
    }
    return "000000000";
}

void check_kinds(const std::vector<Entry>& entries, std::vector<Breach>& breaches) {
    for (const Entry& entry : entries) {
        const std::string_view signs = signs_of(entry.kind);
        for (std::size_t i = 0; i < kBooks; ++i) {
            const std::int64_t value = entry.legs[i].minor();
            const bool is_allowed =
                value == 0 || signs[i] == '*' || (signs[i] == '+' && value > 0) || (signs[i] == '-' && value < 0);
            if (is_allowed) continue;
            breaches.push_back(
                {Invariant::kinds_touch_their_books, entry.id.text() + " of kind " + std::string{name_of(entry.kind)} + " moves " +
                                                         number(value) + " to " + std::string{name_of(static_cast<Book>(i))}});
        }
    }
}

void check_changes(const Wallet& before, const std::vector<Entry>& entries, const Wallet& after, std::vector<Breach>& breaches) {
    std::map<LotId, Wide> expected;
    for (const Lot& lot : before.lots) expected[lot.id] += lot.remaining.minor();
    for (const Entry& entry : entries) {
        Wide sum = 0;
        for (const LotChange& change : entry.lots) {
            sum += change.change.minor();
            expected[change.lot] += change.change.minor();
        }
        const Wide legs = static_cast<Wide>(entry.legs[0].minor()) + entry.legs[1].minor();
        if (sum != legs) {
            breaches.push_back({Invariant::change_equals_legs,
                                entry.id.text() + " changes lots by " + number(sum) + " and books by " + number(legs)});
        }
    }
    for (const Lot& lot : after.lots) expected[lot.id] -= lot.remaining.minor();
    for (const auto& [lot, difference] : expected) {
        if (difference == 0) continue;
        breaches.push_back(
            {Invariant::change_equals_legs, lot.text() + " differs by " + number(-difference) + " from its changes"});
    }
}

}  // namespace

std::vector<Breach> check_posting(const Wallet& before, const std::vector<Entry>& entries, const Wallet& after) {
    std::vector<Breach> breaches;
    check_legs(entries, breaches);
    check_books(before, entries, after, breaches);
    check_lots(after, breaches);
    check_holds(after, breaches);
    check_debt(after, entries, breaches);
    check_kinds(entries, breaches);
    check_changes(before, entries, after, breaches);
    return breaches;
}

Legs books_of(const Wallet& wallet) {
    Legs legs{};
    const std::array<Wide, 4> sums = sums_of(wallet);
    for (std::size_t i = 0; i < sums.size(); ++i) legs[i] = Points{static_cast<std::int64_t>(sums[i])};
    return legs;
}

}  // namespace suki::ledger
