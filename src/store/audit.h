#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/rows.h"

/// How rows of the audit log hold one another (docs/decisions/0060-audit-log.md). Each row's hash is over the one before it in its
/// chain and over itself; each root's over the root before it and over where the chains stood. Both begin at a digest of zeros.
namespace suki::store {

inline constexpr std::string_view kAuditDone = "done";

Digest hash_of(const Digest& previous, const AuditRow& row);
Digest hash_of(const Digest& previous, const AuditRootRow& row);

/// Finds whatever was changed, removed or put elsewhere. Takes first all roots by (org, number), then all rows by (chain, org,
/// number), of any number of organisations; memory grows with the roots only.
class AuditChecker {
public:
    /// `what` is the stable name of the broken rule: audit_root_missing, audit_root_differs, audit_row_missing, audit_row_differs,
    /// audit_tail_missing.
    using Tell = std::function<void(std::string what, std::string where, std::string details)>;

    explicit AuditChecker(Tell tell) : tell_(std::move(tell)) {}
    void take(const AuditRootRow& root);
    void take(const AuditRow& row);
    /// After the last row.
    void finish();

private:
    using Chain = std::pair<int, std::string>;  // chain, org: the order of the rows

    void finish_chain();

    Tell tell_;
    std::map<std::string, std::pair<std::int64_t, Digest>> last_roots_;
    std::map<Chain, std::vector<AuditHead>> rooted_;  // by number
    Chain chain_;
    std::int64_t number_ = 0;
    Digest hash_{};
};

}  // namespace suki::store
