#include "app/decide.h"
#include "app/resolve.h"

namespace suki::app {

DiscrepancyView view_of(const store::DiscrepancyRow& row) {
    return {.id = id_text("dsc", row.id),
            .programme = row.programme,
            .event = row.receipt,
            .recorded_at = row.recorded_at,
            .discrepancy = {.kind = from_name<DiscrepancyKind>(row.kind).value_or(DiscrepancyKind{}),
                            .line = static_cast<std::uint32_t>(row.line),
                            .stated = row.charged,
                            .decided = row.decided,
                            .what = row.what},
            .resolved_at = row.resolved_at,
            .resolved_by = row.resolved_by,
            .note = row.note};
}

Answered<DiscrepancyView> decide(Desk& desk, const Ask& ask, const ResolveDiscrepancy& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    if (!is_good_text(command.note)) return refuse(DiscrepancyRejection::note_malformed, "/note");
    const auto id = parse_id("dsc", command.discrepancy);
    auto row = id ? desk.discrepancy(programme->organisation, programme->id, *id) : std::nullopt;
    if (!row) return refuse(DiscrepancyRejection::discrepancy_not_found, "/id");
    // Whoever was first has resolved it: a second note would say that someone else did.
    if (row->resolved_at) {
        DiscrepancyView view = view_of(*row);
        view.is_repeat = true;
        return view;
    }
    row->resolved_at = desk.recorded_at();
    row->resolved_by = author_of(ask.caller);
    row->note = command.note;
    desk.put_discrepancy(*row);
    return view_of(*row);
}

}  // namespace suki::app
