#pragma once

#include <string_view>
#include <vector>

/// Files that the build put into the binary (cmake/embed.cmake): migrations, message patterns, the console, the API document.
namespace suki::embedded {

struct EmbeddedFile {
    std::string_view path;   // `migrations/sqlite/0001_first.sql`, `console/index.html`
    std::string_view bytes;  // followed by a NUL that is not part of it
};

/// Nothing when this binary was linked without such a file.
const EmbeddedFile* find(std::string_view path);
/// Those whose path starts with `prefix`, by path.
std::vector<const EmbeddedFile*> list(std::string_view prefix);

}  // namespace suki::embedded
