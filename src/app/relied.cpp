#include "app/relied.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "app/person.h"

namespace suki::app {

/// A receipt or an activity.
struct Since::Recorded {
    AccountId account;
    Instant recorded_at;
    std::string id;
    Instant occurred_at;
    Date date;
    std::vector<engine::CounterChange> figures;
    std::optional<engine::StoredReceipt> receipt;
    std::string person;  // whose uses it counts, where several share or shared the account

    [[nodiscard]] bool is_before(const Recorded& other) const {
        return std::tie(recorded_at, id) < std::tie(other.recorded_at, other.id);
    }
};

/// What the accounts that are one today were then.
struct Since::Accounts {
    Accounts(AccountId today, const OwnerPointer& owner) : list{today} {
        if (owner == nullptr || !owner->state) return;
        merged = owner->state->merged;
        for (const store::Merged& one : merged) list.push_back(one.account);
    }
    std::vector<AccountId> list;
    [[nodiscard]] bool are_merged() const { return !merged.empty(); }
    [[nodiscard]] bool are_one(AccountId a, AccountId b, Instant at) const { return standing(a, at) == standing(b, at); }

    [[nodiscard]] AccountId standing(AccountId account, Instant at) const {
        for (std::size_t i = 0; i < merged.size(); ++i) {
            const auto next = std::find_if(merged.begin(), merged.end(),
                                           [&](const store::Merged& one) { return one.account == account && one.at <= at; });
            if (next == merged.end()) break;
            account = next->into;
        }
        return account;
    }
    std::vector<store::Merged> merged;
};

Since::Since(const Desk& desk, const Programme& programme, const store::OwnerKey& key, const store::ReceiptRow& purchase)
    : desk_(desk),
      programme_(programme),
      key_(key),
      purchase_(purchase),
      accounts_(std::make_unique<Accounts>(key.account, desk.owner(key))) {
    const OwnerPointer owner = desk.owner(key);
    is_shared_ = owner != nullptr && owner->state && owner->state->household;
    // What another account brought with it was recorded at any time.
    const Instant since = accounts_->are_merged() ? Instant{std::numeric_limits<std::int64_t>::min()} : purchase.recorded_at;
    for (const AccountId account : accounts_->list) add({.org = key.org, .account = account, .programme = key.programme}, since);
    std::sort(all_.begin(), all_.end(), [](const Recorded& a, const Recorded& b) { return a.is_before(b); });
    const auto purchased =
        std::find_if(all_.begin(), all_.end(), [&](const Recorded& one) { return one.receipt && one.id == purchase.id; });
    first_ = static_cast<std::size_t>(purchased - all_.begin()) + (purchased == all_.end() ? 0 : 1);
}
Since::~Since() = default;

void Since::add(const store::OwnerKey& key, Instant since) {
    for (const store::ReceiptRow& row : desk_.receipts_recorded_since(key, since)) {
        auto stored = engine::unpack_receipt(row.packed);
        if (!stored) continue;  // `verify` names it
        const auto who = is_shared_ && row.member ? person_of(desk_, key, *row.member) : std::nullopt;
        std::string person = who ? who->member.text() : std::string{};
        auto figures = programme_.figures_of(*stored, person);
        all_.push_back({key.account, row.recorded_at, row.id, row.occurred_at, row.date, std::move(figures), std::move(stored),
                        std::move(person)});
    }
    for (const store::ActivityRow& row : desk_.activities_recorded_since(key, since)) {
        all_.push_back({key.account, row.recorded_at, row.id, row.occurred_at, row.date, engine::figures_of_activity(row.kind),
                        std::nullopt, std::string{}});
    }
}

std::vector<engine::Activity> Since::activities() const {
    std::vector<engine::Activity> activities;
    for (std::size_t i = first_; i < all_.size(); ++i) {
        const Recorded& one = all_[i];
        if (one.receipt && engine::is_all_back(*one.receipt)) continue;
        activities.push_back({.day = one.date,
                              .recorded_at = one.recorded_at,
                              .is_visit = !one.figures.empty(),
                              .keeps_points = one.receipt ? one.receipt->edition != 0 && !one.receipt->is_history
                                                          : programme_.in_force(one.date) != nullptr});
    }
    return activities;
}

/// Points that matured since the purchase.
void Since::note_matured(engine::ThoseThatRelied& relied, const store::OwnerKey& key) const {
    const OwnerPointer owner = desk_.owner(key);
    if (owner == nullptr || !owner->state) return;
    for (const ledger::Wallet& wallet : owner->state->wallets) {
        for (const store::EntryRow& row : desk_.journal(key, wallet.unit)) {
            const ledger::Entry& entry = row.entry;
            if (entry.kind != ledger::EntryKind::mature || entry.effective_at < purchase_.recorded_at) continue;
            if (entry.cause == purchase_.id) continue;
            const auto receipt = desk_.receipt(programme_.organisation, programme_.id, key.account, entry.cause);
            if (receipt) relied.note_matured(entry.unit, ledger::repaid_by(entry) > Points{0}, receipt->id, receipt->occurred_at);
        }
    }
}

bool Since::did_rely(const Recorded& later, engine::ChangedPast& past) const {
    const engine::Evaluator& evaluator = programme_.evaluator(later.receipt->edition, later.receipt->is_history);
    if (!accounts_->are_merged()) return past.was_read_by(evaluator, *later.receipt, later.person);
    engine::ChangedPast known = past;
    for (const Recorded& other : all_) {
        if (!other.is_before(later)) break;
        if (!accounts_->are_one(other.account, later.account, later.recorded_at)) known.forget(other.date, other.figures);
    }
    return known.was_read_by(evaluator, *later.receipt, later.person);
}

std::vector<std::string> Since::those_that_counted(engine::ChangedPast past) const {
    engine::ThoseThatRelied relied{engine::MovedPoints{}};
    // The purchase is of another account, and so not among these.
    const auto later_than = [&](const Recorded& one) { return purchase_.recorded_at < one.recorded_at; };
    const auto first = static_cast<std::size_t>(std::find_if(all_.begin(), all_.end(), later_than) - all_.begin());
    for (std::size_t i = first; i < all_.size(); ++i) past.forget(all_[i].date, all_[i].figures);
    for (std::size_t i = first; i < all_.size(); ++i) {
        const Recorded& later = all_[i];
        if (later.receipt) {
            const programme::Plan& plan = programme_.evaluator(later.receipt->edition, later.receipt->is_history).plan();
            relied.ask(plan, *later.receipt, later.occurred_at, did_rely(later, past));
        }
        past.learn(later.date, later.figures);
    }
    return std::move(relied).ids();
}

std::vector<std::string> Since::those_that_relied(engine::ChangedPast past, engine::MovedPoints moved) const {
    engine::ThoseThatRelied relied(std::move(moved));
    if (relied.asks_for_matured()) {
        for (const AccountId account : accounts_->list) {
            note_matured(relied, {.org = key_.org, .account = account, .programme = key_.programme});
        }
    }
    for (std::size_t i = first_; i < all_.size(); ++i) past.forget(all_[i].date, all_[i].figures);
    for (std::size_t i = first_; i < all_.size(); ++i) {
        const Recorded& later = all_[i];
        if (later.receipt && accounts_->are_one(*purchase_.account, later.account, later.recorded_at)) {
            const programme::Plan& plan = programme_.evaluator(later.receipt->edition, later.receipt->is_history).plan();
            relied.ask(plan, *later.receipt, later.occurred_at, did_rely(later, past));
        }
        past.learn(later.date, later.figures);
    }
    return std::move(relied).ids();
}

}  // namespace suki::app
