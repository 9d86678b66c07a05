#include "server/inputs.h"

/// Bodies about guest lists.
namespace suki::server {

namespace {

constexpr std::size_t kTextBytes = 1'024;
constexpr std::size_t kTitleBytes = 256;
constexpr std::size_t kLevelsMax = 50;

auto id_key() { return json::key(limits::key_bytes); }

void read_party(json::Object& in, app::TakeSeat& out) {
    in.optional("party", out.party, json::integer(1, limits::guests_per_seat + 1));
    in.optional("note", out.note, json::text(kTextBytes));
}

}  // namespace

void read_occasion(json::Object& in, app::OccasionTerms& out) {
    in.required("title", out.title, json::localised(kTitleBytes));
    in.optional("store", out.store, id_key());
    in.optional("place", out.place, json::text(kTitleBytes));
    in.required("starts_at", out.starts_at, json::instant());
    in.required("ends_at", out.ends_at, json::instant());
    in.required("capacity", out.capacity, json::integer(1, limits::people_per_occasion));
    in.optional("guests_most", out.guests_most, json::integer(0, limits::guests_per_seat));
    in.optional("waiting_most", out.waiting_most, json::integer(0, limits::waiting_per_occasion));
    in.optional("opens_at", out.opens_at, json::instant());
    in.optional("closes_at", out.closes_at, json::instant());
    in.optional("leave_by", out.leave_by, json::instant());
    in.optional("access", out.access, json::choice<app::OccasionAccess>());
    in.optional("levels", out.levels, json::list(id_key(), kLevelsMax));
    in.optional("benefit", out.benefit, id_key());
    in.optional("is_closed", out.is_closed, json::boolean());
    in.optional("gives_back_missed", out.gives_back_missed, json::boolean());
}

void read_occasion_cancel(json::Object& in, app::CancelOccasion& out) {
    in.required("reason", out.reason, json::text(1, kTextBytes));
}

void read_seat(json::Object& in, app::TakeSeat& out) { read_party(in, out); }
void read_seat_invitation(json::Object& in, app::TakeSeat& out) {
    read_party(in, out);
    in.required("reason", out.reason, json::text(1, kTextBytes));
}
void read_seat_leave(json::Object& in, app::LeaveSeat& out) { in.optional("reason", out.reason, json::text(kTextBytes)); }

void read_check_in(json::Object& in, app::CheckIn& out) {
    in.optional("token", out.token, json::text(1, kTextBytes));
    in.optional("member", out.member, json::object<app::MemberName>(read_member_name));
    in.optional("store", out.store, id_key());
}
void read_member_check_in(json::Object& in, app::CheckIn& out) { in.optional("store", out.store, id_key()); }
void read_check_in_undo(json::Object& in, app::CheckIn& out) { in.required("reason", out.reason, json::text(1, kTextBytes)); }

}  // namespace suki::server
