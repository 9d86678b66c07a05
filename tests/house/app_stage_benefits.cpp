#include "base/decimal.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of benefits: used, booked, handed in, granted.
namespace suki::house {

/// `use ana tasting as=one`; `booked=2026-03-05T10:00Z` for a time to come.
Reply AppStage::use_benefit(const Action& action) {
    Reply reply;
    app::UseBenefit command{.programme = programme_, .member = member_of(action.bare(0)), .benefit = action.bare(1)};
    command.store = action.named("store").value_or("");
    command.note = action.named("note").value_or("");
    if (const auto at = action.named("booked")) command.booked_for = parse_instant(*at);
    command.item = action.named("item").value_or("");
    command.shelf = action.named("shelf").value_or("");
    const auto use = world_.app().run(caller(action), command);
    if (refused(reply, use)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = use->id;
    reply.add("status", std::string{name_of(use->status)});
    reply.add("left", use->left ? std::to_string(*use->left) : "always");
    reply.add("granted", use->grant.empty() ? "no" : "yes");
    if (use->due_on) reply.add("due", date_text(*use->due_on));
    return reply;
}

Reply AppStage::end_use(const Action& action) {
    Reply reply;
    app::EndBenefitUse command{.programme = programme_, .member = member_of(action.bare(0)), .use = use_of(action.bare(1))};
    command.end = from_name<app::BenefitUseEnd>(action.verb.substr(0, action.verb.find('_'))).value();
    command.item = action.named("item").value_or("");
    command.shelf = action.named("shelf").value_or("");
    command.reason = action.named("reason").value_or(command.end == app::BenefitUseEnd::undo ? "a story" : "");
    const auto use = world_.app().run(caller(action), command);
    if (refused(reply, use)) return reply;
    reply.add("status", std::string{name_of(use->status)});
    if (!use->shelf.empty()) reply.add("shelf", use->shelf);
    return reply;
}

/// `uses due store=s1`: of all members.
Reply AppStage::benefit_uses(const Action& action) {
    Reply reply;
    const auto found = world_.app().benefit_uses(
        kOrganisation, programme_,
        {.status = from_name<app::BenefitUseStatus>(action.bare(0)), .store = action.named("store").value_or(""), .page = {}});
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::BenefitUseView& one : found->uses) {
        items.push_back(one.benefit + ":" + one.item + ":" + std::string{name_of(one.status)});
    }
    reply.add("items", list_words(items));
    return reply;
}

/// `grant ana tasting 2 until=2026-04-01 as=gift`.
Reply AppStage::grant_benefit(const Action& action) {
    Reply reply;
    app::GrantBenefit command{.programme = programme_, .member = member_of(action.bare(0)), .benefit = action.bare(1)};
    command.count = parse_integer(action.bare(2)).value_or(1);
    if (const auto until = action.named("until")) command.until = parse_date(*until);
    command.reason = action.named("reason").value_or("a story");
    const auto grant = world_.app().run(caller(action), command);
    if (refused(reply, grant)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = grant->id;
    reply.add("until", grant->until ? date_text(*grant->until) : "ever");
    return reply;
}

Reply AppStage::revoke_benefit(const Action& action) {
    Reply reply;
    const app::RevokeBenefit command{.programme = programme_,
                                     .member = member_of(action.bare(0)),
                                     .grant = use_of(action.bare(1)),
                                     .reason = action.named("reason").value_or("a story")};
    const auto grant = world_.app().run(caller(action), command);
    if (refused(reply, grant)) return reply;
    reply.add("status", std::string{name_of(grant->status)});
    reply.add("used", std::to_string(grant->used));
    return reply;
}

/// In the order in which they are shown: `hotline:always`, `tasting:1`, with what is left.
Reply AppStage::benefits(const Action& action) {
    Reply reply;
    const auto found = world_.app().benefits(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const engine::Entitlement& one : found->benefits) {
        items.push_back(found->plan->benefits[one.benefit].id + ":" + (one.is_standing ? "always" : std::to_string(one.left())));
    }
    reply.add("items", list_words(items));
    std::int64_t booked = 0;
    for (const app::BenefitUseView& use : found->uses) booked += use.status == app::BenefitUseStatus::booked ? 1 : 0;
    reply.add("booked", std::to_string(booked));
    return reply;
}

}  // namespace suki::house
