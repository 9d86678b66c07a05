#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "ledger/ledger.h"

/// How the posting functions of this room write entries. Nobody else includes this.
namespace suki::ledger::detail {

inline bool is_expired(const Lot& lot, Instant now) { return lot.expires_at && *lot.expires_at <= now; }
Lot* find_lot(Wallet& wallet, LotId id);
/// Whether the wallet can take `points` more without leaving the range of amounts, wherever they would stand.
bool has_room_for(const Wallet& wallet, Points points);

/// One entry in the making. Lots may stand empty in the wallet until `finish`, so that indexes stay valid meanwhile.
class Draft {
public:
    Draft(Wallet& wallet, EntryKind kind, const Stamp& stamp);
    /// Of what falls due at `at`.
    Draft(Wallet& wallet, EntryKind kind, Instant at, int edition);

    /// Puts points into the lot that `shape` describes, bringing it into the wallet where it is not there.
    void put(const Lot& shape, Points points, HoldId hold = {});
    void take(Lot& lot, Points points, HoldId hold = {});
    /// Takes up to `wanted` from lots in spending order; what was taken, in that order.
    std::vector<Draw> take_soonest(Points wanted, bool is_mature, Instant now, HoldId hold = {});
    /// The same of lots that are not mature and were made at `since` or later.
    std::vector<Draw> take_pending(Points wanted, Instant since, Instant now);
    void move(Book book, Points points) { leg(book) = plus(leg(book), points); }
    void owe(Points points);
    void forgive(Points points);
    /// Repays what is owed from available points that have not expired: nobody holds available points beside a debt.
    void repay(Instant now);
    LotChange& change_of(LotId id);

    /// Drops empty lots and appends the entry. `part` tells its id from those of the command's other entries.
    void finish(std::vector<Entry>& entries, std::string_view cause, std::string_view part, std::uint64_t ordinal = 0);

    Entry entry;

private:
    template <class Which>
    std::vector<Draw> take_where(Points wanted, const Which& which, HoldId hold);

    Points& leg(Book book) { return entry.legs[static_cast<std::size_t>(book)]; }

    Wallet& wallet_;
};

/// Posts what falls due by `until`, in order. `floor` is the earliest date that an entry may get. With a stamp the entries belong
/// to its command, else they stand for themselves.
struct Due {
    Instant until;
    Instant floor;
    std::string_view clause;
    int edition = 0;
    const Stamp* stamp = nullptr;
    std::string part;
};
void post_due(Wallet& wallet, std::vector<Entry>& entries, const Due& due);
/// What a command made due by itself.
void post_due_at_once(Wallet& wallet, std::vector<Entry>& entries, const Stamp& stamp, std::string part);
/// Ends a hold, giving all that it still holds back to its lots.
void post_release(Wallet& wallet, std::vector<Entry>& entries, std::size_t hold, Draft draft, std::string_view cause);

std::string part_name(const Wallet& wallet, EntryKind kind, std::string_view offer);

}  // namespace suki::ledger::detail
