#include "server/server.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "server/dispatch.h"
#include "server/files.h"
#include "server/net/server.h"
#include "server/routes.h"
#include "server/stored_figures.h"

namespace suki::server {

namespace {

constexpr std::size_t kReadsWaitingMax = 10'000;
constexpr std::size_t kSignInsWaitingMax = 64;

std::vector<std::string> route_names() {
    std::vector<std::string> names;
    for (const Route& route : routes()) names.emplace_back(route.operation);
    names.emplace_back("none");
    return names;
}

}  // namespace

struct Server::Impl {
    Impl(app::App& app, Options given)
        : options(std::move(given)),
          metrics(route_names()),
          requests(options.requests_per_second),
          addresses(options.address_requests_per_second),
          members(options.member_requests_per_second),
          workers(std::max(1u, options.workers), kReadsWaitingMax),
          sign_in_worker(1, kSignInsWaitingMax),
          files(load_files()),
          shared{.app = app,
                 .metrics = metrics,
                 .workers = workers,
                 .sign_in_worker = sign_in_worker,
                 .throttle = throttle,
                 .guesses = guesses,
                 .requests = requests,
                 .addresses = addresses,
                 .members = members,
                 .entries_refused = entries_refused,
                 .strangers_refused = strangers_refused,
                 .files = *files,
                 .is_secure = options.is_secure || !options.tls_certificate.empty(),
                 .log = options.log,
                 .is_ready = [this] { return !is_stopping && shared.app.is_ready(); },
                 .append_server_metrics = [this](std::string& out, const std::string& of) { append_server_metrics(out, of); }} {}

    void append_server_metrics(std::string& out, const std::string& organisation) const;
    void sweep_until_stopped();
    void tell_audit_roots();

    Options options;
    Metrics metrics;
    SignInThrottle throttle;
    GuessBudget guesses;
    RequestBudget requests, addresses, members;
    News entries_refused;
    News strangers_refused{500};
    Workers workers;
    Workers sign_in_worker;
    std::unique_ptr<const Files> files;
    Shared shared;
    std::atomic<bool> is_stopping{false};
    std::shared_ptr<net::Tls> tls;
    std::unique_ptr<net::Server> net;
    std::unique_ptr<StoredFigures> figures;

    std::mutex sweep_mutex;
    std::condition_variable sweep_changed;
    bool is_sweep_over = false;
    std::thread sweeper;
};

void Server::Impl::append_server_metrics(std::string& out, const std::string& organisation) const {
    const net::ServerCounters counters = net->counters();
    append_metric(out, "suki_connections_accepted_total", "counter", "Connections taken.", counters.connections_accepted);
    append_metric(out, "suki_connections_refused_total", "counter", "Connections refused by the limit.",
                  counters.connections_refused);
    append_metric(out, "suki_connections_open", "gauge", "Connections open now.", counters.connections_open);
    append_metric(out, "suki_http_malformed_total", "counter", "Requests malformed, too large or too slow.",
                  counters.requests_refused);
    append_metric(out, "suki_http_dropped_total", "counter", "Requests that went without an answer.", counters.responses_dropped);
    append_metric(out, "suki_workers", "gauge", "Threads that read the database and write answers.", workers.size());
    append_metric(out, "suki_workers_busy", "gauge", "Those of them that are at work.", workers.busy());
    append_metric(out, "suki_jobs_waiting", "gauge", "What waits for a worker.", workers.waiting());
    append_metric(out, "suki_jobs_waiting_max", "gauge", "How much may wait before callers are told too_busy.", kReadsWaitingMax);
    append_metric(out, "suki_sign_ins_waiting", "gauge", "Passwords that wait to be hashed.", sign_in_worker.waiting());
    if (figures) figures->append_to(out, organisation);
}

/// Whether it runs changes no answer: it only writes down, in quiet portions, what fell due.
void Server::Impl::sweep_until_stopped() {
    std::unique_lock lock(sweep_mutex);
    while (!sweep_changed.wait_for(lock, options.sweep_every, [this] { return is_sweep_over; })) {
        lock.unlock();
        for (bool is_done = false; !is_done && !is_stopping;) {
            const auto answer = shared.app.run(app::Caller{.api_key = "sweep"}, app::Sweep{});
            if (!answer) {
                options.log.say(LogLevel::warning, "sweep_refused", {{"code", answer.error().code}});
                break;
            }
            is_done = answer->is_done;
        }
        tell_audit_roots();
        lock.lock();
    }
}

/// Into the log, where whoever may change the database can't change it.
void Server::Impl::tell_audit_roots() {
    for (const app::AuditRootView& root : shared.app.make_daily_audit_roots()) {
        options.log.keep("audit_root", {{"organisation", root.organisation}, {"number", root.number}, {"hash", root.hash}});
    }
}

Server::Server(app::App& app, Options options) : impl_(std::make_unique<Impl>(app, std::move(options))) {}

Server::~Server() { stop(); }

Result<Done, std::string> Server::start() {
    net::ServerOptions options;
    options.address = impl_->options.address;
    options.port = impl_->options.port;
    options.loops = impl_->options.loops;
    options.drain_timeout = impl_->options.drain_timeout;
    options.body_limit = body_limit;
    if (const auto& given = impl_->options; !given.tls_certificate.empty() || !given.tls_key.empty()) {
        auto tls = net::Tls::load(given.tls_certificate, given.tls_key);
        if (!tls) return Unexpected{std::move(tls).error()};
        impl_->tls = options.tls = *std::move(tls);
    }
    for (const std::string& text : impl_->options.trusted_proxies) {
        const auto network = net::Network::parse(text);
        if (!network) return Unexpected{"`" + text + "` is no address and no network such as 10.0.0.0/8"};
        impl_->shared.trusted_proxies.push_back(*network);
    }
    auto started =
        net::Server::start(std::move(options), [impl = impl_.get()](const net::Request& request, net::Responder responder) {
            dispatch(impl->shared, request, std::move(responder));
        });
    if (!started) return Unexpected{std::move(started).error()};
    impl_->net = *std::move(started);
    impl_->figures = std::make_unique<StoredFigures>(impl_->shared.app, impl_->options.figures_every);
    if (impl_->options.sweep_every.count() > 0) impl_->sweeper = std::thread([impl = impl_.get()] { impl->sweep_until_stopped(); });
    return Done{};
}

Result<Done, std::string> Server::reload_certificates() {
    if (impl_->tls == nullptr) return Done{};
    return impl_->tls->reload();
}

std::uint16_t Server::port() const { return impl_->net != nullptr ? impl_->net->port() : 0; }

bool Server::is_turning(std::chrono::milliseconds within) const { return impl_->net != nullptr && impl_->net->is_turning(within); }

void Server::stop() {
    if (impl_->is_stopping.exchange(true)) return;
    {
        const std::lock_guard lock(impl_->sweep_mutex);
        impl_->is_sweep_over = true;
    }
    impl_->sweep_changed.notify_all();
    if (impl_->sweeper.joinable()) impl_->sweeper.join();
    if (impl_->figures) impl_->figures->stop();
    // First the network: it waits for the answers that the workers and the application still owe.
    if (impl_->net != nullptr) {
        impl_->net->stop();
        impl_->net->wait();
    }
    // A call whose client left, or was sent away when the time to drain was over, may still wait for its commit, and uses us then.
    while (impl_->metrics.in_flight() > 0) std::this_thread::sleep_for(std::chrono::milliseconds{1});
    impl_->sign_in_worker.stop();
    impl_->workers.stop();
}

}  // namespace suki::server
