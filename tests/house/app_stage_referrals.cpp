#include "house/app_stage.h"
#include "house/figures.h"

/// The verbs of members who bring friends.
namespace suki::house {

std::string AppStage::referrer_of(const std::string& name) {
    if (const auto code = uses_.find(name); code != uses_.end()) return code->second;
    const auto member = world_.app().find_member(kOrganisation, programme_, member_of(name));
    return member ? member->member.text() : number_of(name);
}

/// `referral_code ana as=hers`: what friends say who join.
Reply AppStage::referral_code(const Action& action) {
    Reply reply;
    const auto given =
        world_.app().run(caller(action), app::GiveReferralCode{.programme = programme_, .member = member_of(action.bare(0))});
    if (refused(reply, given)) return reply;
    std::string& kept = uses_[action.named("as").value_or("code")];
    reply.add("same", kept == given->code ? "yes" : "no");
    kept = given->code;
    return reply;
}

/// `brought ben ana`: staff say later who brought ben.
Reply AppStage::name_referrer(const Action& action) {
    Reply reply;
    const auto noted = world_.app().run(caller(action), app::NameReferrer{.programme = programme_,
                                                                          .member = member_of(action.bare(0)),
                                                                          .referred_by = referrer_of(action.bare(1)),
                                                                          .reason = action.named("reason").value_or("a story")});
    if (refused(reply, noted)) return reply;
    reply.add("status", std::string{name_of(noted->status)});
    return reply;
}

/// `referrals ana`: whether and with what anybody brought her, and whom she brought, newest first: `rewarded:300`.
Reply AppStage::referrals(const Action& action) {
    Reply reply;
    const auto found = world_.app().referrals_of(kOrganisation, programme_, member_of(action.bare(0)));
    if (refused(reply, found)) return reply;
    reply.add("brought", found->brought_by ? std::string{name_of(found->brought_by->status)} : "no");
    std::vector<std::string> items;
    for (const app::ReferralView& view : found->friends) {
        std::string item{name_of(view.status)};
        for (const app::ReferralGift& gift : view.gifts) {
            item += ":" + std::to_string(gift.points.minor() - gift.taken_back.minor());
        }
        items.push_back(std::move(item));
    }
    reply.add("friends", list_words(items));
    return reply;
}

}  // namespace suki::house
