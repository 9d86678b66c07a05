#include "store/audit.h"

#include <algorithm>

#include "base/bytes.h"

namespace suki::store {

namespace {

constexpr std::int64_t kHashVersion = 1;

std::string_view bytes_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

std::string place_of(int chain, std::int64_t number) {
    return "chain " + std::to_string(chain) + " number " + std::to_string(number);
}

}  // namespace

Digest hash_of(const Digest& previous, const AuditRow& row) {
    ByteWriter out;
    out.put(kHashVersion);
    out.put_text(bytes_of(previous));
    out.put_text(row.org);
    out.put(row.chain);
    out.put(row.number);
    out.put(row.at.us);
    out.put_text(row.actor);
    out.put_text(row.action);
    out.put_unsigned(row.subjects.size());
    for (const std::string& subject : row.subjects) out.put_text(subject);
    out.put_text(row.outcome);
    out.put_text(row.request);
    return sha256(out.bytes());
}

Digest hash_of(const Digest& previous, const AuditRootRow& row) {
    ByteWriter out;
    out.put(kHashVersion);
    out.put_text(bytes_of(previous));
    out.put_text(row.org);
    out.put(row.number);
    out.put(row.made_at.us);
    out.put_unsigned(row.heads.size());
    for (const AuditHead& head : row.heads) {
        out.put(head.chain);
        out.put(head.number);
        out.put_text(bytes_of(head.hash));
    }
    return sha256(out.bytes());
}

void AuditChecker::take(const AuditRootRow& root) {
    auto& [number, hash] = last_roots_[root.org];
    const std::string where = "root " + std::to_string(root.number);
    if (root.number != number + 1) {
        tell_("audit_root_missing", where, root.org);
    } else if (hash_of(hash, root) != root.hash) {
        tell_("audit_root_differs", where, root.org);
    }
    number = root.number;
    hash = root.hash;
    for (const AuditHead& head : root.heads) rooted_[{head.chain, root.org}].push_back(head);
}

void AuditChecker::take(const AuditRow& row) {
    if (Chain chain{row.chain, row.org}; chain != chain_) {
        finish_chain();
        chain_ = std::move(chain);
        number_ = 0;
        hash_ = {};
    }
    if (row.number != number_ + 1) {
        tell_("audit_row_missing", place_of(row.chain, number_ + 1), row.org);
    } else if (hash_of(hash_, row) != row.hash) {
        tell_("audit_row_differs", place_of(row.chain, row.number), row.org);
    }
    number_ = row.number;
    hash_ = row.hash;
    const auto rooted = rooted_.find(chain_);
    if (rooted == rooted_.end()) return;
    std::erase_if(rooted->second, [&](const AuditHead& head) {
        if (head.number != row.number) return false;
        // The chain may have been made anew from here on: it would fit itself.
        if (head.hash != row.hash) tell_("audit_row_differs", place_of(row.chain, row.number), "not as it was at a root");
        return true;
    });
}

void AuditChecker::finish_chain() {
    const auto rooted = rooted_.find(chain_);
    if (rooted == rooted_.end()) return;
    for (const AuditHead& head : rooted->second) tell_("audit_tail_missing", place_of(head.chain, head.number), chain_.second);
    rooted_.erase(rooted);
}

void AuditChecker::finish() {
    finish_chain();
    // Chains of which nothing is left.
    while (!rooted_.empty()) {
        chain_ = rooted_.begin()->first;
        finish_chain();
    }
}

}  // namespace suki::store
