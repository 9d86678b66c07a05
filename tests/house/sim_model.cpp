#include "house/sim_model.h"

#include <algorithm>

namespace suki::house::model {

namespace {

std::int64_t sum_of(const std::vector<Draw>& draws) {
    std::int64_t sum = 0;
    for (const Draw& draw : draws) sum += draw.taken;
    return sum;
}

}  // namespace

std::string Rules::document() const {
    static constexpr const char* kDebt[] = {"below_zero", "from_refund", "refuse"};
    std::string text = "suki: 1\nid: " + id +
                       "\ntitle: Little\norganisation: {name: Little}\nrelationship: consumer\ngoal: retain\nlanguages: [en]\n"
                       "currency: EUR\ntimezone: Etc/UTC\neffective: 2020-01-01\nreturns: rejudge\ndebt: ";
    text += kDebt[static_cast<int>(debt)];
    text += "\nunits:\n  points: {worth: 0.01 EUR, expire: 12 months after earning";
    if (pending_days > 0) text += ", pending: " + std::to_string(pending_days) + " days";
    text +=
        "}\noffers:\n  base: {give: {points: 1 per 1 EUR}}\n  big: {when: {amount: at least 50 EUR}, give: {discount: 5 EUR}, "
        "limit: ";
    text += std::to_string(big_uses) + " in all}\nspend:\n  at_till: {points: pay, at_least: 1, step: 1, up_to: 100% of receipt}\n";
    return text;
}

std::int64_t Rules::matures_us(Date bought_on) const { return midnight_utc(add_days(bought_on, pending_days)).us; }
std::int64_t Rules::expires_us(Date bought_on) { return midnight_utc(add_months(bought_on, kExpireMonths)).us; }

std::int64_t Hold::points() const { return sum_of(draws); }
std::int64_t Spent::points() const { return sum_of(draws) + uncovered; }

void Wallet::sweep(std::int64_t now) {
    while (true) {
        std::int64_t at = kNever;
        int rank = 3;
        std::string hold;
        std::size_t lot = 0;
        const auto consider = [&](std::int64_t due, int due_rank) {
            if (due > now || due > at || (due == at && due_rank >= rank)) return false;
            at = due;
            rank = due_rank;
            return true;
        };
        for (const auto& [name, one] : holds_) {
            if (consider(one.expires_us, 0)) hold = name;
        }
        for (std::size_t i = 0; i < lots_.size(); ++i) {
            if (lots_[i].remaining == 0) continue;
            if (!lots_[i].is_mature ? consider(lots_[i].matures_us, 1) : consider(lots_[i].expires_us, 2)) lot = i;
        }
        if (rank == 3) return;
        if (rank == 0) {
            const std::vector<Draw> draws = holds_.at(hold).draws;
            holds_.erase(hold);
            put(draws);
            repay(at);
        } else if (rank == 1) {
            lots_[lot].is_mature = true;
            repay(at);
        } else {
            lots_[lot].expired += lots_[lot].remaining;
            lots_[lot].remaining = 0;
        }
    }
}

Balance Wallet::balance() const {
    Balance balance{.owed = owed_};
    for (const Lot& lot : lots_) (lot.is_mature ? balance.available : balance.pending) += lot.remaining;
    for (const auto& [name, hold] : holds_) balance.held += hold.points();
    return balance;
}

std::vector<std::size_t> Wallet::in_spending_order() const {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < lots_.size(); ++i) {
        if (lots_[i].remaining > 0) order.push_back(i);
    }
    // Of those that expire together the older one goes first.
    std::stable_sort(order.begin(), order.end(),
                     [this](std::size_t a, std::size_t b) { return lots_[a].expires_us < lots_[b].expires_us; });
    return order;
}

std::vector<Draw> Wallet::take(std::int64_t& wanted, bool is_mature, std::int64_t now) {
    std::vector<Draw> draws;
    for (const std::size_t i : in_spending_order()) {
        if (wanted == 0) break;
        if (lots_[i].is_mature != is_mature || lots_[i].expires_us <= now) continue;
        const std::int64_t taken = std::min(wanted, lots_[i].remaining);
        lots_[i].remaining -= taken;
        wanted -= taken;
        draws.push_back({i, taken});
    }
    return draws;
}

void Wallet::put(const std::vector<Draw>& draws) {
    for (const Draw& draw : draws) lots_[draw.lot].remaining += draw.taken;
}

void Wallet::repay(std::int64_t now) { (void)take(owed_, true, now); }

std::int64_t Wallet::add(std::int64_t points, std::int64_t matures_us, std::int64_t expires_us, std::int64_t now) {
    const std::int64_t repaid = std::min(owed_, points);
    owed_ -= repaid;
    lots_.push_back({matures_us, expires_us, points - repaid, matures_us <= now});
    return repaid;
}

std::size_t Wallet::earn(Spent& paid, std::int64_t points, std::int64_t matures_us, std::int64_t expires_us, std::int64_t now) {
    const std::int64_t repaid = add(points, matures_us, expires_us, now);
    const std::size_t lot = lots_.size() - 1;
    if (const std::int64_t own = std::min(repaid, paid.uncovered); own > 0) {
        paid.uncovered -= own;
        paid.draws.push_back({lot, own});
    }
    return lot;
}

Spent Wallet::spend(std::int64_t points, std::int64_t now) {
    Spent spent;
    spent.uncovered = points;
    spent.draws = take(spent.uncovered, true, now);
    owed_ += spent.uncovered;
    return spent;
}

std::int64_t Wallet::reopen(Spent& spent, std::int64_t points, std::int64_t now) {
    for (const bool is_mature : {true, false}) {
        for (const Draw& draw : take(points, is_mature, now)) spent.draws.push_back(draw);
    }
    spent.uncovered += points;
    owed_ += points;
    return points;
}

std::int64_t Wallet::lapse(std::optional<std::size_t> own, std::int64_t points) {
    if (!own) return 0;
    const std::int64_t lapsed = std::min(points, lots_[*own].expired);
    lots_[*own].expired -= lapsed;
    return lapsed;
}

std::int64_t Wallet::take_back(std::optional<std::size_t> own, std::int64_t points, std::int64_t now) {
    if (own) {
        const std::int64_t taken = std::min(points, lots_[*own].remaining);
        lots_[*own].remaining -= taken;
        points -= taken;
    }
    (void)take(points, true, now);
    (void)take(points, false, now);
    return points;
}

void Wallet::give_back(Spent& spent, std::int64_t points, std::int64_t fresh_matures_us, std::int64_t fresh_expires_us,
                       std::int64_t now) {
    const std::int64_t forgiven = std::min(points, spent.uncovered);
    spent.uncovered -= forgiven;
    points -= forgiven;
    const std::int64_t still_owed = std::min(forgiven, owed_);
    owed_ -= still_owed;
    if (forgiven > still_owed)
        lots_.push_back({fresh_matures_us, fresh_expires_us, forgiven - still_owed, fresh_matures_us <= now});
    while (points > 0) {
        Draw& last = spent.draws.back();
        const std::int64_t back = std::min(points, last.taken);
        put({{last.lot, back}});
        points -= back;
        last.taken -= back;
        if (last.taken == 0) spent.draws.pop_back();
    }
    repay(now);
    sweep(now);
}

void Wallet::place_hold(const std::string& name, std::int64_t points, std::int64_t expires_us, std::int64_t now) {
    holds_[name] = {expires_us, take(points, true, now)};
}

const Hold* Wallet::hold(const std::string& name) const {
    const auto found = holds_.find(name);
    return found == holds_.end() ? nullptr : &found->second;
}

Spent Wallet::confirm(const std::string& name, std::int64_t points, std::int64_t now) {
    Hold& hold = holds_.at(name);
    Spent spent;
    for (Draw& draw : hold.draws) {
        const std::int64_t taken = std::min(points, draw.taken);
        if (taken > 0) spent.draws.push_back({draw.lot, taken});
        draw.taken -= taken;
        points -= taken;
    }
    release(name, now);
    return spent;
}

void Wallet::release(const std::string& name, std::int64_t now) {
    const std::vector<Draw> draws = holds_.at(name).draws;
    holds_.erase(name);
    put(draws);
    repay(now);
    sweep(now);
}

std::string Wallet::lots() const {
    std::string text;
    for (const std::size_t i : in_spending_order()) {
        const Lot& lot = lots_[i];
        text += std::to_string(lot.remaining) + "@" + (lot.expires_us == kNever ? "never" : instant_text({lot.expires_us})) +
                (lot.is_mature ? " " : "! ");
    }
    return text;
}

std::int64_t Receipt::list_total() const {
    std::int64_t sum = 0;
    for (const Line& line : lines) sum += line.price * line.left;
    return sum;
}

Balance Programme::balance_at(int member, std::int64_t now) const {
    Wallet wallet = wallets_.at(static_cast<std::size_t>(member));
    wallet.sweep(now);
    return wallet.balance();
}

std::string Programme::lots_at(int member, std::int64_t now) const {
    Wallet wallet = wallets_.at(static_cast<std::size_t>(member));
    wallet.sweep(now);
    return wallet.lots();
}

std::int64_t Programme::total_of(const std::vector<Line>& lines) const {
    const Receipt receipt{.lines = lines};
    const std::int64_t list = receipt.list_total();
    return list >= Rules::kBigFrom && uses_left() > 0 ? list - Rules::kBigOff : list;
}

Bought Programme::buy(const std::string& id, int member, Date date, const std::vector<Line>& lines, std::int64_t points_paid,
                      const std::string& hold, std::int64_t now) {
    Receipt receipt{.member = member, .date = date, .lines = lines};
    const std::int64_t list = receipt.list_total();
    Bought bought{.total = total_of(lines)};
    bought.discount = list - bought.total;
    bought.paid = bought.total - points_paid;
    receipt.was_big = receipt.is_big = bought.discount > 0;
    if (receipt.is_big) ++uses_;
    receipt.paid = bought.paid;
    receipt.points_paid = points_paid;
    if (member >= 0) {
        Wallet& wallet = this->wallet(member);
        wallet.sweep(now);
        if (points_paid > 0) receipt.spent = hold.empty() ? wallet.spend(points_paid, now) : wallet.confirm(hold, points_paid, now);
        bought.uncovered = receipt.spent.uncovered;
        bought.points = bought.paid / 100;
        receipt.points = bought.points;
        if (bought.points > 0)
            receipt.lot = wallet.earn(receipt.spent, bought.points, rules_.matures_us(date), Rules::expires_us(date), now);
    }
    receipts_[id] = std::move(receipt);
    return bought;
}

/// Had only the rest been bought, its points would have repaid the less of what it paid too much and what it earned. Of what they
/// repaid beyond that, what is given back and what is taken are the same points; what is only taken leaves the payment owed.
std::int64_t Programme::shrink_repaid(Receipt& receipt, std::int64_t& given, std::int64_t& taken, GivenBack& back) {
    Spent& spent = receipt.spent;
    const auto found =
        std::find_if(spent.draws.begin(), spent.draws.end(), [&](const Draw& draw) { return draw.lot == receipt.lot; });
    if (found == spent.draws.end()) return 0;
    Draw& own = *found;
    std::int64_t owed = spent.uncovered - given;
    for (auto draw = found; draw != spent.draws.end(); ++draw) owed += draw->taken;
    const std::int64_t repays = std::min(std::max<std::int64_t>(0, owed), receipt.points - taken);
    const std::int64_t beyond = std::min(taken, own.taken - std::min(own.taken, repays));
    const std::int64_t both = std::min(beyond, given);
    own.taken -= beyond;
    if (own.taken == 0) spent.draws.erase(found);
    receipt.points -= beyond;
    given -= both;
    taken -= beyond;
    back.taken += beyond;
    return beyond - both;
}

void Programme::take_points(Receipt& receipt, std::int64_t points, GivenBack& back, std::int64_t now) {
    Wallet& wallet = this->wallet(receipt.member);
    // What has expired nobody has any more: it counts as taken back, and is taken from nothing else.
    const std::int64_t lapsed = wallet.lapse(receipt.lot, points);
    receipt.points -= lapsed;
    points -= lapsed;
    const std::int64_t uncovered = wallet.take_back(receipt.lot, points, now);
    back.taken += points - uncovered;
    receipt.points -= points - uncovered;
    switch (rules_.debt) {
        case Debt::below_zero:
            back.owed += wallet.owe(uncovered);
            receipt.points -= uncovered;
            break;
        case Debt::from_refund:
            back.left = uncovered;
            back.withheld = std::min(uncovered, back.refund);  // a point is a cent
            back.refund -= back.withheld;
            receipt.points -= back.withheld;
            break;
        case Debt::refuse: back.left = uncovered; break;
    }
}

GivenBack Programme::give_back(const std::string& id, const std::vector<std::int64_t>& pieces, std::int64_t now) {
    Receipt& receipt = receipts_.at(id);
    for (std::size_t i = 0; i < receipt.lines.size(); ++i)
        receipt.lines[i].left -= pieces.empty() ? receipt.lines[i].left : pieces[i];
    receipt.is_void = pieces.empty();

    // What would have been, had only the rest been bought.
    const std::int64_t list = receipt.list_total();
    const bool is_big = receipt.was_big && list >= Rules::kBigFrom;
    const std::int64_t total = is_big ? list - Rules::kBigOff : list;
    std::int64_t points_paid = 0;
    if (receipt.points_paid > 0) {
        const Line& only = receipt.lines.front();
        points_paid = std::min(total, receipt.points_paid * only.left / only.quantity);
    }
    const std::int64_t paid = total - points_paid;

    if (receipt.is_big && !is_big) --uses_;
    receipt.is_big = is_big;
    GivenBack back;
    back.refund = std::max<std::int64_t>(0, receipt.paid - receipt.refunded - paid);
    receipt.refunded += back.refund;
    if (receipt.member < 0) return back;
    Wallet& wallet = this->wallet(receipt.member);
    wallet.sweep(now);
    back.given = std::max<std::int64_t>(0, receipt.spent.points() - points_paid);
    std::int64_t taken = std::max<std::int64_t>(0, receipt.points - paid / 100);
    std::int64_t given = back.given;
    const std::int64_t reopened = shrink_repaid(receipt, given, taken, back);
    if (given > 0) {
        wallet.give_back(receipt.spent, given, rules_.matures_us(receipt.date), Rules::expires_us(receipt.date), now);
    }
    if (taken > 0) take_points(receipt, taken, back, now);
    back.owed += wallet.reopen(receipt.spent, reopened, now);
    return back;
}

}  // namespace suki::house::model
