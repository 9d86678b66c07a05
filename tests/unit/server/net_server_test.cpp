#include "server/net/server.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "server/net/client.h"

namespace suki::server::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

Response text(std::string body) { return {.content_type = "text/plain", .body = std::move(body)}; }

/// Keeps the responders that handlers give away, until the test answers them from its own thread.
class Shelf {
public:
    void put(Responder responder) {
        const std::lock_guard lock{mutex_};
        shelf_.push_back(std::move(responder));
        changed_.notify_all();
    }
    Responder take() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [this] { return !shelf_.empty(); });
        Responder first = std::move(shelf_.front());
        shelf_.pop_front();
        return first;
    }
    void wait_for(std::size_t count) {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return shelf_.size() >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Responder> shelf_;
};

/// A server on a free port. `/echo` answers method, target and body; `/wait` is shelved; `/drop` is dropped; `/throw` throws.
class NetServer : public testing::Test {
protected:
    void start(ServerOptions options = {}) {
        options.sweep_every = std::min(options.sweep_every, 10ms);
        auto started = Server::start(
            std::move(options), [this](const Request& request, Responder responder) { handle(request, std::move(responder)); });
        ASSERT_TRUE(started) << started.error();
        server_ = std::move(*started);
    }

    void handle(const Request& request, Responder responder) {
        if (request.path == "/echo") {
            responder.send(text(std::string{request.method} + " " + std::string{request.target} + " " + std::string{request.body}));
        } else if (request.path == "/wait") {
            shelf_.put(std::move(responder));
        } else if (request.path == "/large") {
            responder.send(text(std::string(8'000'000, 'x')));
        } else if (request.path == "/split") {
            responder.send({.headers = {{"X-Name", "a\r\nSet-Cookie: b"}}});
        } else if (request.path == "/hang") {
            shelf_.put(std::move(responder));
            is_released_.wait(false);
        } else if (request.path == "/throw") {
            throw std::runtime_error{"a bug"};
        } else if (request.path != "/drop") {
            responder.send(problem(404, "route_not_found", "nothing here"));
        }
    }

    Client client(std::chrono::milliseconds timeout = 5s) { return Client{"127.0.0.1", server_->port(), timeout}; }

    /// What one connection gets for `bytes`; a server that closes without a word gives status 0.
    ClientResponse answer_to(std::string_view bytes) {
        Client c = client();
        EXPECT_TRUE(c.send_raw(bytes));
        auto response = c.read_response();
        return response ? *response : ClientResponse{};
    }
    /// The same, when the connection is to be closed after it.
    ClientResponse refusal_of(std::string_view bytes) {
        Client c = client();
        EXPECT_TRUE(c.send_raw(bytes));
        auto response = c.read_response();
        if (!response) return {};
        EXPECT_EQ(response->header("connection"), "close");
        EXPECT_EQ(response->header("content-type"), "application/problem+json");
        EXPECT_NE(response->body.find("\"status\":" + std::to_string(response->status)), std::string::npos) << response->body;
        EXPECT_TRUE(c.is_closed_by_server()) << bytes;
        return *response;
    }

    Shelf shelf_;
    std::atomic<bool> is_released_{false};
    std::unique_ptr<Server> server_;
};

TEST_F(NetServer, answers_and_keeps_the_connection) {
    start();
    Client c = client();
    for (int i = 0; i < 3; ++i) {
        const auto response = c.request("POST", "/echo?i=" + std::to_string(i), {}, "body");
        ASSERT_TRUE(response) << response.error();
        EXPECT_EQ(response->status, 200);
        EXPECT_EQ(response->body, "POST /echo?i=" + std::to_string(i) + " body");
        EXPECT_EQ(response->header("connection"), std::nullopt);
        EXPECT_TRUE(response->header("date").has_value());
    }
    EXPECT_EQ(server_->counters().connections_accepted, 1u);
    EXPECT_EQ(server_->counters().requests, 3u);
}

TEST_F(NetServer, answers_pipelined_requests_in_order) {
    start();
    Client c = client();
    std::string sent;
    for (int i = 0; i < 500; ++i) sent += "GET /echo?" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    ASSERT_TRUE(c.send_raw(sent));
    for (int i = 0; i < 500; ++i) {
        const auto response = c.read_response();
        ASSERT_TRUE(response) << response.error();
        ASSERT_EQ(response->body, "GET /echo?" + std::to_string(i) + " ");
    }
}

TEST_F(NetServer, keeps_the_order_when_an_earlier_answer_comes_late) {
    start();
    Client c = client();
    ASSERT_TRUE(c.send_raw(
        "GET /echo?1 HTTP/1.1\r\nHost: x\r\n\r\nGET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /echo?3 HTTP/1.1\r\nHost: x\r\n\r\n"));
    // What is ready does not wait for what is not.
    EXPECT_EQ(c.read_response()->body, "GET /echo?1 ");
    Responder waiting = shelf_.take();
    EXPECT_EQ(waiting.request().path, "/wait");
    EXPECT_TRUE(waiting.send(text("late")));
    EXPECT_FALSE(waiting.send(text("twice")));
    EXPECT_EQ(c.read_response()->body, "late");
    EXPECT_EQ(c.read_response()->body, "GET /echo?3 ");
}

TEST_F(NetServer, answers_from_another_thread_for_many_connections) {
    start({.loops = 2});
    constexpr std::size_t count = 200;
    std::vector<Client> clients;
    for (std::size_t i = 0; i < count; ++i) {
        clients.push_back(client());
        ASSERT_TRUE(
            clients.back().send_raw("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n" + std::to_string(100 + i)));
    }
    shelf_.wait_for(count);
    for (std::size_t i = 0; i < count; ++i) {
        Responder responder = shelf_.take();
        const std::string body{responder.request().body};
        responder.send(text(body));
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto response = clients[i].read_response();
        ASSERT_TRUE(response) << response.error();
        EXPECT_EQ(response->body, std::to_string(100 + i));
    }
}

TEST_F(NetServer, answers_500_for_what_is_dropped_or_thrown) {
    start();
    Client c = client();
    EXPECT_EQ(c.request("GET", "/drop")->status, 500);
    EXPECT_EQ(c.request("GET", "/throw")->status, 500);
    ASSERT_TRUE(c.send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    { const Responder forgotten = shelf_.take(); }
    const auto response = c.read_response();
    EXPECT_EQ(response->status, 500);
    EXPECT_NE(response->body.find("\"code\":\"internal_error\""), std::string::npos);
    EXPECT_EQ(server_->counters().responses_dropped, 3u);
    // The connection lives on.
    EXPECT_EQ(c.request("GET", "/echo")->status, 200);
}

TEST_F(NetServer, survives_answers_to_dead_connections_and_after_its_own_end) {
    start({.drain_timeout = 50ms});
    {
        Client c = client();
        ASSERT_TRUE(c.send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
        shelf_.wait_for(1);
    }
    Responder orphan = shelf_.take();
    EXPECT_TRUE(orphan.send(text("to nobody")));
    EXPECT_EQ(client().request("GET", "/echo")->status, 200);

    Client c = client();
    ASSERT_TRUE(c.send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    Responder late = shelf_.take();
    server_.reset();  // waits for the drain timeout
    EXPECT_EQ(late.request().path, "/wait");
    EXPECT_TRUE(late.send(text("too late")));
}

TEST_F(NetServer, never_writes_a_header_that_splits_the_answer) {
    start();
    const auto response = client().request("GET", "/split");
    EXPECT_EQ(response->status, 500);
    EXPECT_EQ(response->header("set-cookie"), std::nullopt);
}

TEST_F(NetServer, answers_head_with_the_length_alone) {
    start();
    Client c = client();
    const auto head = c.request("HEAD", "/echo");
    EXPECT_EQ(head->header("content-length"), "11");
    EXPECT_EQ(head->body, "");
    EXPECT_EQ(c.request("GET", "/echo")->body, "GET /echo ");
}

TEST_F(NetServer, writes_large_answers_whole) {
    start();
    Client c = client();
    for (int i = 0; i < 2; ++i) EXPECT_EQ(c.request("GET", "/large")->body.size(), 8'000'000u);
}

TEST_F(NetServer, closes_when_asked_to) {
    start();
    Client c = client();
    ASSERT_TRUE(c.send_raw("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(c.read_response()->header("connection"), "close");
    EXPECT_TRUE(c.is_closed_by_server());

    Client old = client();
    ASSERT_TRUE(old.send_raw("GET /echo HTTP/1.0\r\n\r\n"));
    EXPECT_EQ(old.read_response()->header("connection"), "close");
    EXPECT_TRUE(old.is_closed_by_server());

    Client old_but_patient = client();
    ASSERT_TRUE(old_but_patient.send_raw("GET /echo HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_EQ(old_but_patient.read_response()->header("connection"), "keep-alive");
    EXPECT_EQ(old_but_patient.request("GET", "/echo")->status, 200);
}

TEST_F(NetServer, answers_a_client_that_closed_its_sending_side) {
    start();
    Client c = client();
    ASSERT_TRUE(c.send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n"));
    c.finish_sending();
    shelf_.take().send(text("half"));
    EXPECT_EQ(c.read_response()->body, "half");
    EXPECT_EQ(c.read_response()->body, "GET /echo ");
    EXPECT_TRUE(c.is_closed_by_server());

    Client partial = client();
    ASSERT_TRUE(partial.send_raw("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123"));
    partial.finish_sending();
    EXPECT_EQ(partial.read_response()->status, 400);
}

TEST_F(NetServer, reads_a_request_that_comes_byte_by_byte) {
    start();
    Client c = client();
    const std::string sent =
        "\r\nPOST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
    for (const char byte : sent) {
        ASSERT_TRUE(c.send_raw({&byte, 1}));
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_EQ(c.read_response()->body, "POST /echo abcde");
}

TEST_F(NetServer, says_continue_only_to_a_body_that_is_welcome) {
    start({.body_bytes = 100});
    Client c = client();
    ASSERT_TRUE(c.send_raw("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n"));
    EXPECT_EQ(c.read_response()->status, 100);
    ASSERT_TRUE(c.send_raw("body"));
    EXPECT_EQ(c.read_response()->body, "POST /echo body");
    // A client that did not wait is not told.
    ASSERT_TRUE(c.send_raw("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody"));
    EXPECT_EQ(c.read_response()->status, 200);

    EXPECT_EQ(refusal_of("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n").status, 413);
    EXPECT_EQ(refusal_of("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: a-miracle\r\n\r\n").status, 417);
}

struct Hostile {
    const char* what;
    std::string bytes;
    int status;
};

TEST_F(NetServer, refuses_what_two_servers_could_read_differently) {
    start();
    const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\n";
    const std::string chunks = "0\r\n\r\n";
    const Hostile cases[] = {
        {"length and chunks", post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
        {"chunks and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + chunks, 400},
        {"two lengths", post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", 400},
        {"two equal lengths", post + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", 400},
        {"a list of lengths", post + "Content-Length: 5, 5\r\n\r\nhello", 400},
        {"a signed length", post + "Content-Length: +5\r\n\r\nhello", 400},
        {"a negative length", post + "Content-Length: -5\r\n\r\nhello", 400},
        {"a hexadecimal length", post + "Content-Length: 0x5\r\n\r\nhello", 400},
        {"an endless length", post + "Content-Length: 99999999999999999999999\r\n\r\nhello", 400},
        {"an empty length", post + "Content-Length:\r\n\r\n", 400},
        {"a length with spaces inside", post + "Content-Length: 5 5\r\n\r\nhello", 400},
        {"two encodings", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
        {"an unknown encoding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n" + chunks, 501},
        {"a hidden encoding", post + "Transfer-Encoding: xchunked\r\n\r\n" + chunks, 501},
        {"an encoding in HTTP/1.0", "POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks, 400},
        {"bare line feeds", "GET /echo HTTP/1.1\nHost: x\n\n", 400},
        {"one bare line feed", "GET /echo HTTP/1.1\r\nHost: x\nX: y\r\n\r\n", 400},
        {"a bare carriage return", "GET /echo HTTP/1.1\r\nHost: x\rX: y\r\n\r\n", 400},
        {"a folded header", "GET /echo HTTP/1.1\r\nHost: x\r\nX: y\r\n z\r\n\r\n", 400},
        {"a folded first header", "GET /echo HTTP/1.1\r\n Host: x\r\n\r\n", 400},
        {"a space before the colon", post + "Content-Length : 5\r\n\r\nhello", 400},
        {"a header without a colon", "GET /echo HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", 400},
        {"a header without a name", "GET /echo HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400},
        {"a NUL in a header", "GET /echo HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"s, 400},
        {"no host", "GET /echo HTTP/1.1\r\n\r\n", 400},
        {"two hosts", "GET /echo HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
        {"two keys", post + "Idempotency-Key: a\r\nIdempotency-Key: b\r\nContent-Length: 0\r\n\r\n", 400},
        {"a bad chunk size", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 400},
        {"an overflowing chunk size", post + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n", 400},
        {"a chunk without its end", post + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n0\r\n\r\n", 400},
        {"a bare line feed after a chunk size", post + "Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n", 400},
        {"an old version", "GET /echo HTTP/0.9\r\nHost: x\r\n\r\n", 505},
        {"a new version", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
        {"no version", "GET /echo\r\n\r\n", 400},
        {"two spaces", "GET  /echo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"another protocol", "\x16\x03\x01\x02\x01\x01", 400},
        {"dots", "GET /a/../b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"encoded dots", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"an encoded NUL", "GET /a%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"a broken escape", "GET /a%2 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"bad UTF-8", "GET /a%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"no slash", "GET echo HTTP/1.1\r\nHost: x\r\n\r\n", 400},
    };
    for (const Hostile& c : cases) EXPECT_EQ(refusal_of(c.bytes).status, c.status) << c.what;
    EXPECT_EQ(server_->counters().requests, 0u);
}

TEST_F(NetServer, answers_what_came_before_a_refused_request) {
    start();
    Client c = client();
    ASSERT_TRUE(c.send_raw("GET /echo HTTP/1.1\r\nHost: x\r\n\r\nGET /echo HTTP/1.1\nHost: x\n\n"));
    EXPECT_EQ(c.read_response()->status, 200);
    EXPECT_EQ(c.read_response()->status, 400);
    EXPECT_TRUE(c.is_closed_by_server());
}

TEST_F(NetServer, ignores_trailers) {
    start();
    EXPECT_EQ(
        answer_to("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nAuthorization: b\r\n\r\n")
            .body,
        "POST /echo a");
}

TEST_F(NetServer, holds_its_limits_on_both_sides) {
    start({.target_bytes = 100, .header_bytes = 1'000, .headers = 10, .body_bytes = 1'000});
    const auto get = [](std::size_t target, std::size_t header) {
        const std::string line = "GET /" + std::string(target - 1, 'a') + " HTTP/1.1\r\nHost: x\r\nX: ";
        const std::size_t rest = line.size() + 4;
        return line + std::string(header > rest ? header - rest : 0, 'y') + "\r\n\r\n";
    };
    EXPECT_EQ(answer_to(get(100, 1'000)).status, 404);
    EXPECT_EQ(refusal_of(get(101, 500)).status, 414);
    EXPECT_EQ(refusal_of(get(100'000, 0)).status, 414);
    EXPECT_EQ(refusal_of(get(100, 1'001)).status, 431);
    EXPECT_EQ(refusal_of(get(100, 500'000)).status, 431);

    std::string many = "GET /echo HTTP/1.1\r\nHost: x\r\n";
    for (int i = 0; i < 9; ++i) many += "X: y\r\n";
    EXPECT_EQ(answer_to(many + "\r\n").status, 200);
    EXPECT_EQ(refusal_of(many + "X: y\r\n\r\n").status, 431);

    const auto post = [](std::size_t size) {
        return "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'b');
    };
    EXPECT_EQ(answer_to(post(1'000)).status, 200);
    EXPECT_EQ(refusal_of(post(1'001)).status, 413);
    EXPECT_EQ(refusal_of(post(3'000'000)).status, 413);
    const std::string chunked = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1f4\r\n" +
                                std::string(500, 'c') + "\r\n1f4\r\n" + std::string(500, 'c') + "\r\n";
    EXPECT_EQ(answer_to(chunked + "0\r\n\r\n").status, 200);
    EXPECT_EQ(refusal_of(chunked + "1\r\nc\r\n0\r\n\r\n").status, 413);
    EXPECT_EQ(
        refusal_of("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(200'000, 'e')).status,
        400);
}

TEST_F(NetServer, asks_for_the_limit_of_a_route) {
    start({.body_bytes = 10, .body_limit = [](std::string_view method, std::string_view target) {
               return method == "PUT" && target.starts_with("/echo") ? std::size_t{20} : std::size_t{10};
           }});
    Client c = client();
    EXPECT_EQ(c.request("PUT", "/echo", {}, std::string(20, 'a'))->status, 200);
    EXPECT_EQ(c.request("PUT", "/echo", {}, std::string(21, 'a'))->status, 413);
    EXPECT_EQ(c.request("POST", "/echo", {}, std::string(11, 'a'))->status, 413);
}

TEST_F(NetServer, closes_who_drips) {
    start({.idle_timeout = 60s, .header_timeout = 100ms, .body_timeout = 100ms});
    for (const std::string_view beginning :
         {"GET /echo HTTP/1.1\r\nX: ", "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"}) {
        Client c = client();
        ASSERT_TRUE(c.send_raw(beginning));
        std::atomic<bool> is_over = false;
        // Each byte comes long before the deadline: only one for the whole part can catch it.
        std::thread dripper{[&] {
            while (!is_over && c.send_raw("x")) std::this_thread::sleep_for(10ms);
        }};
        const auto response = c.read_response();
        is_over = true;
        dripper.join();
        ASSERT_TRUE(response) << response.error();
        EXPECT_EQ(response->status, 408);
    }
}

TEST_F(NetServer, closes_idle_connections_without_a_word) {
    start({.idle_timeout = 50ms});
    Client fresh = client();
    ASSERT_TRUE(fresh.connect());
    EXPECT_TRUE(fresh.is_closed_by_server());
    Client used = client();
    EXPECT_EQ(used.request("GET", "/echo")->status, 200);
    EXPECT_TRUE(used.is_closed_by_server());
    // While a request is being handled nobody is idle.
    Client busy = client();
    ASSERT_TRUE(busy.send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    Responder responder = shelf_.take();
    std::this_thread::sleep_for(150ms);
    responder.send(text("done"));
    EXPECT_EQ(busy.read_response()->body, "done");
}

TEST_F(NetServer, closes_who_does_not_read) {
    // Ten answers exceed what the two sockets hold by far, so the server cannot get rid of them.
    start({.write_timeout = 50ms, .write_bytes_per_second = 1'000'000'000});
    Client c = client();
    std::string sent;
    for (int i = 0; i < 10; ++i) sent += "GET /large HTTP/1.1\r\nHost: x\r\n\r\n";
    ASSERT_TRUE(c.send_raw(sent));
    for (int i = 0; i < 500 && server_->counters().requests == 0; ++i) std::this_thread::sleep_for(10ms);
    for (int i = 0; i < 500 && server_->counters().connections_open > 0; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(server_->counters().connections_open, 0u);
    EXPECT_GT(server_->counters().requests, 0u);
    EXPECT_LT(server_->counters().requests, 10u);
}

TEST_F(NetServer, refuses_connections_beyond_its_limit) {
    start({.connections = 2});
    Client first = client();
    Client second = client();
    EXPECT_EQ(first.request("GET", "/echo")->status, 200);
    EXPECT_EQ(second.request("GET", "/echo")->status, 200);
    Client third = client();
    const auto refused = third.request("GET", "/echo");
    ASSERT_TRUE(refused) << refused.error();
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(server_->counters().connections_refused, 1u);
    first.close();
    for (int i = 0; i < 500 && server_->counters().connections_open > 1; ++i) std::this_thread::sleep_for(10ms);
    EXPECT_EQ(third.request("GET", "/echo")->status, 200);
}

TEST_F(NetServer, stops_gracefully) {
    start({.loops = 2});
    constexpr std::size_t count = 10;
    std::vector<Client> busy;
    for (std::size_t i = 0; i < count; ++i) {
        busy.push_back(client());
        ASSERT_TRUE(busy.back().send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    }
    shelf_.wait_for(count);
    Client half_sent = client();
    ASSERT_TRUE(half_sent.send_raw("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbo"));
    Client idle = client();
    EXPECT_EQ(idle.request("GET", "/echo")->status, 200);
    while (server_->counters().connections_open < count + 2) std::this_thread::sleep_for(1ms);

    server_->stop();
    EXPECT_TRUE(idle.is_closed_by_server());
    // Each loop closes its own listener; who is let in before that is let go again.
    bool is_refused = false;
    for (int i = 0; i < 500 && !is_refused; ++i) {
        is_refused = !client().connect();
        std::this_thread::sleep_for(1ms);
    }
    EXPECT_TRUE(is_refused);

    ASSERT_TRUE(half_sent.send_raw("dy"));
    const auto last = half_sent.read_response();
    EXPECT_EQ(last->body, "POST /echo body");
    EXPECT_EQ(last->header("connection"), "close");
    for (std::size_t i = 0; i < count; ++i) shelf_.take().send(text("in time"));
    for (Client& c : busy) {
        const auto response = c.read_response();
        ASSERT_TRUE(response) << response.error();
        EXPECT_EQ(response->body, "in time");
        EXPECT_EQ(response->header("connection"), "close");
        c.close();
    }
    half_sent.close();
    server_->wait();
    EXPECT_EQ(server_->counters().connections_open, 0u);
}

TEST_F(NetServer, does_not_wait_for_ever_when_it_stops) {
    start({.drain_timeout = 50ms});
    Client c = client();
    ASSERT_TRUE(c.send_raw("GET /wait HTTP/1.1\r\nHost: x\r\n\r\n"));
    shelf_.wait_for(1);
    server_->stop();
    server_->wait();
    EXPECT_TRUE(c.is_closed_by_server());
}

TEST_F(NetServer, knows_a_loop_that_hangs) {
    start({.loops = 2});
    const auto wait_until = [&](bool is_turning) {
        for (int i = 0; i < 500 && server_->is_turning(500ms) != is_turning; ++i) std::this_thread::sleep_for(20ms);
        return server_->is_turning(500ms) == is_turning;
    };
    EXPECT_TRUE(wait_until(true));
    Client c = client();
    ASSERT_TRUE(c.send_raw("GET /hang HTTP/1.1\r\nHost: h\r\n\r\n"));
    shelf_.wait_for(1);
    EXPECT_TRUE(wait_until(false)) << "one of two hangs";
    is_released_ = true;
    is_released_.notify_all();
    EXPECT_TRUE(wait_until(true));
    shelf_.take().send(text("late"));
    const auto response = c.read_response();
    ASSERT_TRUE(response);
    EXPECT_EQ(response->body, "late");
}

TEST_F(NetServer, does_not_share_its_port) {
    start();
    const auto second = Server::start({.port = server_->port()}, [](const Request&, Responder) {});
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().find(std::to_string(server_->port())), std::string::npos) << second.error();
    EXPECT_FALSE(Server::start({.address = "nowhere"}, [](const Request&, Responder) {}));
}

TEST_F(NetServer, listens_on_ipv6) {
    auto started =
        Server::start({.address = "::1"}, [](const Request& request, Responder responder) { responder.send(text(request.peer)); });
    if (!started) GTEST_SKIP() << "this machine has no IPv6 loopback: " << started.error();
    Client c{"::1", (*started)->port()};
    const auto response = c.request("GET", "/");
    ASSERT_TRUE(response) << response.error();
    EXPECT_EQ(response->body, "::1");
}

}  // namespace
}  // namespace suki::server::net
