#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/asking.h"
#include "base/id.h"
#include "base/time.h"
#include "engine/memberships.h"

/// Commands about the memberships that members join, for a fee or free. Suki takes no money: it asks for it, and is told the
/// result.
namespace suki::app {

/// What happened to a membership: a status that it came into, or a word for what else was done (`ending`, `kept`,
/// `renewed`).
struct MembershipNote {
    Instant at;
    std::string what;
    std::string by;  // empty: by itself
    std::string reason;
};
struct MembershipPeriodView {
    Date from;
    Date until;
    std::string request;  // `pay_…`; empty: the trial
};
struct MembershipView {
    std::string id;  // `mbs_…`
    MemberId member;
    std::string membership;  // its id in the document
    engine::MembershipStatus status = engine::MembershipStatus::awaiting_payment;
    Date joined_on;
    std::optional<Date> paid_until;    // the first day that is not paid for, by the trial or a fee
    std::optional<Date> ends_on;       // the first day on which it is had no more; none: it goes on
    std::optional<Date> lapses_on;     // unless it is paid for
    std::optional<Date> paused_until;  // when it runs on by itself
    std::int64_t days_kept = 0;        // of what is paid, for after the pause
    std::string request;               // that is open; may be empty
    std::vector<MembershipPeriodView> periods;
    std::vector<MembershipNote> notes;  // oldest first
    std::string author;
    bool is_repeat = false;
};
/// The trial begins where there is one; else payment is asked for, or what is free begins.
struct JoinMembership {
    using answer_type = MembershipView;
    static constexpr std::string_view word = "join_membership";
    std::string programme;
    MemberName member;
    std::string membership;  // its id in the document
    std::string reason;      // may be empty; so with the next
};
/// `keep` takes back an end that has not come yet.
SUKI_ENUM(MembershipChange, pause, resume, end, keep)
struct ChangeMembership {
    using answer_type = MembershipView;
    static constexpr std::string_view word = "change_membership";
    std::string programme;
    MemberName member;
    std::string membership;  // `mbs_…`
    MembershipChange change = MembershipChange::pause;
    std::string reason;
};

/// `asked` and `failed` are open: either may be paid yet. `withdrawn`: nobody need pay any more. `refund_asked`: all or some of
/// what was paid is owed back.
SUKI_ENUM(PaymentRequestStatus, asked, failed, paid, withdrawn, refund_asked, refunded)
struct PaymentRequestView {
    std::string id;  // `pay_…`
    MemberId member;
    std::string membership;  // `mbs_…`
    std::string plan;        // which that is, in the document
    PaymentRequestStatus status = PaymentRequestStatus::asked;
    Date from;  // the period that is paid for
    Date until;
    Money amount;
    std::string currency;
    Date due_on;
    Instant asked_at;
    Money refund;                       // owed back, or given back
    std::optional<Instant> settled_at;  // the last result
    std::string reference;              // of whoever takes the money; may be empty
    std::string reported_by;
    bool is_repeat = false;
};
SUKI_ENUM(PaymentResult, paid, failed, refunded)
/// What became of a request. Told the same again, nothing changes.
struct ReportPayment {
    using answer_type = PaymentRequestView;
    static constexpr std::string_view word = "report_payment";
    std::string programme;
    MemberName member;
    std::string request;
    PaymentResult result = PaymentResult::paid;
    std::string reference;  // may be empty
};

}  // namespace suki::app
