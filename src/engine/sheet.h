#pragma once

#include <string>
#include <vector>

#include "engine/books.h"

/// How books.h is written. Internal to the engine.
namespace suki::engine {

/// An owner's wallets while an event is settled: as they came, under what was posted since.
class WalletSheet {
public:
    explicit WalletSheet(const std::vector<ledger::Wallet>& wallets) : wallets_(wallets) {}
    [[nodiscard]] ledger::Wallet of(const std::string& unit) const {
        for (auto posted = postings.rbegin(); posted != postings.rend(); ++posted) {
            if (posted->unit == unit) return posted->posting.wallet;
        }
        const ledger::Wallet* found = find_wallet(wallets_, unit);
        return found != nullptr ? *found : ledger::Wallet{.unit = unit};
    }
    void post(const std::string& unit, ledger::Posting posting) {
        if (!posting.entries.empty()) postings.push_back({unit, std::move(posting)});
    }

    std::vector<UnitPosting> postings;

private:
    const std::vector<ledger::Wallet>& wallets_;
};

/// The civil day of the programme's zone.
inline Date date_of(const programme::Plan& plan, Instant at) {
    return plan.zone == nullptr ? civil_time(at, 0).date : local_date(*plan.zone, at);
}

}  // namespace suki::engine
