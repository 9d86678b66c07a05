#pragma once

#include <functional>
#include <string>

#include "app/desk.h"

namespace suki::app {

using BreachFound = std::function<void(std::string what, std::string where, std::string details)>;

/// What `suki verify` asks of a record: that it says what its kind says, and that what it speaks of is there. Throws a
/// store::StoreFault where it is damaged.
void check_record(const Desk& desk, const store::RecordRow& row, const BreachFound& breach);

/// Points that gifts cost, by the journal: what each order says it was paid with.
class GiftPoints {
public:
    void take(const store::EntryRow& row);
    /// After the whole journal.
    void take(const store::RecordRow& row, const BreachFound& breach);
    /// After all records.
    void finish(const BreachFound& breach) const;

private:
    std::map<std::string, Points> spent_;  // by the order's id
};

}  // namespace suki::app
