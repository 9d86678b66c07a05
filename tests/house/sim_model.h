#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

/// What the guide promises, done plainly and slowly: a second opinion on balances, refunds and refusals. It shares no code with the
/// ledger or the engine. Amounts are minor units, instants µs.
///
/// 1. One unit, a point a whole euro that was paid, worth a cent; 5 off from 50, as often in all as the rules say.
/// 2. A wallet is swept to the moment before anything happens in it.
/// 3. Lots are never dropped, so that a draw only names its lot.
namespace suki::house::model {

enum class Debt { below_zero, from_refund, refuse };

struct Rules {
    std::string id;
    int pending_days = 0;
    Debt debt = Debt::below_zero;
    std::int64_t big_uses = 0;
    static constexpr std::int64_t kBigFrom = 5'000;
    static constexpr std::int64_t kBigOff = 500;
    static constexpr int kExpireMonths = 12;

    [[nodiscard]] std::string document() const;
    [[nodiscard]] std::int64_t matures_us(Date bought_on) const;
    [[nodiscard]] static std::int64_t expires_us(Date bought_on);
};

inline constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

struct Balance {
    std::int64_t pending = 0, available = 0, held = 0, owed = 0;
    friend bool operator==(const Balance&, const Balance&) = default;
};

struct Draw {
    std::size_t lot = 0;
    std::int64_t taken = 0;
};
struct Lot {
    std::int64_t matures_us = 0, expires_us = kNever, remaining = 0;
    bool is_mature = false;
    std::int64_t expired = 0;  // that no return has counted yet
};
struct Hold {
    std::int64_t expires_us = 0;
    std::vector<Draw> draws;
    [[nodiscard]] std::int64_t points() const;
};
struct Spent {
    std::vector<Draw> draws;
    std::int64_t uncovered = 0;
    [[nodiscard]] std::int64_t points() const;
};

class Wallet {
public:
    /// Lets everything happen that is due by `now`, in the order of falling due; at one instant holds time out first, then lots
    /// mature, then expire.
    void sweep(std::int64_t now);
    [[nodiscard]] Balance balance() const;

    /// A lot; what is owed is repaid first. Returns how much was.
    std::int64_t add(std::int64_t points, std::int64_t matures_us, std::int64_t expires_us, std::int64_t now);
    /// As add, for a receipt; what the same receipt `paid` too much is then drawn from the lot, which is returned.
    std::size_t earn(Spent& paid, std::int64_t points, std::int64_t matures_us, std::int64_t expires_us, std::int64_t now);
    /// From the lots that expire soonest; what they don't cover is owed.
    Spent spend(std::int64_t points, std::int64_t now);
    /// Takes points back: from their own lot, then from others, those that can be spent first. Returns what was not covered.
    /// How many of `points` are of those that expired from the lot; each counts once.
    std::int64_t lapse(std::optional<std::size_t> own, std::int64_t points);
    std::int64_t take_back(std::optional<std::size_t> own, std::int64_t points, std::int64_t now);
    /// Nothing covers this much of a payment any longer: other points stand in, and what they don't cover is owed. How much.
    std::int64_t reopen(Spent& spent, std::int64_t points, std::int64_t now);
    std::int64_t owe(std::int64_t points) {
        owed_ += points;
        return points;
    }
    /// Gives points of a spend back: what was owed for it first (as a lot of its own where others repaid it), then to the lots,
    /// from the last one drawn backwards.
    void give_back(Spent& spent, std::int64_t points, std::int64_t fresh_matures_us, std::int64_t fresh_expires_us,
                   std::int64_t now);

    void place_hold(const std::string& name, std::int64_t points, std::int64_t expires_us, std::int64_t now);
    [[nodiscard]] const Hold* hold(const std::string& name) const;
    Spent confirm(const std::string& name, std::int64_t points, std::int64_t now);
    void release(const std::string& name, std::int64_t now);

    /// `remaining@expiry` of what is left, soonest first.
    [[nodiscard]] std::string lots() const;

private:
    std::vector<Draw> take(std::int64_t& wanted, bool is_mature, std::int64_t now);
    [[nodiscard]] std::vector<std::size_t> in_spending_order() const;
    void put(const std::vector<Draw>& draws);
    void repay(std::int64_t now);

    std::vector<Lot> lots_;  // in the order of being earned
    std::map<std::string, Hold> holds_;
    std::int64_t owed_ = 0;
};

struct Line {
    std::int64_t price = 0, quantity = 0, left = 0;
};
struct Receipt {
    int member = -1;  // -1: nobody's
    Date date;
    std::vector<Line> lines;
    bool was_big = false;  // the offer applied when it was bought
    bool is_big = false;   // and still does
    std::int64_t points_paid = 0;
    std::int64_t paid = 0;
    std::int64_t refunded = 0;
    std::int64_t points = 0;  // earned and not taken back
    std::optional<std::size_t> lot;
    Spent spent;
    bool is_void = false;
    [[nodiscard]] std::int64_t list_total() const;
};

struct Bought {
    std::int64_t discount = 0, total = 0, paid = 0, points = 0, uncovered = 0;
};
struct GivenBack {
    std::int64_t refund = 0, withheld = 0, taken = 0, left = 0, owed = 0, given = 0;
};

/// A programme's shop and the wallets of its members.
class Programme {
public:
    Programme(Rules rules, int members) : rules_(std::move(rules)), wallets_(static_cast<std::size_t>(members)) {}

    [[nodiscard]] const Rules& rules() const { return rules_; }
    Wallet& wallet(int member) { return wallets_.at(static_cast<std::size_t>(member)); }
    [[nodiscard]] Balance balance_at(int member, std::int64_t now) const;
    [[nodiscard]] std::string lots_at(int member, std::int64_t now) const;
    [[nodiscard]] const std::map<std::string, Receipt>& receipts() const { return receipts_; }

    /// What a basket comes to before points pay.
    [[nodiscard]] std::int64_t total_of(const std::vector<Line>& lines) const;
    Bought buy(const std::string& id, int member, Date date, const std::vector<Line>& lines, std::int64_t points_paid,
               const std::string& hold, std::int64_t now);
    /// `pieces` by line; nothing: all that is left (a void). Only what there is.
    GivenBack give_back(const std::string& id, const std::vector<std::int64_t>& pieces, std::int64_t now);
    [[nodiscard]] std::int64_t uses_left() const { return rules_.big_uses - uses_; }

private:
    std::int64_t shrink_repaid(Receipt& receipt, std::int64_t& given, std::int64_t& taken, GivenBack& back);
    void take_points(Receipt& receipt, std::int64_t points, GivenBack& back, std::int64_t now);

    Rules rules_;
    std::vector<Wallet> wallets_;
    std::map<std::string, Receipt> receipts_;
    std::int64_t uses_ = 0;
};

}  // namespace suki::house::model
