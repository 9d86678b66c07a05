#include "app/verify_guests.h"

#include "app/benefits.h"
#include "app/occasions.h"

namespace suki::app {

namespace {

bool is_of(const store::RecordRow& row, SeatStatus status) { return row.status == name_of(status); }

/// What the use of a seat must be.
BenefitUseStatus use_status(const store::RecordRow& row, const Seat& seat) {
    if (is_of(row, SeatStatus::booked) || is_of(row, SeatStatus::waiting)) return BenefitUseStatus::booked;
    return seat.is_use_kept ? BenefitUseStatus::used : BenefitUseStatus::cancelled;
}

}  // namespace

void GuestLists::take(const store::RecordRow& row) {
    if (row.kind == store::RecordKind::occasion) return take_occasion(row);
    if (row.kind == store::RecordKind::seat) return take_seat(row);
    if (row.kind != store::RecordKind::benefit_use) return;
    const auto use = unpack_record<BenefitUse>(row);
    if (!use.seat.empty()) pair(id_text(kUsePrefix, row.id) + " " + row.status, use.seat, false);
}

void GuestLists::take_occasion(const store::RecordRow& row) {
    const auto occasion = unpack_record<Occasion>(row);
    Counted& counted = occasions_[{row.org, id_text(OccasionTag::prefix, row.id)}];
    counted.is_there = true;
    counted.said = {.taken = occasion.taken, .came = occasion.came, .booked = occasion.booked};
    counted.capacity = occasion.terms.capacity;
    const bool is_open = row.status == name_of(OccasionStatus::open);
    Instant before;
    for (const InLine& one : occasion.line) {
        counted.is_line_in_order = counted.is_line_in_order && before <= one.since;
        before = one.since;
        if (is_open && one.party <= occasion.terms.capacity - occasion.taken) counted.is_line_too_long = true;
        if (!counted.waiting.insert(one.seat).second) counted.waiting.erase(one.seat);
    }
}

void GuestLists::take_seat(const store::RecordRow& row) {
    const auto seat = unpack_record<Seat>(row);
    Counted& counted = occasions_[{row.org, row.subject}];
    const bool is_booked = is_of(row, SeatStatus::booked);
    const bool has_come = is_of(row, SeatStatus::came);
    if (is_booked) ++counted.seats.booked;
    if (has_come) counted.seats.came += seat.party;
    if (is_booked || has_come || is_of(row, SeatStatus::missed)) counted.seats.taken += seat.party;
    const SeatId id{row.id};
    if (is_of(row, SeatStatus::waiting) && !counted.waiting.insert(id).second) counted.waiting.erase(id);
    if (!seat.use.empty()) pair(seat.use + " " + std::string{name_of(use_status(row, seat))}, id.text(), true);
}

void GuestLists::pair(const std::string& use, const std::string& seat, bool is_of_seat) {
    const auto [found, is_new] = unpaired_.emplace(std::pair{use, seat}, is_of_seat);
    if (!is_new) unpaired_.erase(found);
}

void GuestLists::finish(const std::string& id, const Counted& counted, const BreachFound& breach) {
    if (!counted.is_there) return breach("seats_of_no_occasion", id, std::to_string(counted.seats.taken) + " people");
    if (counted.said != counted.seats) {
        breach("seats_differ_from_occasion", id,
               std::to_string(counted.said.taken) + " taken and " + std::to_string(counted.said.came) + " came by the occasion, " +
                   std::to_string(counted.seats.taken) + " and " + std::to_string(counted.seats.came) + " by the seats");
    }
    if (counted.seats.taken > counted.capacity) {
        breach("seats_above_capacity", id, std::to_string(counted.seats.taken) + " of " + std::to_string(counted.capacity));
    }
    if (!counted.waiting.empty()) breach("line_differs_from_seats", id, counted.waiting.begin()->text());
    if (!counted.is_line_in_order) breach("line_out_of_order", id, {});
    if (counted.is_line_too_long) breach("line_beside_free_seats", id, {});
}

void GuestLists::finish(const BreachFound& breach) const {
    for (const auto& [key, counted] : occasions_) finish(key.second, counted, breach);
    for (const auto& [names, is_of_seat] : unpaired_) {
        breach(is_of_seat ? "seat_without_use" : "use_without_seat", is_of_seat ? names.second : names.first,
               is_of_seat ? names.first : names.second);
    }
}

}  // namespace suki::app
