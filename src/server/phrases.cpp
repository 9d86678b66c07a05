#include "server/phrases.h"

#include <algorithm>

#include "words/words.h"

namespace suki::server {

namespace {
// Editions in force, their drafts and a few languages; what falls out is only made anew.
constexpr std::size_t kKeptMax = 64;
// Of each offer a handful of verdicts and winners arises.
constexpr std::size_t kDecisionsMax = 50'000;
}  // namespace

Phrases::Phrases(const programme::PlanPointer& plan, std::string language)
    : plan_(plan), known_(*plan), language_(std::move(language)) {
    offers_.reserve(plan->offers.size());
    for (const programme::Offer& one : plan->offers) offers_.emplace_back(one.id, &one);
    std::sort(offers_.begin(), offers_.end());
}

std::shared_ptr<Phrases> Phrases::of(const programme::PlanPointer& plan, const std::string& language) {
    static std::mutex mutex;
    static std::vector<std::shared_ptr<Phrases>> kept;  // the latest used last
    const std::lock_guard lock{mutex};
    // A plan that died may have left its address to another: the weak pointer tells them apart.
    std::erase_if(kept, [](const auto& one) { return one->plan_.expired(); });
    const auto found = std::find_if(kept.begin(), kept.end(),
                                    [&](const auto& one) { return &one->known_ == plan.get() && one->language_ == language; });
    if (found != kept.end()) {
        std::rotate(found, found + 1, kept.end());
        return kept.back();
    }
    if (kept.size() == kKeptMax) kept.erase(kept.begin());
    return kept.emplace_back(std::make_shared<Phrases>(plan, language));
}

const programme::Offer* Phrases::offer(std::string_view id) const {
    const auto found = std::lower_bound(offers_.begin(), offers_.end(), id,
                                        [](const auto& one, std::string_view wanted) { return one.first < wanted; });
    return found == offers_.end() || found->first != id ? nullptr : found->second;
}

std::string_view Phrases::title(std::string_view id) const {
    const programme::Offer* found = offer(id);
    return found == nullptr || found->title.is_empty() ? id : found->title.in(language_);
}

std::string Phrases::decision(const event::Decision& decision) {
    std::string key{name_of(decision.verdict)};
    key.append(1, '\0').append(decision.offer).append(1, '\0').append(decision.winner);
    {
        const std::lock_guard lock{mutex_};
        const auto found = decisions_.find(key);
        if (found != decisions_.end()) return found->second;
    }
    std::string text = make_decision(decision);
    const std::lock_guard lock{mutex_};
    if (decisions_.size() >= kDecisionsMax) decisions_.clear();
    decisions_.emplace(std::move(key), text);
    return text;
}

std::string Phrases::make_decision(const event::Decision& decision) const {
    const programme::Offer* found = offer(decision.offer);
    std::string text = found != nullptr ? words::say_offer(language_, known_, *found) : decision.offer;
    if (decision.verdict == event::Verdict::applied && decision.winner.empty()) return text;
    const std::string winner = decision.winner.empty() ? std::string{} : std::string{title(decision.winner)};
    text += " \u2014 ";
    return text += words::say(language_, "verdict." + std::string{name_of(decision.verdict)}, {{"winner", winner}});
}

}  // namespace suki::server
