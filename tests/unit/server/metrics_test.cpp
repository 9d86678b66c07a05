#include "server/metrics.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "house.h"

namespace suki::server {
namespace {

class MetricsRoute : public ServerTest {
protected:
    MetricsRoute() { figures_every = std::chrono::milliseconds{5}; }

    std::string scrape() { return service("GET", "/metrics").body; }
    /// Every sample by its name and labels.
    std::map<std::string, std::string> samples() {
        std::map<std::string, std::string> all;
        std::string line;
        for (const char c : scrape()) {
            if (c != '\n') {
                line += c;
                continue;
            }
            if (!line.starts_with('#')) all.emplace(line.substr(0, line.rfind(' ')), line.substr(line.rfind(' ') + 1));
            line.clear();
        }
        return all;
    }
    /// What the database holds is counted by a thread of its own: waits until it has seen it.
    void expect_soon(const std::string& sample, const std::string& wanted) {
        std::string got;
        for (int i = 0; i < 2'000 && got != wanted; ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds{5});
            const auto all = samples();
            const auto found = all.find(sample);
            got = found == all.end() ? "none" : found->second;
        }
        EXPECT_EQ(got, wanted) << sample;
    }
};

TEST(MetricsText, LabelsAreEscapedAndHistogramsAddUp) {
    std::string out;
    append_sample(out, "m", {{"a", "x\"y\\z\n"}, {"b", ""}}, -3);
    EXPECT_EQ(out, "m{a=\"x\\\"y\\\\z\\n\",b=\"\"} -3\n");
    app::Histogram<2> histogram{{10, 1'500'000}};
    for (const std::int64_t value : {0, 10, 11, 1'500'000, 1'500'001}) histogram.add(value);
    out.clear();
    append_histogram(out, "h", "Help.", histogram.figures(), 1'000'000);
    EXPECT_EQ(out,
              "# HELP h Help.\n# TYPE h histogram\nh_bucket{le=\"0.000010\"} 2\nh_bucket{le=\"1.500000\"} 4\n"
              "h_bucket{le=\"+Inf\"} 5\nh_sum 3.000022\nh_count 5\n");
}

TEST_F(MetricsRoute, TellsWhatBecameOfCommandsAndWhatIsHeld) {
    const std::string member = join();
    ASSERT_EQ(till("PUT", "/v1/receipts/r1", kReceipt).status, 200);
    ASSERT_EQ(till("PUT", "/v1/receipts/r1", kReceipt).status, 200);
    ASSERT_NE(till("POST", "/v1/receipts/none/void", R"({"id":"v","occurred_at":"2026-03-01T08:30:00+03:00"})").status, 200);
    const auto all = samples();
    const auto of = [&](const std::string& name) { return all.contains(name) ? all.at(name) : "none"; };
    EXPECT_EQ(of("suki_commands_total{command=\"record_receipt\",outcome=\"done\"}"), "1");
    EXPECT_EQ(of("suki_commands_total{command=\"record_receipt\",outcome=\"repeated\"}"), "1");
    EXPECT_EQ(of("suki_commands_total{command=\"void_receipt\",outcome=\"refused\"}"), "1");
    EXPECT_EQ(of("suki_entries_total{kind=\"earn\"}"), "1");
    EXPECT_EQ(of("suki_entries_total{kind=\"expire\"}"), "0");
    EXPECT_EQ(of("suki_commands_waiting"), "0");
    EXPECT_EQ(of("suki_workers"), "4");
    EXPECT_NE(of("suki_workers_busy"), "0") << "one answers this";
    EXPECT_EQ(of("suki_batch_commands_count"), of("suki_batch_commands_bucket{le=\"+Inf\"}"));
    EXPECT_NE(of("suki_command_wait_seconds_count"), "0");
    EXPECT_NE(of("suki_commit_seconds_count"), "0");
    const std::string shop = "organisation=\"foods\",programme=\"shop\"";
    expect_soon("suki_members{" + shop + "}", "1");
    const std::string balance = server::at(till("GET", "/v1/members/" + member + "/account").body, "/balances/0/available");
    ASSERT_NE(balance, "none");
    expect_soon("suki_points{" + shop + ",unit=\"points\",state=\"available\"}", balance);
    expect_soon("suki_discrepancies_open{" + shop + "}", "0");
    expect_soon("suki_outbox_events", std::to_string(store->read_outbox(1'000).size()));
}

TEST_F(MetricsRoute, OfAnotherOrganisationAreNotTold) {
    join();
    const app::Caller of_others{.organisation = "others", .api_key = "operator"};
    ASSERT_TRUE(app->run(of_others, app::CreateOrganisation{.id = "others", .title = "Others"}));
    const auto published = app->run(of_others, app::PublishEdition{.document = std::string{kShop}, .allow_past = true});
    ASSERT_TRUE(published) << published.error().code;
    const auto key = app->run(of_others, app::CreateApiKey{.name = "monitoring", .scopes = {app::KeyScope::service}});
    ASSERT_TRUE(key);
    expect_soon("suki_members{organisation=\"foods\",programme=\"shop\"}", "1");
    std::string theirs;
    for (int i = 0; i < 2'000 && theirs.find("suki_members{organisation=\"others\"") == std::string::npos; ++i) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        theirs = ask("GET", "/metrics", {{"Authorization", "Bearer " + key->secret}}).body;
    }
    EXPECT_NE(theirs.find("suki_members{organisation=\"others\""), std::string::npos) << theirs;
    EXPECT_EQ(theirs.find("foods"), std::string::npos) << theirs;
    EXPECT_EQ(scrape().find("others"), std::string::npos);
}

TEST_F(MetricsRoute, EachMetricHasItsHeadOnceAndBeforeItsSamples) {
    join();
    expect_soon("suki_members{organisation=\"foods\",programme=\"shop\"}", "1");
    std::set<std::string> heads;
    std::string line;
    for (const char c : scrape()) {
        if (c != '\n') {
            line += c;
            continue;
        }
        if (line.starts_with("# TYPE ")) {
            EXPECT_TRUE(heads.insert(line.substr(7, line.find(' ', 7) - 7)).second) << line;
        } else if (!line.starts_with('#')) {
            std::string name = line.substr(0, line.find_first_of("{ "));
            for (const std::string ending : {"_bucket", "_sum", "_count"}) {
                if (name.ends_with(ending) && heads.contains(name.substr(0, name.size() - ending.size()))) {
                    name.resize(name.size() - ending.size());
                }
            }
            EXPECT_TRUE(heads.contains(name)) << line;
        }
        line.clear();
    }
    EXPECT_GT(heads.size(), 30u);
}

}  // namespace
}  // namespace suki::server
