#include "server/net/connection.h"

#include <algorithm>
#include <utility>

#include "server/net/response_writer.h"

namespace suki::server::net {

namespace {

constexpr std::size_t kFirstReadBytes = 4 * 1024;
// A connection that once carried something large gives the memory back.
constexpr std::size_t kKeptOutBytes = 256 * 1024;

}  // namespace

Connection::Connection(Loop& loop, Socket socket, std::string peer)
    : loop_(loop), socket_(std::move(socket)), peer_(std::move(peer)), reader_(loop.options()) {
    if (loop.options().tls != nullptr) tls_ = std::make_unique<TlsSession>(*loop.options().tls);
}

void Connection::start() {
    set_read_deadline();
    pump();
}

void Connection::start_refused() {
    refuse(503, "too_many_connections", "the server has as many connections as it takes");
    pump();
}

void Connection::pump() {
    const auto self = shared_from_this();
    parse();
    while (!is_closed_ && !is_writing_ && has_output()) {
        start_write();
        // What was written at once may have made room for more.
        if (!is_writing_) parse();
    }
    if (is_closed_ || is_writing_ || current_) return;
    if (is_closing_) {
        linger();
    } else if (!is_reading_ && needs_input_) {
        // An answer that was being written when the stop began promised to keep the connection.
        if (loop_.is_stopping()) on_stop();
        if (is_closed_) return;
        set_read_deadline();
        start_read();
    }
}

void Connection::parse() {
    const std::size_t out_max = loop_.options().pipelined_bytes;
    while (!current_ && !is_closing_ && !is_closed_ && !needs_input_ && out_.size() < out_max) {
        std::size_t used = 0;
        const RequestReader::Progress progress = reader_.read(unread(), used);
        in_begin_ += used;
        switch (progress) {
            case RequestReader::Progress::complete: handle_complete(); break;
            case RequestReader::Progress::refused:
                refuse(reader_.refusal().status, reader_.refusal().code, reader_.refusal().detail);
                break;
            case RequestReader::Progress::needs_more:
                needs_input_ = true;
                if (has_input_ended_) {
                    on_end_of_input();
                } else if (reader_.take_wants_continue()) {
                    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
                }
                break;
        }
    }
}

void Connection::handle_complete() {
    const auto exchange = std::make_shared<Exchange>();
    exchange->loop = loop_.shared_from_this();
    exchange->connection = weak_from_this();
    exchange->request = reader_.take(exchange->head);
    exchange->request->peer = peer_;
    exchange->request->is_tls = tls_ != nullptr;
    ++requests_;
    read_until_ = Clock::time_point::max();
    loop_.state().requests.fetch_add(1, std::memory_order_relaxed);
    current_ = exchange;
    loop_.call_handler(exchange);
    if (!exchange->is_answered) return;
    current_.reset();
    append_answer(exchange->response, exchange->head);
}

void Connection::on_answer(Exchange& exchange) {
    if (is_closed_ || current_.get() != &exchange) return;
    const auto answered = std::move(current_);
    current_.reset();
    append_answer(answered->response, answered->head);
    pump();
}

void Connection::append_answer(const Response& response, const RequestHead& head) {
    const bool keeps_alive = head.keeps_alive && !loop_.is_stopping();
    append_response(
        out_, response,
        {.date = loop_.http_date(), .is_head = head.is_head, .is_http_1_0 = head.is_http_1_0, .keeps_alive = keeps_alive});
    if (!keeps_alive) is_closing_ = true;
}

void Connection::refuse(int status, std::string_view code, std::string_view detail) {
    loop_.state().requests_refused.fetch_add(1, std::memory_order_relaxed);
    append_answer(problem(status, code, detail), {.keeps_alive = false});
}

void Connection::make_room() {
    const std::size_t in_max = std::max(loop_.options().pipelined_bytes, loop_.options().header_bytes + kFirstReadBytes);
    if (in_begin_ == in_end_) in_begin_ = in_end_ = 0;
    if (in_.empty()) in_.resize(kFirstReadBytes);
    if (in_end_ < in_.size()) return;
    if (in_begin_ > 0) {
        std::copy(in_.begin() + static_cast<std::ptrdiff_t>(in_begin_), in_.begin() + static_cast<std::ptrdiff_t>(in_end_),
                  in_.begin());
        in_end_ -= in_begin_;
        in_begin_ = 0;
    } else if (in_.size() < in_max) {
        in_.resize(std::min(in_.size() * 2, in_max));
    }
}

void Connection::start_read() {
    make_room();
    if (in_end_ == in_.size()) {
        // The parser takes header and body as they come; only a chunk's own header can fill the room without being used.
        refuse(400, "malformed_request", "the request's body is malformed: a chunk's header is too long");
        pump();
        return;
    }
    is_reading_ = true;
    if (tls_) {
        // Waiting takes no buffer: most connections do nothing else.
        socket_.async_wait(Socket::wait_read, [self = shared_from_this()](const ErrorCode& ec) { self->on_readable(ec); });
        return;
    }
    socket_.async_read_some(asio::buffer(in_.data() + in_end_, in_.size() - in_end_),
                            [self = shared_from_this()](const ErrorCode& ec, std::size_t count) { self->on_read(ec, count); });
}

void Connection::on_readable(const ErrorCode& ec) {
    if (is_closed_) return;
    ErrorCode failed = ec;
    std::string& wire = loop_.scratch();
    const std::size_t count = failed ? 0 : socket_.read_some(asio::buffer(wire), failed);
    if (failed == asio::error::would_block || failed == asio::error::try_again) failed = {};
    std::string plain;
    if (count > 0) {
        switch (tls_->receive({wire.data(), count}, plain)) {
            case TlsSession::State::open: break;
            case TlsSession::State::closed: failed = asio::error::eof; break;
            case TlsSession::State::failed: {
                // Whoever can be told why is told.
                std::string alert;
                tls_->send({}, alert);
                ErrorCode ignored;
                if (!alert.empty()) socket_.write_some(asio::buffer(alert), ignored);
                loop_.state().requests_refused.fetch_add(1, std::memory_order_relaxed);
                close();
                return;
            }
        }
    }
    if (in_end_ + plain.size() > in_.size()) in_.resize(in_end_ + plain.size());
    std::copy(plain.begin(), plain.end(), in_.begin() + static_cast<std::ptrdiff_t>(in_end_));
    on_read(failed, plain.size());
}

void Connection::on_read(const ErrorCode& ec, std::size_t count) {
    is_reading_ = false;
    if (is_closed_) return;
    if (ec && ec != asio::error::eof) {
        close();
        return;
    }
    has_input_ended_ = ec == asio::error::eof;
    if (is_lingering_ || is_closing_) {
        // What a client sends after its last request is thrown away; were it left unread, closing would tear up the answer.
        in_begin_ = in_end_ = 0;
        if (is_lingering_) linger();
        return;
    }
    in_end_ += count;
    needs_input_ = false;
    pump();
}

void Connection::on_end_of_input() {
    if (reader_.phase() == RequestReader::Phase::idle) {
        is_closing_ = true;
    } else {
        refuse(400, "incomplete_request", "the connection was closed before the request was complete");
    }
}

void Connection::start_write() {
    sending_.clear();
    if (sending_.capacity() > kKeptOutBytes) sending_ = {};
    if (tls_) {
        const bool is_good = tls_->send(out_, sending_);
        out_.clear();
        if (out_.capacity() > kKeptOutBytes) out_ = {};
        if (!is_good) {
            close();
            return;
        }
    } else {
        std::swap(out_, sending_);
    }
    // Nearly always the kernel takes it all at once, and nothing needs to be waited for.
    ErrorCode ec;
    const std::size_t written = socket_.write_some(asio::buffer(sending_), ec);
    if (ec && ec != asio::error::would_block && ec != asio::error::try_again) {
        close();
        return;
    }
    if (written == sending_.size()) return;
    is_writing_ = true;
    const ServerOptions& options = loop_.options();
    const std::chrono::seconds for_size{sending_.size() / std::max<std::size_t>(1, options.write_bytes_per_second)};
    write_until_ = Clock::now() + options.write_timeout + for_size;
    asio::async_write(socket_, asio::buffer(sending_) + written,
                      [self = shared_from_this()](const ErrorCode& failed, std::size_t) { self->on_written(failed); });
}

void Connection::on_written(const ErrorCode& ec) {
    is_writing_ = false;
    write_until_ = Clock::time_point::max();
    if (is_closed_) return;
    if (ec) {
        close();
        return;
    }
    pump();
}

void Connection::linger() {
    if (!is_lingering_) {
        is_lingering_ = true;
        linger_until_ = Clock::now() + loop_.options().linger_timeout;
        ErrorCode ignored;
        if (tls_) {
            std::string farewell;
            tls_->finish(farewell);
            if (!farewell.empty()) socket_.write_some(asio::buffer(farewell), ignored);
        }
        socket_.shutdown(Socket::shutdown_send, ignored);
    }
    if (has_input_ended_) {
        close();
    } else if (!is_reading_) {
        in_begin_ = in_end_ = 0;
        start_read();
    }
}

void Connection::set_read_deadline() {
    const RequestReader::Phase phase = reader_.phase();
    const bool is_handshake = !is_established();
    if (read_until_ != Clock::time_point::max() && phase == deadline_phase_ && requests_ == deadline_request_ &&
        is_handshake == is_deadline_of_handshake_) {
        return;
    }
    is_deadline_of_handshake_ = is_handshake;
    deadline_phase_ = phase;
    deadline_request_ = requests_;
    const ServerOptions& options = loop_.options();
    auto allowed = options.idle_timeout;
    if (phase == RequestReader::Phase::header || is_handshake) allowed = options.header_timeout;
    if (phase == RequestReader::Phase::body) allowed = options.body_timeout;
    read_until_ = Clock::now() + allowed;
}

void Connection::on_sweep(Clock::time_point now) {
    const auto self = shared_from_this();
    if (is_closed_) return;
    if (now >= write_until_ || now >= linger_until_) {
        close();
    } else if (!is_closing_ && !is_writing_ && !current_ && now >= read_until_) {
        if (reader_.phase() == RequestReader::Phase::idle) {
            close();
        } else {
            refuse(408, "request_timeout", "the request took too long to arrive");
            pump();
        }
    }
}

void Connection::on_stop() {
    if (is_closed_ || current_ || is_writing_ || is_closing_ || reader_.phase() != RequestReader::Phase::idle) return;
    // A request may have arrived that was not read yet.
    ErrorCode ec;
    if (socket_.available(ec) > 0 && !ec) return;
    close();
}

void Connection::close() {
    if (is_closed_) return;
    is_closed_ = true;
    current_.reset();
    ErrorCode ignored;
    socket_.close(ignored);
    loop_.remove(*this);
}

}  // namespace suki::server::net
