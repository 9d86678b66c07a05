#include "server/net/request.h"

#include <gtest/gtest.h>

namespace suki::server::net {
namespace {

using Views = std::vector<std::string_view>;

TEST(net_request, cuts_a_target_into_decoded_parts) {
    Request request;
    ASSERT_TRUE(request.set_target("/v1/receipts/a%2Fb%20c/%D1%91?limit=20&after=x%26y&q=a+b&flag&&e="));
    EXPECT_EQ(request.path, "/v1/receipts/a%2Fb%20c/%D1%91");
    EXPECT_EQ(request.segments, (Views{"v1", "receipts", "a/b c", "ё"}));
    ASSERT_EQ(request.query.size(), 5u);
    EXPECT_EQ(request.query_value("limit"), "20");
    EXPECT_EQ(request.query_value("after"), "x&y");
    EXPECT_EQ(request.query_value("q"), "a b");
    EXPECT_EQ(request.query_value("flag"), "");
    EXPECT_EQ(request.query_value("e"), "");
    EXPECT_EQ(request.query_value("none"), std::nullopt);
}

TEST(net_request, a_plus_is_a_space_only_in_a_query) {
    Request request;
    ASSERT_TRUE(request.set_target("/a+b?c+d=e%2Bf"));
    EXPECT_EQ(request.segments, Views{"a+b"});
    EXPECT_EQ(request.query_value("c d"), "e+f");
}

TEST(net_request, understands_the_forms_of_a_target) {
    Request request;
    ASSERT_TRUE(request.set_target("/"));
    EXPECT_EQ(request.segments, Views{});
    ASSERT_TRUE(request.set_target("/a/"));
    EXPECT_EQ(request.segments, (Views{"a", ""}));
    ASSERT_TRUE(request.set_target("//a"));
    EXPECT_EQ(request.segments, (Views{"", "a"}));
    ASSERT_TRUE(request.set_target("http://shop.example:80/a?b=c"));
    EXPECT_EQ(request.path, "/a");
    ASSERT_TRUE(request.set_target("*"));
    EXPECT_EQ(request.segments, Views{});
    ASSERT_TRUE(request.set_target("/..a/.b/c..?..=../.."));
}

TEST(net_request, refuses_targets_that_are_unclear) {
    for (const std::string_view target :
         {"",    "a",       "?a",        "http://", "http:///a", "http://host", "http://host?a", "/a#b",
          "/%",  "/%4",     "/%4g",      "/%00",    "/a%0d%0ab", "/%ff",        "/%c0%af",       "/.",
          "/..", "/a/../b", "/a/%2e%2E", "/a/.%2e", "/?a=%ff",   "/?%0a"}) {
        Request request;
        EXPECT_FALSE(request.set_target(target)) << target;
    }
}

TEST(net_request, limits_segments_and_parameters) {
    std::string path;
    for (std::size_t i = 0; i < kSegmentsMax; ++i) path += "/a";
    Request request;
    EXPECT_TRUE(request.set_target(path));
    path += "/a";
    EXPECT_FALSE(request.set_target(path));
    std::string query = "/?";
    for (std::size_t i = 0; i < kQueryMax; ++i) query += "a=b&";
    EXPECT_TRUE(request.set_target(query));
    query += "a";
    EXPECT_FALSE(request.set_target(query));
}

TEST(net_request, finds_headers_and_cookies) {
    Request request;
    request.headers = {
        {"Content-Type", "text/csv"}, {"COOKIE", "a=1; session=x=y ;b=\"q\""}, {"cookie", "late=2"}, {"content-type", "again"}};
    EXPECT_EQ(request.header("content-type"), "text/csv");
    EXPECT_EQ(request.header("accept"), std::nullopt);
    EXPECT_EQ(request.cookie("a"), "1");
    EXPECT_EQ(request.cookie("session"), "x=y");
    EXPECT_EQ(request.cookie("b"), "q");
    EXPECT_EQ(request.cookie("late"), "2");
    EXPECT_EQ(request.cookie("A"), std::nullopt);
}

TEST(net_request, gives_only_paths_that_stay_in_their_folder) {
    const auto path_of = [](std::string_view target) {
        Request request;
        return request.set_target(target) ? file_path(request, 1) : std::nullopt;
    };
    EXPECT_EQ(path_of("/console/assets/app.js"), "assets/app.js");
    for (const std::string_view target : {"/console", "/console/", "/console//a", "/console/a%2Fb", "/console/..%2Fb",
                                          "/console/.git/config", "/console/a%5Cb", "/console/c:", "/console/../b"}) {
        EXPECT_EQ(path_of(target), std::nullopt) << target;
    }
}

TEST(net_request, encodes_what_it_decodes) {
    std::string all;
    for (int c = 1; c < 256; ++c) all.push_back(static_cast<char>(c));
    std::string encoded;
    append_percent_encoded(encoded, all);
    EXPECT_EQ(encoded.find_first_of("/?&=+# "), std::string::npos);
    std::string decoded;
    EXPECT_TRUE(append_percent_decoded(decoded, encoded, true));
    EXPECT_EQ(decoded, all);
}

}  // namespace
}  // namespace suki::server::net
