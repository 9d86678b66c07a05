#include "store/store.h"

#include <iterator>
#include <tuple>

namespace suki::store {

namespace {

std::string bytes_of(IdBits bits) {
    std::string bytes;
    for (const std::uint64_t word : {bits.high, bits.low}) {
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(word >> shift);
    }
    return bytes;
}

/// Every list of a batch, in the order of Batch.
template <class B>
auto lists(B& b) {
    return std::tie(b.organisations, b.programmes, b.editions, b.accounts, b.members, b.cards, b.claims, b.states, b.entries,
                    b.receipts, b.idempotency, b.activities, b.records, b.outbox, b.outbox_delivered, b.discrepancies, b.quarantine,
                    b.quarantine_released, b.suspects, b.suspects_cleared, b.pools, b.portions, b.audit, b.audit_roots, b.products,
                    b.places, b.api_keys, b.console_users, b.sessions, b.sessions_prolonged, b.sessions_ended, b.secrets);
}

template <class T>
void move_to_end(std::vector<T>& to, std::vector<T>& from) {
    if (to.empty()) {
        to = std::move(from);
    } else {
        to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    }
    from.clear();
}

template <class To, class From, std::size_t... I>
void append_lists(To to, From from, std::index_sequence<I...>) {
    (move_to_end(std::get<I>(to), std::get<I>(from)), ...);
}

}  // namespace

int bucket_of(IdBits owner) { return bucket_of(bytes_of(owner)); }

int bucket_of(std::string_view value) { return static_cast<int>(stable_hash(value) % kBuckets); }

bool Batch::is_empty() const {
    return std::apply([](const auto&... list) { return (list.empty() && ...); }, lists(*this)) && !sessions_expired_by;
}

void Batch::append(Batch&& other) {
    auto from = lists(other);
    append_lists(lists(*this), from, std::make_index_sequence<std::tuple_size_v<decltype(from)>>{});
    if (other.sessions_expired_by && (!sessions_expired_by || *sessions_expired_by < *other.sessions_expired_by)) {
        sessions_expired_by = other.sessions_expired_by;
    }
}

}  // namespace suki::store
