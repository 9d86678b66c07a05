#pragma once

struct sqlite3;

/// File systems for SQLite that write better than its own, which stands behind both. Each is made on the first call; what comes
/// back is the name to open a connection with.
namespace suki::store::sqlite {

/// For who commits. SQLite writes its log page by page, two calls of the system for each: here it is held until SQLite asks for it
/// to be on the disk (or reads it), and then written at once. Only for `synchronous = full`, where SQLite syncs the log before it
/// lets anybody read what a commit wrote.
const char* held_log();

/// For who copies the log into the database file. SQLite writes all pages of it and then asks for them to be on the disk, which
/// takes as long as there are pages, and commits that want their log on the same disk wait behind it. Here some pages go to the
/// disk at a time.
const char* paced_pages();
/// Of a connection opened with it: all at once, where the log grows faster than it is copied, or somebody waits.
void set_haste(sqlite3* connection, bool is_in_haste);
/// Whether the disk ever refused to keep what that connection copied.
bool has_lost_pages(sqlite3* connection);

}  // namespace suki::store::sqlite
