#include "server/encode.h"
#include "server/handlers.h"
#include "server/lookups.h"

namespace suki::server {

namespace {

void write_audit(JsonWriter& out, const app::AuditView& row) {
    out.begin_object();
    out.field("chain", row.chain);
    out.field("number", row.number);
    write_instant(out, "at", row.at);
    write_text_or_null(out, "actor", row.actor);
    out.field("action", row.action);
    out.begin_array("subjects");
    for (const std::string& subject : row.subjects) out.value(subject);
    out.end_array();
    out.field("outcome", row.outcome);
    write_text_or_null(out, "request_id", row.request);
    out.field("hash", row.hash);
    out.end_object();
}

}  // namespace

void list_audit(const CallPointer& call) {
    const app::AuditFilter filter{.actor = std::string{call->request().query_value("actor").value_or("")},
                                  .action = std::string{call->request().query_value("action").value_or("")}};
    answer_with(*call, call->app().audit(call->organisation, filter, call->page), [&](JsonWriter& out, const app::AuditList& list) {
        out.begin_object();
        out.begin_array("items");
        for (const app::AuditView& row : list.rows) write_audit(out, row);
        write_page_end(out, list.next_cursor);
    });
}

}  // namespace suki::server
