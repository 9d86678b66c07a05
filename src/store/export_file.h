#pragma once

#include <functional>
#include <string>

#include "base/time.h"
#include "store/contents.h"

/// The file that holds everything in a form of its own, for moving between databases: docs/guide/export-format.md says each byte.
namespace suki::store {

class Store;

/// Puts a content into a sink, and says afterwards what it was. Throws StoreFault: the sink has then got a part of it, without an
/// end.
using ContentSource = std::function<Contents(ContentSink&)>;

struct ExportOptions {
    std::string path;  // must not exist; `-`: standard output
    Instant now;       // when it is made
    ContentProgress told;
};
/// Writes all of one moment, while the database is in use. The file has its name only when it is whole, and is its owner's only.
/// Throws StoreFault.
Contents write_export(Store& store, const ExportOptions& options);

/// What an export says of itself.
struct ExportHead {
    std::string made_by;  // `suki 0.1.0`
    Instant made_at;
    std::vector<TableShape> tables;
};
/// Whether the file begins as an export does. Throws StoreFault where it can't be read.
bool is_export(const std::string& path);
/// Reads the export at `path`, or from standard input (`-`), checking each byte: a damaged, cut or newer one is a StoreFault that
/// says which and where. `head` hears what it says of itself, first.
ContentSource read_export(std::string path, ContentProgress told = {}, std::function<void(const ExportHead&)> head = {});

}  // namespace suki::store
