#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"
#include "ledger/ledger.h"

/// Gifts: how many of each there are in which store, and who ordered which.
namespace suki::app {

inline constexpr std::string_view kGiftOrderPrefix = "gor";

/// What the record of a gift in a store holds. What was received only grows and what is gone is drawn from a pool of that many, so
/// that nobody needs to wait for anybody but at the last ones (docs/decisions/0078-gifts.md).
struct GiftStock {
    std::int64_t received = 0;
    std::int64_t written_off = 0;
};
template <class C>
void fields(C& c, GiftStock& v) {
    each(c, v.received, v.written_off);
}

template <class C>
void fields(C& c, ledger::Lot& v) {
    each(c, v.id, v.earned_by, v.earned_at, v.original, v.remaining, v.matures_at, v.expires_at, v.is_mature);
}
template <class C>
void fields(C& c, ledger::Draw& v) {
    each(c, v.lot, v.taken);
}
/// And that of an order, beside what the row says.
struct GiftOrder {
    std::int64_t count = 1;
    std::string price;
    std::string unit;
    Points points;
    Money money;
    std::string clause;
    std::vector<ledger::Draw> draws;  // where the points came from
    std::string author;
    std::string note;
    std::optional<Date> held_until;
    std::optional<Instant> ended_at;
    std::string ended_by;
    std::string reason;
    std::string substitute;
    std::string receipt;
    std::string drawn;       // which gift was taken from the stock for it; empty: none
    bool is_of_all = false;  // from what there is in all, not from the store's
    bool is_present = false;
    bool is_damaged = false;
    std::string offer;      // that gave it; may be empty
    std::string given_for;  // the receipt that it was given for
    bool is_owed_back = false;
};
template <class C>
void fields(C& c, GiftOrder& v) {
    each(c, v.count, v.price, v.unit, v.points, v.money, v.clause, v.draws, v.author, v.note, v.held_until, v.ended_at, v.ended_by,
         v.reason, v.substitute, v.receipt, v.drawn, v.is_of_all, v.is_present, v.is_damaged, v.offer, v.given_for, v.is_owed_back);
}

/// The pool that a gift is drawn from: of a store, or with an empty `store` of all.
store::PoolKey gift_pool(const std::string& organisation, const std::string& programme, std::string_view gift,
                         std::string_view store);
/// What is there of a gift, in the store or in all; nothing was ever received where there is no record. Not of gifts that are not
/// counted.
struct StockFound {
    store::PoolKey pool;
    std::optional<store::RecordRow> row;  // by store
    GiftStock stock;
    std::int64_t left = 0;  // never below 0
};
StockFound gift_stock(const Desk& desk, const Programme& programme, const programme::Gift& gift, std::string_view store);

/// What the record says was drawn from a pool: nothing, for other kinds.
struct StockDrawn {
    store::PoolKey pool;
    std::int64_t count = 0;
    std::optional<std::int64_t> received;  // and how much there ever was, where it says so
};
std::optional<StockDrawn> stock_drawn_by(const store::RecordRow& row);
/// What an order has of its owner's points: paid and not given back.
Points points_kept(const store::RecordRow& row, const GiftOrder& order);

GiftOrderView view_of(const store::RecordRow& row, const GiftOrder& order);
/// Nobody fetched it in time: it is on the shelf again, and its points are given back. False where that can't be done now.
bool lapse(Desk& desk, const Programme& programme, store::RecordRow row);

}  // namespace suki::app
