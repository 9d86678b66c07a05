// Runs the stories of tests/spec. `suki_spec [--only memory|sqlite|postgres|spread|http] [files…]`; SUKI_REWRITE=1 rewrites what
// they expect.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>

#include "house/app_stage.h"
#include "house/cluster.h"
#include "house/http_stage.h"
#include "house/story.h"
#include "house/test_database.h"
#include "source_dir.h"

namespace suki::house {
namespace {

struct Totals {
    int passed = 0;
    int failed = 0;
};

std::string difference(const Action& action, const Reply& reply) {
    std::string text;
    if (reply.outcome != action.outcome) text += "  outcome " + reply.outcome + ", expected " + action.outcome + "\n";
    for (const Word& word : action.expected) {
        const std::string* value = reply.find(word.name);
        if (value == nullptr)
            text += "  no figure `" + word.name + "` came out\n";
        else if (*value != word.value)
            text += "  " + word.name + "=" + *value + ", expected " + word.value + "\n";
    }
    return text;
}

bool play(Story& story, Stage& stage, const char* where, bool is_rewriting) {
    bool is_good = true;
    for (const Action& action : story.actions) {
        std::string problem;
        try {
            const Reply reply = stage.act(action);
            problem = difference(action, reply);
            if (is_rewriting && action.has_expectation) {
                story.lines[action.line - 1] = rewritten(story, action, reply);
                problem.clear();
            }
            if (const std::string broken = stage.check(); !broken.empty()) problem += "  invariants broken:\n" + broken;
        } catch (const std::exception& error) {
            problem = std::string{"  "} + error.what() + "\n";
        }
        if (problem.empty()) continue;
        std::printf("%s:%zu (%s): %s\n%s", story.path.c_str(), action.line, where, action.text.c_str(), problem.c_str());
        is_good = false;
        break;  // what follows rests on this line
    }
    return is_good;
}

void run(const std::string& path, const std::string& only, bool is_rewriting, Totals& totals) {
    Story story = read_story(path);
    if (!story.problem.empty()) {
        std::printf("%s: %s\n", path.c_str(), story.problem.c_str());
        ++totals.failed;
        return;
    }
    // What the interface refuses by its schema never reaches the application over HTTP.
    const bool is_straight = story.actions.front().verb == "straight";
    if (is_straight) story.actions.erase(story.actions.begin());
    const std::string folder = std::filesystem::path(path).parent_path().string();
    const auto count = [&totals](bool is_good) { ++(is_good ? totals.passed : totals.failed); };
    if (only.empty() || only == "memory") {
        World world("");
        AppStage stage(world, folder);
        count(play(story, stage, "memory", is_rewriting));
    }
    if (is_rewriting) {
        std::ofstream out(path, std::ios::trunc);
        for (const std::string& line : story.lines) out << line << '\n';
        return;
    }
    const std::filesystem::path file = std::filesystem::temp_directory_path() / ("suki-spec-" + std::to_string(getpid()) + ".db");
    const auto remove_file = [&file] {
        for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(file.string() + end);
    };
    if (only.empty() || only == "sqlite") {
        remove_file();
        {
            World world(file.string());
            AppStage stage(world, folder);
            count(play(story, stage, "sqlite", false));
        }
        remove_file();
    }
    if (!test_server().empty() && (only.empty() || only == "postgres")) {
        World world(lent_database());
        AppStage stage(world, folder);
        count(play(story, stage, "postgres", false));
    }
    // Takes minutes, since each line is followed by a look at everything: only for who asks.
    if (!test_server().empty() && only == "spread") {
        Cluster cluster;
        World world("", &cluster);
        AppStage stage(world, folder);
        count(play(story, stage, "spread", false));
    }
    if (!is_straight && (only.empty() || only == "http")) {
        World world("");
        const auto stage = make_http_stage(world, folder);
        count(play(story, *stage, "http", false));
    }
}

}  // namespace
}  // namespace suki::house

int main(int argc, char** argv) {
    using namespace suki::house;
    std::string only;
    std::vector<std::string> files;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        if (argument == "--only" && i + 1 < argc)
            only = argv[++i];
        else
            files.push_back(argument);
    }
    if (files.empty()) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(SUKI_SOURCE_DIR "/tests/spec")) {
            if (entry.path().extension() == ".spec") files.push_back(entry.path().string());
        }
    }
    std::sort(files.begin(), files.end());
    const char* rewrite = std::getenv("SUKI_REWRITE");
    Totals totals;
    for (const std::string& file : files) run(file, only, rewrite != nullptr && *rewrite == '1', totals);
    std::printf("%d passed, %d failed\n", totals.passed, totals.failed);
    return totals.failed == 0 && totals.passed > 0 ? 0 : 1;
}
