#include "ledger/ledger.h"

namespace suki::ledger {

namespace {

template <class T>
void put_id(ByteWriter& out, const Id<T>& id) {
    out.put_bits(id.bits.high, id.bits.low);
}
template <class T>
void get_id(ByteReader& in, Id<T>& id) {
    in.get_bits(id.bits.high, id.bits.low);
}
/// A flag that must be 0 or 1, so that damage shows.
bool get_flag(ByteReader& in) {
    const std::uint64_t value = in.get_unsigned();
    if (value > 1) in.fail();
    return value == 1;
}
void put_instant(ByteWriter& out, const std::optional<Instant>& at) {
    out.put_bool(at.has_value());
    if (at) out.put(at->us);
}
std::optional<Instant> get_instant(ByteReader& in) {
    if (!get_flag(in)) return std::nullopt;
    return Instant{in.get()};
}

void put_lot(ByteWriter& out, const Lot& lot) {
    put_id(out, lot.id);
    out.put_text(lot.earned_by);
    out.put(lot.earned_at.us);
    out.put(lot.original.minor());
    out.put(lot.remaining.minor());
    out.put(lot.matures_at.us);
    put_instant(out, lot.expires_at);
    out.put_bool(lot.is_mature);
}
Lot get_lot(ByteReader& in) {
    Lot lot;
    get_id(in, lot.id);
    lot.earned_by = in.get_text();
    lot.earned_at = Instant{in.get()};
    lot.original = Points{in.get()};
    lot.remaining = Points{in.get()};
    lot.matures_at = Instant{in.get()};
    lot.expires_at = get_instant(in);
    lot.is_mature = get_flag(in);
    return lot;
}

}  // namespace

void pack(ByteWriter& out, const Draw& draw) {
    put_lot(out, draw.lot);
    out.put(draw.taken.minor());
}

Draw unpack_draw(ByteReader& in) {
    Draw draw;
    draw.lot = get_lot(in);
    draw.taken = Points{in.get()};
    return draw;
}

void pack(ByteWriter& out, const Wallet& wallet) {
    out.put_text(wallet.unit);
    out.put(wallet.owed.minor());
    out.put_bool(wallet.is_frozen);
    out.put_unsigned(wallet.lots.size());
    for (const Lot& lot : wallet.lots) put_lot(out, lot);
    out.put_unsigned(wallet.holds.size());
    for (const Hold& hold : wallet.holds) {
        put_id(out, hold.id);
        out.put(hold.points.minor());
        out.put(hold.placed_at.us);
        out.put(hold.expires_at.us);
        out.put_text(hold.cause);
        out.put_unsigned(hold.draws.size());
        for (const Draw& draw : hold.draws) pack(out, draw);
    }
}

Wallet unpack_wallet(ByteReader& in) {
    Wallet wallet;
    wallet.unit = in.get_text();
    wallet.owed = Points{in.get()};
    wallet.is_frozen = get_flag(in);
    for (std::size_t count = in.get_count(); count > 0 && in.is_ok(); --count) wallet.lots.push_back(get_lot(in));
    for (std::size_t count = in.get_count(); count > 0 && in.is_ok(); --count) {
        Hold hold;
        get_id(in, hold.id);
        hold.points = Points{in.get()};
        hold.placed_at = Instant{in.get()};
        hold.expires_at = Instant{in.get()};
        hold.cause = in.get_text();
        for (std::size_t draws = in.get_count(); draws > 0 && in.is_ok(); --draws) hold.draws.push_back(unpack_draw(in));
        wallet.holds.push_back(std::move(hold));
    }
    return wallet;
}

void pack(ByteWriter& out, const std::vector<LotChange>& lots) {
    out.put_unsigned(lots.size());
    for (const LotChange& change : lots) {
        put_id(out, change.lot);
        out.put(change.change.minor());
        // Most changes have none of the rest: one byte says which follow.
        out.put_unsigned((change.expires_at ? 1u : 0u) | (change.opened ? 2u : 0u) | (change.hold.is_nil() ? 0u : 4u));
        if (change.expires_at) out.put(change.expires_at->us);
        if (change.opened) put_lot(out, *change.opened);
        if (!change.hold.is_nil()) put_id(out, change.hold);
    }
}

std::vector<LotChange> unpack_lot_changes(ByteReader& in) {
    std::vector<LotChange> lots;
    for (std::size_t count = in.get_count(); count > 0 && in.is_ok(); --count) {
        LotChange change;
        get_id(in, change.lot);
        change.change = Points{in.get()};
        const std::uint64_t follows = in.get_unsigned();
        if (follows > 7) in.fail();
        if ((follows & 1) != 0) change.expires_at = Instant{in.get()};
        if ((follows & 2) != 0) change.opened = get_lot(in);
        if ((follows & 4) != 0) get_id(in, change.hold);
        lots.push_back(std::move(change));
    }
    return lots;
}

}  // namespace suki::ledger
