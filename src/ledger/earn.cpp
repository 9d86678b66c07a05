#include <algorithm>
#include <limits>
#include <string>

#include "ledger/draft.h"

namespace suki::ledger {

using detail::Draft;
using detail::part_name;

namespace {

/// The sum of the parts, or why there is none.
Result<Points, LedgerRejection> total_of(const std::vector<Part>& parts) {
    if (parts.empty()) return Unexpected{LedgerRejection::points_must_be_positive};
    Points total;
    for (const Part& part : parts) {
        if (part.points <= Points{0}) return Unexpected{LedgerRejection::points_must_be_positive};
        const auto sum = add(total, part.points);
        if (!sum) return Unexpected{LedgerRejection::points_out_of_range};
        total = *sum;
    }
    return total;
}

}  // namespace

Result<Earned, LedgerRejection> earn(Wallet wallet, const EarnRequest& request, const Stamp& stamp) {
    const auto total = total_of(request.parts);
    if (!total) return Unexpected{total.error()};
    if (!detail::has_room_for(wallet, *total)) return Unexpected{LedgerRejection::points_out_of_range};

    // From here on nothing may refuse.
    Lot lot{.id = LotId{derived_id(stamp.recorded_at, stamp.cause,
                                   "lot/" + part_name(wallet, request.kind, request.parts.front().offer), 0)},
            .earned_by = stamp.cause,
            .earned_at = stamp.occurred_at,
            .original = *total,
            .remaining = *total,
            .matures_at = request.matures_at,
            .expires_at = request.expires_at,
            .is_mature = request.matures_at <= stamp.recorded_at};
    // Points that come too late to be spent are too late to repay a debt.
    const bool can_repay = !detail::is_expired(lot, stamp.recorded_at);
    const Points repaid = can_repay ? std::min(wallet.owed, *total) : Points{0};

    std::vector<Entry> entries;
    Points repay_left = repaid;
    for (std::size_t i = 0; i < request.parts.size(); ++i) {
        const Part& part = request.parts[i];
        Draft draft(wallet, request.kind, stamp);
        draft.entry.offer = part.offer;
        draft.entry.clause = part.clause;
        draft.move(Book::issued, part.points.negated());
        const Points to_debt = std::min(repay_left, part.points);
        draft.forgive(to_debt);
        repay_left = minus(repay_left, to_debt);
        if (to_debt < part.points) draft.put(lot, minus(part.points, to_debt));
        draft.finish(entries, stamp.cause, part_name(wallet, request.kind, part.offer), i);
    }
    detail::post_due_at_once(wallet, entries, stamp, part_name(wallet, request.kind, request.parts.front().offer));
    return Earned{.posting = {.entries = std::move(entries), .wallet = std::move(wallet)}, .lot = std::move(lot), .repaid = repaid};
}

Result<ReversedEarn, LedgerRejection> reverse_earn(Wallet wallet, const ReverseEarnRequest& request, const Stamp& stamp) {
    const auto total = total_of(request.parts);
    if (!total) return Unexpected{total.error()};
    if (request.may_owe && !detail::has_room_for(wallet, *total)) return Unexpected{LedgerRejection::points_out_of_range};

    // From here on nothing may refuse.
    ReversedEarn reversed;
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < request.parts.size(); ++i) {
        const Part& part = request.parts[i];
        Draft draft(wallet, EntryKind::return_earn, stamp);
        draft.entry.offer = part.offer;
        draft.entry.clause = part.clause;
        Points wanted = part.points;
        if (Lot* own = detail::find_lot(wallet, request.lot); own != nullptr) {
            const Points taken = std::min(own->remaining, wanted);
            if (!taken.is_zero()) {
                reversed.draws.push_back({.lot = *own, .taken = taken});
                draft.take(*own, taken);
            }
            wanted = minus(wanted, taken);
        }
        // Points are alike: what the member has stands in for what was spent. Mature ones first, as with any spending.
        const auto stand_in = [&](std::vector<Draw> draws) {
            for (Draw& draw : draws) {
                wanted = minus(wanted, draw.taken);
                reversed.draws.push_back(std::move(draw));
            }
        };
        stand_in(draft.take_soonest(wanted, true, stamp.recorded_at));
        constexpr Instant always{std::numeric_limits<std::int64_t>::min()};
        stand_in(draft.take_pending(wanted, request.may_owe ? request.recorded_at : always, stamp.recorded_at));
        reversed.uncovered = plus(reversed.uncovered, wanted);
        if (request.may_owe) {
            draft.owe(wanted);
            wanted = Points{0};
        }
        const Points taken = minus(part.points, wanted);
        if (taken.is_zero()) continue;
        draft.move(Book::issued, taken);
        reversed.taken.push_back({.offer = part.offer, .clause = part.clause, .points = taken});
        draft.finish(entries, stamp.cause, part_name(wallet, EntryKind::return_earn, part.offer), i);
    }
    reversed.posting = {.entries = std::move(entries), .wallet = std::move(wallet)};
    return reversed;
}

Result<Posting, LedgerRejection> reverse_repaid(Wallet wallet, const std::vector<Part>& parts, const Stamp& stamp) {
    const auto total = total_of(parts);
    if (!total) return Unexpected{total.error()};

    // From here on nothing may refuse.
    std::vector<Entry> entries;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        Draft draft(wallet, EntryKind::return_earn, stamp);
        draft.entry.offer = parts[i].offer;
        draft.entry.clause = parts[i].clause;
        draft.move(Book::issued, parts[i].points);
        draft.move(Book::spent, parts[i].points.negated());
        draft.finish(entries, stamp.cause, "repaid/" + part_name(wallet, EntryKind::return_earn, parts[i].offer), i);
    }
    return Posting{.entries = std::move(entries), .wallet = std::move(wallet)};
}

Result<Posting, LedgerRejection> adjust(Wallet wallet, const AdjustRequest& request, const Stamp& stamp) {
    if (request.points.is_zero()) return Unexpected{LedgerRejection::points_must_be_positive};
    if (!is_in_range(request.points)) return Unexpected{LedgerRejection::points_out_of_range};
    const bool is_positive = request.points > Points{0};
    const Points size = is_positive ? request.points : request.points.negated();
    Draft draft(wallet, EntryKind::adjust, stamp);
    draft.entry.reason = request.reason;
    draft.entry.author = request.author;
    draft.move(Book::adjusted, request.points.negated());
    if (is_positive) {
        if (!detail::has_room_for(wallet, size)) return Unexpected{LedgerRejection::points_out_of_range};
        Lot lot{.id = LotId{derived_id(stamp.recorded_at, stamp.cause, "lot/" + part_name(wallet, EntryKind::adjust, {}), 0)},
                .earned_by = stamp.cause,
                .earned_at = stamp.occurred_at,
                .matures_at = stamp.recorded_at,
                .expires_at = request.expires_at,
                .is_mature = true};
        const bool can_repay = !detail::is_expired(lot, stamp.recorded_at);
        const Points repaid = can_repay ? std::min(wallet.owed, size) : Points{0};
        draft.forgive(repaid);
        lot.original = size;
        if (repaid < size) draft.put(lot, minus(size, repaid));
    } else {
        Points wanted = size;
        for (const bool is_mature : {true, false}) {
            if (!is_mature && !request.takes_pending) break;
            for (const Draw& draw : draft.take_soonest(wanted, is_mature, stamp.recorded_at)) wanted = minus(wanted, draw.taken);
        }
        if (!wanted.is_zero() && !request.may_owe) return Unexpected{LedgerRejection::insufficient_points};
        // The points taken only change their book, so the room needed is that of the debt.
        if (!wanted.is_zero() && !detail::has_room_for(wallet, wanted)) return Unexpected{LedgerRejection::points_out_of_range};
        draft.owe(wanted);
    }
    std::vector<Entry> entries;
    draft.finish(entries, stamp.cause, part_name(wallet, EntryKind::adjust, {}));
    detail::post_due_at_once(wallet, entries, stamp, part_name(wallet, EntryKind::adjust, {}));
    return Posting{.entries = std::move(entries), .wallet = std::move(wallet)};
}

}  // namespace suki::ledger
