#pragma once

#include <functional>
#include <string>

#include "app/desk.h"

namespace suki::app {

using BreachFound = std::function<void(std::string what, std::string where, std::string details)>;

/// What `suki verify` asks of a record: that it says what its kind says, and that what it speaks of is there. Throws a
/// store::StoreFault where it is damaged.
void check_record(const Desk& desk, const store::RecordRow& row, const BreachFound& breach);

/// Points of entries by what caused them, laid beside what the records say.
class PointsByCause {
public:
    explicit PointsByCause(std::string what) : what_(std::move(what)) {}
    void add(const std::string& cause, Points points);
    /// Each id once, after the whole journal.
    void compare(const std::string& id, Points kept, const BreachFound& breach);
    /// Causes of which no record spoke.
    void finish(const BreachFound& breach) const;

private:
    std::string what_;
    std::map<std::string, Points> points_;
};

/// Points that gifts cost, by the journal: what each order says it was paid with.
class GiftPoints {
public:
    void take(const store::EntryRow& row);
    /// After the whole journal.
    void take(const store::RecordRow& row, const BreachFound& breach);
    /// After all records.
    void finish(const BreachFound& breach) const { spent_.finish(breach); }

private:
    PointsByCause spent_{"gift_differs_from_journal"};
};

/// Credit for what was handed in, by the journal: what each thing says its member was given and still has.
class TradeInCredit {
public:
    void take(const store::EntryRow& row);
    /// After the whole journal.
    void take(const store::RecordRow& row, const BreachFound& breach);
    /// After all records.
    void finish(const BreachFound& breach) const { issued_.finish(breach); }

private:
    PointsByCause issued_{"trade_in_differs_from_journal"};
};

}  // namespace suki::app
