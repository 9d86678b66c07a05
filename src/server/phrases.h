#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/decision.h"
#include "programme/plan.h"

namespace suki::server {

/// What is said of one plan's offers in one language, receipt after receipt: each sentence is made once, since making one costs
/// more than deciding the whole receipt. A sentence depends on nothing but the plan, the language and what it speaks of. For any
/// thread.
class Phrases {
public:
    Phrases(const programme::PlanPointer& plan, std::string language);
    Phrases(const Phrases&) = delete;
    Phrases& operator=(const Phrases&) = delete;

    /// The phrases of this plan and language; the few of them in use are kept as long as their plans live.
    static std::shared_ptr<Phrases> of(const programme::PlanPointer& plan, const std::string& language);

    /// Null when the plan has no such offer.
    [[nodiscard]] const programme::Offer* offer(std::string_view id) const;
    /// Its title, or else its id.
    [[nodiscard]] std::string_view title(std::string_view id) const;
    /// What the offer promises, and why it gave nothing where it did not.
    std::string decision(const event::Decision& decision);

private:
    [[nodiscard]] std::string make_decision(const event::Decision& decision) const;

    const std::weak_ptr<const programme::Plan> plan_;
    // Only asked while a caller holds the plan.
    const programme::Plan& known_;
    const std::string language_;
    std::vector<std::pair<std::string_view, const programme::Offer*>> offers_;  // by id
    std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> decisions_;  // by verdict, offer and winner
};

}  // namespace suki::server
