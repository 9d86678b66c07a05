#include "app/fill_counters.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "app/person.h"

namespace suki::app {

void fill_counters(store::Store& store, const Programme& programme, store::Owner& owner) {
    store::StateRow& row = *owner.state;
    const auto is_kept = [&](std::string_view key) { return programme.is_kept(key, row.counted_to); };
    std::erase_if(row.state.counters, [&](const account::Counter& counter) { return !is_kept(counter.key); });
    const auto& counters = programme.counted.counters;
    if (!owner.account.merged_into && !std::all_of(counters.begin(), counters.end(),
                                                   [&](const engine::KeptCounter& kept) { return is_kept(kept.counter.key); })) {
        count_receipts(store, programme, row, [&](Date day, const engine::CounterChange& figure) {
            if (!is_kept(figure.key)) account::add_to_counter(row.state, figure.key, day, figure.change);
        });
    }
    row.counted_to = programme.last_edition();
}

namespace {

/// Under which names the account of `state` counts the uses of those who bought in another, or in itself; without those who are
/// somewhere else today. Read before the receipts are: nothing else can be asked while they come.
std::map<MemberId, std::string> names_of(store::Store& store, const store::StateRow& state, AccountId account) {
    std::map<MemberId, std::string> names;
    const StoredRows rows{store};
    for (const store::MemberRow& row : store.members_of(state.org, account)) {
        if (row.programme != state.programme) continue;
        const auto person = person_of(rows, {.org = state.org, .account = account, .programme = state.programme}, row.id);
        if (person && person->key.account == state.account) names.emplace(row.id, own_name(state, person->member));
    }
    return names;
}

}  // namespace

void count_receipts(store::Store& store, const Programme& programme, const store::StateRow& row, const CountFigure& count) {
    const CountedAccounts accounts = counted_accounts(row);
    const auto count_account = [&](AccountId account, bool is_whole) {
        const bool is_one_person = is_whole && !row.household;
        const auto names = is_one_person ? std::map<MemberId, std::string>{} : names_of(store, row, account);
        constexpr Instant always{std::numeric_limits<std::int64_t>::min()};
        const store::OwnerKey key{.org = row.org, .account = account, .programme = row.programme};
        store.receipts_recorded_since(key, always, [&](const store::ReceiptRow& receipt) {
            const auto stored = engine::unpack_receipt(receipt.packed);
            if (!stored) return true;
            const auto name = receipt.member ? names.find(*receipt.member) : names.end();
            const bool is_ours = is_one_person || name != names.end();
            for (const engine::CounterChange& figure :
                 programme.figures_of(*stored, name == names.end() ? std::string{} : name->second)) {
                if (engine::counts_uses(figure.key) ? is_ours : is_whole) count(stored->context.date, figure);
            }
            return true;
        });
    };
    for (const AccountId account : accounts.whole) count_account(account, true);
    for (const AccountId account : accounts.uses_only) count_account(account, false);
}

}  // namespace suki::app
