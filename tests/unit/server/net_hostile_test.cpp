#include <gtest/gtest.h>

#include <random>

#include "house/http_cuts.h"

/// Streams that no client should send, made from good ones by a seed: each is read alike however it is cut, and nothing is read out
/// of a request that was refused.
namespace suki::server::net {
namespace {

const std::vector<std::string>& good() {
    static const std::vector<std::string> streams{
        "GET /v1/products?limit=5 HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "POST /v1/holds HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"a\":\"bcd\"}GET / "
        "HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT /v1/receipts/a%2Fb HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
        "chunked\r\n\r\n4\r\nabcd\r\n3;x=y\r\nefg\r\n0\r\nTrailer: x\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabcHEAD /x HTTP/1.0\r\n\r\n",
        "\r\nGET /a HTTP/1.1\r\nHost: a\r\nCookie: suki_session=x; b=c\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n"};
    return streams;
}

/// What smugglers put in.
constexpr const char* kPieces[] = {"\r\n",
                                   "\n",
                                   "\r",
                                   "\r\n\r\n",
                                   "\0",
                                   " ",
                                   "\t",
                                   ":",
                                   "Content-Length: 4\r\n",
                                   "Content-Length: 0\r\n",
                                   "Content-Length: +4\r\n",
                                   "Content-Length: 4, 4\r\n",
                                   "Transfer-Encoding: chunked\r\n",
                                   "Transfer-Encoding: chunked, identity\r\n",
                                   "Transfer-Encoding : chunked\r\n",
                                   "transfer-encoding:\tchunked\r\n",
                                   "0\r\n\r\n",
                                   "FFFFFFFFFFFFFFFF\r\n",
                                   "1\n",
                                   "GET http://b/ HTTP/1.1\r\n",
                                   "Host: b\r\n",
                                   " folded: x\r\n",
                                   "\x80",
                                   "%00",
                                   "..",
                                   "HTTP/2.0",
                                   "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                                   "-1\r\n",
                                   "0x4\r\n"};

TEST(NetHostile, IsReadAlikeHoweverItIsCut) {
    std::mt19937_64 chance{20260301};
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(chance() % n); };
    std::size_t refused = 0, read_some = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes = good()[below(good().size())];
        for (std::size_t change = below(4); change > 0; --change) {
            const std::size_t at = below(bytes.size() + 1);
            switch (below(4)) {
                case 0: bytes.insert(at, kPieces[below(std::size(kPieces))]); break;
                case 1: bytes.erase(at, below(8)); break;
                case 2:
                    if (at < bytes.size()) bytes[at] = static_cast<char>(chance());
                    break;
                default: bytes.insert(at, bytes.substr(below(bytes.size() + 1), below(40))); break;
            }
        }
        const auto whole = house::read_in_pieces(bytes, [](std::size_t left) { return left; });
        const auto one_by_one = house::read_in_pieces(bytes, [](std::size_t) { return std::size_t{1}; });
        const auto cut = house::read_in_pieces(bytes, [&](std::size_t left) { return 1 + below(left); });
        ASSERT_EQ(whole.requests, one_by_one.requests) << bytes;
        ASSERT_EQ(whole.refusal, one_by_one.refusal) << bytes;
        ASSERT_EQ(whole.requests, cut.requests) << bytes;
        ASSERT_EQ(whole.refusal, cut.refusal) << bytes;
        if (!whole.refusal.empty()) ++refused;
        if (!whole.requests.empty()) ++read_some;
    }
    EXPECT_GT(refused, 3'000u);
    EXPECT_GT(read_some, 3'000u);
}

TEST(NetHostile, AnEmptyBodyInChunksIsReadInAnyPieces) {
    // The parser once aborted the process when the last chunk came in three pieces.
    const std::string bytes =
        "PUT /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t first = 1; first < bytes.size(); ++first) {
        for (std::size_t second = 1; second <= 6; ++second) {
            std::size_t piece = 0;
            const auto read = house::read_in_pieces(bytes, [&](std::size_t) { return ++piece == 1 ? first : second; });
            ASSERT_EQ(read.refusal, "") << first << " " << second;
            ASSERT_EQ(read.requests.size(), 2u) << first << " " << second;
        }
    }
}

TEST(NetHostile, GoodStreamsAreRead) {
    for (const std::string& bytes : good()) {
        const auto read = house::read_in_pieces(bytes, [](std::size_t left) { return left; });
        EXPECT_EQ(read.refusal, "") << bytes;
        EXPECT_GE(read.requests.size(), 1u);
    }
}

}  // namespace
}  // namespace suki::server::net
