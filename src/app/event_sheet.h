#pragma once

#include "app/event_desk.h"

/// What EventDesk keeps, and what one event changes of it. Only the desk's own files include this.
namespace suki::app {

/// What settling changes of an owner.
struct EventDesk::Books {
    account::State state;
    std::vector<ledger::Wallet> wallets;  // those in which anything was ever posted
};

/// What an activity counted.
struct EventDesk::CountedVisit {
    Instant recorded_at;
    Date date;
    std::vector<engine::CounterChange> figures;
};

/// Points of a receipt that had been pending.
struct EventDesk::Matured {
    Instant at;
    std::string unit;
    std::string receipt;
    Points repaid;  // of a debt
};

struct EventDesk::Owner {
    MemberName name;
    account::Facts facts;
    programme::CardShown card;
    Books books;
    ReceiptNode* latest = nullptr;     // receipt
    std::vector<CountedVisit> visits;  // by when they were recorded
    std::vector<Matured> matured;      // by when
};

struct EventDesk::KeptReceipt {
    std::string packed;
    std::string answer;  // packed; the outcome stands in the receipt
    Owner* owner = nullptr;
    ReceiptNode* before = nullptr;  // the same owner's, recorded just before
    Instant occurred_at;
    Instant recorded_at;
    Date date;
};

struct EventDesk::KeptReturn {
    std::string
        command;  // as it was sent, packed as is the answer; empty for one sent with a purchase, which is what may be sent again
    std::string answer;
};

struct EventDesk::KeptVisit {
    std::string command;  // packed, as is the answer
    std::string answer;
};

/// The changes of one event, laid over what is kept: thrown away with a refusal.
struct EventDesk::Sheet {
    Instant recorded_at;
    Date today;
    std::vector<std::pair<Owner*, Books>> books;
    std::vector<std::pair<Owner*, Matured>> matured;
    std::unique_ptr<Owner> newcomer;
    std::vector<std::pair<ReceiptNode*, std::string>> receipts;  // known ones, packed anew
    std::vector<std::pair<std::string, KeptReturn>> returns;
    std::vector<std::pair<PoolKey, std::int64_t>> drawn;  // changes
    engine::FirstExpiries first;
    std::vector<std::pair<LotId, engine::LotFate>> fates;  // changes

    [[nodiscard]] const std::string& packed(const ReceiptNode& node) const {
        for (const auto& [there, packed] : receipts) {
            if (there == &node) return packed;
        }
        return node.second.packed;
    }
};

}  // namespace suki::app
