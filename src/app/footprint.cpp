#include "app/footprint.h"

#include <string>
#include <vector>

#include "store/store.h"

namespace suki::app {

namespace {

constexpr std::size_t kAllocation = 16;                    // of the allocator, for each
constexpr std::size_t kKept = 6 * sizeof(void*) + 2 * 64;  // nodes of the cache's list and index, and the keys in them

std::size_t heap_of(const std::string& text) {
    const bool is_inline = text.capacity() < sizeof(std::string) / 2;
    return is_inline ? 0 : text.capacity() + 1 + kAllocation;
}

template <class T>
std::size_t room_of(const std::vector<T>& list) {
    return list.capacity() == 0 ? 0 : list.capacity() * sizeof(T) + kAllocation;
}
/// With what each element has elsewhere.
template <class T, class Heap>
std::size_t heap_of(const std::vector<T>& list, const Heap& heap_of_one) {
    std::size_t bytes = room_of(list);
    for (const T& one : list) bytes += heap_of_one(one);
    return bytes;
}

std::size_t heap_of_lot(const ledger::Lot& lot) { return heap_of(lot.earned_by); }

std::size_t heap_of_hold(const ledger::Hold& hold) {
    return heap_of(hold.cause) + heap_of(hold.draws, [](const ledger::Draw& draw) { return heap_of_lot(draw.lot); });
}

std::size_t heap_of_wallet(const ledger::Wallet& wallet) {
    return heap_of(wallet.unit) + heap_of(wallet.lots, heap_of_lot) + heap_of(wallet.holds, heap_of_hold);
}

std::size_t heap_of_counter(const account::Counter& counter) { return heap_of(counter.key) + room_of(counter.days); }

std::size_t heap_of_state(const store::StateRow& row) {
    return heap_of(row.org) + heap_of(row.programme) + heap_of(row.state.counters, heap_of_counter) +
           heap_of(row.state.levels, [](const account::LevelSpan& span) { return heap_of(span.level); }) +
           heap_of(row.wallets, heap_of_wallet) + room_of(row.merged) + room_of(row.left);
}

std::size_t heap_of_member(const store::MemberRow& row) {
    const auto of_pair = [](const auto& pair) { return heap_of(pair.first) + heap_of(pair.second); };
    return heap_of(row.org) + heap_of(row.programme) + heap_of(row.external_id) + heap_of(row.name) + heap_of(row.phone) +
           heap_of(row.email) + heap_of(row.language) + heap_of(row.facts.attributes, of_pair) +
           heap_of(row.facts.segments, [](const std::string& text) { return heap_of(text); });
}

}  // namespace

std::size_t footprint_of(const store::Owner& owner) {
    return sizeof owner + kAllocation + kKept + heap_of(owner.account.org) + heap_of(owner.members, heap_of_member) +
           (owner.state ? heap_of_state(*owner.state) : 0);
}

}  // namespace suki::app
