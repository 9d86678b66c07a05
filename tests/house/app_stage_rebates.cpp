#include "base/time.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verb of rebates.
namespace suki::house {

/// `rebates ana`, or `of=volume` alone: each period by its first day, with what was bought and accrued, and where it is open what
/// is missing to the next step and what that brings: `volume@2026-01-01:90000>900+10000>2500`.
Reply AppStage::rebates(const Action& action) {
    Reply reply;
    const auto found = world_.app().rebates(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::RebatePeriodView& one : found->periods) {
        const engine::RebateOutlook& outlook = one.outlook;
        const std::string& id = one.plan->rebates[outlook.rebate].id;
        if (action.named("of").value_or(id) != id) continue;
        RebateWords words{.rebate = id,
                          .starts_on = date_text(outlook.period.starts_on),
                          .bought = outlook.figures.bought,
                          .accrued = one.accrued.minor()};
        if (outlook.next && one.is_open) words.next = {{outlook.next->missing, outlook.next->points.minor()}};
        items.push_back(rebate_words(words));
    }
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
