#include "app/person_records.h"

#include <algorithm>
#include <tuple>

#include "app/person.h"

namespace suki::app {

namespace {

CountedAccounts accounts_of(const OwnerPointer& owner, AccountId account) {
    if (owner != nullptr && owner->state) return counted_accounts(*owner->state);
    return {.whole = {account}, .uses_only = {}};
}

void sort_newest_first(std::vector<store::RecordRow>& rows) {
    std::sort(rows.begin(), rows.end(), [](const store::RecordRow& a, const store::RecordRow& b) {
        return std::tie(b.created_at, b.id) < std::tie(a.created_at, a.id);
    });
}

}  // namespace

std::vector<store::RecordRow> records_of_account(const Desk& desk, const store::OwnerKey& key, store::RecordKind kind) {
    std::vector<store::RecordRow> all;
    for (const AccountId account : accounts_of(desk.owner(key), key.account).whole) {
        for (store::RecordRow& row : desk.records_of({key.org, account, key.programme}, kind)) all.push_back(std::move(row));
    }
    sort_newest_first(all);
    return all;
}

std::vector<store::RecordRow> records_of_person(const Desk& desk, const store::OwnerKey& key, MemberId member,
                                                store::RecordKind kind) {
    std::vector<store::RecordRow> all;
    const OwnerPointer owner = desk.owner(key);
    const CountedAccounts accounts = accounts_of(owner, key.account);
    const bool is_shared = owner != nullptr && owner->state && owner->state->household;
    const auto read = [&](AccountId account, bool has_others) {
        const store::OwnerKey one{key.org, account, key.programme};
        for (store::RecordRow& row : desk.records_of(one, kind)) {
            const auto person = has_others ? person_of(desk, one, row.member.value_or(MemberId{})) : std::nullopt;
            if (!has_others || (person && person->member == member)) all.push_back(std::move(row));
        }
    };
    for (const AccountId account : accounts.whole) read(account, is_shared);
    for (const AccountId account : accounts.uses_only) read(account, true);
    sort_newest_first(all);
    return all;
}

}  // namespace suki::app
