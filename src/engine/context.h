#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account/state.h"
#include "base/amount.h"
#include "base/time.h"
#include "event/receipt.h"
#include "programme/plan.h"

namespace suki::engine {

/// Resolved facts of one line: what the line states, else the catalogue.
struct LineFacts {
    std::string category;
    std::string brand;
    std::vector<std::string> tags;
    std::optional<Money> cost;  // of the whole line
    friend bool operator==(const LineFacts&, const LineFacts&) = default;
};

/// How far a part of a challenge was before a receipt. Of parts without one nothing was collected yet.
struct CollectedBefore {
    std::uint32_t part = 0;         // index into Plan::challenge_parts
    std::int64_t have = 0;          // stamps, or periods in a row; below 0 where a return took what had been given for
    std::int64_t today = 0;         // by day: receipts of this day that counted; of a streak: of this period
    std::int64_t have_counted = 0;  // of a streak: what `have` becomes when this period counts
    bool is_done = false;           // given for, and not to be done again
    friend bool operator==(const CollectedBefore&, const CollectedBefore&) = default;
};

/// Everything that evaluation reads beside the plan and the event (DESIGN.md 4). Stored with the receipt, so that it can be judged
/// again without today's catalogue or state.
struct Context {
    Date date;  // of the programme's zone
    TimeOfDay programme_time;
    Weekday store_weekday = Weekday::mon;
    TimeOfDay store_time;
    std::string region;
    std::vector<LineFacts> lines;  // as Receipt::lines

    bool is_member = false;
    std::string level;  // id; empty without levels or member
    programme::CardShown card;
    account::Facts facts;
    std::int64_t purchases_before = 0;
    std::optional<Date> last_purchase_on;
    std::vector<std::int64_t> windows;       // as Plan::windows, before this receipt
    std::vector<std::int64_t> pools;         // as Plan::pools: what this receipt may draw at most
    std::vector<std::int64_t> available;     // points that could be spent, as Plan::units
    std::vector<CollectedBefore> collected;  // by part
    std::vector<std::string> memberships;    // ids of those that the member has then, sorted
    bool is_brought = false;                 // by a member, who may still get something for it
    friend bool operator==(const Context&, const Context&) = default;
};

/// What the catalogue and the card know.
struct Surroundings {
    std::vector<LineFacts> lines;  // as Receipt::lines, already merged with what the lines state
    std::string region;
    ZonePointer store_zone;  // null: the programme's
    programme::CardShown card;
    std::vector<std::int64_t> pools;
    /// Whose uses are counted by themselves in an account of several people (engine::own_key); empty: nobody else is there.
    std::string person;
};

/// Resolves every window, level and figure as of the receipt's civil date: all earlier days, and what was recorded so far of its
/// own day. `state` and `facts` are null for a receipt without a member. `available` as Plan::units.
Context gather(const programme::Plan& plan, const event::Receipt& receipt, const Surroundings& around, const account::State* state,
               const account::Facts* facts, std::vector<std::int64_t> available);

/// The part of it that comes of the account's past, as of the context's date: level, windows, purchases. `state` has its levels.
/// `person` as Surroundings has it.
void read_past(const programme::Plan& plan, const account::State& state, const std::string& person, Context& context);

}  // namespace suki::engine
