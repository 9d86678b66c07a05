#include <algorithm>

#include "app/announce.h"
#include "app/decide.h"
#include "app/profile.h"
#include "app/resolve.h"
#include "base/limits.h"

/// The commands that change two owners: both sides in one batch.
namespace suki::app {

namespace {

/// The two sides, named and swept.
struct Sides {
    ProgrammePointer programme;
    Named from;
    Named to;
    ledger::TransferRequest request;
    engine::Cause cause;
};

template <class C>
Answered<Sides> find_sides(Desk& desk, const Ask& ask, const C& command, std::string_view prefix) {
    Sides sides{.programme = desk.world()->programme(ask.caller.organisation, command.programme)};
    if (sides.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto from = find_named(desk, *sides.programme, command.member);
    if (!from) return refuse(from.error(), "/member");
    const auto to = find_named(desk, *sides.programme, command.to);
    if (!to) return refuse(to.error(), "/to");
    if (from->key == to->key) return refuse(TransferRejection::same_account, "/to");
    sides.from = *from;
    sides.to = *to;
    desk.sweep(sides.from.key, *sides.programme);
    desk.sweep(sides.to.key, *sides.programme);
    sides.request = {.points = {}, .reason = command.reason, .author = *author};
    sides.cause = cause_now(desk, *sides.programme, own_cause(desk, ask, prefix));
    return sides;
}

/// Entries say whom the points came from or went to.
void name_other(ledger::Posting& posting, MemberId other) {
    for (ledger::Entry& entry : posting.entries) {
        if (entry.kind == ledger::EntryKind::transfer_out || entry.kind == ledger::EntryKind::transfer_in)
            entry.offer = other.text();
    }
}

/// Posts both sides of what was taken out of a wallet.
std::optional<Refusal> post(Desk& desk, const Sides& sides, const std::string& unit, std::uint32_t wallet,
                            ledger::Transferred taken, const ledger::Stamp& stamp) {
    const std::uint32_t into = wallet_index(*desk.edit(sides.to.key).state, unit);
    auto arrived = ledger::transfer_in(desk.edit(sides.to.key).state->wallets[into], taken, sides.request, stamp);
    if (!arrived) return refuse_as(RefusalKind::unprocessable, arrived.error(), "/points").error;
    name_other(taken.posting, sides.to.member);
    name_other(*arrived, sides.from.member);
    desk.post(sides.from.key, wallet, std::move(taken.posting));
    desk.post(sides.to.key, into, *std::move(arrived));
    return std::nullopt;
}

void announce_both(Desk& desk, const Sides& sides, const std::string& unit, Points points) {
    if (points.is_zero()) return;
    announce_points(desk,
                    {.programme = *sides.programme, .key = sides.from.key, .member = sides.from.member, .cause = sides.cause.id},
                    "points.transferred_out", unit, points);
    announce_points(desk, {.programme = *sides.programme, .key = sides.to.key, .member = sides.to.member, .cause = sides.cause.id},
                    "points.transferred_in", unit, points);
}

/// Counters of the one who goes become counters of the one who stays: what was bought counts there from now on.
void move_counters(const Programme& programme, store::StateRow& from, store::StateRow& to, Date today, Instant at) {
    for (const account::Counter& counter : from.state.counters) {
        for (const account::DayValue& day : counter.days) account::add_to_counter(to.state, counter.key, day.day, day.value);
    }
    from.state.counters.clear();
    to.state.joined_on = std::min(to.state.joined_on, from.state.joined_on);
    to.merged.push_back({.account = from.account, .into = to.account, .at = at});
    to.merged.insert(to.merged.end(), from.merged.begin(), from.merged.end());
    derive_levels(programme, to.state, today);
}

/// What is known only of the one who goes is known of the one who stays.
void move_profile(Desk& desk, const Programme& programme, const store::MemberRow& from, store::MemberRow& to) {
    const auto fill = [](auto& there, const auto& other) {
        if (there.empty()) there = other;
    };
    fill(to.name, from.name);
    fill(to.phone, from.phone);
    fill(to.email, from.email);
    fill(to.external_id, from.external_id);
    fill(to.language, from.language);
    if (!to.facts.birthday) to.facts.birthday = from.facts.birthday;
    for (const auto& [name, value] : from.facts.attributes) {
        const auto place = std::lower_bound(to.facts.attributes.begin(), to.facts.attributes.end(), name,
                                            [](const auto& there, const std::string& wanted) { return there.first < wanted; });
        const bool is_there = place != to.facts.attributes.end() && place->first == name;
        if (!is_there && to.facts.attributes.size() < limits::attributes_per_member)
            to.facts.attributes.insert(place, {name, value});
    }
    for (const std::string& segment : from.facts.segments) {
        const auto place = std::lower_bound(to.facts.segments.begin(), to.facts.segments.end(), segment);
        const bool is_there = place != to.facts.segments.end() && *place == segment;
        if (!is_there && to.facts.segments.size() < limits::segments_per_member) to.facts.segments.insert(place, segment);
    }
    to.joined_on = std::min(to.joined_on, from.joined_on);
    ++to.version;
    desk.rows.members.push_back(to);
    claim_profile(desk, programme, to);
}

store::MemberRow& row_of(store::Owner& owner, MemberId member) {
    return *std::find_if(owner.members.begin(), owner.members.end(), [&](const store::MemberRow& row) { return row.id == member; });
}

}  // namespace

Answered<TransferAnswer> decide(Desk& desk, const Ask& ask, const TransferPoints& command) {
    if (command.points <= Points{0} || !is_in_range(command.points)) return refuse(AdjustRejection::points_malformed, "/points");
    auto found = find_sides(desk, ask, command, "trf");
    if (!found) return Unexpected<Refusal>{std::move(found).error()};
    Sides& sides = *found;
    const programme::Unit* unit = unit_of(*sides.programme, command.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit");
    sides.request.points = command.points;
    const ledger::Stamp stamp = engine::stamp_of(sides.cause, unit->clause);
    const std::uint32_t wallet = wallet_index(*desk.edit(sides.from.key).state, unit->id);
    auto taken = ledger::transfer_out(desk.edit(sides.from.key).state->wallets[wallet], sides.request, stamp);
    if (!taken) return refuse_as(RefusalKind::unprocessable, taken.error(), "/points");
    if (auto refusal = post(desk, sides, unit->id, wallet, *std::move(taken), stamp))
        return Unexpected<Refusal>{*std::move(refusal)};
    announce_both(desk, sides, unit->id, command.points);
    return TransferAnswer{.transfer = sides.cause.id,
                          .unit = unit->id,
                          .points = command.points,
                          .recorded_at = desk.recorded_at(),
                          .member = sides.from.member,
                          .to = sides.to.member,
                          .balances = balances_of(*sides.programme, desk.owner(sides.from.key)->state, desk.recorded_at()),
                          .balances_of_other = balances_of(*sides.programme, desk.owner(sides.to.key)->state, desk.recorded_at())};
}

Answered<MergeAnswer> decide(Desk& desk, const Ask& ask, const MergeMembers& command) {
    auto found = find_sides(desk, ask, command, "mrg");
    if (!found) return Unexpected<Refusal>{std::move(found).error()};
    const Sides& sides = *found;
    store::Owner& from = desk.edit(sides.from.key);
    store::Owner& to = desk.edit(sides.to.key);
    const Date today = local_date(*sides.programme->latest().zone, desk.recorded_at());
    const std::string level_before = level_text(to.state->state, today);
    MergeAnswer answer{
        .merge = sides.cause.id, .recorded_at = desk.recorded_at(), .member = sides.from.member, .to = sides.to.member};
    for (std::uint32_t wallet = 0; wallet < from.state->wallets.size(); ++wallet) {
        const std::string unit = from.state->wallets[wallet].unit;
        const programme::Unit* said = unit_of(*sides.programme, unit);
        const ledger::Stamp stamp = engine::stamp_of(sides.cause, said == nullptr ? std::string{} : said->clause);
        auto taken = ledger::transfer_all(from.state->wallets[wallet], sides.request, stamp);
        if (!taken) return refuse_as(RefusalKind::conflict, taken.error(), "/member");
        Points moved = taken->owed.negated();
        for (const ledger::Lot& lot : taken->lots) moved = plus(moved, lot.remaining);
        if (auto refusal = post(desk, sides, unit, wallet, *std::move(taken), stamp))
            return Unexpected<Refusal>{*std::move(refusal)};
        if (!moved.is_zero()) answer.moved.push_back({.unit = unit, .points = moved});
        announce_both(desk, sides, unit, moved);
    }
    move_counters(*sides.programme, *from.state, *to.state, today, desk.recorded_at());
    from.account.merged_into = to.account.id;
    ++from.account.version;
    desk.rows.accounts.push_back(from.account);
    move_profile(desk, *sides.programme, store::MemberRow{row_of(from, sides.from.member)}, row_of(to, sides.to.member));
    answer.balances = balances_of(*sides.programme, to.state, desk.recorded_at());
    answer.level = level_text(to.state->state, today);
    announce_plain(desk,
                   {.programme = *sides.programme, .key = sides.from.key, .member = sides.from.member, .cause = sides.cause.id},
                   "member.merged");
    announce_level(desk, {.programme = *sides.programme, .key = sides.to.key, .member = sides.to.member, .cause = sides.cause.id},
                   level_before, answer.level);
    return answer;
}

}  // namespace suki::app
