#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "app/decide.h"
#include "app/record.h"
#include "app/resolve.h"

/// What members hand in to be sold again: graded, offered for, credited, and what became of it.
/// docs/decisions/0083-trade-in.md.
namespace suki::app {

inline constexpr std::string_view kTradeItemPrefix = "tri";

/// What the record of a thing holds beside what the row says. The price is that of the edition by which it was offered.
struct TradeItem {
    std::string article;
    std::string note;
    std::string department;
    bool is_on_consignment = false;
    std::string grade;
    Money price;
    std::string unit;
    Points points;  // offered
    std::string clause;
    int edition = 0;
    std::optional<Date> offered_until;
    std::optional<Instant> accepted_at;
    Points credited;
    Money paid;             // what it was worth then
    LotId lot;              // that it was credited in
    AccountId credited_to;  // whose it was then
    Points taken_back;      // of it, when it was undone
    std::optional<Instant> sold_at;
    Money sold_for;
    std::string receipt;
    std::optional<Instant> written_off_at;
    std::vector<TradeItemNote> notes;
};
template <class C>
void fields(C& c, TradeItem& v) {
    each(c, v.article, v.note, v.department, v.is_on_consignment, v.grade, v.price, v.unit, v.points, v.clause, v.edition,
         v.offered_until, v.accepted_at, v.credited, v.paid, v.lot, v.credited_to, v.taken_back, v.sold_at, v.sold_for, v.receipt,
         v.written_off_at, v.notes);
}

/// As of `now`, whether a sweep wrote it down or not.
TradeItemView view_of(const store::RecordRow& row, const TradeItem& item, Instant now);
/// Nobody answered the offer in time. False where there is none to lapse.
bool lapse_offer(Desk& desk, const Programme& programme, store::RecordRow row);

}  // namespace suki::app
