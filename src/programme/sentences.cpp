#include "programme/sentences.h"

#include <algorithm>

namespace suki::programme {

std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 60;
    std::string part{text.substr(0, kShown)};
    if (text.size() > kShown) {
        // Never half a character: take off the continuation bytes and the lead of the last one, which may be incomplete.
        while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0xc0) == 0x80) part.pop_back();
        if (!part.empty() && static_cast<unsigned char>(part.back()) >= 0x80) part.pop_back();
        part += "…";
    }
    for (char& c : part) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    }
    return part;
}

std::string in_quotes(std::string_view text) { return "`" + shown(text) + "`"; }

Message key_hint(const MapSpec& map, const KeySpec& key) {
    return {.key = "hint.key." + std::string{map.name} + "." + std::string{key.name}, .arguments = {}};
}

namespace {

void add_keys_of(const MapSpec& map, std::vector<const MapSpec*>& seen, std::vector<SentenceSpec>& all) {
    if (std::find(seen.begin(), seen.end(), &map) != seen.end()) return;
    seen.push_back(&map);
    for (const KeySpec& key : map.keys) {
        if (key.is_required) all.push_back({key_hint(map, key).key, {}});
        if (key.map != nullptr) add_keys_of(*key.map, seen, all);
    }
}

}  // namespace

std::vector<SentenceSpec> all_sentences() {
    std::vector<SentenceSpec> all{
#define SUKI_SENTENCE(group, name, ...) {std::string{group::name.key()}, group::name.slots()},
#include "programme/sentences.def"
#undef SUKI_SENTENCE
    };
    std::vector<const MapSpec*> seen;
    add_keys_of(keys::document, seen, all);
    return all;
}

}  // namespace suki::programme
