#include <algorithm>

#include "app/core.h"

namespace suki::app {

QuarantinedView view_of(const store::QuarantineRow& row) {
    return {.id = to_hex(row.key.command_hash),
            .command = row.command,
            .subject = row.subject,
            .reason = row.reason,
            .recorded_at = row.recorded_at};
}

Answered<QuarantinedView> decide(Desk& desk, const Ask& ask, const ReleaseQuarantined& command) {
    for (const store::QuarantineRow& row : desk.source().quarantine().list(ask.caller.organisation)) {
        QuarantinedView view = view_of(row);
        if (view.id != command.id) continue;
        desk.release(row.key);
        return view;
    }
    return refuse(QuarantineRejection::quarantined_command_not_found, "/id");
}

std::vector<QuarantinedView> App::quarantined(const std::string& organisation) const {
    std::vector<QuarantinedView> views;
    for (const store::QuarantineRow& row : core_->source.quarantine().list(organisation)) views.push_back(view_of(row));
    return views;
}

}  // namespace suki::app
