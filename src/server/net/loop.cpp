#include "server/net/loop.h"

#include <cstdio>
#include <ctime>
#include <utility>

#include "server/net/connection.h"

namespace suki::server::net {

namespace {

thread_local Loop* current_loop = nullptr;

// New connections are taken in turns with the work on old ones.
constexpr int kAcceptsAtOnce = 64;
// So many connections beyond the limit are told so; what comes beyond them is closed without a word.
constexpr std::size_t kRefusedAtOnce = 256;
constexpr std::size_t kScratchBytes = 16 * 1024;

}  // namespace

Loop::Loop(std::shared_ptr<ServerState> state, Acceptor acceptor, std::unique_ptr<asio::io_context> io)
    : state_(std::move(state)), io_(std::move(io)), acceptor_(std::move(acceptor)), sweeper_(*io_), scratch_(kScratchBytes, '\0') {}

Loop::~Loop() = default;

void Loop::run() {
    current_loop = this;
    wait_for_connections();
    sweep_later();
    io_->run();
    {
        const std::lock_guard lock{mutex_};
        is_closed_ = true;
        mailbox_.clear();
    }
    // What was posted at the last moment holds this loop, which holds it: it must not stay.
    io_->restart();
    io_->poll();
    current_loop = nullptr;
}

void Loop::wait_for_connections() {
    if (is_accepting_ || is_stopping_) return;
    is_accepting_ = true;
    acceptor_.async_wait(Acceptor::wait_read, [this](const ErrorCode& ec) {
        is_accepting_ = false;
        if (ec || is_stopping_) return;
        accept(kAcceptsAtOnce);
    });
}

void Loop::accept(int count_max) {
    for (int i = 0; i < count_max; ++i) {
        Socket socket{*io_};
        Tcp::endpoint peer;
        ErrorCode ec;
        acceptor_.accept(socket, peer, ec);
        if (ec == asio::error::would_block || ec == asio::error::try_again) break;
        if (ec == asio::error::connection_aborted || ec == asio::error::interrupted) continue;
        // Out of file descriptors or memory: the sweeper tries again, so that this does not turn into a busy loop.
        if (ec) return;
        adopt(std::move(socket), peer);
    }
    wait_for_connections();
}

void Loop::adopt(Socket socket, const Tcp::endpoint& peer) {
    const std::size_t open = state_->connections_open.fetch_add(1) + 1;
    state_->connections_accepted.fetch_add(1, std::memory_order_relaxed);
    ErrorCode ec;
    socket.non_blocking(true, ec);
    socket.set_option(Tcp::no_delay(true), ec);
    auto connection = std::make_shared<Connection>(*this, std::move(socket), peer.address().to_string());
    connection->place = connections_.insert(connections_.end(), connection);
    if (open <= options().connections) {
        connection->start();
        return;
    }
    state_->connections_refused.fetch_add(1, std::memory_order_relaxed);
    // A handshake would cost more than the word.
    if (open > options().connections + kRefusedAtOnce || options().tls != nullptr) {
        connection->close();
    } else {
        connection->start_refused();
    }
}

void Loop::remove(Connection& connection) {
    connections_.erase(connection.place);
    state_->connections_open.fetch_sub(1);
    finish_if_empty();
}

void Loop::sweep_later() {
    sweeper_.expires_after(options().sweep_every);
    sweeper_.async_wait([this](const ErrorCode& ec) {
        if (!ec) sweep();
    });
}

void Loop::sweep() {
    const Clock::time_point now = Clock::now();
    turned_at_ = now.time_since_epoch().count();
    // A connection may remove itself, and only itself.
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto connection = *at++;
        if (now >= drain_until_) {
            connection->close();
        } else {
            connection->on_sweep(now);
        }
    }
    if (is_stopping_ && connections_.empty()) return;
    wait_for_connections();
    sweep_later();
}

void Loop::begin_stop() {
    const std::lock_guard lock{mutex_};
    if (!is_closed_) asio::post(*io_, [self = shared_from_this()] { self->stop_now(); });
}

void Loop::stop_now() {
    if (is_stopping_) return;
    // Who already got through to the kernel is served once; closing the listener would cut them off.
    accept(Acceptor::max_listen_connections);
    is_stopping_ = true;
    drain_until_ = Clock::now() + options().drain_timeout;
    ErrorCode ignored;
    acceptor_.close(ignored);
    for (auto at = connections_.begin(); at != connections_.end();) {
        const auto connection = *at++;
        connection->on_stop();
    }
    finish_if_empty();
}

void Loop::finish_if_empty() {
    if (is_stopping_ && connections_.empty()) sweeper_.cancel();
}

void Loop::call_handler(const std::shared_ptr<Exchange>& exchange) {
    in_handler_ = exchange.get();
    try {
        state_->handler(*exchange->request, Responder{exchange});
    } catch (...) {
        // The responder that it held answered 500 when it was destroyed, unless it was handed on.
    }
    in_handler_ = nullptr;
}

void Loop::deliver(std::shared_ptr<Exchange> exchange) {
    if (current_loop == this && in_handler_ == exchange.get()) {
        exchange->is_answered = true;
        return;
    }
    const std::lock_guard lock{mutex_};
    if (is_closed_) return;
    mailbox_.push_back(std::move(exchange));
    // One wake for all answers that gather until it comes.
    if (mailbox_.size() == 1) asio::post(*io_, [self = shared_from_this()] { self->read_mailbox(); });
}

void Loop::read_mailbox() {
    std::vector<std::shared_ptr<Exchange>> answers;
    {
        const std::lock_guard lock{mutex_};
        answers.swap(mailbox_);
    }
    for (const auto& exchange : answers) {
        if (const auto connection = exchange->connection.lock()) connection->on_answer(*exchange);
    }
}

std::string_view Loop::http_date() {
    const std::time_t now = std::time(nullptr);
    if (now != date_second_) {
        std::tm utc{};
        gmtime_r(&now, &utc);
        // Not strftime: its names of days and months follow the process's locale.
        constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
        constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        char text[64];
        const int length = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[utc.tm_wday], utc.tm_mday,
                                         months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
        date_.assign(text, static_cast<std::size_t>(length));
        date_second_ = now;
    }
    return date_;
}

Responder::Responder(std::shared_ptr<Exchange> exchange) : exchange_(std::move(exchange)) {}

Responder& Responder::operator=(Responder&& other) noexcept {
    // The answer that this one still owed is not forgotten.
    Responder dropped{std::move(exchange_)};
    exchange_ = std::move(other.exchange_);
    return *this;
}

Responder::~Responder() {
    if (!exchange_) return;
    exchange_->loop->state().responses_dropped.fetch_add(1, std::memory_order_relaxed);
    send(problem(500, "internal_error", "the request was not answered"));
}

bool Responder::send(Response response) {
    if (!exchange_) return false;
    const auto exchange = std::move(exchange_);
    exchange_.reset();
    exchange->response = std::move(response);
    exchange->loop->deliver(exchange);
    return true;
}

const Request& Responder::request() const { return *exchange_->request; }

}  // namespace suki::server::net
