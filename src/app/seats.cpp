#include <algorithm>

#include "app/announce.h"
#include "app/benefits.h"
#include "app/occasions.h"
#include "app/person_records.h"
#include "base/limits.h"

/// Seats of occasions: taken, waited for, left, and who came.
namespace suki::app {

namespace {

constexpr std::string_view kBooked = name_of(SeatStatus::booked);
constexpr std::string_view kWaiting = name_of(SeatStatus::waiting);
constexpr std::string_view kCame = name_of(SeatStatus::came);

store::OwnerKey key_of(const store::RecordRow& row) {
    SUKI_CHECK(row.account.has_value());
    return {.org = row.org, .account = *row.account, .programme = row.programme};
}

/// To whoever the member is today.
void announce_seat(Desk& desk, const Listed& listed, const store::RecordRow& row, std::string_view topic) {
    const auto person = person_of(desk, key_of(row), row.member.value_or(MemberId{}));
    const std::string cause = id_text(SeatTag::prefix, row.id);
    announce_plain(desk,
                   {.programme = *listed.programme,
                    .key = person ? person->key : key_of(row),
                    .member = person ? person->member : row.member,
                    .cause = cause},
                   topic);
}

void put_seat(Desk& desk, store::RecordRow& row, const Seat& seat, std::string_view status) {
    row.status = status;
    row.packed = pack_record(seat);
    ++row.version;
    desk.put_record(row);
}

/// When seats can't be taken.
std::optional<std::string> not_open(const OccasionTerms& terms, Instant now) {
    if (terms.is_closed) return "closed";
    if (terms.opens_at && now < *terms.opens_at) return "not_yet";
    if (now >= terms.closes_at.value_or(terms.starts_at)) return "over";
    return std::nullopt;
}

/// Somebody and their seat.
struct Seated {
    Listed listed;
    Named named;
    SeatFound found;
};
Answered<Seated> find_seated(Desk& desk, Listed listed, const MemberName& member, const std::string& reason) {
    auto named = find_named(desk, *listed.programme, member);
    if (!named) return refuse(named.error(), "/member");
    (void)desk.edit(named->key);
    if (!is_good_text(reason)) return refuse(OccasionRejection::occasion_text_malformed, "/reason");
    if (!is_ahead(listed, desk.recorded_at())) return refuse_ended(listed);
    const auto seats = seats_of_person(desk, named->key, named->member);
    const SeatFound* found = live_seat(seats, listed);
    if (found == nullptr) return refuse(OccasionRejection::seat_not_found, "/member");
    return Seated{.listed = std::move(listed), .named = *std::move(named), .found = *found};
}

bool gives_back(const Occasion& occasion, const store::RecordRow& row, const Seat& seat, Instant now) {
    if (row.status == kWaiting || !occasion.terms.leave_by || now < *occasion.terms.leave_by) return true;
    // Who had no seat by then could not leave it.
    return seat.moved_up_at && *seat.moved_up_at >= *occasion.terms.leave_by;
}

/// The seat is free again, and who waits for it has it.
void leave(Desk& desk, Listed& listed, store::RecordRow row, Seat seat, const SeatEnd& end) {
    std::erase_if(listed.body.line, [&](const InLine& one) { return one.seat.bits == row.id; });
    end_seat(desk, listed, std::move(row), std::move(seat), end);
    move_up(desk, listed);
}

std::optional<Refusal> refused_seat(const Desk& desk, const Ask& ask, const TakeSeat& command, const Listed& listed) {
    if (command.is_invited) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return author.error();
    } else if (!is_good_text(command.reason)) {
        return refuse(OccasionRejection::occasion_text_malformed, "/reason").error;
    }
    if (!is_good_text(command.note)) return refuse(OccasionRejection::occasion_text_malformed, "/note").error;
    if (!is_ahead(listed, desk.recorded_at())) return refuse_ended(listed).error;
    const std::int64_t most = listed.body.terms.guests_most + 1;
    if (command.party < 1 || command.party > most) {
        return refuse(OccasionRejection::seat_party_out_of_range, "/party", {{"most", std::to_string(most)}}).error;
    }
    return std::nullopt;
}

/// Who comes in, or back out of it.
void let_in(Desk& desk, const Ask& ask, const CheckIn& command, Seated& seated) {
    auto& [row, seat] = seated.found;
    Occasion& occasion = seated.listed.body;
    const bool is_in = !command.is_undone;
    occasion.booked += is_in ? -1 : 1;
    occasion.came += is_in ? seat.party : -seat.party;
    seat.came_at = is_in ? std::optional{desk.accepted_at()} : std::nullopt;
    seat.came_where = is_in ? command.store : std::string{};
    seat.came_by = is_in ? author_of(ask.caller) : std::string{};
    if (!seat.use.empty()) {
        end_seat_use(desk, key_of(row),
                     {.use = seat.use,
                      .status = is_in ? BenefitUseStatus::used : BenefitUseStatus::booked,
                      .author = author_of(ask.caller),
                      .reason = {}});
    }
    put_seat(desk, row, seat, is_in ? kCame : kBooked);
    put_listed(desk, seated.listed);
    announce_seat(desk, seated.listed, row, is_in ? "seat.came" : "seat.came_undone");
}

}  // namespace

std::vector<SeatFound> seats_of_person(const Desk& desk, const store::OwnerKey& key, MemberId member) {
    std::vector<SeatFound> seats;
    for (store::RecordRow& row : records_of_person(desk, key, member, store::RecordKind::seat)) {
        auto seat = unpack_record<Seat>(row);
        seats.emplace_back(std::move(row), std::move(seat));
    }
    return seats;
}

const SeatFound* live_seat(const std::vector<SeatFound>& seats, const Listed& listed) {
    const std::string occasion = listed.id();
    const auto found = std::find_if(seats.begin(), seats.end(), [&](const SeatFound& one) {
        const std::string& status = one.first.status;
        return one.first.subject == occasion && (status == kBooked || status == kWaiting || status == kCame);
    });
    return found == seats.end() ? nullptr : &*found;
}

std::optional<Refusal> against_rules(const Desk& desk, const Listed& listed, const Named& named, Instant now) {
    const OccasionTerms& terms = listed.body.terms;
    if (const auto when = not_open(terms, now)) {
        return refuse(OccasionRejection::occasion_not_open, "/occasion", {{"when", *when}}).error;
    }
    if (terms.access == OccasionAccess::invitation) return refuse(OccasionRejection::occasion_by_invitation, "/occasion").error;
    if (terms.access != OccasionAccess::levels) return std::nullopt;
    const Date today = local_date(*listed.programme->latest().zone, now);
    const DayStanding standing = standing_on(desk, *listed.programme, named.key, today);
    if (std::find(terms.levels.begin(), terms.levels.end(), standing.level) != terms.levels.end()) return std::nullopt;
    return refuse(OccasionRejection::occasion_level_not_reached, "/occasion", {{"level", standing.level}}).error;
}

void move_up(Desk& desk, Listed& listed) {
    if (!is_ahead(listed, desk.recorded_at())) return;
    std::vector<InLine> still;
    for (const InLine& one : listed.body.line) {
        auto row = one.party <= listed.free() ? desk.record({.org = listed.row.org, .account = one.account, .id = one.seat.bits})
                                              : std::nullopt;
        if (!row) {
            still.push_back(one);
            continue;
        }
        auto seat = unpack_record<Seat>(*row);
        seat.moved_up_at = desk.accepted_at();
        listed.body.taken += one.party;
        ++listed.body.booked;
        put_seat(desk, *row, seat, kBooked);
        announce_seat(desk, listed, *row, "seat.moved_up");
    }
    listed.body.line = std::move(still);
}

void end_seat(Desk& desk, Listed& listed, store::RecordRow row, Seat seat, const SeatEnd& end) {
    if (row.status == kBooked) {
        --listed.body.booked;
        // Who missed it had the seat to the end.
        if (end.status != SeatStatus::missed) listed.body.taken -= seat.party;
    }
    if (!seat.use.empty()) {
        seat.is_use_kept = !end.gives_back_use;
        end_seat_use(desk, key_of(row),
                     {.use = seat.use,
                      .status = end.gives_back_use ? BenefitUseStatus::cancelled : BenefitUseStatus::used,
                      .author = end.author,
                      .reason = end.reason});
    }
    seat.ended_at = desk.accepted_at();
    seat.ended_by = end.author;
    seat.reason = end.reason;
    put_seat(desk, row, seat, name_of(end.status));
    announce_seat(desk, listed, row, "seat." + std::string{name_of(end.status)});
}

void leave_second_seats(Desk& desk, const Programme& programme, const store::OwnerKey& key, MemberId member,
                        const std::string& author) {
    std::vector<SeatFound> seats = seats_of_person(desk, key, member);
    std::erase_if(seats, [](const SeatFound& one) {
        return one.first.status != kBooked && one.first.status != kWaiting && one.first.status != kCame;
    });
    // The one that stays comes first.
    const auto rank = [](const SeatFound& one) { return one.first.status == kCame ? 0 : one.first.status == kBooked ? 1 : 2; };
    std::sort(seats.begin(), seats.end(), [&](const SeatFound& a, const SeatFound& b) {
        return std::tuple{a.first.subject, rank(a), a.first.created_at, a.first.id} <
               std::tuple{b.first.subject, rank(b), b.first.created_at, b.first.id};
    });
    for (std::size_t i = 1; i < seats.size(); ++i) {
        // Of two people who have both come two have come.
        if (seats[i].first.subject != seats[i - 1].first.subject || seats[i].first.status == kCame) continue;
        auto listed = find_listed(desk, programme.organisation, programme.id, seats[i].first.subject, {});
        // Read anew: the seat that was left before it may have moved this one up.
        auto row = desk.record({.org = key.org, .account = seats[i].first.account, .id = seats[i].first.id});
        if (!listed || !row || !is_ahead(*listed, desk.recorded_at())) continue;
        auto seat = unpack_record<Seat>(*row);
        leave(desk, *listed, *std::move(row), std::move(seat), {.status = SeatStatus::left, .author = author, .reason = {}});
        put_listed(desk, *listed);
    }
}

SeatView view_of(const store::RecordRow& row, const Seat& seat, const Occasion& occasion) {
    SeatView view{.id = id_text(SeatTag::prefix, row.id),
                  .member = row.member.value_or(MemberId{}),
                  .occasion = row.subject,
                  .status = from_name<SeatStatus>(row.status).value_or(SeatStatus::booked),
                  .party = seat.party,
                  .ahead = std::nullopt,
                  .use = seat.use,
                  .is_use_kept = seat.is_use_kept,
                  .note = seat.note,
                  .author = seat.author,
                  .booked_at = row.created_at,
                  .invited_because = seat.invited_because,
                  .moved_up_at = seat.moved_up_at,
                  .came_at = seat.came_at,
                  .came_where = seat.came_where,
                  .came_by = seat.came_by,
                  .ended_at = seat.ended_at,
                  .ended_by = seat.ended_by,
                  .reason = seat.reason};
    for (std::size_t i = 0; i < occasion.line.size(); ++i) {
        if (occasion.line[i].seat.bits == row.id) view.ahead = static_cast<std::int64_t>(i);
    }
    return view;
}

Answered<SeatView> decide(Desk& desk, const Ask& ask, const TakeSeat& command) {
    auto listed = find_listed(desk, ask.caller.organisation, command.programme, command.occasion, ask.caller.store);
    if (!listed) return Unexpected<Refusal>{std::move(listed).error()};
    const auto named = find_named(desk, *listed->programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    (void)desk.edit(named->key);
    Occasion& occasion = listed->body;
    if (auto refusal = refused_seat(desk, ask, command, *listed)) return Unexpected<Refusal>{*std::move(refusal)};
    const auto seats = seats_of_person(desk, named->key, named->member);
    if (const SeatFound* other = live_seat(seats, *listed)) {
        return refuse(OccasionRejection::seat_already_taken, "/member", {{"status", other->first.status}});
    }
    if (!command.is_invited) {
        if (auto refusal = against_rules(desk, *listed, *named, desk.recorded_at()))
            return Unexpected<Refusal>{*std::move(refusal)};
    }
    const bool is_waiting = command.party > listed->free();
    if (is_waiting && static_cast<std::int64_t>(occasion.line.size()) >= occasion.terms.waiting_most) {
        return refuse(OccasionRejection::occasion_full, "/occasion", {{"left", std::to_string(listed->free())}});
    }
    const std::string id = own_cause(desk, ask, SeatTag::prefix);
    Seat seat{.party = command.party, .author = author_of(ask.caller), .note = command.note};
    if (command.is_invited) {
        seat.invited_because = command.reason;
    } else if (occasion.terms.access == OccasionAccess::benefit) {
        auto use = use_for_seat(desk, ask, *listed->programme, *named,
                                {.benefit = occasion.terms.benefit,
                                 .at = occasion.terms.starts_at,
                                 .store = occasion.terms.store,
                                 .note = std::string{occasion.terms.title.in({})},
                                 .seat = id});
        if (!use) return Unexpected<Refusal>{std::move(use).error()};
        seat.use = *std::move(use);
    }
    // From here on nothing may refuse.
    store::RecordRow row{.org = listed->row.org,
                         .id = *parse_id(SeatTag::prefix, id),
                         .programme = listed->row.programme,
                         .kind = store::RecordKind::seat,
                         .account = named->key.account,
                         .member = named->member,
                         .subject = listed->id(),
                         .place = occasion.terms.store,
                         .status = {},
                         .created_at = desk.accepted_at(),
                         .packed = {},
                         .version = 0};
    if (is_waiting) {
        occasion.line.push_back({.seat = {row.id},
                                 .account = named->key.account,
                                 .member = named->member,
                                 .party = command.party,
                                 .since = desk.accepted_at()});
    } else {
        occasion.taken += command.party;
        ++occasion.booked;
    }
    put_seat(desk, row, seat, is_waiting ? kWaiting : kBooked);
    put_listed(desk, *listed);
    announce_seat(desk, *listed, row, is_waiting ? "seat.waiting" : "seat.booked");
    return view_of(row, seat, occasion);
}

Answered<SeatView> decide(Desk& desk, const Ask& ask, const LeaveSeat& command) {
    auto asked = find_listed(desk, ask.caller.organisation, command.programme, command.occasion, ask.caller.store);
    if (!asked) return Unexpected<Refusal>{std::move(asked).error()};
    auto seated = find_seated(desk, *std::move(asked), command.member, command.reason);
    if (!seated) return Unexpected<Refusal>{std::move(seated).error()};
    const Instant now = desk.recorded_at();
    Listed& listed = seated->listed;
    const auto& [row, seat] = seated->found;
    if (row.status == kCame) return refuse(OccasionRejection::seat_not_booked, "/member", {{"status", row.status}});
    if (row.status == kBooked && now >= listed.body.terms.starts_at) return refuse(OccasionRejection::occasion_begun, "/occasion");
    leave(desk, listed, row, seat,
          {.status = SeatStatus::left,
           .gives_back_use = gives_back(listed.body, row, seat, now),
           .author = author_of(ask.caller),
           .reason = command.reason});
    put_listed(desk, listed);
    const auto left = desk.record({.org = row.org, .account = row.account, .id = row.id});
    SUKI_CHECK(left.has_value());
    return view_of(*left, unpack_record<Seat>(*left), listed.body);
}

Answered<SeatView> decide(Desk& desk, const Ask& ask, const CheckIn& command) {
    auto listed = find_listed(desk, ask.caller.organisation, command.programme, command.occasion, ask.caller.store);
    if (!listed) return Unexpected<Refusal>{std::move(listed).error()};
    if (command.is_undone) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return Unexpected<Refusal>{author.error()};
    }
    MemberName member = command.member;
    if (!command.token.empty()) {
        if (!is_ahead(*listed, desk.recorded_at())) return refuse_ended(*listed);
        const auto holder = member_of_token(desk, *listed, command.token, desk.recorded_at());
        if (!holder) return Unexpected<Refusal>{holder.error()};
        member = {.by = NamedBy::member, .value = holder->text()};
    }
    auto seated = find_seated(desk, *std::move(listed), member, command.reason);
    if (!seated) return Unexpected<Refusal>{std::move(seated).error()};
    const auto& [row, seat] = seated->found;
    const bool is_in = row.status == kCame;
    if (row.status == kWaiting || (command.is_undone && !is_in)) {
        return refuse(OccasionRejection::seat_not_booked, "/member", {{"status", row.status}});
    }
    const bool is_already_in = is_in && !command.is_undone;
    if (!is_already_in) let_in(desk, ask, command, *seated);
    SeatView view = view_of(seated->found.first, seated->found.second, seated->listed.body);
    view.is_already_in = is_already_in;
    return view;
}

}  // namespace suki::app
