#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/app.h"
#include "server/json/decode.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/net/network.h"
#include "server/net/request.h"
#include "server/net/response.h"
#include "server/principal.h"
#include "server/problems.h"
#include "server/throttle.h"
#include "server/workers.h"

namespace suki::server {

struct Route;
struct Files;

/// What all calls share. It outlives them.
struct Shared {
    app::App& app;
    Metrics& metrics;
    Workers& workers;
    Workers& sign_in_worker;  // passwords are slow to hash: they must not keep everything else waiting
    SignInThrottle& throttle;
    GuessBudget& guesses;
    RequestBudget& requests;   // of keys and people
    RequestBudget& addresses;  // of who shows neither
    RequestBudget& members;    // about each
    News& entries_refused;     // of known keys and people
    News& strangers_refused;   // by address
    const Files& files;
    bool is_secure = false;                     // every call comes by TLS
    std::vector<net::Network> trusted_proxies;  // before any call
    const Log& log;
    std::function<bool()> is_ready;
    std::function<void(std::string&, const std::string& organisation)> append_server_metrics;
};

/// One request on its way to its answer: who asks, for which organisation, by which route. Handlers get it shared, since most
/// answer later, from another thread. It answers once; dropped without an answer it says `internal_error`.
class Call {
public:
    Call(Shared& shared, net::Responder responder, const Route* route, std::size_t route_index);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    [[nodiscard]] Shared& shared() { return shared_; }
    [[nodiscard]] app::App& app() { return shared_.app; }
    /// Not after an answer was sent.
    [[nodiscard]] const net::Request& request() const { return responder_.request(); }
    /// Whether the client speaks TLS, to us or to a proxy that is trusted. Not after an answer was sent; so with the next.
    [[nodiscard]] bool is_secure() const;
    [[nodiscard]] std::string client_address() const;
    /// What the client asked for, as its proxy says; else Host.
    [[nodiscard]] std::optional<std::string_view> host() const;
    [[nodiscard]] bool is_open() const { return responder_.is_open(); }

    // -- What was asked, filled in by `prepare` (dispatch.cpp) before a handler runs --------------------------------------------
    Principal principal;
    std::string organisation;
    std::string programme;  // as asked, else the key's default, else empty: the only one
    std::string language;   // empty: the programme's first
    std::string idempotency_key;
    app::Page page;
    std::vector<std::string> path_values;  // of `{…}` in the route's path, in order

    /// The language of texts in the answer: as asked, else `plan`'s first.
    [[nodiscard]] std::string language_for(const programme::Plan* plan) const;
    [[nodiscard]] app::Caller caller() const;
    [[nodiscard]] const std::string& request_id() const { return request_id_; }

    /// Whether a till's key named a card or member that is there: who tries numbers is slowed down. From any thread.
    void count_guess(bool is_there);

    // -- Answering --------------------------------------------------------------------------------------------------------------
    void send(net::Response response);
    void send_json(int status, std::string body);
    void refuse(const app::Refusal& refusal);
    void refuse(Problem problem);
    void refuse(int status, std::string_view code, std::string detail, std::string pointer = {}) {
        refuse(Problem{.status = status, .code = std::string{code}, .detail = std::move(detail), .pointer = std::move(pointer)});
    }
    /// A query parameter, header or path segment is not as it should be: `query/limit`.
    void refuse_parameter(std::string pointer, json::MistakeCode code, std::string message);

private:
    void log_request(const net::Response& response, std::int64_t us) const;

    Shared& shared_;
    net::Responder responder_;
    const Route* route_;
    std::size_t route_index_;
    std::string request_id_;
    std::string traceparent_;  // as it came; empty: none that is well formed
    std::chrono::steady_clock::time_point started_at_;
};
using CallPointer = std::shared_ptr<Call>;

/// The decoded body; or nothing, and the call has been refused with every mistake in it.
template <class T>
std::optional<T> read_body(Call& call, void (*fields)(json::Object&, T&)) {
    auto decoded = json::decode<T>(call.request().body, fields);
    if (decoded) return *std::move(decoded);
    call.refuse(problem_of(decoded.error()));
    return std::nullopt;
}

/// Hands a command to the application; its answer is encoded by `answer(call, answer)` on a worker once it is durable.
template <class C, class Answer>
void submit(CallPointer call, C command, Answer answer) {
    app::Caller caller = call->caller();
    app::App& app = call->app();
    app.submit(std::move(caller), app::Command{std::move(command)}, [call, answer](app::Answered<app::Answer> outcome) {
        // Whoever commits must not wait for the writing of answers.
        auto kept = std::make_shared<app::Answered<app::Answer>>(std::move(outcome));
        call->shared().workers.post([call, answer, kept] {
            if (!kept->has_value()) return call->refuse(kept->error());
            answer(*call, std::get<typename C::answer_type>(**kept));
        });
    });
}

/// For answers that were given before.
void mark_replayed(net::Response& response, bool is_repeat);
net::Response json_response(int status, std::string body);

}  // namespace suki::server
