#include "app/milestones.h"

#include <algorithm>
#include <tuple>

#include "app/core.h"
#include "app/earn_apart.h"
#include "app/guard.h"
#include "app/person.h"
#include "app/person_records.h"
#include "engine/milestones.h"

namespace suki::app {

using programme::Milestone;
using programme::MilestoneKind;

namespace {

constexpr std::size_t kPage = 200;
/// Of what comes each year: a birthday that was corrected must not come twice.
constexpr int kYearlyDays = 183;

bool has_dated(const programme::Plan& plan) {
    return std::any_of(plan.milestones.begin(), plan.milestones.end(), engine::is_dated);
}

/// The first day from then on whose edition has milestones that fall on days.
std::optional<Date> next_day(const Programme& programme, Date from) {
    for (std::size_t e = 0; e < programme.editions.size(); ++e) {
        const Date begins = std::max(from, programme.editions[e].view.effective_on);
        const bool is_over = e + 1 < programme.editions.size() && programme.editions[e + 1].view.effective_on <= begins;
        if (!is_over && has_dated(*programme.editions[e].plan)) return begins;
    }
    return std::nullopt;
}

store::RecordKey roll_key(const Programme& programme) {
    return {.org = programme.organisation, .account = std::nullopt, .id = derived_id(Instant{0}, programme.id, "milestones", 0)};
}

void put_roll(Desk& desk, const Programme& programme, store::RecordRow& row, const MilestoneRoll& roll, std::optional<Date> day) {
    row.due_at = day ? std::optional{start_of(*programme.latest().zone, *day)} : std::nullopt;
    row.status = day ? "waiting" : "resting";
    row.packed = pack_record(roll);
    desk.put_record(row);
}

bool is_given_already(const Desk& desk, const Named& who, const Milestone& milestone, Date day) {
    for (const store::RecordRow& row : records_of_person(desk, who.key, who.member, store::RecordKind::milestone)) {
        if (row.subject != milestone.id) continue;
        const Date before = unpack_record<MilestoneBody>(row).day;
        switch (milestone.kind) {
            case MilestoneKind::after_joining: return true;
            case MilestoneKind::each_year:
            case MilestoneKind::birthday:
                if (day.days - before.days < kYearlyDays) return true;
                break;
            case MilestoneKind::renewed:
                if (day <= before) return true;
                break;
        }
    }
    return false;
}

/// `day` is the milestone's; `earned_on` that by which the points mature and expire.
void give(Desk& desk, const Programme& programme, const Edition& edition, const Named& who, const Milestone& milestone, Date day,
          Date earned_on) {
    if (is_given_already(desk, who, milestone, day)) return;
    const IdBits id =
        derived_id(desk.accepted_at(), who.member.text(), "milestone " + milestone.id, static_cast<std::uint64_t>(day.days));
    const auto lot = earn_apart(desk, programme, edition, who,
                                {.id = milestone.id,
                                 .clause = milestone.clause,
                                 .unit = milestone.unit,
                                 .points = Points{milestone.points},
                                 .day = earned_on,
                                 .cause = id_text(kMilestonePrefix, id)});
    // A wallet that can hold no more: whoever looks at it finds no record either.
    if (!lot) return;
    desk.put_record({.org = programme.organisation,
                     .id = id,
                     .programme = programme.id,
                     .kind = store::RecordKind::milestone,
                     .account = who.key.account,
                     .member = who.member,
                     .subject = milestone.id,
                     .status = "given",
                     .created_at = desk.accepted_at(),
                     .packed = pack_record(MilestoneBody{.day = day,
                                                         .unit = edition.plan->units[milestone.unit].id,
                                                         .points = Points{milestone.points},
                                                         .clause = milestone.clause,
                                                         .lot = *lot})});
}

engine::LifeDates life_of(const store::MemberRow& row) { return {.joined_on = row.joined_on, .birthday = row.facts.birthday}; }

/// A milestone that fell on a day, by the edition in force on it.
struct Reached {
    Date day;
    const Edition* edition = nullptr;
    const Milestone* milestone = nullptr;
};
/// In order of days, from `from` up to and with `until`.
std::vector<Reached> reached(const Programme& programme, const store::MemberRow& row, Date from, Date until) {
    std::vector<Reached> all;
    for (std::size_t e = 0; e < programme.editions.size(); ++e) {
        const Edition& edition = programme.editions[e];
        Date begin = std::max(from, edition.view.effective_on);
        const bool is_last = e + 1 == programme.editions.size();
        const Date end = is_last ? until : std::min(until, add_days(programme.editions[e + 1].view.effective_on, -1));
        for (const Milestone& milestone : edition.plan->milestones) {
            for (auto day = engine::milestone_from(milestone, life_of(row), begin); day && *day <= end;
                 day = engine::milestone_from(milestone, life_of(row), add_days(*day, 1))) {
                all.push_back({.day = *day, .edition = &edition, .milestone = &milestone});
            }
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Reached& one, const Reached& other) { return one.day < other.day; });
    return all;
}

/// When the id was made, to the millisecond.
Instant made_at(MemberId member) { return {static_cast<std::int64_t>(member.bits.high >> 16) * 1'000}; }

/// Whatever a member reached since `from`; on a day before which they had joined.
void celebrate(Desk& desk, const Programme& programme, const store::MemberRow& listed, Date from, Date until) {
    if (listed.status != store::MemberStatus::active || reached(programme, listed, from, until).empty()) return;
    const store::OwnerKey key{.org = listed.org, .account = listed.account, .programme = listed.programme};
    const OwnerPointer owner = desk.owner(key);
    const store::MemberRow* found = owner == nullptr || owner->account.merged_into ? nullptr : member_of(*owner, listed.id);
    if (found == nullptr || found->status != store::MemberStatus::active) return;
    const store::MemberRow row = *found;
    // When they first came: the row is a new one where they joined a household or left it.
    const Date known_on = local_date(*programme.latest().zone, made_at(row.id));
    for (const Reached& one : reached(programme, row, from, until)) {
        if (known_on < one.day)
            give(desk, programme, *one.edition, {.key = key, .member = row.id}, *one.milestone, one.day, one.day);
    }
}

std::optional<Date> date_of(const account::Facts& facts, const std::string& attribute) {
    for (const auto& [name, value] : facts.attributes) {
        if (name == attribute) return parse_date(value);
    }
    return std::nullopt;
}

MilestoneView view_of(const store::RecordRow& row) {
    const auto body = unpack_record<MilestoneBody>(row);
    return {.id = id_text(kMilestonePrefix, row.id),
            .milestone = row.subject,
            .day = body.day,
            .unit = body.unit,
            .points = body.points,
            .clause = body.clause,
            .given_at = row.created_at};
}

}  // namespace

void plan_milestones(Desk& desk, const Programme& programme, Date today) {
    const auto there = desk.record(roll_key(programme));
    if (there && there->due_at) return;
    const auto day = next_day(programme, today);
    if (!day) return;
    store::RecordRow row = there.value_or(store::RecordRow{.org = programme.organisation,
                                                           .id = roll_key(programme).id,
                                                           .programme = programme.id,
                                                           .kind = store::RecordKind::milestone_roll,
                                                           .created_at = desk.accepted_at()});
    if (there) ++row.version;
    put_roll(desk, programme, row, {.day = *day, .until = {}, .last = {}}, day);
}

bool walk_milestones(Desk& desk, const Programme& programme, const store::RecordRow& before) {
    if (!before.due_at || *before.due_at > desk.recorded_at()) return false;
    store::RecordRow row = before;
    ++row.version;
    auto roll = unpack_record<MilestoneRoll>(row);
    // One walk for all days that nobody saw.
    if (!roll.until) roll.until = local_date(*programme.latest().zone, desk.recorded_at());
    const std::vector<store::MemberRow> page = desk.source().store().list_members(
        {.org = programme.organisation, .programme = programme.id, .text = {}, .before = roll.last, .limit = kPage});
    for (const store::MemberRow& listed : page) {
        try {
            celebrate(desk, programme, listed, roll.day, *roll.until);
        } catch (const store::StoreFault& fault) {
            // What can't be read keeps no other from their day; `verify` names it.
            if (fault.retryable) throw;
        }
    }
    if (page.size() == kPage) {
        roll.last = page.back().id;
        put_roll(desk, programme, row, roll, roll.day);
    } else {
        const auto next = next_day(programme, add_days(*roll.until, 1));
        put_roll(desk, programme, row, {.day = next.value_or(roll.day), .until = {}, .last = {}}, next);
    }
    return true;
}

void mark_renewals(Desk& desk, const Programme& programme, const Named& who, const account::Facts& before,
                   const account::Facts& after) {
    const Date today = local_date(*programme.latest().zone, desk.recorded_at());
    const Edition* edition = programme.in_force(today);
    if (edition == nullptr) return;
    for (const Milestone& milestone : edition->plan->milestones) {
        if (milestone.kind != MilestoneKind::renewed) continue;
        const auto from = date_of(before, milestone.attribute);
        const auto to = date_of(after, milestone.attribute);
        if (from && to && *from < *to) give(desk, programme, *edition, who, milestone, *to, today);
    }
}

Answered<MemberMilestones> App::milestones_of(const std::string& organisation, const std::string& programme,
                                              const MemberName& name) const {
    return guarded<MemberMilestones>(*core_, [&]() -> Answered<MemberMilestones> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto who = find_named(desk, *found, name);
        if (!who) return refuse(who.error(), "/member");
        MemberMilestones milestones{.member = who->member};
        for (const store::RecordRow& row : records_of_person(desk, who->key, who->member, store::RecordKind::milestone)) {
            milestones.given.push_back(view_of(row));
        }
        std::stable_sort(milestones.given.begin(), milestones.given.end(), [](const MilestoneView& a, const MilestoneView& b) {
            return std::tie(b.given_at, b.day) < std::tie(a.given_at, a.day);
        });
        const Date today = local_date(*found->latest().zone, core_->wiring.now());
        const Edition* edition = found->in_force(today);
        const OwnerPointer owner = desk.owner(who->key);
        const store::MemberRow* row = owner == nullptr ? nullptr : member_of(*owner, who->member);
        if (edition == nullptr || row == nullptr) return milestones;
        milestones.plan = edition->plan;
        for (const Milestone& milestone : edition->plan->milestones) {
            auto day = engine::milestone_from(milestone, life_of(*row), today);
            if (day && is_given_already(desk, *who, milestone, *day)) {
                day = engine::milestone_from(milestone, life_of(*row), add_days(today, 1));
                if (day && is_given_already(desk, *who, milestone, *day)) day.reset();
            }
            if (day || milestone.kind == MilestoneKind::renewed)
                milestones.to_come.push_back({.milestone = &milestone, .day = day});
        }
        std::stable_sort(milestones.to_come.begin(), milestones.to_come.end(),
                         [](const MilestoneToCome& a, const MilestoneToCome& b) { return a.day && (!b.day || *a.day < *b.day); });
        return milestones;
    });
}

// -- Verify -------------------------------------------------------------------------------------------------------------------

void MilestonesGiven::take(const store::EntryRow& row) {
    issued_.add(row.entry.cause, row.entry.legs[static_cast<std::size_t>(ledger::Book::issued)].negated());
}

void MilestonesGiven::take(const store::RecordRow& row, const BreachFound& breach) {
    if (row.kind != store::RecordKind::milestone) return;
    issued_.compare(id_text(kMilestonePrefix, row.id), unpack_record<MilestoneBody>(row).points, breach);
}

}  // namespace suki::app
