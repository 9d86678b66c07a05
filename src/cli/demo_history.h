#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/commands.h"
#include "base/time.h"
#include "base/zone.h"
#include "catalogue/catalogue.h"

/// A made-up history, the same for the same seed on every machine: a small meat factory with three shops of its own. Nothing in it
/// is anybody's data.
namespace suki::cli {

/// splitmix64: small, and with the same numbers everywhere, which the standard's distributions do not promise.
class DemoRandom {
public:
    explicit DemoRandom(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next();
    /// 0 <= result < `bound`; `bound` > 0.
    std::int64_t below(std::int64_t bound);
    /// `low` <= result <= `high`.
    std::int64_t between(std::int64_t low, std::int64_t high) { return low + below(high - low + 1); }
    /// True `per_mille` times in a thousand.
    bool chance(int per_mille) { return below(1000) < per_mille; }

private:
    std::uint64_t state_;
};

struct DemoMember {
    app::MemberProfile profile;
    std::string card;
    Date joined_on;
};

/// One thing that happens. Exactly one of the optionals is set.
struct DemoEvent {
    Instant at;
    std::optional<std::size_t> joins;  // index into DemoHistory::members
    std::optional<app::RecordReceipt> receipt;
    std::optional<app::ReturnGoods> goods_back;
    bool wants_to_pay_with_points = false;  // of a receipt: pays with what the quote allows
};

struct DemoHistory {
    Date starts_on;
    Date ends_on;  // the first day after it
    std::vector<catalogue::Product> products;
    std::vector<catalogue::Store> stores;
    std::vector<DemoMember> members;
    std::vector<DemoEvent> events;  // by time
};

struct DemoOptions {
    std::uint64_t seed = 2026;
    std::size_t members = 2'400;
    int years = 3;
    std::string programme = "meat-works";
};

/// Members join over the first years, each with a rhythm of their own (a purchase every four to forty days), pause for months and
/// often come back; Fridays and Saturdays are busy, Sundays short; sausages and ham go by weight, jars by the piece; one receipt in
/// a hundred is partly returned; one in five has no member. Ends on 31 October 2026.
DemoHistory make_demo_history(const DemoOptions& options, const Zone& zone);

}  // namespace suki::cli
