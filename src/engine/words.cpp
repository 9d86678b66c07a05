#include "engine/words.h"

namespace suki::engine {

void Words::grow() {
    std::vector<Slot> wider(slots_.empty() ? 16 : slots_.size() * 2);
    const std::size_t mask = wider.size() - 1;
    for (const Slot& slot : slots_) {
        if (slot.word == kNone) continue;
        std::size_t at = slot.hash & mask;
        while (wider[at].word != kNone) at = (at + 1) & mask;
        wider[at] = slot;
    }
    slots_ = std::move(wider);
}

std::uint32_t Words::add(std::string_view text) {
    const Sought sought{text};
    const std::uint32_t known = find(sought);
    if (known != kNone) return known;
    if ((texts_.size() + 1) * 2 > slots_.size()) grow();
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = sought.hash & mask;
    while (slots_[at].word != kNone) at = (at + 1) & mask;
    slots_[at] = {sought.hash, static_cast<std::uint32_t>(texts_.size())};
    texts_.emplace_back(text);
    return slots_[at].word;
}

}  // namespace suki::engine
