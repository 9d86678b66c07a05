#include "base/decimal.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of memberships: joined, paused, ended, and paid for.
namespace suki::house {

namespace {

void add_membership(Reply& reply, const app::MembershipView& view) {
    reply.add("status", std::string{name_of(view.status)});
    const auto add_date = [&](const char* name, const std::optional<Date>& date) {
        if (date) reply.add(name, date_text(*date));
    };
    add_date("paid", view.paid_until);
    add_date("ends", view.ends_on);
    add_date("lapses", view.lapses_on);
    add_date("paused", view.paused_until);
    if (view.days_kept != 0) reply.add("kept", std::to_string(view.days_kept));
    if (!view.request.empty()) reply.add("asked", "yes");
}

}  // namespace

/// `join_plan ana grill as=hers`.
Reply AppStage::join_membership(const Action& action) {
    Reply reply;
    const auto joined = world_.app().run(
        caller(action),
        app::JoinMembership{.programme = programme_, .member = member_of(action.bare(0)), .membership = action.bare(1)});
    if (refused(reply, joined)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = joined->id;
    add_membership(reply, *joined);
    return reply;
}

/// `pause_plan ana hers`, `resume_plan`, `end_plan`, `keep_plan`.
Reply AppStage::change_membership(const Action& action) {
    Reply reply;
    app::ChangeMembership command{
        .programme = programme_, .member = member_of(action.bare(0)), .membership = use_of(action.bare(1))};
    command.change = from_name<app::MembershipChange>(action.verb.substr(0, action.verb.find('_'))).value();
    command.reason = action.named("reason").value_or("");
    const auto changed = world_.app().run(caller(action), command);
    if (!refused(reply, changed)) add_membership(reply, *changed);
    return reply;
}

/// `report ana paid`: of the newest request for a fee, or the one before with `back=1`.
Reply AppStage::report_payment(const Action& action) {
    Reply reply;
    const auto found = world_.app().memberships_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    const auto back = static_cast<std::size_t>(parse_integer(action.named("back").value_or("0")).value_or(0));
    app::ReportPayment command{.programme = programme_, .member = member_of(action.bare(0))};
    command.request = back < found->requests.size() ? found->requests[back].id : "pay_00000000000000000000000001";
    command.result = from_name<app::PaymentResult>(action.bare(1)).value();
    Reply fresh;
    const auto reported = world_.app().run(caller(action), command);
    if (refused(fresh, reported)) return fresh;
    fresh.add("status", std::string{name_of(reported->status)});
    fresh.add("period", date_text(reported->from) + "/" + date_text(reported->until));
    fresh.add("amount", std::to_string(reported->amount.minor()));
    if (!reported->refund.is_zero()) fresh.add("refund", std::to_string(reported->refund.minor()));
    return fresh;
}

/// Newest first.
Reply AppStage::memberships(const Action& action) {
    Reply reply;
    const auto found = world_.app().memberships_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::MembershipView& view : found->memberships) {
        std::string item = view.membership + ":" + std::string{name_of(view.status)};
        for (const app::MembershipPeriodView& period : view.periods)
            item += ":" + date_text(period.from) + "/" + date_text(period.until);
        items.push_back(std::move(item));
    }
    reply.add("items", list_words(items));
    std::vector<std::string> requests;
    for (const app::PaymentRequestView& view : found->requests) {
        requests.push_back(std::string{name_of(view.status)} + ":" + std::to_string(view.amount.minor()) +
                           (view.refund.is_zero() ? "" : "-" + std::to_string(view.refund.minor())));
    }
    reply.add("requests", list_words(requests));
    return reply;
}

/// `plans`: those on offer, with how many have them on trial, active or in grace.
Reply AppStage::membership_plans(const Action&) {
    Reply reply;
    const auto found = world_.app().membership_plans(kOrganisation, programme_);
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (std::size_t i = 0; i < found->counts.size(); ++i) {
        std::int64_t had = 0;
        for (std::size_t status = 0; status < found->counts[i].size(); ++status) {
            if (engine::is_had(static_cast<engine::MembershipStatus>(status))) had += found->counts[i][status];
        }
        items.push_back(found->plan->memberships[i].id + ":" + std::to_string(had));
    }
    reply.add("items", list_words(items));
    return reply;
}

/// `requests asked`: of all members.
Reply AppStage::payment_requests(const Action& action) {
    Reply reply;
    const auto found = world_.app().payment_requests(
        kOrganisation, programme_, {.status = from_name<app::PaymentRequestStatus>(action.bare(0)), .membership = {}, .page = {}});
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const app::PaymentRequestView& view : found->requests) {
        items.push_back(view.plan + ":" + std::to_string(view.amount.minor()) + ":" + date_text(view.due_on));
    }
    reply.add("items", list_words(items));
    return reply;
}

}  // namespace suki::house
