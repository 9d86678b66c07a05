#include "base/decimal.h"
#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of recognition among colleagues, and of milestones.
namespace suki::house {

namespace {

std::vector<std::string> listed_words(const std::vector<app::RecognitionView>& list) {
    std::vector<std::string> items;
    for (const app::RecognitionView& one : list) {
        std::string item = one.kind + ":" + std::to_string(one.points.minor());
        if (!one.reason.empty()) item += ":" + one.reason;
        if (one.status == app::RecognitionStatus::withdrawn) item += ":withdrawn";
        items.push_back(std::move(item));
    }
    return items;
}

}  // namespace

/// `thank ana ben 30 for=helpful says=well_done as=one`, `of=cheers` where it is not of the kind `thanks`.
Reply AppStage::give_recognition(const Action& action) {
    Reply reply;
    app::GiveRecognition command{
        .programme = programme_, .member = member_of(action.bare(0)), .to = member_of(action.bare(1)), .kind = "thanks"};
    command.kind = action.named("of").value_or("thanks");
    command.points = Points{parse_integer(action.bare(2)).value_or(0)};
    command.reason = action.named("for").value_or("");
    command.message = action.named("says").value_or("");
    const auto given = world_.app().run(caller(action), command);
    if (refused(reply, given)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = given->id;
    reply.add("points", std::to_string(given->points.minor()));
    return reply;
}

/// `withdraw_thanks ben one reason=a_mistake`.
Reply AppStage::withdraw_recognition(const Action& action) {
    Reply reply;
    app::WithdrawRecognition command{
        .programme = programme_, .member = member_of(action.bare(0)), .recognition = use_of(action.bare(1))};
    command.reason = action.named("reason").value_or("a story");
    const auto ended = world_.app().run(caller(action), command);
    if (refused(reply, ended)) return reply;
    reply.add("taken_back", std::to_string(ended->taken_back.minor()));
    return reply;
}

/// `thanks ana`: what she gave and has, and what she may still give.
Reply AppStage::member_recognitions(const Action& action) {
    Reply reply;
    const auto found = world_.app().recognitions_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    reply.add("given", list_words(listed_words(found->given)));
    reply.add("received", list_words(listed_words(found->received)));
    std::vector<std::string> left;
    for (std::size_t i = 0; i < found->left.size(); ++i) {
        left.push_back(found->plan->recognitions[i].id + ":" + std::to_string(found->left[i]));
    }
    reply.add("left", list_words(left));
    return reply;
}

/// `all_thanks withdrawn`: of all members; without a word those that stand.
Reply AppStage::recognitions(const Action& action) {
    Reply reply;
    const auto status = from_name<app::RecognitionStatus>(action.bare(0)).value_or(app::RecognitionStatus::given);
    const auto found = world_.app().recognitions(kOrganisation, programme_, {.status = status, .kind = {}, .page = {}});
    if (!refused(reply, found)) reply.add("items", list_words(listed_words(found->recognitions)));
    return reply;
}

/// `milestones ana`: the days that brought her points, newest first, and those to come.
Reply AppStage::member_milestones(const Action& action) {
    Reply reply;
    const auto found = world_.app().milestones_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    std::vector<std::string> given;
    for (const app::MilestoneView& one : found->given) {
        given.push_back(one.milestone + ":" + date_text(one.day) + ":" + std::to_string(one.points.minor()));
    }
    reply.add("given", list_words(given));
    std::vector<std::string> to_come;
    for (const app::MilestoneToCome& one : found->to_come) {
        to_come.push_back(one.milestone->id + (one.day ? ":" + date_text(*one.day) : ""));
    }
    reply.add("to_come", list_words(to_come));
    return reply;
}

}  // namespace suki::house
