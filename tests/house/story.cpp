#include "house/story.h"

#include <cctype>
#include <fstream>

namespace suki::house {

namespace {

/// Reads one word at `at`: quotes and brackets keep spaces in. Returns false at the end or at a closing brace.
bool read_word(std::string_view text, std::size_t& at, std::string& word) {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at])) != 0) ++at;
    if (at >= text.size() || text[at] == '}') return false;
    word.clear();
    char closing = '\0';
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (closing != '\0') {
            if (c == closing) {
                if (c == ']') word += c;
                closing = '\0';
            } else {
                word += c;
            }
        } else if (c == '"') {
            closing = '"';
        } else if (c == '[') {
            closing = ']';
            word += c;
        } else if (std::isspace(static_cast<unsigned char>(c)) != 0 || c == '{' || c == '}') {
            break;
        } else {
            word += c;
        }
    }
    return true;
}

Word word_of(const std::string& text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) return {"", text};
    for (std::size_t i = 0; i < equals; ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (std::isalnum(c) == 0 && c != '_' && c != '.') return {"", text};
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

std::string quoted(const std::string& value) {
    const bool is_list = !value.empty() && value.front() == '[';
    if (!value.empty() && (is_list || value.find(' ') == std::string::npos)) return value;
    return "\"" + value + "\"";
}

bool parse(Action& action, std::string_view left, std::string_view right) {
    std::size_t at = 0;
    std::string word;
    while (at < left.size()) {
        while (at < left.size() && std::isspace(static_cast<unsigned char>(left[at])) != 0) ++at;
        if (at >= left.size()) break;
        if (left[at] == '{') {
            Words group;
            ++at;
            while (read_word(left, at, word)) group.push_back(word_of(word));
            if (at >= left.size()) return false;
            ++at;
            action.groups.push_back(std::move(group));
            continue;
        }
        if (!read_word(left, at, word)) return false;
        if (action.verb.empty()) {
            action.verb = word;
        } else {
            action.words.push_back(word_of(word));
        }
    }
    at = 0;
    while (read_word(right, at, word)) {
        if (action.outcome.empty()) {
            action.outcome = word;
        } else {
            action.expected.push_back(word_of(word));
        }
    }
    return !action.verb.empty();
}

}  // namespace

std::string Action::bare(std::size_t n) const {
    for (const Word& word : words) {
        if (word.name.empty() && n-- == 0) return word.value;
    }
    return {};
}

std::optional<std::string> Action::named(std::string_view name) const {
    for (const Word& word : words) {
        if (word.name == name) return word.value;
    }
    return std::nullopt;
}

std::string find_named(const Words& words, std::string_view name) {
    for (const Word& word : words) {
        if (word.name == name) return word.value;
    }
    return {};
}

const std::string* Reply::find(std::string_view name) const {
    for (const auto& [key, value] : values) {
        if (key == name) return &value;
    }
    return nullptr;
}

Story read_story(const std::string& path) {
    Story story;
    story.path = path;
    std::ifstream file(path);
    if (!file) story.problem = "can't be opened";
    std::string line;
    while (std::getline(file, line)) {
        story.lines.push_back(line);
        std::string_view text = line;
        const std::size_t start = text.find_first_not_of(" \t");
        if (start == std::string_view::npos || text[start] == '#') continue;
        Action action;
        action.line = story.lines.size();
        const std::size_t arrow = text.find("->");
        action.has_expectation = arrow != std::string_view::npos;
        action.text = text.substr(0, arrow);
        const std::string_view right = action.has_expectation ? text.substr(arrow + 2) : std::string_view{};
        if (!parse(action, action.text, right)) {
            story.problem = "line " + std::to_string(action.line) + " is not an action";
            break;
        }
        if (action.outcome.empty()) action.outcome = "ok";
        story.actions.push_back(std::move(action));
    }
    if (story.problem.empty() && story.actions.empty()) story.problem = "tells nothing";
    return story;
}

std::string rewritten(const Story& story, const Action& action, const Reply& reply) {
    std::string line = story.lines[action.line - 1];
    const std::size_t arrow = line.find("->");
    if (arrow != std::string::npos) line.resize(arrow);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    line += std::string(line.size() < 58 ? 58 - line.size() : 1, ' ') + "-> " + reply.outcome;
    for (const auto& [name, value] : reply.values) {
        bool is_wanted = action.expected.empty() || action.outcome != reply.outcome;
        for (const Word& word : action.expected) is_wanted = is_wanted || word.name == name;
        if (is_wanted) line += " " + name + "=" + quoted(value);
    }
    return line;
}

}  // namespace suki::house
