#include "app/levels.h"

#include <algorithm>

#include "app/announce.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/person_records.h"
#include "base/limits.h"

namespace suki::app {

namespace {

struct Granting {
    ProgrammePointer programme;
    Named named;
    Date today;
    std::string author;
};
Answered<Granting> find(Desk& desk, const Ask& ask, const std::string& programme, const MemberName& member,
                        const std::string& reason) {
    Granting granting{
        .programme = desk.world()->programme(ask.caller.organisation, programme), .named = {}, .today = {}, .author = {}};
    if (granting.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto named = find_named(desk, *granting.programme, member);
    if (!named) return refuse(named.error(), "/member");
    granting.named = *std::move(named);
    auto author = author_with_reason(ask, reason);
    if (!author) return Unexpected<Refusal>{std::move(author).error()};
    granting.author = *std::move(author);
    granting.today = local_date(*granting.programme->latest().zone, desk.recorded_at());
    return granting;
}

std::vector<store::RecordRow> grants_of(const Desk& desk, const store::OwnerKey& key) {
    return records_of_account(desk, key, store::RecordKind::level_grant);
}

LevelGrantView view_of(const store::RecordRow& row, const LevelGrantRecord& grant, Date today) {
    const auto end = end_of(grant);
    return {.id = id_text(kLevelGrantPrefix, row.id),
            .member = row.member.value_or(MemberId{}),
            .level = row.subject,
            .match = grant.match,
            .from = grant.from,
            .until = end ? std::optional{add_days(*end, -1)} : std::nullopt,
            .is_in_force = grant.from <= today && (!end || today < *end),
            .author = grant.author,
            .reason = grant.reason,
            .ended_by = grant.ended_by,
            .ended_because = grant.ended_because,
            .recorded_at = row.created_at};
}

/// What the grant says, by the plan: which level, and until when; or why it can't be.
struct Wanted {
    std::string level;
    std::optional<Date> until;
};
Answered<Wanted> wanted(const programme::Plan& plan, const GrantLevel& command, Date today) {
    if (command.level.empty() == command.match.empty()) return refuse(LevelRejection::level_or_match, "/level");
    Wanted wanted{.level = command.level, .until = {}};
    if (command.until) {
        if (*command.until < today) return refuse(LevelRejection::level_until_malformed, "/until");
        wanted.until = add_days(*command.until, 1);
    }
    if (!command.match.empty()) {
        const auto match = std::find_if(plan.level_matches.begin(), plan.level_matches.end(),
                                        [&](const programme::LevelMatch& one) { return one.id == command.match; });
        if (match == plan.level_matches.end()) return refuse(LevelRejection::level_match_not_found, "/match");
        wanted.level = plan.levels.at(match->level).id;
        const Date end = add(today, match->lasts);
        wanted.until = wanted.until ? std::min(*wanted.until, end) : end;
    }
    const bool is_known = std::any_of(plan.levels.begin(), plan.levels.end(),
                                      [&](const programme::Level& level) { return level.id == wanted.level; });
    if (!is_known) return refuse(LevelRejection::level_not_found, "/level");
    return wanted;
}

/// Levels derived anew, and told when they changed.
void settle(Desk& desk, const Granting& granting, store::StateRow& row, const std::string& cause) {
    const std::string before = level_text(row.state, granting.today);
    derive_levels(*granting.programme, row.state, granting.today);
    const Subject subject{
        .programme = *granting.programme, .key = granting.named.key, .member = granting.named.member, .cause = cause};
    announce_level(desk, subject, before, level_text(row.state, granting.today));
}

}  // namespace

namespace {
/// By the account, or by the person in one that they have left since.
bool is_match_used(const Desk& desk, const Named& named, const std::vector<store::RecordRow>& of_account,
                   const std::string& match) {
    const auto is_of_it = [&](const store::RecordRow& row) { return unpack_record<LevelGrantRecord>(row).match == match; };
    const auto own = records_of_person(desk, named.key, named.member, store::RecordKind::level_grant);
    return std::any_of(of_account.begin(), of_account.end(), is_of_it) || std::any_of(own.begin(), own.end(), is_of_it);
}
}  // namespace

std::optional<Date> end_of(const LevelGrantRecord& grant) {
    if (grant.ended_on && grant.until) return std::min(*grant.ended_on, *grant.until);
    return grant.ended_on ? grant.ended_on : grant.until;
}

Answered<LevelGrantView> decide(Desk& desk, const Ask& ask, const GrantLevel& command) {
    auto granting = find(desk, ask, command.programme, command.member, command.reason);
    if (!granting) return Unexpected<Refusal>{std::move(granting).error()};
    const Programme& programme = *granting->programme;
    const Edition* edition = programme.in_force(granting->today);
    if (edition == nullptr) return refuse(LevelRejection::level_not_found, "/level");
    const auto what = wanted(*edition->plan, command, granting->today);
    if (!what) return Unexpected<Refusal>{what.error()};
    const std::vector<store::RecordRow> before = grants_of(desk, granting->named.key);
    if (before.size() >= limits::level_grants_per_account) {
        return refuse(LevelRejection::level_grants_too_many, "/level",
                      {{"most", std::to_string(limits::level_grants_per_account)}});
    }
    if (!command.match.empty() && is_match_used(desk, granting->named, before, command.match)) {
        return refuse(LevelRejection::level_match_used, "/match");
    }
    const LevelGrantRecord grant{.match = command.match,
                                 .from = granting->today,
                                 .until = what->until,
                                 .author = granting->author,
                                 .reason = command.reason,
                                 .ended_on = {},
                                 .ended_by = {},
                                 .ended_because = {}};
    const std::string id = own_cause(desk, ask, kLevelGrantPrefix);
    const store::RecordRow row{.org = programme.organisation,
                               .id = *parse_id(kLevelGrantPrefix, id),
                               .programme = programme.id,
                               .kind = store::RecordKind::level_grant,
                               .account = granting->named.key.account,
                               .member = granting->named.member,
                               .subject = what->level,
                               .status = "open",
                               .created_at = desk.accepted_at(),
                               .packed = pack_record(grant)};
    desk.put_record(row);
    store::StateRow& state = desk.stamped(granting->named.key);
    derive_levels(programme, state.state, granting->today);
    account::LevelGrant known{.id = row.id, .level = what->level, .from = granting->today, .until = what->until};
    auto& grants = state.state.grants;
    grants.insert(std::upper_bound(grants.begin(), grants.end(), known, [](const auto& a, const auto& b) { return a.id < b.id; }),
                  std::move(known));
    settle(desk, *granting, state, id);
    return view_of(row, grant, granting->today);
}

Answered<LevelGrantView> decide(Desk& desk, const Ask& ask, const EndLevelGrant& command) {
    auto granting = find(desk, ask, command.programme, command.member, command.reason);
    if (!granting) return Unexpected<Refusal>{std::move(granting).error()};
    const auto id = parse_id(kLevelGrantPrefix, command.grant);
    for (store::RecordRow& row : grants_of(desk, granting->named.key)) {
        if (!id || row.id != *id) continue;
        auto grant = unpack_record<LevelGrantRecord>(row);
        const auto end = end_of(grant);
        if (end && *end <= granting->today) return refuse(LevelRejection::level_grant_ended, "/grant");
        grant.ended_on = granting->today;
        grant.ended_by = granting->author;
        grant.ended_because = command.reason;
        row.status = "ended";
        row.packed = pack_record(grant);
        ++row.version;
        desk.put_record(row);
        store::StateRow& state = desk.stamped(granting->named.key);
        derive_levels(*granting->programme, state.state, granting->today);
        for (account::LevelGrant& known : state.state.grants) {
            if (known.id == row.id) known.until = granting->today;
        }
        settle(desk, *granting, state, command.grant);
        return view_of(row, grant, granting->today);
    }
    return refuse(LevelRejection::level_grant_not_found, "/grant");
}

void check_level_grants(const Desk& desk, const store::StateRow& row, const std::function<void(const std::string&)>& breach) {
    const std::vector<store::RecordRow> records =
        grants_of(desk, {.org = row.org, .account = row.account, .programme = row.programme});
    if (records.size() != row.state.grants.size()) {
        breach(std::to_string(row.state.grants.size()) + " known, " + std::to_string(records.size()) + " recorded");
    }
    for (const store::RecordRow& record : records) {
        const auto grant = unpack_record<LevelGrantRecord>(record);
        const account::LevelGrant wanted{.id = record.id, .level = record.subject, .from = grant.from, .until = end_of(grant)};
        if (std::find(row.state.grants.begin(), row.state.grants.end(), wanted) == row.state.grants.end()) {
            breach(id_text(kLevelGrantPrefix, record.id) + " is not known as recorded");
        }
    }
}

Answered<std::vector<LevelGrantView>> App::level_grants(const std::string& organisation, const std::string& programme,
                                                        const MemberName& name) const {
    return guarded<std::vector<LevelGrantView>>(*core_, [&]() -> Answered<std::vector<LevelGrantView>> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const Date today = local_date(*found->latest().zone, core_->wiring.now());
        std::vector<LevelGrantView> all;
        for (const store::RecordRow& row : grants_of(desk, named->key)) {
            all.push_back(view_of(row, unpack_record<LevelGrantRecord>(row), today));
        }
        return all;
    });
}

}  // namespace suki::app
