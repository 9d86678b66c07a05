#include "app/occasions.h"

#include <algorithm>

#include "app/announce.h"
#include "app/benefits.h"
#include "app/core.h"
#include "app/guard.h"
#include "base/limits.h"

namespace suki::app {

namespace {

/// So many seats are ended in one command; the sweep goes on with the rest.
constexpr std::size_t kEndedAtOnce = 500;

constexpr std::string_view kOpen = name_of(OccasionStatus::open);
constexpr std::string_view kHeld = name_of(OccasionStatus::held);
constexpr std::string_view kCancelled = name_of(OccasionStatus::cancelled);

std::optional<Refusal> refused_text(const OccasionTerms& terms, const programme::Plan& plan) {
    const auto refused = [](const char* where) { return refuse(OccasionRejection::occasion_text_malformed, where).error; };
    if (terms.title.is_empty() || !is_good_text(terms.title.any)) return refused("/title");
    for (const auto& [language, text] : terms.title.languages) {
        const bool is_known = std::find(plan.languages.begin(), plan.languages.end(), language) != plan.languages.end();
        if (!is_known || text.empty() || !is_good_text(text)) return refused("/title");
    }
    if (!is_good_text(terms.place)) return refused("/place");
    if (!terms.store.empty() && !is_good_code(terms.store)) return refused("/store");
    return std::nullopt;
}

std::optional<Refusal> refused_times(const OccasionTerms& terms, Instant now) {
    const auto refused = [](const char* where) { return refuse(OccasionRejection::occasion_times_malformed, where).error; };
    const Instant latest{now.us + kBookedAheadDaysMax * 86'400LL * kSecondUs};
    if (terms.starts_at > latest) return refused("/starts_at");
    if (terms.ends_at <= terms.starts_at || terms.ends_at <= now || terms.ends_at > latest) return refused("/ends_at");
    if (terms.closes_at && *terms.closes_at > terms.ends_at) return refused("/closes_at");
    if (terms.opens_at && *terms.opens_at >= terms.closes_at.value_or(terms.starts_at)) return refused("/opens_at");
    if (terms.leave_by && *terms.leave_by > terms.starts_at) return refused("/leave_by");
    return std::nullopt;
}

std::optional<Refusal> refused_counts(const OccasionTerms& terms) {
    const auto refused = [](const char* where, std::int64_t most) {
        return refuse(OccasionRejection::occasion_count_out_of_range, where, {{"most", std::to_string(most)}}).error;
    };
    if (terms.capacity < 1 || terms.capacity > limits::people_per_occasion)
        return refused("/capacity", limits::people_per_occasion);
    if (terms.guests_most < 0 || terms.guests_most > limits::guests_per_seat)
        return refused("/guests_most", limits::guests_per_seat);
    if (terms.waiting_most < 0 || terms.waiting_most > limits::waiting_per_occasion)
        return refused("/waiting_most", limits::waiting_per_occasion);
    return std::nullopt;
}

/// What is not used is left out, so that equal terms are equal.
std::optional<Refusal> refused_access(OccasionTerms& terms, const Programme& programme) {
    const programme::Plan& plan = programme.latest();
    if (terms.access != OccasionAccess::levels) terms.levels.clear();
    if (terms.access != OccasionAccess::benefit) terms.benefit.clear();
    if (terms.access == OccasionAccess::levels && terms.levels.empty())
        return refuse(OccasionRejection::occasion_level_not_found, "/levels").error;
    for (const std::string& level : terms.levels) {
        const bool is_known = std::any_of(plan.levels.begin(), plan.levels.end(), [&](const auto& one) { return one.id == level; });
        if (!is_known) return refuse(OccasionRejection::occasion_level_not_found, "/levels").error;
    }
    if (terms.access != OccasionAccess::benefit) return std::nullopt;
    const programme::Benefit* benefit = benefit_of(plan, terms.benefit);
    if (benefit == nullptr) return refuse(BenefitRejection::benefit_not_found, "/benefit").error;
    // What is handed in is not there for an evening.
    if (benefit->keeps) return refuse(BenefitRejection::benefit_item_missing, "/benefit").error;
    return std::nullopt;
}

std::optional<Refusal> refused_terms(OccasionTerms& terms, const Programme& programme, Instant now) {
    if (auto refusal = refused_text(terms, programme.latest())) return refusal;
    if (auto refusal = refused_times(terms, now)) return refusal;
    if (auto refusal = refused_counts(terms)) return refusal;
    return refused_access(terms, programme);
}

void announce(Desk& desk, const Listed& listed, std::string_view topic) {
    announce_plain(desk, {.programme = *listed.programme, .key = {}, .member = {}, .cause = listed.id()}, topic);
}

/// Whether any was ended. One that is not to be seen yet stays in line, so that the next sweep comes for it.
bool leave_line(Desk& desk, Listed& listed, const SeatEnd& end) {
    std::vector<InLine> unseen;
    bool is_any = false;
    for (const InLine& one : listed.body.line) {
        auto row = desk.record({.org = listed.row.org, .account = one.account, .id = one.seat.bits});
        if (!row) {
            unseen.push_back(one);
            continue;
        }
        auto seat = unpack_record<Seat>(*row);
        end_seat(desk, listed, *std::move(row), std::move(seat), end);
        is_any = true;
    }
    listed.body.line = std::move(unseen);
    return is_any;
}

/// Ends many of its seats; whether any was.
bool end_seats(Desk& desk, Listed& listed, const std::string& author, const std::string& reason) {
    const bool is_cancelled = listed.row.status == kCancelled;
    bool is_any =
        leave_line(desk, listed,
                   {.status = is_cancelled ? SeatStatus::cancelled : SeatStatus::not_reached, .author = author, .reason = reason});
    if (listed.body.booked == 0) return is_any;
    auto booked = desk.records_about({.org = listed.row.org,
                                      .programme = listed.row.programme,
                                      .kind = store::RecordKind::seat,
                                      .status = std::string{name_of(SeatStatus::booked)},
                                      .subject = listed.id()},
                                     kEndedAtOnce);
    if (booked.size() > kEndedAtOnce) booked.resize(kEndedAtOnce);
    for (store::RecordRow& row : booked) {
        auto seat = unpack_record<Seat>(row);
        end_seat(desk, listed, std::move(row), std::move(seat),
                 {.status = is_cancelled ? SeatStatus::cancelled : SeatStatus::missed,
                  .gives_back_use = is_cancelled || listed.body.terms.gives_back_missed,
                  .author = author,
                  .reason = reason});
        is_any = true;
    }
    return is_any;
}

bool has_seats(const Occasion& occasion) { return occasion.booked > 0 || !occasion.line.empty(); }

/// Of a member who looks at it.
/// Whether the benefit that opens it is lacking, or used up.
std::optional<Refusal> against_benefit(const Desk& desk, const Listed& listed, const Named& named, Instant now) {
    const OccasionTerms& terms = listed.body.terms;
    if (terms.access != OccasionAccess::benefit) return std::nullopt;
    const auto grant = grant_for_seat(desk, *listed.programme, named, {.benefit = terms.benefit, .at = terms.starts_at, .now = now},
                                      benefit_records(desk, named.key, named.member));
    return grant ? std::nullopt : std::optional{grant.error()};
}

OccasionOffered offered(const Desk& desk, const Listed& listed, const std::optional<Named>& named,
                        const std::vector<SeatFound>& seats, Instant now) {
    OccasionOffered one{.occasion = view_of(listed, now), .refusal = {}, .seat = std::nullopt};
    if (!named) return one;
    const SeatFound* seat = live_seat(seats, listed);
    if (seat != nullptr) one.seat = view_of(seat->first, seat->second, listed.body);
    if (!is_ahead(listed, now)) {
        one.refusal = name_of(OccasionRejection::occasion_ended);
    } else if (seat != nullptr) {
        one.refusal = name_of(OccasionRejection::seat_already_taken);
    } else if (const auto refusal = against_rules(desk, listed, *named, now)) {
        one.refusal = refusal->code;
    } else if (listed.free() < 1 && static_cast<std::int64_t>(listed.body.line.size()) >= listed.body.terms.waiting_most) {
        one.refusal = name_of(OccasionRejection::occasion_full);
    } else if (const auto lacking = against_benefit(desk, listed, *named, now)) {
        one.refusal = lacking->code;
    }
    return one;
}

std::string name_of_person(const Desk& desk, const store::RecordRow& row) {
    const store::OwnerKey key{.org = row.org, .account = row.account.value_or(AccountId{}), .programme = row.programme};
    const auto person = person_of(desk, key, row.member.value_or(MemberId{}));
    const OwnerPointer owner = person ? desk.owner(person->key) : nullptr;
    const store::MemberRow* member = owner == nullptr ? nullptr : member_of(*owner, person->member);
    return member == nullptr ? std::string{} : member->name;
}

/// As they stand in it.
std::vector<SeatFound> seats_in_line(const Desk& desk, const Listed& listed) {
    std::vector<SeatFound> seats;
    for (const InLine& one : listed.body.line) {
        auto row = desk.record({.org = listed.row.org, .account = one.account, .id = one.seat.bits});
        if (!row) continue;
        auto seat = unpack_record<Seat>(*row);
        seats.emplace_back(*std::move(row), std::move(seat));
    }
    return seats;
}

}  // namespace

Answered<Listed> find_listed(const Desk& desk, const std::string& organisation, const std::string& programme, const std::string& id,
                             const std::string& own_store) {
    Listed listed{.programme = desk.world()->programme(organisation, programme), .row = {}, .body = {}};
    if (listed.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto bits = parse_id(OccasionTag::prefix, id);
    auto row = bits ? desk.record({.org = organisation, .account = {}, .id = *bits}) : std::nullopt;
    const bool is_known = row && row->kind == store::RecordKind::occasion && row->programme == listed.programme->id;
    if (!is_known || (!own_store.empty() && !row->place.empty() && row->place != own_store)) {
        return refuse(OccasionRejection::occasion_not_found, "/occasion");
    }
    listed.row = *std::move(row);
    listed.body = unpack_record<Occasion>(listed.row);
    return listed;
}

void put_listed(Desk& desk, Listed& listed) {
    listed.row.place = listed.body.terms.store;
    listed.row.packed = pack_record(listed.body);
    ++listed.row.version;
    desk.put_record(listed.row);
}

bool is_ahead(const Listed& listed, Instant now) { return listed.row.status == kOpen && now < listed.body.terms.ends_at; }

Unexpected<Refusal> refuse_ended(const Listed& listed) {
    const bool is_cancelled = listed.row.status == kCancelled;
    return refuse(OccasionRejection::occasion_ended, "/occasion", {{"status", std::string{is_cancelled ? kCancelled : kHeld}}});
}

OccasionView view_of(const Listed& listed, Instant now) {
    const OccasionTerms& terms = listed.body.terms;
    const bool is_bookable =
        !terms.is_closed && now < terms.closes_at.value_or(terms.starts_at) && (!terms.opens_at || *terms.opens_at <= now);
    OccasionStatus status = is_bookable ? OccasionStatus::open : OccasionStatus::closed;
    if (!is_ahead(listed, now)) status = listed.row.status == kCancelled ? OccasionStatus::cancelled : OccasionStatus::held;
    return {.id = listed.id(),
            .status = status,
            .taken = listed.body.taken,
            .waiting = static_cast<std::int64_t>(listed.body.line.size()),
            .came = listed.body.came,
            .author = listed.body.author,
            .created_at = listed.row.created_at,
            .ended_at = listed.body.ended_at,
            .ended_by = listed.body.ended_by,
            .reason = listed.body.reason,
            .terms = terms};
}

Answered<OccasionView> decide(Desk& desk, const Ask& ask, const CreateOccasion& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    Listed listed{.programme = programme, .row = {}, .body = {.author = author_of(ask.caller), .line = {}, .terms = command.terms}};
    if (auto refusal = refused_terms(listed.body.terms, *programme, desk.recorded_at()))
        return Unexpected<Refusal>{*std::move(refusal)};
    listed.row = {.org = programme->organisation,
                  .id = *parse_id(OccasionTag::prefix, own_cause(desk, ask, OccasionTag::prefix)),
                  .programme = programme->id,
                  .kind = store::RecordKind::occasion,
                  .status = std::string{kOpen},
                  .created_at = desk.accepted_at(),
                  .due_at = listed.body.terms.ends_at,
                  .packed = {},
                  .version = 0};
    put_listed(desk, listed);
    announce(desk, listed, "occasion.created");
    return view_of(listed, desk.recorded_at());
}

Answered<OccasionView> decide(Desk& desk, const Ask& ask, const ChangeOccasion& command) {
    auto listed = find_listed(desk, ask.caller.organisation, command.programme, command.occasion, ask.caller.store);
    if (!listed) return Unexpected<Refusal>{std::move(listed).error()};
    OccasionTerms terms = command.terms;
    if (auto refusal = refused_terms(terms, *listed->programme, desk.recorded_at()))
        return Unexpected<Refusal>{*std::move(refusal)};
    if (!is_ahead(*listed, desk.recorded_at())) return refuse_ended(*listed);
    if (terms.capacity < listed->body.taken) {
        return refuse(OccasionRejection::occasion_below_taken, "/capacity", {{"taken", std::to_string(listed->body.taken)}});
    }
    const OccasionTerms& before = listed->body.terms;
    const bool is_same_access =
        (before.access == OccasionAccess::benefit) == (terms.access == OccasionAccess::benefit) && before.benefit == terms.benefit;
    // Those who are on the list have taken their uses.
    if (!is_same_access && has_seats(listed->body)) return refuse(OccasionRejection::occasion_has_seats, "/access");
    listed->body.terms = std::move(terms);
    listed->row.due_at = listed->body.terms.ends_at;
    move_up(desk, *listed);
    put_listed(desk, *listed);
    announce(desk, *listed, "occasion.changed");
    return view_of(*listed, desk.recorded_at());
}

Answered<OccasionView> decide(Desk& desk, const Ask& ask, const CancelOccasion& command) {
    auto listed = find_listed(desk, ask.caller.organisation, command.programme, command.occasion, ask.caller.store);
    if (!listed) return Unexpected<Refusal>{std::move(listed).error()};
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    if (!is_ahead(*listed, desk.recorded_at())) return refuse_ended(*listed);
    listed->row.status = kCancelled;
    listed->body.ended_at = desk.accepted_at();
    listed->body.ended_by = *author;
    listed->body.reason = command.reason;
    end_seats(desk, *listed, *author, command.reason);
    listed->row.due_at = has_seats(listed->body) ? std::optional{desk.recorded_at()} : std::nullopt;
    put_listed(desk, *listed);
    announce(desk, *listed, "occasion.cancelled");
    return view_of(*listed, desk.recorded_at());
}

bool close_occasion(Desk& desk, const ProgrammePointer& programme, store::RecordRow row) {
    Listed listed{.programme = programme, .row = std::move(row), .body = {}};
    listed.body = unpack_record<Occasion>(listed.row);
    const bool is_any = end_seats(desk, listed, listed.body.ended_by, listed.body.reason);
    if (!is_any && has_seats(listed.body)) return false;
    if (!has_seats(listed.body)) {
        listed.row.due_at.reset();
        if (listed.row.status == kOpen) {
            listed.row.status = kHeld;
            announce(desk, listed, "occasion.held");
        }
    }
    put_listed(desk, listed);
    return true;
}

Answered<OccasionList> App::occasions(const std::string& organisation, const std::string& programme,
                                      const OccasionQuery& query) const {
    return guarded<OccasionList>(*core_, [&]() -> Answered<OccasionList> {
        const Desk desk{core_->source};
        const Instant now = core_->wiring.now();
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        std::optional<Named> named;
        std::vector<SeatFound> seats;
        if (query.member.by != NamedBy::nobody) {
            auto member = find_named(desk, *found, query.member);
            if (!member) return refuse(member.error(), "/member");
            named = *std::move(member);
            seats = seats_of_person(desk, named->key, named->member);
        }
        const bool is_coming = query.time == OccasionTime::coming;
        OccasionList list;
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::occasion,
                                     .status = is_coming ? std::string{kOpen} : std::string{},
                                     .place = query.store},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (store::RecordRow& row : *rows) {
            Listed listed{.programme = found, .row = std::move(row), .body = {}};
            listed.body = unpack_record<Occasion>(listed.row);
            const bool is_elsewhere = !query.own_store.empty() && !listed.row.place.empty() && listed.row.place != query.own_store;
            if (is_elsewhere || (query.time && is_ahead(listed, now) != is_coming)) continue;
            list.occasions.push_back(offered(desk, listed, named, seats, now));
        }
        return list;
    });
}

Answered<OccasionView> App::occasion(const std::string& organisation, const std::string& programme, const std::string& id,
                                     const std::string& store) const {
    return guarded<OccasionView>(*core_, [&]() -> Answered<OccasionView> {
        const auto listed = find_listed(Desk{core_->source}, organisation, programme, id, store);
        if (!listed) return Unexpected<Refusal>{listed.error()};
        return view_of(*listed, core_->wiring.now());
    });
}

Answered<SeatList> App::guest_list(const std::string& organisation, const std::string& programme,
                                   const GuestListQuery& query) const {
    return guarded<SeatList>(*core_, [&]() -> Answered<SeatList> {
        const Desk desk{core_->source};
        const auto listed = find_listed(desk, organisation, programme, query.occasion, query.store);
        if (!listed) return Unexpected<Refusal>{listed.error()};
        SeatList list;
        std::vector<SeatFound> seats;
        if (query.status == SeatStatus::waiting) {
            seats = seats_in_line(desk, *listed);
        } else {
            auto rows = page_of_records(core_->store,
                                        {.org = organisation,
                                         .programme = listed->programme->id,
                                         .kind = store::RecordKind::seat,
                                         .status = query.status ? std::string{name_of(*query.status)} : std::string{},
                                         .subject = listed->id()},
                                        query.page, list.next_cursor);
            if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
            for (store::RecordRow& row : *rows) {
                auto seat = unpack_record<Seat>(row);
                seats.emplace_back(std::move(row), std::move(seat));
            }
        }
        for (const auto& [row, seat] : seats) {
            list.seats.push_back(view_of(row, seat, listed->body));
            list.names.push_back(name_of_person(desk, row));
        }
        return list;
    });
}

Answered<SeatList> App::seats_of(const std::string& organisation, const std::string& programme, const MemberName& name) const {
    return guarded<SeatList>(*core_, [&]() -> Answered<SeatList> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        SeatList list;
        for (const auto& [row, seat] : seats_of_person(desk, named->key, named->member)) {
            const auto listed = find_listed(desk, organisation, found->id, row.subject, {});
            if (!listed) continue;  // `verify` names it
            list.seats.push_back(view_of(row, seat, listed->body));
            list.occasions.push_back(view_of(*listed, core_->wiring.now()));
        }
        return list;
    });
}

}  // namespace suki::app
