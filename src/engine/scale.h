#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/outcome.h"
#include "programme/plan.h"

/// Reading scales. Internal to the engine.
namespace suki::engine {

/// Documents write percents with four decimals at most, so a share of this many parts holds each rate whole.
inline constexpr std::int64_t kPercentParts = 1'000'000;

/// The highest step that `reached` reaches; null below the first.
inline const programme::Scale::Step* step_at(const programme::Scale& scale, std::int64_t reached) {
    const programme::Scale::Step* found = nullptr;
    for (const programme::Scale::Step& step : scale.steps) {
        if (step.from > reached) break;
        found = &step;
    }
    return found;
}

/// Cuts a purchase at the steps of a scale, piece after piece.
class Slicer {
public:
    /// `begins_at`: where the figure that the steps count stood before.
    Slicer(const programme::Scale& scale, std::int64_t begins_at) : scale_(scale), at_(begins_at) {}

    /// The next `length`: calls `use(step, part)` for each part of it that lies in a step; what lies below the first is passed
    /// over.
    template <class Use>
    void take(std::int64_t length, const Use& use) {
        const __int128 end = at_ + length;
        for (std::size_t i = 0; i < scale_.steps.size(); ++i) {
            const __int128 begin = std::max<__int128>(at_, scale_.steps[i].from);
            const __int128 stop = i + 1 < scale_.steps.size() ? std::min<__int128>(end, scale_.steps[i + 1].from) : end;
            if (stop > begin) use(scale_.steps[i], static_cast<std::int64_t>(stop - begin));
        }
        at_ = end;
    }

private:
    const programme::Scale& scale_;
    __int128 at_;
};

/// What a line earns on, by the unit's rules, of what it came to: its list total, what was due for it, and what was paid without
/// points. Minor units.
std::int64_t earning_amount(const programme::Unit& unit, std::int64_t list, std::int64_t total, std::int64_t paid,
                            std::int64_t tax);

}  // namespace suki::engine
