#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/desk.h"
#include "engine/relied.h"

namespace suki::app {

/// What the owner of a purchase, and the accounts that were merged with theirs, did since it was recorded.
class Since {
public:
    /// `key`: the owner as of now.
    Since(const Desk& desk, const Programme& programme, const store::OwnerKey& key, const store::ReceiptRow& purchase);
    ~Since();
    Since(const Since&) = delete;
    Since& operator=(const Since&) = delete;

    /// Not what came back whole. By when they were recorded.
    [[nodiscard]] std::vector<engine::Activity> activities() const;
    /// Receipts that relied on what a return took away or gave back, by when they were bought: those that would have been decided
    /// otherwise without it, or paid with other points. Their decisions stand (DESIGN.md 8). `past` is of the owner as of now.
    [[nodiscard]] std::vector<std::string> those_that_relied(engine::ChangedPast past, engine::MovedPoints moved) const;
    /// The same of another account, to which the buyer went and took nothing but how often they used offers; `past` is of that one.
    [[nodiscard]] std::vector<std::string> those_that_counted(engine::ChangedPast past) const;

private:
    struct Recorded;
    struct Accounts;
    void add(const store::OwnerKey& key, Instant since);
    void note_matured(engine::ThoseThatRelied& relied, const store::OwnerKey& key) const;
    [[nodiscard]] bool did_rely(const Recorded& later, engine::ChangedPast& past) const;

    const Desk& desk_;
    const Programme& programme_;
    store::OwnerKey key_;
    const store::ReceiptRow& purchase_;
    bool is_shared_ = false;  // by several people
    std::unique_ptr<Accounts> accounts_;
    std::vector<Recorded> all_;  // by when they were recorded; of merged accounts also what came before
    std::size_t first_ = 0;      // the first after the purchase
};

}  // namespace suki::app
