#include <algorithm>
#include <map>
#include <set>

#include "app/decide.h"
#include "app/edition.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

// Owners whose new counters are written in one commit: keeps each commit short.
constexpr std::size_t kOwnersPerCommit = 500;

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
        return refuse(EditionRejection::effective_on_too_early, "/effective", {{"effective_on", date_text(effective_on)}}).error;
    }
    return std::nullopt;
}

/// Sets what the new counters would say had they been kept from the start. They are set, not added to: after a crash halfway the
/// publisher simply publishes again. The edition is not stored before all of them are.
void backfill(const Desk& desk, const Ask& ask, const Programme& before, const Programme& after) {
    std::set<std::string> fresh;
    for (const auto& [counter, unit] : after.counted.counters) {
        const bool is_known = std::any_of(before.counted.counters.begin(), before.counted.counters.end(),
                                          [&](const engine::KeptCounter& known) { return known.counter.key == counter.key; });
        // Purchases and visits are kept for every member from the beginning.
        if (!is_known && counter.measure != programme::Measure::visits && counter.measure != programme::Measure::purchases) {
            fresh.insert(counter.key);
        }
    }
    if (fresh.empty()) return;

    // Gathered first and written afterwards: the store may not be committed to while it is being read from.
    std::map<AccountId, account::State> gathered;
    desk.source().store().receipts_of(after.organisation, after.id, [&](const store::ReceiptRow& row) {
        if (!row.account) return true;
        const auto stored = engine::unpack_receipt(row.packed);
        if (!stored) return true;
        account::State& figures = gathered[*row.account];
        for (const engine::CounterChange& figure : after.figures_of(*stored)) {
            if (fresh.contains(figure.key)) account::add_to_counter(figures, figure.key, stored->context.date, figure.change);
        }
        return true;
    });
    const Desk nothing{desk.source()};
    for (auto next = gathered.begin(); next != gathered.end();) {
        Desk part{desk.source(), nothing, desk.recorded_at()};
        for (std::size_t i = 0; i < kOwnersPerCommit && next != gathered.end(); ++i, ++next) {
            const store::OwnerKey key{.org = after.organisation, .account = next->first, .programme = after.id};
            account::State& state = part.edit(key).state->state;
            std::erase_if(state.counters, [&](const account::Counter& counter) { return fresh.contains(counter.key); });
            for (const account::Counter& counter : next->second.counters) {
                for (const account::DayValue& day : counter.days) account::add_to_counter(state, counter.key, day.day, day.value);
            }
        }
        ask.commit_now(part);
    }
}

}  // namespace

programme::Diagnostics failing_examples(const engine::Evaluator& evaluator) {
    programme::Diagnostics found;
    std::vector<std::size_t> lines;
    const std::vector<std::string> failures = engine::failing_examples(evaluator, &lines);
    for (std::size_t i = 0; i < failures.size(); ++i) {
        found.push_back({.code = programme::DiagnosticCode::example_failed,
                         .line = i < lines.size() ? lines[i] : 0,
                         .column = 1,
                         .path = "/examples",
                         .message = failures[i]});
    }
    return found;
}

Answered<EditionView> decide(Desk& desk, const Ask& ask, const PublishEdition& command) {
    auto compiled = programme::compile(command.document, ask.wiring.zones);
    if (!compiled) {
        auto refusal = refuse(EditionRejection::document_invalid);
        refusal.error.diagnostics = std::move(compiled).error();
        return refusal;
    }
    const programme::PlanPointer plan = compiled->plan;
    const WorldPointer world = desk.world();
    const ProgrammePointer before = world->programme(ask.caller.organisation, plan->id);
    const Date today = local_date(*plan->zone, desk.recorded_at());
    const Date effective_on = command.effective_on.value_or(plan->effective_on);
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
    Edition edition = make_edition(view, plan);
    if (auto failing = failing_examples(*edition.evaluator); !failing.empty()) {
        auto refusal = refuse(EditionRejection::examples_failed, "/examples");
        refusal.error.diagnostics = std::move(failing);
        return refusal;
    }
    const ProgrammePointer after = with_edition(before, ask.caller.organisation, std::move(edition));
    if (before != nullptr) {
        backfill(desk, ask, *before, *after);
    } else {
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
    return view;
}

}  // namespace suki::app
