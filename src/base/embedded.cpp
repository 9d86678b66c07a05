#include "base/embedded.h"

#include <algorithm>
#include <cstdint>

namespace suki::embedded {

namespace {

/// An entry as cmake/embed.S.in lays it down.
struct LaidDown {
    const char* path;
    std::uint64_t path_size;
    const char* bytes;
    std::uint64_t size;
};

}  // namespace

// The linker names the ends of a section whose name is a C identifier. Weak, because a binary may embed nothing.
extern "C" {
extern const LaidDown __start_suki_embedded[] __attribute__((weak, visibility("hidden")));  // NOLINT
extern const LaidDown __stop_suki_embedded[] __attribute__((weak, visibility("hidden")));   // NOLINT
}

namespace {

const std::vector<EmbeddedFile>& files() {
    static const std::vector<EmbeddedFile> sorted = [] {
        std::vector<EmbeddedFile> all;
        for (const LaidDown* entry = __start_suki_embedded; entry != __stop_suki_embedded; ++entry) {
            all.push_back({{entry->path, entry->path_size}, {entry->bytes, entry->size}});
        }
        std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
        return all;
    }();
    return sorted;
}

}  // namespace

const EmbeddedFile* find(std::string_view path) {
    const auto& all = files();
    const auto at =
        std::lower_bound(all.begin(), all.end(), path, [](const auto& file, auto wanted) { return file.path < wanted; });
    return at != all.end() && at->path == path ? &*at : nullptr;
}

std::vector<const EmbeddedFile*> list(std::string_view prefix) {
    std::vector<const EmbeddedFile*> found;
    for (const EmbeddedFile& file : files()) {
        if (file.path.substr(0, prefix.size()) == prefix) found.push_back(&file);
    }
    return found;
}

}  // namespace suki::embedded
