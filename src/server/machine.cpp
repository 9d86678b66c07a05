#include "server/encode.h"
#include "server/files.h"
#include "server/handlers.h"

namespace suki::server {

namespace {

void send_status(Call& call, std::string_view status) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("status", status);
    out.end_object();
    call.send_json(200, std::move(body));
}

}  // namespace

void get_openapi(const CallPointer& call) { call->send(file_response(call->request(), call->shared().files.openapi)); }

void get_health(const CallPointer& call) { send_status(*call, "alive"); }

void get_readiness(const CallPointer& call) {
    if (!call->shared().is_ready())
        return call->refuse(503, name_of(ServerRejection::not_ready), "starting, stopping, or without its store");
    send_status(*call, "ready");
}

void get_metrics(const CallPointer& call) {
    std::string text;
    call->shared().metrics.append_to(text);
    call->shared().append_net_metrics(text);
    const app::App::Figures figures = call->app().figures();
    append_metric(text, "suki_commands_total", "counter", "Commands decided.", figures.commands);
    append_metric(text, "suki_commands_refused_total", "counter", "Commands refused.", figures.refused);
    append_metric(text, "suki_commits_total", "counter", "Commits of the committer; each holds many commands.", figures.commits);
    append_metric(text, "suki_commit_microseconds_total", "counter", "Time spent in commits.", figures.commit_us);
    append_metric(text, "suki_commands_waiting", "gauge", "Commands that wait for the committer.", figures.waiting);
    append_metric(text, "suki_accounts_cached", "gauge", "Accounts kept in memory.", figures.accounts_cached);
    append_metric(text, "suki_commands_quarantined_total", "counter", "Commands set aside as internally inconsistent.",
                  figures.quarantined);
    append_metric(text, "suki_commands_in_quarantine", "gauge", "Commands that are refused until somebody releases them.",
                  figures.in_quarantine);
    append_metric(text, "suki_commands_suspect", "gauge", "Commands that were in flight when a process died.", figures.suspects);
    append_metric(text, "suki_store_faults_total", "counter", "Failures of the store.", figures.store_faults);
    call->send({.status = 200, .content_type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(text)});
}

}  // namespace suki::server
