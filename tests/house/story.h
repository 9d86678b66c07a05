#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The language of tests/spec: one story a file, one action a line, `name=value` throughout.
///
///     # comment
///     verb  word…  name=value  {group of words}   -> ok|refusal  name=value…
///
/// Values with spaces stand in double quotes or square brackets. What stands behind `->` is what must come out; only the named
/// values are compared. A line without `->` must succeed. A story that begins with the line `straight` is of what the interface's
/// schema refuses by itself: it is played in the application only.
namespace suki::house {

struct Word {
    std::string name;  // empty: a bare word
    std::string value;
};
using Words = std::vector<Word>;

struct Action {
    std::size_t line = 0;
    std::string text;  // as written, up to `->`
    std::string verb;
    Words words;
    std::vector<Words> groups;  // {…}
    bool has_expectation = false;
    std::string outcome;  // `ok` or a refusal's code
    Words expected;

    /// The n-th bare word, or empty.
    [[nodiscard]] std::string bare(std::size_t n) const;
    [[nodiscard]] std::optional<std::string> named(std::string_view name) const;
};

struct Story {
    std::string path;
    std::vector<std::string> lines;  // the file as it stands
    std::vector<Action> actions;
    std::string problem;  // not empty: the file can't be read as a story
};
Story read_story(const std::string& path);

std::string find_named(const Words& words, std::string_view name);

/// What an action came to: `ok` or the refusal's code, and figures by name in a fixed order.
struct Reply {
    std::string outcome = "ok";
    std::vector<std::pair<std::string, std::string>> values;

    void add(std::string name, std::string value) { values.emplace_back(std::move(name), std::move(value)); }
    [[nodiscard]] const std::string* find(std::string_view name) const;
};

/// The line with its expectation replaced by what came out: the same names, or all values when none was named.
std::string rewritten(const Story& story, const Action& action, const Reply& reply);

/// Where a story runs: straight in the application, or over HTTP.
class Stage {
public:
    virtual ~Stage() = default;
    virtual Reply act(const Action& action) = 0;
    /// Every invariant of what is stored; empty when all hold.
    virtual std::string check() = 0;
};

}  // namespace suki::house
