#include "server/net/server.h"

#include <sys/socket.h>

#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "server/net/loop.h"

namespace suki::server::net {

struct Server::Impl {
    std::shared_ptr<ServerState> state = std::make_shared<ServerState>();
    std::vector<std::shared_ptr<Loop>> loops;
    std::vector<std::thread> threads;
    std::uint16_t port = 0;
};

namespace {

Result<Acceptor, std::string> listen(asio::io_context& io, const Tcp::endpoint& endpoint, bool is_shared) {
    ErrorCode ec;
    Acceptor acceptor{io};
    acceptor.open(endpoint.protocol(), ec);
    if (!ec) acceptor.set_option(Acceptor::reuse_address(true), ec);
    if (!ec && is_shared) {
        const int on = 1;
        if (::setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
            ec = ErrorCode{errno, boost::system::system_category()};
        }
    }
    if (!ec) acceptor.bind(endpoint, ec);
    if (!ec) acceptor.listen(Acceptor::max_listen_connections, ec);
    if (!ec) acceptor.non_blocking(true, ec);
    if (ec) return Unexpected{ec.message()};
    return acceptor;
}

}  // namespace

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<Server>, std::string> Server::start(ServerOptions options, Handler handler) {
    ErrorCode ec;
    const auto address = asio::ip::make_address(options.address, ec);
    if (ec) return Unexpected{"`" + options.address + "` is no IPv4 or IPv6 address"};
    Tcp::endpoint endpoint{address, options.port};
    const auto where = [&] { return options.address + " port " + std::to_string(endpoint.port()) + ": "; };

    {
        // All loops listen with SO_REUSEPORT, which would also let a second server share the port unnoticed. This listener does
        // not have it, and so finds out whether the port is taken, or which one is free.
        asio::io_context io{1};
        const auto alone = listen(io, endpoint, false);
        if (!alone) return Unexpected{where() + alone.error()};
        endpoint.port(alone->local_endpoint(ec).port());
    }
    auto impl = std::make_unique<Impl>();
    impl->port = endpoint.port();
    impl->state->options = std::move(options);
    impl->state->handler = std::move(handler);
    for (unsigned i = 0; i < std::max(1u, impl->state->options.loops); ++i) {
        auto io = std::make_unique<asio::io_context>(1);
        auto acceptor = listen(*io, endpoint, true);
        if (!acceptor)
            return Unexpected{address.to_string() + " port " + std::to_string(endpoint.port()) + ": " + acceptor.error()};
        impl->loops.push_back(std::make_shared<Loop>(impl->state, std::move(*acceptor), std::move(io)));
    }
    for (const auto& loop : impl->loops) impl->threads.emplace_back([loop] { loop->run(); });
    return std::unique_ptr<Server>{new Server{std::move(impl)}};
}

Server::~Server() {
    stop();
    wait();
}

std::uint16_t Server::port() const { return impl_->port; }

ServerCounters Server::counters() const {
    const ServerState& state = *impl_->state;
    return {.connections_accepted = state.connections_accepted.load(),
            .connections_refused = state.connections_refused.load(),
            .connections_open = state.connections_open.load(),
            .requests = state.requests.load(),
            .requests_refused = state.requests_refused.load(),
            .responses_dropped = state.responses_dropped.load()};
}

bool Server::is_turning(std::chrono::milliseconds within) const {
    const Clock::time_point since = Clock::now() - within;
    return std::all_of(impl_->loops.begin(), impl_->loops.end(), [&](const auto& loop) { return loop->turned_at() >= since; });
}

void Server::stop() {
    for (const auto& loop : impl_->loops) loop->begin_stop();
}

void Server::wait() {
    for (std::thread& thread : impl_->threads) {
        if (thread.joinable()) thread.join();
    }
}

}  // namespace suki::server::net
