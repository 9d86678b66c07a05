#pragma once

#include "server/net/asio.h"

#include <cstddef>
#include <list>
#include <memory>
#include <string>

#include "server/net/loop.h"
#include "server/net/request_reader.h"
#include "server/net/tls.h"

namespace suki::server::net {

/// One client. It reads, lets the reader cut requests out of the bytes, has them handled one after the other, gathers the answers
/// and writes them together: with pipelining many answers cost one write. At most one read and one write are under way.
///
/// Invariants: `current_` is the only request being handled; nothing is parsed while there is one, nor after `is_closing_`;
/// nothing is read while there are complete bytes to look at or answers to write, so a client that does not read is not read from.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(Loop& loop, Socket socket, std::string peer);

    void start();
    /// Instead of `start`: there are too many connections.
    void start_refused();
    /// The answer of `exchange` is there.
    void on_answer(Exchange& exchange);
    void on_sweep(Clock::time_point now);
    /// Closes unless something is under way.
    void on_stop();
    void close();

    std::list<std::shared_ptr<Connection>>::iterator place;  // in the loop's list

private:
    enum class Parsed { all, stopped };

    /// Does all that can be done now, and starts what must be waited for.
    void pump();
    void parse();
    void handle_complete();
    void append_answer(const Response& response, const RequestHead& head);
    void refuse(int status, std::string_view code, std::string_view detail);
    void start_read();
    void start_write();
    void linger();
    /// With TLS: takes what came and puts its plain text where a plain connection would have read it.
    void on_readable(const ErrorCode& ec);
    void on_read(const ErrorCode& ec, std::size_t count);
    void on_end_of_input();
    void on_written(const ErrorCode& ec);
    void set_read_deadline();

    [[nodiscard]] std::string_view unread() const { return {in_.data() + in_begin_, in_end_ - in_begin_}; }
    void make_room();
    [[nodiscard]] bool has_output() const { return !out_.empty() || (tls_ && tls_->has_output()); }
    [[nodiscard]] bool is_established() const { return !tls_ || tls_->is_established(); }

    Loop& loop_;
    Socket socket_;
    std::string peer_;
    RequestReader reader_;
    std::unique_ptr<TlsSession> tls_;  // none: plain text

    std::string in_;  // [in_begin_, in_end_) is still to be read
    std::size_t in_begin_ = 0;
    std::size_t in_end_ = 0;
    std::string out_;      // answers to be written next
    std::string sending_;  // what is being written, as it goes over the wire

    std::shared_ptr<Exchange> current_;
    bool needs_input_ = true;  // what is there does not complete a request
    bool is_reading_ = false;
    bool is_writing_ = false;
    bool is_closing_ = false;    // after what is to be written
    bool is_lingering_ = false;  // everything is written: only waiting for the other end
    bool is_closed_ = false;
    bool has_input_ended_ = false;

    // Which deadline holds for reading: it is set once for a phase of a request, so that dripping bytes do not move it.
    std::uint64_t requests_ = 0;
    std::uint64_t deadline_request_ = 0;
    bool is_deadline_of_handshake_ = false;
    RequestReader::Phase deadline_phase_ = RequestReader::Phase::idle;
    Clock::time_point read_until_ = Clock::time_point::max();
    Clock::time_point write_until_ = Clock::time_point::max();
    Clock::time_point linger_until_ = Clock::time_point::max();
};

}  // namespace suki::server::net
