#include <algorithm>

#include "app/benefits.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/memberships.h"
#include "app/person_records.h"
#include "base/limits.h"

/// What members have joined, as of now; and what is to be paid for it.
namespace suki::app {

MembershipView view_of(const MembershipRecord& record, const engine::MembershipTerms& terms, Instant now) {
    engine::MembershipState state = record.body.state;
    engine::MembershipLife life(state, terms);
    life.advance(now);
    MembershipView view{.id = id_text(kMembershipPrefix, record.row.id),
                        .member = record.row.member.value_or(MemberId{}),
                        .membership = record.row.subject,
                        .status = state.status,
                        .joined_on = state.joined_on,
                        .paid_until = state.periods.empty() ? std::nullopt : std::optional{state.periods.back().until},
                        .ends_on = state.ends_on,
                        .lapses_on = state.deadline,
                        .paused_until = state.paused_until,
                        .notes = record.body.notes,
                        .author = record.body.author};
    for (const engine::MembershipKept& kept : state.kept) view.days_kept += kept.days;
    // What time alone would ask for has not been asked for yet.
    if (record.body.state.asked && state.asked) view.request = payment_request_id(record.row, record.body.state.asked->request);
    for (const engine::MembershipPeriod& period : state.periods) {
        view.periods.push_back({.from = period.from,
                                .until = period.until,
                                .request = period.request == 0 ? std::string{} : payment_request_id(record.row, period.request)});
    }
    return view;
}

PaymentRequestView view_of(const store::RecordRow& row, const PaymentRequest& request) {
    return {.id = id_text(kPaymentRequestPrefix, row.id),
            .member = row.member.value_or(MemberId{}),
            .membership = request.membership,
            .plan = row.subject,
            .status = from_name<PaymentRequestStatus>(row.status).value_or(PaymentRequestStatus::asked),
            .from = request.from,
            .until = request.until,
            .amount = request.amount,
            .currency = request.currency,
            .due_on = request.due_on,
            .asked_at = row.created_at,
            .refund = request.refund,
            .settled_at = request.settled_at,
            .reference = request.reference,
            .reported_by = request.reported_by};
}

namespace {

programme::PlanPointer plan_at(const Programme& programme, Instant at) {
    const Edition* edition = programme.in_force(local_date(*programme.latest().zone, at));
    return edition == nullptr ? nullptr : edition->plan;
}

}  // namespace

Answered<MemberMemberships> App::memberships_of(const std::string& organisation, const std::string& programme,
                                                const MemberName& name) const {
    return guarded<MemberMemberships>(*core_, [&]() -> Answered<MemberMemberships> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const Instant now = core_->wiring.now();
        MemberMemberships answer{.member = named->member, .plan = plan_at(*found, now)};
        const std::vector<MembershipRecord> all = memberships_of_person(desk, named->key, named->member);
        for (const MembershipRecord& record : all) {
            answer.memberships.push_back(view_of(record, terms_of(*found, record, all, now), now));
        }
        for (const store::RecordRow& row : records_of_person(desk, named->key, named->member, store::RecordKind::payment_request)) {
            answer.requests.push_back(view_of(row, unpack_record<PaymentRequest>(row)));
        }
        return answer;
    });
}

Answered<MembershipList> App::memberships(const std::string& organisation, const std::string& programme,
                                          const MembershipQuery& query) const {
    return guarded_on_replica<MembershipList>(*core_, [&]() -> Answered<MembershipList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const Instant now = core_->wiring.now();
        MembershipList list;
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::membership,
                                     .status = query.status ? std::string{name_of(*query.status)} : std::string{},
                                     .subject = query.membership},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (store::RecordRow& row : *rows) {
            auto body = unpack_record<MembershipBody>(row);
            const MembershipRecord record{.row = std::move(row), .body = std::move(body)};
            MembershipView view = view_of(record, terms_of(*found, record, {}, now), now);
            if (!query.status || view.status == *query.status) list.memberships.push_back(std::move(view));
        }
        return list;
    });
}

Answered<MembershipPlans> App::membership_plans(const std::string& organisation, const std::string& programme) const {
    return guarded_on_replica<MembershipPlans>(*core_, [&]() -> Answered<MembershipPlans> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        MembershipPlans answer{.plan = plan_at(*found, core_->wiring.now())};
        if (answer.plan == nullptr) return answer;
        answer.counts.resize(answer.plan->memberships.size());
        store::RecordQuery query{
            .org = organisation, .programme = found->id, .kind = store::RecordKind::membership, .limit = limits::page_rows_max};
        for (bool is_more = true; is_more;) {
            const std::vector<store::RecordRow> rows = core_->store.list_records(query);
            is_more = rows.size() == query.limit;
            if (is_more) query.before = {.created_at = rows.back().created_at, .id = rows.back().id};
            for (const store::RecordRow& row : rows) {
                const programme::Membership* plan = membership_of(*answer.plan, row.subject);
                const auto status = from_name<engine::MembershipStatus>(row.status);
                if (plan == nullptr || !status) continue;
                ++answer
                      .counts[static_cast<std::size_t>(plan - answer.plan->memberships.data())][static_cast<std::size_t>(*status)];
            }
        }
        return answer;
    });
}

Answered<PaymentRequestList> App::payment_requests(const std::string& organisation, const std::string& programme,
                                                   const PaymentRequestQuery& query) const {
    return guarded_on_replica<PaymentRequestList>(*core_, [&]() -> Answered<PaymentRequestList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        PaymentRequestList list;
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::payment_request,
                                     .status = query.status ? std::string{name_of(*query.status)} : std::string{},
                                     .subject = query.membership},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (const store::RecordRow& row : *rows) list.requests.push_back(view_of(row, unpack_record<PaymentRequest>(row)));
        return list;
    });
}

}  // namespace suki::app
