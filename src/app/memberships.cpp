#include "app/memberships.h"

#include <algorithm>

#include "app/announce.h"
#include "app/benefits.h"
#include "app/person.h"
#include "app/person_records.h"

namespace suki::app {

using engine::MembershipDeed;
using engine::MembershipEffect;
using engine::MembershipLife;
using engine::MembershipStatus;

namespace {

store::PoolKey pool_of(const std::string& organisation, const std::string& programme, const std::string& membership) {
    return {.org = organisation, .programme = programme, .key = "membership:" + membership, .period_start = Date{0}};
}

/// Somebody with all that they ever joined. Their account's version keeps two commands apart that change any of it.
struct Holder {
    ProgrammePointer programme;
    Named named;
    std::vector<MembershipRecord> all;
};
Answered<Holder> find(Desk& desk, const Ask& ask, const std::string& programme, const MemberName& member) {
    Holder holder{.programme = desk.world()->programme(ask.caller.organisation, programme)};
    if (holder.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto named = find_named(desk, *holder.programme, member);
    if (!named) return refuse(named.error(), "/member");
    holder.named = *std::move(named);
    (void)desk.edit(holder.named.key);
    holder.all = memberships_of_person(desk, holder.named.key, holder.named.member);
    return holder;
}

/// Who did it and why; nobody where time did.
struct Deed {
    std::string by = {};
    std::string reason = {};
};

/// One membership while it is changed and then written.
class Changing {
public:
    Changing(Desk& desk, const Holder& holder, MembershipRecord& record)
        : desk_(desk),
          holder_(holder),
          record_(record),
          before_(record.body.state),
          terms_(terms_of(*holder.programme, record, holder.all, desk.recorded_at())),
          life_(record.body.state, terms_) {}

    MembershipLife& life() { return life_; }
    [[nodiscard]] const engine::MembershipTerms& terms() const { return terms_; }
    [[nodiscard]] MembershipStatus status() const { return record_.body.state.status; }
    /// What fell due comes first.
    void bring_up_to_date() {
        life_.advance(desk_.recorded_at());
        apply({});
    }
    /// What the life asked for since, in somebody's name.
    void apply(const Deed& deed);
    void note(std::string_view what, const Deed& deed) {
        record_.body.notes.push_back({.at = desk_.recorded_at(), .what = std::string{what}, .by = deed.by, .reason = deed.reason});
        announce("membership." + std::string{what});
    }
    /// Writes the record, the spans that sales read, and the place in the pool. False where nothing changed.
    bool write(bool is_new = false);
    [[nodiscard]] MembershipView view() const { return view_of(record_, terms_, desk_.recorded_at()); }

private:
    [[nodiscard]] Subject subject(const std::string& cause) const {
        return {.programme = *holder_.programme, .key = holder_.named.key, .member = holder_.named.member, .cause = cause};
    }
    void announce(std::string_view topic) { announce_plain(desk_, subject(id_text(kMembershipPrefix, record_.row.id)), topic); }
    void ask(const MembershipEffect& effect);
    void change_request(const MembershipEffect& effect, PaymentRequestStatus status);

    Desk& desk_;
    const Holder& holder_;
    MembershipRecord& record_;
    engine::MembershipState before_;
    engine::MembershipTerms terms_;
    MembershipLife life_;
};

void Changing::ask(const MembershipEffect& effect) {
    const programme::Plan& plan = holder_.programme->latest();
    const Date today = local_date(*plan.zone, desk_.recorded_at());
    const PaymentRequest request{.membership = id_text(kMembershipPrefix, record_.row.id),
                                 .number = effect.request,
                                 .from = effect.from,
                                 .until = effect.until,
                                 .amount = effect.amount,
                                 .currency = plan.currency,
                                 .due_on = std::max(today, effect.from)};
    const std::string id = payment_request_id(record_.row, effect.request);
    const store::RecordRow row{.org = record_.row.org,
                               .id = *parse_id(kPaymentRequestPrefix, id),
                               .programme = record_.row.programme,
                               .kind = store::RecordKind::payment_request,
                               .account = record_.row.account,
                               .member = record_.row.member,
                               .subject = record_.row.subject,
                               .status = std::string{name_of(PaymentRequestStatus::asked)},
                               .created_at = desk_.accepted_at(),
                               .packed = pack_record(request)};
    desk_.put_record(row);
    announce_payment(desk_, subject(id), "payment.asked", request.membership, row.subject, request.amount, request.currency,
                     request.due_on);
}

void Changing::change_request(const MembershipEffect& effect, PaymentRequestStatus status) {
    const std::string id = payment_request_id(record_.row, effect.request);
    auto row = desk_.record({.org = record_.row.org, .account = record_.row.account, .id = *parse_id(kPaymentRequestPrefix, id)});
    SUKI_CHECK(row.has_value());
    auto request = unpack_record<PaymentRequest>(*row);
    const bool is_refund = status == PaymentRequestStatus::refund_asked;
    if (is_refund) request.refund = effect.amount;
    row->status = name_of(status);
    row->packed = pack_record(request);
    ++row->version;
    desk_.put_record(*row);
    announce_payment(desk_, subject(id), is_refund ? "payment.refund_asked" : "payment.withdrawn", request.membership, row->subject,
                     is_refund ? effect.amount : request.amount, request.currency, request.due_on);
}

void Changing::apply(const Deed& deed) {
    for (const MembershipEffect& effect : life_.effects) {
        switch (effect.deed) {
            case MembershipDeed::ask: ask(effect); break;
            case MembershipDeed::withdraw: change_request(effect, PaymentRequestStatus::withdrawn); break;
            case MembershipDeed::pay_back: change_request(effect, PaymentRequestStatus::refund_asked); break;
            case MembershipDeed::moved:
                record_.body.notes.push_back(
                    {.at = effect.at, .what = std::string{name_of(effect.status)}, .by = deed.by, .reason = deed.reason});
                announce("membership." + std::string{name_of(effect.status)});
                break;
        }
    }
    life_.effects.clear();
}

bool Changing::write(bool is_new) {
    // A new edition may have moved what is to be done next.
    if (!is_new && record_.body.state == before_ && record_.row.due_at == life_.due_at()) return false;
    const engine::MembershipState& state = record_.body.state;
    store::RecordRow& row = record_.row;
    const store::PoolKey pool = pool_of(row.org, row.programme, row.subject);
    const bool is_limited = terms_.plan != nullptr && terms_.plan->people > 0;
    const std::int64_t total = is_limited ? terms_.plan->people : desk_.pool_drawn(pool);
    if (record_.body.is_drawn && is_over(state.status)) {
        desk_.change_pool(pool, -1, total);
        record_.body.is_drawn = false;
    } else if (is_limited && !is_over(state.status) && (is_new || is_over(before_.status))) {
        desk_.change_pool(pool, 1, total);
        record_.body.is_drawn = true;
    }
    std::vector<store::MembershipSpan>& spans = desk_.edit(holder_.named.key).state->memberships;
    std::erase_if(spans, [&](const store::MembershipSpan& span) { return span.membership == row.id; });
    const auto behind = std::upper_bound(spans.begin(), spans.end(), row.id,
                                         [](const IdBits& id, const store::MembershipSpan& span) { return id < span.membership; });
    std::vector<store::MembershipSpan> own;
    for (const engine::MembershipHad& had : state.had) {
        own.push_back(
            {.membership = row.id, .member = holder_.named.member, .plan = row.subject, .from = had.from, .until = had.until});
    }
    spans.insert(behind, own.begin(), own.end());
    row.status = name_of(state.status);
    row.due_at = life_.due_at();
    row.packed = pack_record(record_.body);
    if (!is_new) ++row.version;
    desk_.put_record(row);
    before_ = state;
    return true;
}

/// Whether there is room for one more.
bool has_room(const Desk& desk, const Programme& programme, const programme::Membership& plan) {
    return plan.people == 0 || desk.pool_drawn(pool_of(programme.organisation, programme.id, plan.id)) < plan.people;
}

std::optional<Refusal> against(MembershipChange change, const Changing& changing, MembershipLife& life, const Holder& holder,
                               const MembershipRecord& record, Date today) {
    const bool may = change == MembershipChange::pause    ? life.can_pause()
                     : change == MembershipChange::resume ? life.can_resume()
                     : change == MembershipChange::end    ? life.can_end()
                                                          : life.can_keep();
    if (!may) {
        const bool is_ending = record.body.state.ends_on && !is_over(changing.status());
        return refuse(MembershipRejection::membership_status_differs, "/membership",
                      {{"status", is_ending ? std::string{"ending"} : std::string{name_of(changing.status())}}})
            .error;
    }
    if (change != MembershipChange::pause) return std::nullopt;
    const programme::Membership* plan = changing.terms().plan;
    if (plan == nullptr || !plan->pause) return refuse(MembershipRejection::membership_not_paused, "/membership").error;
    if (!plan->pause->times.count) return std::nullopt;
    const DateRange window = programme::dates_of(plan->pause->times.window, today);
    std::int64_t had = 0;
    for (const MembershipRecord& one : holder.all) {
        if (one.row.subject != record.row.subject) continue;
        had += std::count_if(one.body.state.pauses.begin(), one.body.state.pauses.end(),
                             [&](Date day) { return window.starts_on <= day && day < window.ends_on; });
    }
    if (had < *plan->pause->times.count) return std::nullopt;
    return refuse(MembershipRejection::membership_pauses_used_up, "/membership",
                  {{"allowed", std::to_string(*plan->pause->times.count)}})
        .error;
}

void change(MembershipChange change, Changing& changing, Instant now, const Deed& deed) {
    switch (change) {
        case MembershipChange::pause: changing.life().pause(now); break;
        case MembershipChange::resume: changing.life().resume(now); break;
        case MembershipChange::end: changing.life().end(now); break;
        case MembershipChange::keep: changing.life().keep(now); break;
    }
    changing.apply(deed);
    if (change == MembershipChange::end && !is_over(changing.status())) changing.note("ending", deed);
    if (change == MembershipChange::keep) changing.note("kept", deed);
}

MembershipRecord* record_in(std::vector<MembershipRecord>& all, const std::string& text) {
    const auto id = parse_id(kMembershipPrefix, text);
    const auto found = std::find_if(all.begin(), all.end(), [&](const MembershipRecord& one) { return id && one.row.id == *id; });
    return found == all.end() ? nullptr : &*found;
}

}  // namespace

std::string payment_request_id(const store::RecordRow& membership, std::int64_t number) {
    return id_text(kPaymentRequestPrefix, derived_id(Instant{0}, id_text(kMembershipPrefix, membership.id), kPaymentRequestPrefix,
                                                     static_cast<std::uint64_t>(number)));
}

std::vector<MembershipRecord> memberships_of_person(const Desk& desk, const store::OwnerKey& key, MemberId member) {
    std::vector<MembershipRecord> all;
    for (store::RecordRow& row : records_of_person(desk, key, member, store::RecordKind::membership)) {
        auto body = unpack_record<MembershipBody>(row);
        all.push_back({.row = std::move(row), .body = std::move(body)});
    }
    return all;
}

std::vector<std::string> memberships_at(const store::StateRow& state, MemberId member, Instant at) {
    std::vector<std::string> had;
    for (const store::MembershipSpan& span : state.memberships) {
        const bool is_had = span.member == member && span.from <= at && (!span.until || at < *span.until);
        if (is_had) had.push_back(span.plan);
    }
    std::sort(had.begin(), had.end());
    had.erase(std::unique(had.begin(), had.end()), had.end());
    return had;
}

void move_memberships(store::StateRow& from, MemberId who, store::StateRow& to, MemberId became) {
    for (store::MembershipSpan span : from.memberships) {
        if (span.member != who) continue;
        span.member = became;
        to.memberships.push_back(std::move(span));
    }
    std::erase_if(from.memberships, [&](const store::MembershipSpan& span) { return span.member == who; });
    std::sort(to.memberships.begin(), to.memberships.end(), [](const store::MembershipSpan& a, const store::MembershipSpan& b) {
        return std::tie(a.membership, a.from) < std::tie(b.membership, b.from);
    });
}

std::optional<store::PoolKey> membership_drawn_by(const store::RecordRow& row) {
    if (row.kind != store::RecordKind::membership || !unpack_record<MembershipBody>(row).is_drawn) return std::nullopt;
    return pool_of(row.org, row.programme, row.subject);
}

const programme::Membership* membership_of(const programme::Plan& plan, std::string_view id) {
    for (const programme::Membership& membership : plan.memberships) {
        if (membership.id == id) return &membership;
    }
    return nullptr;
}

engine::MembershipTerms terms_of(const Programme& programme, const MembershipRecord& record,
                                 const std::vector<MembershipRecord>& all, Instant at) {
    const Edition* edition = programme.in_force(local_date(*programme.latest().zone, at));
    const bool has_older = std::any_of(all.begin(), all.end(), [&](const MembershipRecord& other) {
        return other.row.subject == record.row.subject && !is_over(other.body.state.status) &&
               std::tie(other.row.created_at, other.row.id) < std::tie(record.row.created_at, record.row.id);
    });
    return {.plan = edition == nullptr ? nullptr : membership_of(*edition->plan, record.row.subject),
            .renews = !has_older,
            .zone = programme.latest().zone.get()};
}

Answered<MembershipView> decide(Desk& desk, const Ask& ask, const JoinMembership& command) {
    auto holder = find(desk, ask, command.programme, command.member);
    if (!holder) return Unexpected<Refusal>{std::move(holder).error()};
    const Programme& programme = *holder->programme;
    const Instant now = desk.recorded_at();
    const Edition* edition = programme.in_force(local_date(*programme.latest().zone, now));
    const programme::Membership* plan = edition == nullptr ? nullptr : membership_of(*edition->plan, command.membership);
    if (plan == nullptr) return refuse(MembershipRejection::membership_not_offered, "/membership");
    if (!is_good_text(command.reason)) return refuse(MembershipRejection::membership_malformed, "/reason");
    bool is_first = true;
    for (MembershipRecord& other : holder->all) {
        if (other.row.subject != plan->id) continue;
        is_first = false;
        Changing changing(desk, *holder, other);
        changing.bring_up_to_date();
        (void)changing.write();
        if (is_over(changing.status())) continue;
        return refuse(MembershipRejection::membership_already_joined, "/membership",
                      {{"status", std::string{name_of(changing.status())}}});
    }
    if (!has_room(desk, programme, *plan)) {
        return refuse(MembershipRejection::membership_full, "/membership", {{"most", std::to_string(plan->people)}});
    }
    const std::string id = own_cause(desk, ask, kMembershipPrefix);
    MembershipRecord record{.row = {.org = programme.organisation,
                                    .id = *parse_id(kMembershipPrefix, id),
                                    .programme = programme.id,
                                    .kind = store::RecordKind::membership,
                                    .account = holder->named.key.account,
                                    .member = holder->named.member,
                                    .subject = plan->id,
                                    .created_at = desk.accepted_at()},
                            .body = {.author = author_of(ask.caller)}};
    Changing changing(desk, *holder, record);
    changing.life().join(now, is_first);
    changing.apply({.by = record.body.author, .reason = command.reason});
    (void)changing.write(true);
    return changing.view();
}

Answered<MembershipView> decide(Desk& desk, const Ask& ask, const ChangeMembership& command) {
    auto holder = find(desk, ask, command.programme, command.member);
    if (!holder) return Unexpected<Refusal>{std::move(holder).error()};
    if (!is_good_text(command.reason)) return refuse(MembershipRejection::membership_malformed, "/reason");
    MembershipRecord* record = record_in(holder->all, command.membership);
    if (record == nullptr) return refuse(MembershipRejection::membership_not_found, "/membership");
    Changing changing(desk, *holder, *record);
    changing.bring_up_to_date();
    const Date today = local_date(*holder->programme->latest().zone, desk.recorded_at());
    if (auto refusal = against(command.change, changing, changing.life(), *holder, *record, today)) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    change(command.change, changing, desk.recorded_at(), {.by = author_of(ask.caller), .reason = command.reason});
    changing.bring_up_to_date();
    (void)changing.write();
    return changing.view();
}

namespace {

/// What a result makes of a request; none: that can't be said of it.
std::optional<PaymentRequestStatus> after(PaymentResult result, PaymentRequestStatus status) {
    using enum PaymentRequestStatus;
    const bool is_open = status == asked || status == failed;
    const bool is_paid = status == paid || status == refund_asked;
    switch (result) {
        case PaymentResult::paid:
            if (is_paid) return status;
            return is_open || status == withdrawn ? std::optional{paid} : std::nullopt;
        case PaymentResult::failed:
            if (status == withdrawn) return status;
            return is_open ? std::optional{failed} : std::nullopt;
        case PaymentResult::refunded: return is_paid || status == refunded ? std::optional{refunded} : std::nullopt;
    }
    return std::nullopt;
}

struct Reported {
    store::RecordRow row;
    PaymentRequest request;
};

/// What the result does to the membership; the request itself is written before, since what is owed back follows from it, and again
/// where the period that it pays for begins another day than was asked.
void settle(Desk& desk, const Holder& holder, MembershipRecord& record, Reported& reported, PaymentResult result,
            PaymentRequestStatus before, const Deed& deed) {
    Changing changing(desk, holder, record);
    changing.bring_up_to_date();
    const Instant now = desk.recorded_at();
    const programme::Membership* plan = changing.terms().plan;
    const bool runs = changing.status() == MembershipStatus::trial || changing.status() == MembershipStatus::active;
    bool is_renewed = false;
    if (result == PaymentResult::paid) {
        const bool has_another = std::any_of(holder.all.begin(), holder.all.end(), [&](const MembershipRecord& other) {
            return other.row.id != record.row.id && other.row.subject == record.row.subject && !is_over(other.body.state.status);
        });
        const bool may_revive = !has_another && plan != nullptr && !plan->is_free() && has_room(desk, *holder.programme, *plan);
        if (changing.life().pay(reported.request.number, reported.request.amount, may_revive, now)) {
            for (const engine::MembershipPeriod& period : record.body.state.periods) {
                if (period.request != reported.request.number) continue;
                reported.request.from = period.from;
                reported.request.until = period.until;
            }
            reported.row.packed = pack_record(reported.request);
            ++reported.row.version;
            desk.put_record(reported.row);
            is_renewed = runs;
        }
    } else if (result == PaymentResult::refunded && before == PaymentRequestStatus::paid) {
        changing.life().take_back(reported.request.number, now);
    }
    changing.apply(deed);
    if (is_renewed) changing.note("renewed", deed);
    changing.bring_up_to_date();
    (void)changing.write();
}

}  // namespace

Answered<PaymentRequestView> decide(Desk& desk, const Ask& ask, const ReportPayment& command) {
    auto holder = find(desk, ask, command.programme, command.member);
    if (!holder) return Unexpected<Refusal>{std::move(holder).error()};
    if (!is_good_text(command.reference)) return refuse(MembershipRejection::membership_malformed, "/reference");
    const auto id = parse_id(kPaymentRequestPrefix, command.request);
    std::vector<store::RecordRow> rows =
        records_of_person(desk, holder->named.key, holder->named.member, store::RecordKind::payment_request);
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const store::RecordRow& row) { return id && row.id == *id; });
    if (found == rows.end()) return refuse(MembershipRejection::payment_request_not_found, "/request");
    const store::RecordKey key{.org = found->org, .account = found->account, .id = found->id};
    MembershipRecord* record = record_in(holder->all, unpack_record<PaymentRequest>(*found).membership);
    SUKI_CHECK(record != nullptr);
    // What fell due may have withdrawn it, or ended another.
    for (MembershipRecord& each : holder->all) {
        if (each.row.subject != record->row.subject) continue;
        Changing changing(desk, *holder, each);
        changing.bring_up_to_date();
        (void)changing.write();
    }
    Reported reported{.row = *desk.record(key), .request = {}};
    reported.request = unpack_record<PaymentRequest>(reported.row);
    const auto before = from_name<PaymentRequestStatus>(reported.row.status).value_or(PaymentRequestStatus::asked);
    const auto status = after(command.result, before);
    if (!status) {
        return refuse(MembershipRejection::payment_request_settled, "/request", {{"status", reported.row.status}});
    }
    if (*status == before) return view_of(reported.row, reported.request);
    const std::string author = author_of(ask.caller);
    reported.row.status = name_of(*status);
    reported.request.settled_at = desk.accepted_at();
    reported.request.reported_by = author;
    if (!command.reference.empty()) reported.request.reference = command.reference;
    if (command.result == PaymentResult::refunded && reported.request.refund.is_zero()) {
        reported.request.refund = reported.request.amount;
    }
    reported.row.packed = pack_record(reported.request);
    ++reported.row.version;
    desk.put_record(reported.row);
    announce_payment(
        desk, {.programme = *holder->programme, .key = holder->named.key, .member = holder->named.member, .cause = command.request},
        "payment." + reported.row.status, reported.request.membership, reported.row.subject, reported.request.amount,
        reported.request.currency, reported.request.due_on);
    settle(desk, *holder, *record, reported, command.result, before, {.by = author, .reason = command.reference});
    const store::RecordRow now = *desk.record(key);
    return view_of(now, unpack_record<PaymentRequest>(now));
}

bool run_on(Desk& desk, const Programme& programme, const store::RecordRow& row) {
    if (!row.account || !row.member) return false;
    const auto person = person_of(desk, {.org = row.org, .account = *row.account, .programme = row.programme}, *row.member);
    if (!person) return false;
    Holder holder{.programme = desk.world()->programme(programme.organisation, programme.id),
                  .named = {.key = person->key, .member = person->member}};
    (void)desk.edit(person->key);
    holder.all = memberships_of_person(desk, person->key, person->member);
    MembershipRecord* record = record_in(holder.all, id_text(kMembershipPrefix, row.id));
    if (record == nullptr) return false;
    Changing changing(desk, holder, *record);
    changing.bring_up_to_date();
    return changing.write();
}

}  // namespace suki::app
