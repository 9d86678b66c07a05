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

void append_app_metrics(std::string& out, const app::App::Figures& figures) {
    append_metric_head(out, "suki_commands_total", "counter", "Commands answered, by what became of them.");
    for (const app::App::CommandFigures& of : figures.commands) {
        const auto sample = [&](std::string_view outcome, std::uint64_t count) {
            append_sample(out, "suki_commands_total", {{"command", of.word}, {"outcome", outcome}},
                          static_cast<std::int64_t>(count));
        };
        sample("done", of.done);
        sample("repeated", of.repeated);
        sample("refused", of.refused);
    }
    append_metric_head(out, "suki_entries_total", "counter", "Entries posted to the journal, by kind.");
    for (const auto& [kind, count] : figures.entries) {
        append_sample(out, "suki_entries_total", {{"kind", kind}}, static_cast<std::int64_t>(count));
    }
    append_metric(out, "suki_commits_total", "counter", "Commits of the committer; each holds many commands.", figures.commits);
    append_histogram(out, "suki_commit_seconds", "Time that a commit took in the store.", figures.commit_us, 1'000'000);
    append_histogram(out, "suki_batch_commands", "Commands that were decided together.", figures.batch_commands, 1);
    append_histogram(out, "suki_command_wait_seconds", "Time that a command waited for the committer.", figures.wait_us, 1'000'000);
    append_metric(out, "suki_commands_waiting", "gauge", "Commands that wait for the committer.", figures.waiting);
    append_metric(out, "suki_commands_waiting_max", "gauge", "How many may wait before callers are told too_busy.",
                  figures.waiting_max);
    append_metric(out, "suki_accounts_cached", "gauge", "Accounts kept in memory.", figures.accounts_cached);
    append_metric(out, "suki_accounts_cached_bytes", "gauge", "About how much memory they take.", figures.account_bytes);
    append_metric(out, "suki_commands_quarantined_total", "counter", "Commands set aside as internally inconsistent.",
                  figures.quarantined);
    append_metric(out, "suki_commands_in_quarantine", "gauge", "Commands that are refused until somebody releases them.",
                  figures.in_quarantine);
    append_metric(out, "suki_commands_suspect", "gauge", "Commands that were in flight when a process died.", figures.suspects);
    append_metric(out, "suki_store_faults_total", "counter", "Failures of the store.", figures.store_faults);
    if (!figures.has_replica) return;
    append_metric(out, "suki_replica_reads_total", "counter", "Lists, statements and overviews that the replica answered.",
                  figures.replica_reads);
    append_metric(out, "suki_replica_passed_over_total", "counter",
                  "Those that the primary answered, because the replica was behind or away.", figures.replica_passed_over);
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
    append_app_metrics(text, call->app().figures());
    call->shared().append_server_metrics(text, call->principal.organisation);
    call->send({.status = 200, .content_type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(text)});
}

}  // namespace suki::server
