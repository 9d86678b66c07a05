#include "app/relied.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

namespace suki::app {

namespace {

/// A receipt or an activity.
struct Recorded {
    AccountId account;
    Instant recorded_at;
    std::string id;
    Instant occurred_at;
    Date date;
    std::vector<engine::CounterChange> figures;
    std::optional<engine::StoredReceipt> receipt;

    [[nodiscard]] bool is_before(const Recorded& other) const {
        return std::tie(recorded_at, id) < std::tie(other.recorded_at, other.id);
    }
};

/// What the accounts that are one today were then.
class Accounts {
public:
    Accounts(AccountId today, const OwnerPointer& owner) : list{today} {
        if (owner == nullptr || !owner->state) return;
        merged_ = owner->state->merged;
        for (const store::Merged& merged : merged_) list.push_back(merged.account);
    }
    std::vector<AccountId> list;
    [[nodiscard]] bool are_merged() const { return !merged_.empty(); }
    [[nodiscard]] bool are_one(AccountId a, AccountId b, Instant at) const { return standing(a, at) == standing(b, at); }

private:
    [[nodiscard]] AccountId standing(AccountId account, Instant at) const {
        for (std::size_t i = 0; i < merged_.size(); ++i) {
            const auto next = std::find_if(merged_.begin(), merged_.end(), [&](const store::Merged& merged) {
                return merged.account == account && merged.at <= at;
            });
            if (next == merged_.end()) break;
            account = next->into;
        }
        return account;
    }
    std::vector<store::Merged> merged_;
};

bool counts_visits(const Programme& programme) {
    const auto& counters = programme.counted.counters;
    return std::any_of(counters.begin(), counters.end(),
                       [](const engine::KeptCounter& kept) { return kept.counter.measure == programme::Measure::visits; });
}

void add_recorded(std::vector<Recorded>& all, const Desk& desk, const Programme& programme, const store::OwnerKey& key,
                  Instant since) {
    for (const store::ReceiptRow& row : desk.receipts_recorded_since(key, since)) {
        auto stored = engine::unpack_receipt(row.packed);
        if (!stored) continue;  // `verify` names it
        auto figures = programme.figures_of(*stored);
        all.push_back({key.account, row.recorded_at, row.id, row.occurred_at, row.date, std::move(figures), std::move(stored)});
    }
    if (!counts_visits(programme)) return;
    for (const store::ActivityRow& row : desk.activities_recorded_since(key, since)) {
        auto figures = engine::figures_of_activity(row.kind);
        if (figures.empty()) continue;
        all.push_back({key.account, row.recorded_at, row.id, row.occurred_at, row.date, std::move(figures), std::nullopt});
    }
}

/// `all` by when they were recorded.
bool did_rely(const Programme& programme, const Accounts& accounts, const std::vector<Recorded>& all, const Recorded& later,
              engine::ChangedPast& past) {
    const engine::Evaluator& evaluator = programme.evaluator(later.receipt->edition, later.receipt->is_history);
    if (!accounts.are_merged()) return past.was_read_by(evaluator, *later.receipt);
    engine::ChangedPast known = past;
    for (const Recorded& other : all) {
        if (!other.is_before(later)) break;
        if (!accounts.are_one(other.account, later.account, later.recorded_at)) known.forget(other.date, other.figures);
    }
    return known.was_read_by(evaluator, *later.receipt);
}

}  // namespace

std::vector<std::string> those_that_relied(const Desk& desk, const Programme& programme, const store::OwnerKey& key,
                                           const store::ReceiptRow& purchase, engine::ChangedPast past) {
    const Accounts accounts{key.account, desk.owner(key)};
    // What another account brought with it was recorded at any time.
    const Instant since = accounts.are_merged() ? Instant{std::numeric_limits<std::int64_t>::min()} : purchase.recorded_at;
    std::vector<Recorded> all;
    for (const AccountId account : accounts.list) {
        add_recorded(all, desk, programme, {.org = key.org, .account = account, .programme = key.programme}, since);
    }
    std::sort(all.begin(), all.end(), [](const Recorded& a, const Recorded& b) { return a.is_before(b); });
    std::vector<const Recorded*> found;
    for (auto later = all.rbegin(); later != all.rend() && purchase.recorded_at <= later->recorded_at; ++later) {
        if (later->receipt && later->id == purchase.id) break;
        past.forget(later->date, later->figures);
        if (!later->receipt || !accounts.are_one(*purchase.account, later->account, later->recorded_at)) continue;
        if (did_rely(programme, accounts, all, *later, past)) found.push_back(&*later);
    }
    std::sort(found.begin(), found.end(), [](const Recorded* a, const Recorded* b) {
        return std::tie(a->occurred_at, a->id) < std::tie(b->occurred_at, b->id);
    });
    std::vector<std::string> ids;
    for (const Recorded* each : found) ids.push_back(each->id);
    return ids;
}

}  // namespace suki::app
