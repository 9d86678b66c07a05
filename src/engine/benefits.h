#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "programme/plan.h"

/// What somebody may have of the matrix on a day: by their level, or granted.
namespace suki::engine {

/// One use of what is had by right: used, or booked for that day.
struct UsedBenefit {
    std::string benefit;
    Date date;
};
/// What is left of what was granted by hand, offer or membership.
struct GrantedBenefit {
    std::string id;  // of the grant
    std::string benefit;
    std::int64_t left = 0;
    Date from;
    std::optional<Date> until;  // the last day; none: for ever
};

struct Entitlement {
    std::uint32_t benefit = 0;      // index into Plan::benefits
    bool is_standing = false;       // by right, as often as they like or all the time
    std::int64_t allowed = 0;       // by right, in the window that the day is in
    std::int64_t used = 0;          // of that, booked ones too
    std::int64_t granted = 0;       // beside that
    std::optional<Date> renews_on;  // when what is allowed begins anew; none: never, or day by day

    [[nodiscard]] std::int64_t left_by_right() const { return used < allowed ? allowed - used : 0; }
    /// Of no meaning where it stands.
    [[nodiscard]] std::int64_t left() const { return left_by_right() + granted; }
};

/// Of all benefits that the level (empty: none), membership in the programme or a grant gives on `date`, also where nothing is
/// left. Not material ones come first, then the company's own, then as the document has them. `used` and `granted` in any order.
/// What one of the `memberships` (ids) brings is had as often as they like, whatever the level.
std::vector<Entitlement> entitlements(const programme::Plan& plan, std::string_view level, Date date,
                                      std::span<const UsedBenefit> used, std::span<const GrantedBenefit> granted,
                                      std::span<const std::string> memberships = {});

/// The grant that is used first: of those that can be used on `date`, the one that ends soonest, ties by id. Null without any.
const GrantedBenefit* first_grant(std::span<const GrantedBenefit> granted, std::string_view benefit, Date date);

/// Indexes of Plan::benefits in the order in which they are shown.
std::vector<std::uint32_t> showing_order(const programme::Plan& plan);

}  // namespace suki::engine
