#include "app/portions.h"

#include <algorithm>
#include <utility>

namespace suki::app {

namespace {

// Of what nobody has yet, the part that a holder takes beyond its need: a budget of a million is asked for some fifty times in all.
constexpr std::int64_t kShare = 8;

class Drawing {
public:
    Drawing(const std::optional<store::Pool>& before, const store::PoolKey& name, std::string holder, Instant now)
        : holder_(std::move(holder)), now_(now) {
        if (before) {
            writes_.after = *before;
        } else {
            row() = {.org = name.org,
                     .programme = name.programme,
                     .key = name.key,
                     .period_start = name.period_start,
                     .drawn = 0,
                     .version = 0};
        }
    }

    /// Portions that nobody draws from any more; with `all`, every one.
    void put_back_forgotten(bool all, bool also_own) {
        std::erase_if(portions(), [&](store::PortionRow& portion) {
            const bool is_own = portion.holder == holder_ && !also_own;
            if (!all && (is_own || now_.us - portion.touched_at.us <= portion_kept_us)) return false;
            row().drawn -= portion.undrawn;
            is_row_changed_ = true;
            ++portion.version;
            writes_.portions.push_back({.row = portion, .is_removal = true});
            return true;
        });
    }

    void draw_from_pool(std::int64_t by) {
        row().drawn += by;
        is_row_changed_ = is_row_changed_ || by != 0;
    }

    void draw_from_portion(std::int64_t by, std::int64_t total) {
        store::PortionRow own = take_own();
        own.undrawn -= by;
        if (row().drawn > total) {
            // A later edition has less to give than portions were taken from: until that is made up for, nobody keeps any.
            recall();
            draw_from_pool(-std::exchange(own.undrawn, 0));
        } else if (own.undrawn < 0) {
            refill(own, total);
        }
        ++own.version;
        own.touched_at = now_;
        writes_.portions.push_back({.row = own});
        portions().push_back(std::move(own));
    }

    PoolWrites finish() {
        if (is_row_changed_ || (row().version == 0 && !writes_.portions.empty())) {
            ++row().version;
            writes_.row = row();
        }
        std::sort(portions().begin(), portions().end(),
                  [](const store::PortionRow& a, const store::PortionRow& b) { return a.holder < b.holder; });
        return std::move(writes_);
    }

private:
    store::PoolRow& row() { return writes_.after.row; }
    std::vector<store::PortionRow>& portions() { return writes_.after.portions; }

    store::PortionRow take_own() {
        const auto found = std::find_if(portions().begin(), portions().end(),
                                        [&](const store::PortionRow& portion) { return portion.holder == holder_; });
        if (found == portions().end()) {
            return {.org = row().org,
                    .programme = row().programme,
                    .key = row().key,
                    .period_start = row().period_start,
                    .holder = holder_,
                    .undrawn = 0,
                    .touched_at = now_,
                    .version = 0};
        }
        store::PortionRow own = std::move(*found);
        portions().erase(found);
        return own;
    }

    void refill(store::PortionRow& own, std::int64_t total) {
        const std::int64_t need = -own.undrawn;
        const bool is_short = total - row().drawn < need;
        if (is_short) recall();
        const std::int64_t spare = std::max<std::int64_t>(0, total - row().drawn - need);
        own.undrawn = is_short ? 0 : spare / kShare;
        row().drawn += need + own.undrawn;
        is_row_changed_ = true;
    }

    void recall() {
        for (store::PortionRow& portion : portions()) {
            if (portion.undrawn == 0) continue;
            row().drawn -= std::exchange(portion.undrawn, 0);
            is_row_changed_ = true;
            ++portion.version;
            writes_.portions.push_back({.row = portion});
        }
    }

    std::string holder_;
    Instant now_;
    PoolWrites writes_;
    bool is_row_changed_ = false;
};

}  // namespace

std::int64_t drawn_of(const store::Pool& pool) {
    std::int64_t drawn = pool.row.drawn;
    for (const store::PortionRow& portion : pool.portions) drawn -= portion.undrawn;
    return drawn;
}

PoolWrites draw(const std::optional<store::Pool>& before, const store::PoolKey& name, std::int64_t by, std::int64_t total,
                const std::string& holder, Instant now) {
    Drawing drawing{before, name, holder, now};
    drawing.put_back_forgotten(holder.empty(), by == 0);
    if (holder.empty()) {
        drawing.draw_from_pool(by);
    } else if (by != 0) {
        drawing.draw_from_portion(by, total);
    }
    return drawing.finish();
}

}  // namespace suki::app
