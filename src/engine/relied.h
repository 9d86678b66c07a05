#pragma once

#include <string>
#include <vector>

#include "account/state.h"
#include "engine/count.h"
#include "engine/evaluate.h"
#include "engine/kept.h"
#include "engine/levels.h"
#include "engine/settle.h"

/// Which later receipts had read what a return takes away. Their decisions stand (DESIGN.md 8); whoever asked is told of them.
namespace suki::engine {

/// What became of the points that a return moves. Filled by settle_return.
struct MovedPoints {
    struct CameBack {
        std::string unit;
        ledger::Lot lot;
        bool is_kept = false;  // by activity, with all the others
    };
    struct Missed {
        std::string unit;
        Points points;
    };
    std::vector<LotId> short_of;        // lots of the purchase that no longer had all that is taken back
    std::vector<std::string> stood_in;  // receipts and other causes whose points were taken in their stead
    std::vector<CameBack> came_back;    // what the purchase had paid with
    std::vector<std::string> debts;     // units in which it had owed what comes back: others repaid it, or could have
    std::vector<Missed> missed;         // what its points had repaid for others, which others would have repaid
    std::vector<KeptUnit> kept;         // units whose points the purchase kept, of which nothing remains: without it
};

/// Gathers who relied on a return: by what they were given, or by the points that they paid with and those that repaid debts.
class ThoseThatRelied {
public:
    explicit ThoseThatRelied(MovedPoints moved) : moved_(std::move(moved)) {}

    /// Whether anybody wants to know of points that matured since the purchase.
    [[nodiscard]] bool asks_for_matured() const { return !moved_.debts.empty() || !moved_.missed.empty(); }
    /// An earlier receipt's points matured since the purchase, and perhaps repaid something then.
    void note_matured(const std::string& unit, bool has_repaid, const std::string& id, Instant occurred_at);
    /// A later receipt under its own edition's plan, one after the other as they were recorded; `has_read`:
    /// ChangedPast::was_read_by.
    void ask(const programme::Plan& plan, const StoredReceipt& later, Instant occurred_at, bool has_read);
    /// By when they were bought. Those whose points stood in are named only where nobody had used the ones that are missed.
    [[nodiscard]] std::vector<std::string> ids() &&;

private:
    struct One {
        Instant occurred_at;
        std::string id;
    };
    static void add(std::vector<One>& all, const std::string& id, Instant occurred_at);
    [[nodiscard]] bool has_used(const programme::Plan& plan, const StoredReceipt& later);
    [[nodiscard]] bool wanted_what_came_back(const std::string& unit, const SpentRecord& spent, const StoredReceipt& later) const;
    [[nodiscard]] bool paid_with_expired(const std::string& unit, const ledger::Draw& draw, Instant at) const;
    [[nodiscard]] bool would_have_repaid(const std::string& unit, const EarnedRecord& earned);

    MovedPoints moved_;
    std::vector<One> found_;
    std::vector<One> stood_in_;
    bool were_points_used_ = false;
};

/// The account's past as those who were recorded after the returned purchase would find it now. First `forget` all that they count,
/// then ask each whether it relied on the return, from the first recorded to the last, and `learn` it: so each finds what stood
/// before it and no more.
class ChangedPast {
public:
    /// `state` after the return; `before` and `after` are figures_of the purchase, of the day `day`; `pools` the keys of those that
    /// got something back. `counted` must outlive it.
    ChangedPast(const Counted& counted, account::State state, Date day, const std::vector<CounterChange>& before,
                const std::vector<CounterChange>& after, std::vector<std::string> pools);

    /// A receipt (figures_of what is left of it now) or an activity.
    void forget(Date day, const std::vector<CounterChange>& figures);
    void learn(Date day, const std::vector<CounterChange>& figures);
    /// Is the receipt decided otherwise now than before this return, both with all earlier returns in mind? Not one of which
    /// nothing is left. A pool is relied on only by a receipt that it refused. `evaluator` is of the receipt's own edition.
    /// `person`: whose uses it counted, where several people share the account.
    [[nodiscard]] bool was_read_by(const Evaluator& evaluator, const StoredReceipt& later, const std::string& person = {});

private:
    [[nodiscard]] bool refused(const programme::Plan& plan, const StoredReceipt& later) const;

    /// One of the two pasts.
    struct Past {
        account::State state;
        LevelReader levels;
        void change(Date day, const std::vector<CounterChange>& before, const std::vector<CounterChange>& after);
        [[nodiscard]] Context seen_by(const programme::Plan& plan, const StoredReceipt& later, const std::string& person);
    };
    Past after_;   // without what was forgotten
    Past before_;  // the same, had nothing come back
    Date day_;
    std::vector<std::string> pools_;
};

}  // namespace suki::engine
