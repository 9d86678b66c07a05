#include "app/verify_referrals.h"

#include <algorithm>

namespace suki::app {

void check_referral(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    if (row.subject == kReferralCode) {
        (void)unpack_record<ReferralCode>(row);
        return;
    }
    const std::string id = id_text(kReferralPrefix, row.id);
    const auto body = unpack_record<ReferralBody>(row);
    const ProgrammePointer programme = desk.world()->programme(row.org, row.programme);
    const auto member = MemberId::parse(row.subject);
    const auto claim = member ? desk.claim(member_claim(row.org, *member)) : std::nullopt;
    if (programme == nullptr || !claim || !claim->account) return breach("referral_of_nobody", id, row.subject);
    const auto person = person_of(desk, {row.org, *claim->account, row.programme}, *member);
    const OwnerPointer owner = person ? desk.owner(person->key) : nullptr;
    const bool is_proved = std::any_of(body.given.begin(), body.given.end(), [](const ReferralGiven& one) {
        return one.gift.status == ReferralStatus::rewarded || one.gift.status == ReferralStatus::limited;
    });
    const bool is_known = owner != nullptr && owner->state &&
                          std::any_of(owner->state->brought.begin(), owner->state->brought.end(), [&](const store::Brought& one) {
                              return one.record == row.id && one.is_proved == is_proved;
                          });
    if (!is_known) breach("referral_differs_from_account", id, row.subject);
    for (const ReferralGiven& one : body.given) {
        const auto receipt = desk.claim(programme_claim(*programme, store::ClaimKind::receipt, one.receipt));
        const auto found = receipt ? desk.receipt(row.org, row.programme, receipt->account, one.receipt) : std::nullopt;
        const auto stored = found ? engine::unpack_receipt(found->packed) : std::nullopt;
        const bool is_given =
            stored &&
            std::any_of(stored->decided.decisions.begin(), stored->decided.decisions.end(), [&](const event::Decision& decision) {
                return decision.offer == one.gift.offer && decision.verdict == event::Verdict::applied &&
                       decision.points == one.gift.friend_points;
            });
        if (!is_given) breach("referral_differs_from_receipt", id, one.receipt);
    }
}

void ReferralPoints::take(const store::EntryRow& row) {
    if (!parse_id(kReferralPrefix, row.entry.cause)) return;
    const bool is_of_giving = row.entry.kind == ledger::EntryKind::earn || row.entry.kind == ledger::EntryKind::return_earn;
    if (!is_of_giving) return;
    const Points issued = row.entry.legs[static_cast<std::size_t>(ledger::Book::issued)].negated();
    posted_[row.entry.cause] = plus(posted_[row.entry.cause], issued);
}

void ReferralPoints::compare(const std::string& cause, Points said, const BreachFound& breach) {
    const auto found = posted_.find(cause);
    const Points posted = found == posted_.end() ? Points{0} : found->second;
    if (posted != said) {
        breach("referral_differs_from_journal", cause,
               std::to_string(said.minor()) + " by the record, " + std::to_string(posted.minor()) + " by the journal");
    }
    if (found != posted_.end()) posted_.erase(found);
}

void ReferralPoints::take(const store::RecordRow& row, const BreachFound& breach) {
    if (row.kind != store::RecordKind::referral || row.subject == kReferralCode) return;
    for (const ReferralGiven& one : unpack_record<ReferralBody>(row).given) {
        compare(one.cause, one.gift.points, breach);
        if (one.back_cause.empty()) continue;
        compare(one.back_cause, minus(one.gift.taken_back, one.expired).negated(), breach);
    }
}

void ReferralPoints::finish(const BreachFound& breach) const {
    for (const auto& [cause, points] : posted_) {
        if (!points.is_zero())
            breach("referral_differs_from_journal", cause, "no record, " + std::to_string(points.minor()) + " by the journal");
    }
}

}  // namespace suki::app
