#pragma once

#include "server/net/asio.h"

#include <atomic>
#include <ctime>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/net/request_reader.h"
#include "server/net/response.h"
#include "server/net/server.h"

namespace suki::server::net {

class Connection;
class Loop;

/// What all loops of a server share.
struct ServerState {
    ServerOptions options;
    Handler handler;
    std::atomic<std::uint64_t> connections_accepted{0};
    std::atomic<std::uint64_t> connections_refused{0};
    std::atomic<std::uint64_t> connections_open{0};
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> requests_refused{0};
    std::atomic<std::uint64_t> responses_dropped{0};
};

/// One request on its way to its answer. The loop holds it until it is answered; so does the Responder, on whatever thread.
struct Exchange {
    std::shared_ptr<Loop> loop;
    std::weak_ptr<Connection> connection;  // only the loop's thread looks at it
    std::shared_ptr<Request> request;
    RequestHead head;
    Response response;
    bool is_answered = false;  // within the handler's call, on the loop's thread
};

/// One thread's share of the connections. Everything but `deliver` and `begin_stop` belongs to that thread, so that nothing here is
/// locked but the mailbox.
class Loop : public std::enable_shared_from_this<Loop> {
public:
    Loop(std::shared_ptr<ServerState> state, Acceptor acceptor, std::unique_ptr<asio::io_context> io);
    ~Loop();

    /// Serves until stopped and empty.
    void run();
    void begin_stop();
    /// When it last came round to its deadlines, which it does every `sweep_every` whatever else there is. From any thread.
    [[nodiscard]] Clock::time_point turned_at() const { return Clock::time_point{Clock::duration{turned_at_.load()}}; }
    /// Takes the answer in `exchange.response` from any thread.
    void deliver(std::shared_ptr<Exchange> exchange);

    // For connections, on the loop's thread.
    void call_handler(const std::shared_ptr<Exchange>& exchange);
    void remove(Connection& connection);
    [[nodiscard]] bool is_stopping() const { return is_stopping_; }
    [[nodiscard]] std::string_view http_date();
    /// For bytes that are used at once: one buffer serves all connections.
    [[nodiscard]] std::string& scratch() { return scratch_; }
    [[nodiscard]] ServerState& state() { return *state_; }
    [[nodiscard]] const ServerOptions& options() const { return state_->options; }

private:
    void wait_for_connections();
    void accept(int count_max);
    void adopt(Socket socket, const Tcp::endpoint& peer);
    void sweep_later();
    void sweep();
    void stop_now();
    void finish_if_empty();
    void read_mailbox();

    std::shared_ptr<ServerState> state_;
    std::unique_ptr<asio::io_context> io_;
    Acceptor acceptor_;
    Timer sweeper_;
    std::list<std::shared_ptr<Connection>> connections_;
    bool is_stopping_ = false;
    bool is_accepting_ = false;
    Clock::time_point drain_until_ = Clock::time_point::max();
    std::atomic<Clock::rep> turned_at_{Clock::now().time_since_epoch().count()};
    const Exchange* in_handler_ = nullptr;
    std::time_t date_second_ = -1;
    std::string date_;
    std::string scratch_;

    std::mutex mutex_;  // of what follows
    std::vector<std::shared_ptr<Exchange>> mailbox_;
    bool is_closed_ = false;
};

}  // namespace suki::server::net
