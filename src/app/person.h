#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

/// Who somebody is today. A member's row stays under its account for ever, but the person may have gone: with the account, when it
/// was merged into another; or alone, when they joined a household or left one. docs/decisions/0076-households.md.
namespace suki::app {

struct Person {
    store::OwnerKey key;
    MemberId member;
    friend bool operator==(const Person&, const Person&) = default;
};

inline const store::MemberRow* member_of(const store::Owner& owner, MemberId member) {
    for (const store::MemberRow& row : owner.members) {
        if (row.id == member) return &row;
    }
    return nullptr;
}

/// Those who are under the account, by id.
inline std::vector<const store::MemberRow*> people_of(const store::Owner& owner) {
    std::vector<const store::MemberRow*> people;
    for (const store::MemberRow& row : owner.members) {
        if (row.status != store::MemberStatus::moved && row.status != store::MemberStatus::erased) people.push_back(&row);
    }
    return people;
}

/// The only one under the account; of a household its owner. Null where nobody is.
inline const store::MemberRow* first_person(const store::Owner& owner) {
    const auto people = people_of(owner);
    if (people.empty()) return nullptr;
    if (!owner.state || !owner.state->household) return people.front();
    for (const store::MemberRow* row : people) {
        if (row->id == owner.state->household->owner) return row;
    }
    return people.front();
}

/// Under which name the account counts what is a person's own (engine::own_key); empty where it is one person's altogether.
inline std::string own_name(const store::StateRow& state, MemberId member) {
    return state.household ? member.text() : std::string{};
}

/// Who the member of that account is today; nothing where the rows don't say, as may be while a commit is seen half. `rows` has
/// `owner(OwnerKey)`, null or none where there is none, and `claim(ClaimKey)`.
template <class Rows>
std::optional<Person> person_of(const Rows& rows, store::OwnerKey key, MemberId member) {
    while (true) {
        const auto owner = rows.owner(key);
        if (!owner) return std::nullopt;
        const store::MemberRow* row = member_of(*owner, member);
        if (row == nullptr || row->status == store::MemberStatus::moved) {
            const auto claim =
                rows.claim({.org = key.org, .kind = store::ClaimKind::member, .programme = {}, .value = member.text()});
            if (!claim || !claim->account || *claim->account == key.account) return std::nullopt;
            key.account = *claim->account;
            continue;
        }
        if (!owner->account.merged_into) return Person{.key = key, .member = member};
        const AccountId merged = key.account;
        auto there = rows.owner(key);
        while (there && there->account.merged_into) {
            key.account = *there->account.merged_into;
            there = rows.owner(key);
        }
        if (!there) return std::nullopt;
        MemberId became;
        if (there->state) {
            for (const store::Merged& one : there->state->merged) {
                if (one.account == merged) became = one.member;
            }
        }
        if (became.is_nil()) {
            const store::MemberRow* only = first_person(*there);
            if (only == nullptr) return std::nullopt;
            became = only->id;
        }
        member = became;
    }
}

/// For `person_of` where there is no desk: as the rows are stored.
struct StoredRows {
    store::Store& store;
    [[nodiscard]] std::optional<store::Owner> owner(const store::OwnerKey& key) const { return store.load_owner(key); }
    [[nodiscard]] std::optional<store::ClaimRow> claim(const store::ClaimKey& key) const { return store.find_claim(key); }
};

/// Every account whose receipts count in this one: first those of which everything does, then those of which uses do.
struct CountedAccounts {
    std::vector<AccountId> whole;
    std::vector<AccountId> uses_only;
};
inline CountedAccounts counted_accounts(const store::StateRow& state) {
    CountedAccounts all{.whole = {state.account}, .uses_only = {}};
    for (const store::Merged& merged : state.merged) all.whole.push_back(merged.account);
    for (const AccountId account : state.left) {
        if (std::find(all.whole.begin(), all.whole.end(), account) == all.whole.end()) all.uses_only.push_back(account);
    }
    return all;
}

}  // namespace suki::app
