#include <algorithm>

#include "app/decide.h"
#include "app/milestones.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

std::optional<Refusal> refused(const Programme& before, const programme::Plan& plan, const PublishEdition& command,
                               Date effective_on, Date today) {
    if (plan.currency != before.latest().currency) return refuse(EditionRejection::currency_changed, "/currency").error;
    if (plan.zone->name != before.latest().zone->name) return refuse(EditionRejection::zone_changed, "/timezone").error;
    for (const programme::Unit& unit : before.latest().units) {
        const bool is_there =
            std::any_of(plan.units.begin(), plan.units.end(), [&](const programme::Unit& u) { return u.id == unit.id; });
        if (!is_there) return refuse(EditionRejection::unit_removed, "/units", {{"unit", unit.id}}).error;
    }
    const bool is_past = effective_on <= today && !command.allow_past;
    if (is_past || effective_on < before.editions.back().view.effective_on) {
        return refuse(EditionRejection::effective_on_too_early, command.effective_on ? "/effective_on" : "/effective",
                      {{"effective_on", date_text(effective_on)}})
            .error;
    }
    return std::nullopt;
}

}  // namespace

std::shared_ptr<const PreparedEdition> prepare(const PublishEdition& command, const programme::ZoneLoader& zones) {
    auto prepared = std::make_shared<PreparedEdition>();
    auto compiled = programme::compile(command.document, zones);
    if (!compiled) {
        prepared->errors = std::move(compiled).error();
        return prepared;
    }
    const Date effective_on = command.effective_on.value_or(compiled->plan->effective_on);
    prepared->edition = make_edition({.effective_on = effective_on}, compiled->plan);
    prepared->failing = engine::failing_examples(*prepared->edition->evaluator);
    return prepared;
}

Answered<EditionView> decide(Desk& desk, const Ask& ask, const PublishEdition& command) {
    const auto prepared = command.prepared != nullptr ? command.prepared : prepare(command, ask.wiring.zones);
    if (!prepared->edition) {
        auto refusal = refuse(EditionRejection::document_invalid);
        refusal.error.diagnostics = prepared->errors;
        return refusal;
    }
    const programme::PlanPointer plan = prepared->edition->plan;
    const WorldPointer world = desk.world();
    const ProgrammePointer before = world->programme(ask.caller.organisation, plan->id);
    const Date today = local_date(*plan->zone, desk.recorded_at());
    const Date effective_on = plan->effective_on;
    if (before != nullptr) {
        const EditionView& latest = before->editions.back().view;
        if (latest.document_hash == plan->document_hash && latest.effective_on == effective_on) {
            EditionView same = latest;
            same.is_repeat = true;
            return same;
        }
        if (auto refusal = refused(*before, *plan, command, effective_on, today)) return Unexpected<Refusal>{*std::move(refusal)};
    }
    const EditionView view{.programme = plan->id,
                           .edition = before == nullptr ? 1 : before->editions.back().view.edition + 1,
                           .effective_on = effective_on,
                           .published_at = desk.recorded_at(),
                           .author = author_of(ask.caller),
                           .document_hash = plan->document_hash,
                           .semantics = plan->semantics};
    if (!prepared->failing.empty()) {
        auto refusal = refuse(EditionRejection::examples_failed, "/examples");
        refusal.error.diagnostics = prepared->failing;
        return refusal;
    }
    Edition edition = *prepared->edition;
    edition.view = view;
    const ProgrammePointer after = with_edition(before, ask.caller.organisation, std::move(edition));
    if (before == nullptr) {
        desk.rows.programmes.push_back({.org = ask.caller.organisation,
                                        .id = plan->id,
                                        .name = std::string{plan->title.in("en")},
                                        .created_at = desk.recorded_at()});
    }
    desk.rows.editions.push_back({.org = ask.caller.organisation,
                                  .programme = plan->id,
                                  .number = view.edition,
                                  .effective_on = effective_on,
                                  .document = command.document,
                                  .hash = plan->document_hash,
                                  .semantics = plan->semantics,
                                  .published_at = view.published_at,
                                  .published_by = view.author});
    auto changed = std::make_shared<World>(*world);
    changed->programmes[{ask.caller.organisation, plan->id}] = after;
    desk.set_world(std::move(changed));
    plan_milestones(desk, *after, today);
    return view;
}

}  // namespace suki::app
