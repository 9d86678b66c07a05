#include "app/benefits.h"

#include <algorithm>

#include "app/announce.h"
#include "app/core.h"
#include "app/given.h"
#include "app/guard.h"
#include "app/memberships.h"
#include "app/person.h"
#include "app/person_records.h"
#include "base/limits.h"

namespace suki::app {

namespace {

Date day_of(const Programme& programme, const store::RecordRow& row, const BenefitUse& use) {
    return local_date(*programme.latest().zone, use.booked_for.value_or(row.created_at));
}

/// A member with what they have on a day.
struct Served {
    ProgrammePointer programme;
    Named named;
    BenefitRecords records;
};
Answered<Served> find(Desk& desk, const Ask& ask, const std::string& programme, const MemberName& member) {
    Served served{.programme = desk.world()->programme(ask.caller.organisation, programme), .named = {}, .records = {}};
    if (served.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto named = find_named(desk, *served.programme, member);
    if (!named) return refuse(named.error(), "/member");
    served.named = *std::move(named);
    // What is left is decided on records that are each written by themselves: the account's version keeps two who decide at once
    // apart.
    (void)desk.edit(served.named.key);
    served.records = benefit_records(desk, served.named.key, served.named.member);
    return served;
}

template <class Row>
Row* find_record(std::vector<Row>& rows, std::string_view prefix, const std::string& text) {
    const auto id = parse_id(prefix, text);
    for (Row& row : rows) {
        if (id && row.first.id == *id) return &row;
    }
    return nullptr;
}

template <class T>
void put_again(Desk& desk, store::RecordRow& row, const T& body, std::string_view status) {
    row.status = status;
    row.packed = pack_record(body);
    ++row.version;
    desk.put_record(row);
}

/// Takes one from the grant, or gives it back.
void change_grant(Desk& desk, BenefitRecords& records, const std::string& id, std::int64_t by) {
    auto* grant = find_record(records.grants, kGrantPrefix, id);
    SUKI_CHECK(grant != nullptr);
    grant->second.used += by;
    SUKI_CHECK(grant->second.used >= 0 && grant->second.used <= grant->second.count);
    auto& [row, body] = *grant;
    // What an offer gave for goods that came back since is nobody's once it is not used after all.
    const bool is_over = !body.ended_because.empty() && body.used == 0;
    const bool is_revoked = row.status == name_of(BenefitGrantStatus::revoked) || is_over;
    const auto status = body.used == body.count ? BenefitGrantStatus::used_up : BenefitGrantStatus::open;
    const bool is_let_go = is_over && row.status == name_of(BenefitGrantStatus::used_up) && !body.given_for.empty();
    put_again(desk, row, body, is_revoked ? name_of(BenefitGrantStatus::revoked) : name_of(status));
    if (!is_let_go) return;
    const ProgrammePointer programme = desk.world()->programme(row.org, row.programme);
    if (programme == nullptr) return;
    let_go(desk, programme, {row.org, *row.account, row.programme}, {.receipt = body.given_for, .offer = body.offer});
}

void announce(Desk& desk, const Served& served, const std::string& cause, std::string_view topic) {
    announce_plain(desk, {.programme = *served.programme, .key = served.named.key, .member = served.named.member, .cause = cause},
                   topic);
}

std::optional<Refusal> refused_texts(std::initializer_list<std::pair<const char*, const std::string&>> texts) {
    for (const auto& [where, text] : texts) {
        if (!is_good_text(text)) return refuse(BenefitRejection::benefit_note_malformed, where).error;
    }
    return std::nullopt;
}

/// What is to be collected on a day is due when that begins.
std::optional<Instant> due_at(const Programme& programme, const BenefitUse& use) {
    return use.due_on ? std::optional{start_of(*programme.latest().zone, *use.due_on)} : std::nullopt;
}

/// It is used now; and where the benefit keeps what is handed in, that is stored.
void take_place(const Desk& desk, const Served& served, const programme::Benefit& benefit, store::RecordRow& row, BenefitUse& use) {
    row.status = name_of(BenefitUseStatus::used);
    if (!benefit.keeps) return;
    row.status = name_of(BenefitUseStatus::stored);
    use.stored_at = desk.accepted_at();
    use.due_on = add(local_date(*served.programme->latest().zone, desk.recorded_at()), *benefit.keeps);
    row.due_at = due_at(*served.programme, use);
}

/// What becomes of a use; none: that can't be done to it.
std::optional<BenefitUseStatus> after(BenefitUseEnd end, BenefitUseStatus status) {
    using enum BenefitUseStatus;
    const bool lies_there = status == stored || status == due;
    switch (end) {
        case BenefitUseEnd::undo:
            if (status == collected) return stored;
            return status == used || lies_there ? std::optional{undone} : std::nullopt;
        case BenefitUseEnd::confirm: return status == booked ? std::optional{used} : std::nullopt;
        case BenefitUseEnd::cancel: return status == booked ? std::optional{cancelled} : std::nullopt;
        case BenefitUseEnd::collect: return lies_there ? std::optional{collected} : std::nullopt;
        case BenefitUseEnd::move: return lies_there ? std::optional{status} : std::nullopt;
    }
    return std::nullopt;
}

/// What was booked for a later day takes place today, and is counted of today; a refusal where nothing is left of that.
std::optional<Refusal> too_early(const Served& served, const DayStanding& standing, Date today, const store::RecordRow& row,
                                 BenefitUse& use) {
    if (!use.booked_for || local_date(*served.programme->latest().zone, *use.booked_for) <= today) return std::nullopt;
    use.booked_for.reset();
    if (!use.grant.empty() || standing.plan == nullptr) return std::nullopt;
    BenefitRecords others{.uses = {}, .grants = served.records.grants};
    for (const auto& one : served.records.uses) {
        if (one.first.id != row.id) others.uses.push_back(one);
    }
    const auto entitlement = had(*served.programme, others, standing, row.subject, today);
    if (!entitlement) return refuse(BenefitRejection::benefit_not_had, "/use", {{"level", standing.level}}).error;
    if (!entitlement->is_standing && entitlement->left_by_right() == 0) return refuse_exhausted(*entitlement).error;
    return std::nullopt;
}

/// What was booked takes place, by the plan of today.
std::optional<Refusal> confirm(const Desk& desk, const Served& served, const EndBenefitUse& command, store::RecordRow& row,
                               BenefitUse& use) {
    const Date today = local_date(*served.programme->latest().zone, desk.recorded_at());
    const DayStanding standing = standing_at(desk, *served.programme, served.named, desk.recorded_at());
    const programme::Benefit* known = standing.plan == nullptr ? nullptr : benefit_of(*standing.plan, row.subject);
    const programme::Benefit benefit = known == nullptr ? programme::Benefit{} : *known;
    if (!command.item.empty()) use.item = command.item;
    if (!command.shelf.empty()) use.shelf = command.shelf;
    if (!benefit.keeps && !(command.item.empty() && command.shelf.empty())) {
        return refuse(BenefitRejection::benefit_keeps_nothing, "/item").error;
    }
    if (benefit.keeps && use.item.empty()) return refuse(BenefitRejection::benefit_item_missing, "/item").error;
    if (auto refusal = too_early(served, standing, today, row, use)) return refusal;
    take_place(desk, served, benefit, row, use);
    return std::nullopt;
}

/// By which grant one more is had on the day; empty: by right. Refused where nothing is left.
Answered<std::string> grant_needed(const BenefitRecords& records, const engine::Entitlement& entitlement, std::string_view benefit,
                                   Date date) {
    if (entitlement.is_standing || entitlement.left_by_right() > 0) return std::string{};
    const auto grants = open_grants(records);
    const engine::GrantedBenefit* grant = engine::first_grant(grants, benefit, date);
    if (grant == nullptr) return refuse_exhausted(entitlement);
    return grant->id;
}

/// The last day of a grant of today.
std::optional<Date> last_day(const programme::Benefit& benefit, const std::optional<Date>& asked, Date today) {
    if (asked) return asked;
    return benefit.lasts ? std::optional{add_days(add(today, *benefit.lasts), -1)} : std::nullopt;
}

}  // namespace

BenefitRecords benefit_records(const Desk& desk, const store::OwnerKey& key, MemberId member) {
    BenefitRecords records;
    for (store::RecordRow& row : records_of_person(desk, key, member, store::RecordKind::benefit_use)) {
        auto use = unpack_record<BenefitUse>(row);
        records.uses.emplace_back(std::move(row), std::move(use));
    }
    for (store::RecordRow& row : records_of_person(desk, key, member, store::RecordKind::benefit_grant)) {
        auto grant = unpack_record<BenefitGrant>(row);
        records.grants.emplace_back(std::move(row), std::move(grant));
    }
    return records;
}

bool is_counted(const store::RecordRow& use) {
    return use.status != name_of(BenefitUseStatus::undone) && use.status != name_of(BenefitUseStatus::cancelled);
}

std::vector<engine::UsedBenefit> used_by_right(const Programme& programme, const BenefitRecords& records) {
    std::vector<engine::UsedBenefit> used;
    for (const auto& [row, use] : records.uses) {
        if (is_counted(row) && use.grant.empty()) used.push_back({.benefit = row.subject, .date = day_of(programme, row, use)});
    }
    return used;
}

std::vector<engine::GrantedBenefit> open_grants(const BenefitRecords& records) {
    std::vector<engine::GrantedBenefit> open;
    for (const auto& [row, grant] : records.grants) {
        if (row.status != name_of(BenefitGrantStatus::open)) continue;
        open.push_back({.id = id_text(kGrantPrefix, row.id),
                        .benefit = row.subject,
                        .left = grant.count - grant.used,
                        .from = grant.from,
                        .until = grant.until});
    }
    return open;
}

DayStanding standing_on(const Desk& desk, const Programme& programme, const store::OwnerKey& key, Date date) {
    const Edition* edition = programme.in_force(date);
    DayStanding standing{.plan = edition == nullptr ? nullptr : edition->plan, .level = {}};
    const OwnerPointer owner = desk.owner(key);
    if (owner == nullptr || !owner->state) return standing;
    account::State state = owner->state->state;
    derive_levels(programme, state, date);
    standing.level = level_text(state, date);
    return standing;
}

DayStanding standing_at(const Desk& desk, const Programme& programme, const Named& named, Instant at) {
    DayStanding standing = standing_on(desk, programme, named.key, local_date(*programme.latest().zone, at));
    const OwnerPointer owner = desk.owner(named.key);
    if (owner != nullptr && owner->state) standing.memberships = memberships_at(*owner->state, named.member, at);
    return standing;
}

const programme::Benefit* benefit_of(const programme::Plan& plan, std::string_view id) {
    for (const programme::Benefit& benefit : plan.benefits) {
        if (benefit.id == id) return &benefit;
    }
    return nullptr;
}

std::optional<engine::Entitlement> had(const Programme& programme, const BenefitRecords& records, const DayStanding& standing,
                                       std::string_view benefit, Date date) {
    const auto all = engine::entitlements(*standing.plan, standing.level, date, used_by_right(programme, records),
                                          open_grants(records), standing.memberships);
    for (const engine::Entitlement& one : all) {
        if (standing.plan->benefits[one.benefit].id == benefit) return one;
    }
    return std::nullopt;
}

Unexpected<Refusal> refuse_exhausted(const engine::Entitlement& entitlement) {
    const std::string renews_on = entitlement.renews_on ? date_text(*entitlement.renews_on) : std::string{};
    return refuse(BenefitRejection::benefit_exhausted, "/benefit",
                  {{"allowed", std::to_string(entitlement.allowed)}, {"renews_on", renews_on}});
}

BenefitUseView view_of(const store::RecordRow& row, const BenefitUse& use, Instant now) {
    const bool is_due = row.status == name_of(BenefitUseStatus::stored) && row.due_at && *row.due_at <= now;
    return {.id = id_text(kUsePrefix, row.id),
            .member = row.member.value_or(MemberId{}),
            .benefit = row.subject,
            .status = is_due ? BenefitUseStatus::due : from_name<BenefitUseStatus>(row.status).value_or(BenefitUseStatus::used),
            .store = row.place,
            .author = use.author,
            .note = use.note,
            .recorded_at = row.created_at,
            .booked_for = use.booked_for,
            .ended_at = use.ended_at,
            .ended_by = use.ended_by,
            .reason = use.reason,
            .grant = use.grant,
            .item = use.item,
            .shelf = use.shelf,
            .stored_at = use.stored_at,
            .due_on = use.due_on};
}

BenefitGrantView view_of(const store::RecordRow& row, const BenefitGrant& grant) {
    return {.id = id_text(kGrantPrefix, row.id),
            .member = row.member.value_or(MemberId{}),
            .benefit = row.subject,
            .status = from_name<BenefitGrantStatus>(row.status).value_or(BenefitGrantStatus::open),
            .count = grant.count,
            .used = grant.used,
            .from = grant.from,
            .until = grant.until,
            .author = grant.author,
            .reason = grant.reason,
            .recorded_at = row.created_at,
            .offer = grant.offer,
            .given_for = grant.given_for};
}

Answered<BenefitUseView> decide(Desk& desk, const Ask& ask, const UseBenefit& command) {
    auto served = find(desk, ask, command.programme, command.member);
    if (!served) return Unexpected<Refusal>{std::move(served).error()};
    const Instant at = command.booked_for.value_or(desk.recorded_at());
    const Date date = local_date(*served->programme->latest().zone, at);
    const DayStanding standing = standing_at(desk, *served->programme, served->named, at);
    const programme::Benefit* benefit = standing.plan == nullptr ? nullptr : benefit_of(*standing.plan, command.benefit);
    if (benefit == nullptr) return refuse(BenefitRejection::benefit_not_found, "/benefit");
    if (auto refusal = refused_texts({{"/note", command.note}, {"/item", command.item}, {"/shelf", command.shelf}})) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (!benefit->keeps && !(command.item.empty() && command.shelf.empty())) {
        return refuse(BenefitRejection::benefit_keeps_nothing, "/item");
    }
    if (benefit->keeps && command.item.empty() && !command.booked_for) {
        return refuse(BenefitRejection::benefit_item_missing, "/item");
    }
    if (command.booked_for) {
        if (!benefit->is_booked) return refuse(BenefitRejection::benefit_not_booked, "/booked_for");
        const Instant latest{desk.recorded_at().us + kBookedAheadDaysMax * 86'400LL * kSecondUs};
        if (at <= desk.recorded_at() || at > latest) return refuse(BenefitRejection::booked_for_malformed, "/booked_for");
    }
    const auto entitlement = had(*served->programme, served->records, standing, command.benefit, date);
    if (!entitlement) return refuse(BenefitRejection::benefit_not_had, "/benefit", {{"level", standing.level}});
    const auto by_grant = grant_needed(served->records, *entitlement, command.benefit, date);
    if (!by_grant) return Unexpected<Refusal>{by_grant.error()};
    // From here on nothing may refuse.
    if (!by_grant->empty()) change_grant(desk, served->records, *by_grant, 1);
    const std::string id = own_cause(desk, ask, kUsePrefix);
    BenefitUse use{.author = author_of(ask.caller),
                   .note = command.note,
                   .booked_for = command.booked_for,
                   .grant = *by_grant,
                   .item = command.item,
                   .shelf = command.shelf};
    store::RecordRow row{.org = served->programme->organisation,
                         .id = *parse_id(kUsePrefix, id),
                         .programme = served->programme->id,
                         .kind = store::RecordKind::benefit_use,
                         .account = served->named.key.account,
                         .member = served->named.member,
                         .subject = command.benefit,
                         .place = command.store,
                         .status = std::string{name_of(BenefitUseStatus::booked)},
                         .created_at = desk.accepted_at()};
    if (!command.booked_for) take_place(desk, *served, *benefit, row, use);
    row.packed = pack_record(use);
    desk.put_record(row);
    announce(desk, *served, id, "benefit." + row.status);
    BenefitUseView view = view_of(row, use, desk.recorded_at());
    if (!entitlement->is_standing) view.left = entitlement->left() - 1;
    return view;
}

Answered<BenefitUseView> decide(Desk& desk, const Ask& ask, const EndBenefitUse& command) {
    auto served = find(desk, ask, command.programme, command.member);
    if (!served) return Unexpected<Refusal>{std::move(served).error()};
    auto* found = find_record(served->records.uses, kUsePrefix, command.use);
    // What was used or booked in another store is ended there.
    const std::string& own_store = ask.caller.store;
    const bool is_elsewhere =
        found != nullptr && !own_store.empty() && !found->first.place.empty() && found->first.place != own_store;
    if (found == nullptr || is_elsewhere) return refuse(BenefitRejection::benefit_use_not_found, "/use");
    auto& [row, use] = *found;
    if (command.end == BenefitUseEnd::undo) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return Unexpected<Refusal>{author.error()};
    }
    if (auto refusal = refused_texts({{"/reason", command.reason}, {"/item", command.item}, {"/shelf", command.shelf}})) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (!use.seat.empty()) return refuse(BenefitRejection::benefit_use_of_seat, "/use", {{"seat", use.seat}});
    const auto status = from_name<BenefitUseStatus>(row.status).value_or(BenefitUseStatus::used);
    const auto next = after(command.end, status);
    if (!next) return refuse(BenefitRejection::benefit_use_ended, "/use", {{"status", row.status}});
    if (command.end == BenefitUseEnd::confirm) {
        if (auto refusal = confirm(desk, *served, command, row, use)) return Unexpected<Refusal>{*std::move(refusal)};
    } else {
        row.status = name_of(*next);
        row.due_at = *next == BenefitUseStatus::stored ? due_at(*served->programme, use) : std::nullopt;
        if (command.end == BenefitUseEnd::move) use.shelf = command.shelf;
    }
    // What did not take place is there again.
    if (!is_counted(row) && !use.grant.empty()) change_grant(desk, served->records, use.grant, -1);
    if (row.status == name_of(BenefitUseStatus::stored) && command.end == BenefitUseEnd::undo) {
        // It lies there as before it was carried out.
        use.ended_at.reset();
        use.ended_by.clear();
    } else if (command.end != BenefitUseEnd::move) {
        use.ended_at = desk.accepted_at();
        use.ended_by = author_of(ask.caller);
        use.reason = command.reason;
    }
    put_again(desk, row, use, std::string{row.status});
    announce(desk, *served, command.use, command.end == BenefitUseEnd::move ? "benefit.moved" : "benefit." + row.status);
    return view_of(row, use, desk.recorded_at());
}

Answered<std::string> grant_for_seat(const Desk& desk, const Programme& programme, const Named& named, const SeatRight& right,
                                     const BenefitRecords& records) {
    const Date date = local_date(*programme.latest().zone, right.at);
    DayStanding standing = standing_on(desk, programme, named.key, date);
    // Whether a membership is renewed until then nobody knows: who has it now may come.
    standing.memberships = standing_at(desk, programme, named, right.now).memberships;
    const programme::Benefit* benefit = standing.plan == nullptr ? nullptr : benefit_of(*standing.plan, right.benefit);
    if (benefit == nullptr) return refuse(BenefitRejection::benefit_not_found, "/benefit");
    const auto entitlement = had(programme, records, standing, right.benefit, date);
    if (!entitlement) return refuse(BenefitRejection::benefit_not_had, "/benefit", {{"level", standing.level}});
    return grant_needed(records, *entitlement, right.benefit, date);
}

Answered<std::string> use_for_seat(Desk& desk, const Ask& ask, const Programme& programme, const Named& named,
                                   const SeatUse& asked) {
    BenefitRecords records = benefit_records(desk, named.key, named.member);
    auto grant =
        grant_for_seat(desk, programme, named, {.benefit = asked.benefit, .at = asked.at, .now = desk.recorded_at()}, records);
    if (!grant) return grant;
    if (!grant->empty()) change_grant(desk, records, *grant, 1);
    std::string id = own_cause(desk, ask, kUsePrefix);
    const BenefitUse use{.author = author_of(ask.caller),
                         .note = asked.note,
                         .booked_for = asked.at,
                         .grant = *std::move(grant),
                         .seat = asked.seat};
    desk.put_record({.org = programme.organisation,
                     .id = *parse_id(kUsePrefix, id),
                     .programme = programme.id,
                     .kind = store::RecordKind::benefit_use,
                     .account = named.key.account,
                     .member = named.member,
                     .subject = asked.benefit,
                     .place = asked.store,
                     .status = std::string{name_of(BenefitUseStatus::booked)},
                     .created_at = desk.accepted_at(),
                     .packed = pack_record(use)});
    return id;
}

void end_seat_use(Desk& desk, const store::OwnerKey& key, const SeatUseEnd& end) {
    const auto id = parse_id(kUsePrefix, end.use);
    auto row = id ? desk.record({.org = key.org, .account = key.account, .id = *id}) : std::nullopt;
    if (!row) return;  // `verify` names such a seat
    auto use = unpack_record<BenefitUse>(*row);
    const bool is_given_back = end.status == BenefitUseStatus::cancelled;
    if (is_given_back && !use.grant.empty()) {
        const auto person = person_of(desk, key, row->member.value_or(MemberId{}));
        BenefitRecords records = person ? benefit_records(desk, person->key, person->member) : BenefitRecords{};
        if (person) change_grant(desk, records, use.grant, -1);
    }
    if (end.status == BenefitUseStatus::booked) {
        use.ended_at.reset();
        use.ended_by.clear();
        use.reason.clear();
    } else {
        use.ended_at = desk.accepted_at();
        use.ended_by = end.author;
        use.reason = end.reason;
    }
    put_again(desk, *row, use, name_of(end.status));
}

Answered<BenefitGrantView> decide(Desk& desk, const Ask& ask, const GrantBenefit& command) {
    auto served = find(desk, ask, command.programme, command.member);
    if (!served) return Unexpected<Refusal>{std::move(served).error()};
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const Date today = local_date(*served->programme->latest().zone, desk.recorded_at());
    const Edition* edition = served->programme->in_force(today);
    const programme::Benefit* benefit = edition == nullptr ? nullptr : benefit_of(*edition->plan, command.benefit);
    if (benefit == nullptr) return refuse(BenefitRejection::benefit_not_found, "/benefit");
    if (command.count < 1 || command.count > limits::benefits_per_grant) {
        return refuse(BenefitRejection::benefit_count_out_of_range, "/count",
                      {{"most", std::to_string(limits::benefits_per_grant)}});
    }
    if (command.until && *command.until < today) return refuse(BenefitRejection::benefit_until_malformed, "/until");
    const BenefitGrant grant{.count = command.count,
                             .from = today,
                             .until = last_day(*benefit, command.until, today),
                             .author = *author,
                             .reason = command.reason};
    const std::string id = own_cause(desk, ask, kGrantPrefix);
    const store::RecordRow row{.org = served->programme->organisation,
                               .id = *parse_id(kGrantPrefix, id),
                               .programme = served->programme->id,
                               .kind = store::RecordKind::benefit_grant,
                               .account = served->named.key.account,
                               .member = served->named.member,
                               .subject = command.benefit,
                               .status = std::string{name_of(BenefitGrantStatus::open)},
                               .created_at = desk.accepted_at(),
                               .packed = pack_record(grant)};
    desk.put_record(row);
    announce(desk, *served, id, "benefit.granted");
    return view_of(row, grant);
}

Answered<BenefitGrantView> decide(Desk& desk, const Ask& ask, const RevokeBenefit& command) {
    auto served = find(desk, ask, command.programme, command.member);
    if (!served) return Unexpected<Refusal>{std::move(served).error()};
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    auto* found = find_record(served->records.grants, kGrantPrefix, command.grant);
    if (found == nullptr) return refuse(BenefitRejection::benefit_grant_not_found, "/grant");
    auto& [row, grant] = *found;
    if (row.status != name_of(BenefitGrantStatus::open)) {
        return refuse(BenefitRejection::benefit_grant_ended, "/grant", {{"status", row.status}});
    }
    grant.ended_by = *author;
    grant.ended_because = command.reason;
    put_again(desk, row, grant, name_of(BenefitGrantStatus::revoked));
    announce(desk, *served, command.grant, "benefit.revoked");
    return view_of(row, grant);
}

Answered<MemberBenefits> App::benefits(const std::string& organisation, const std::string& programme,
                                       const MemberName& name) const {
    return guarded<MemberBenefits>(*core_, [&]() -> Answered<MemberBenefits> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const Date today = local_date(*found->latest().zone, core_->wiring.now());
        const BenefitRecords records = benefit_records(desk, named->key, named->member);
        const DayStanding standing = standing_at(desk, *found, *named, core_->wiring.now());
        MemberBenefits all{.member = named->member, .plan = standing.plan, .level = standing.level};
        if (standing.plan != nullptr) {
            all.benefits = engine::entitlements(*standing.plan, standing.level, today, used_by_right(*found, records),
                                                open_grants(records), standing.memberships);
        }
        for (const auto& [row, use] : records.uses) all.uses.push_back(view_of(row, use, core_->wiring.now()));
        for (const auto& [row, grant] : records.grants) all.grants.push_back(view_of(row, grant));
        return all;
    });
}

Answered<BenefitUseView> App::benefit_use(const std::string& organisation, const std::string& programme, const MemberName& name,
                                          const std::string& use) const {
    const auto all = benefits(organisation, programme, name);
    if (!all) return Unexpected<Refusal>{all.error()};
    for (const BenefitUseView& one : all->uses) {
        if (one.id == use) return one;
    }
    return refuse(BenefitRejection::benefit_use_not_found, "/use");
}

Answered<BenefitUseList> App::benefit_uses(const std::string& organisation, const std::string& programme,
                                           const BenefitUseQuery& query) const {
    return guarded_on_replica<BenefitUseList>(*core_, [&]() -> Answered<BenefitUseList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const Instant now = core_->wiring.now();
        BenefitUseList list;
        const auto add = [&](const store::RecordRow& row) {
            BenefitUseView view = view_of(row, unpack_record<BenefitUse>(row), now);
            if (!query.status || view.status == *query.status) list.uses.push_back(std::move(view));
        };
        if (query.status == BenefitUseStatus::due && query.page.cursor.empty()) {
            // What no sweep has written down yet.
            for (const store::RecordRow& row : core_->store.records_due_before({now.us + 1}, limits::page_rows_max)) {
                const bool is_asked = row.org == organisation && row.programme == found->id &&
                                      row.kind == store::RecordKind::benefit_use &&
                                      (query.store.empty() || row.place == query.store);
                if (is_asked) add(row);
            }
        }
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::benefit_use,
                                     .status = query.status ? std::string{name_of(*query.status)} : std::string{},
                                     .place = query.store},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (const store::RecordRow& row : *rows) add(row);
        return list;
    });
}

bool fall_due(Desk& desk, const Programme& programme, store::RecordRow row) {
    if (!row.account || row.status != name_of(BenefitUseStatus::stored)) return false;
    const store::OwnerKey key{.org = row.org, .account = *row.account, .programme = row.programme};
    (void)desk.edit(key);
    const auto use = unpack_record<BenefitUse>(row);
    row.due_at.reset();
    put_again(desk, row, use, name_of(BenefitUseStatus::due));
    announce_plain(desk, {.programme = programme, .key = key, .member = row.member, .cause = id_text(kUsePrefix, row.id)},
                   "benefit.due");
    return true;
}

}  // namespace suki::app
