#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "app/verify_records.h"

/// Guest lists against what each occasion says of its own, and seats against the uses of benefits that they were taken by.
namespace suki::app {

class GuestLists {
public:
    /// Each record once, in any order.
    void take(const store::RecordRow& row);
    /// After all records.
    void finish(const BreachFound& breach) const;

private:
    struct Sums {
        std::int64_t taken = 0;
        std::int64_t came = 0;
        std::int64_t booked = 0;
        friend bool operator==(const Sums&, const Sums&) = default;
    };
    struct Counted {
        bool is_there = false;  // its own record was seen
        Sums said;
        Sums seats;
        std::int64_t capacity = 0;
        bool is_line_in_order = true;
        bool is_line_too_long = false;  // somebody is in it for whom there is a seat
        /// Of those who are either in the line or have a seat that waits: who is both is taken out again.
        std::set<SeatId> waiting;
    };
    void take_occasion(const store::RecordRow& row);
    void take_seat(const store::RecordRow& row);
    void pair(const std::string& use, const std::string& seat, bool is_of_seat);
    static void finish(const std::string& id, const Counted& counted, const BreachFound& breach);

    std::map<std::pair<std::string, std::string>, Counted> occasions_;  // by organisation and id
    /// Uses and seats that name each other and agree are taken out: a member's lie close together, and so few are kept.
    std::map<std::pair<std::string, std::string>, bool> unpaired_;  // use and seat; whether the seat was seen
};

}  // namespace suki::app
