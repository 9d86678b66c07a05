#include "store/sqlite/file_systems.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdint>
#include <new>
#include <string>

#include "base/check.h"

namespace suki::store::sqlite {

namespace {

constexpr std::size_t kHeldMost = std::size_t{4} << 20;  // bytes
// SQLite's file system takes less than 128 KiB at a time: it never expects more than a page.
constexpr std::size_t kWrittenAtOnce = 124 * 1024;
// The disk is done with so many pages from all over the file in some milliseconds. Measured: with fewer the copying lasts so long
// that the log grows threefold meanwhile, with more a commit waits longer.
constexpr int kPagesAtOnce = 256;
constexpr int kHaste = 20'001;  // of sqlite3_file_control: numbers up to 100 are SQLite's own
constexpr int kBroken = 20'002;
// Of the log's index (sqlite.org/walformat.html): where it says how many pages of the log are in the file, and the lock that is
// held while they are copied.
constexpr std::size_t kCopiedAt = 96;  // bytes
constexpr int kCopyingLock = 3;

/// A file of ours; the file of the system stands behind it in the same memory.
struct File {
    sqlite3_file base;
    std::string* held;     // of a log: what follows `begin` in the file and was not written yet
    sqlite3_int64 begin;   // of a log: a place in the file
    int pages;             // of a database: written since the last sync
    bool is_in_haste;      // of a database
    bool is_broken;        // of a database: a sync failed, and nobody knows which pages were lost
    volatile void* index;  // of a database: the first part of its log's index, or null
    std::uint32_t copied;  // of a database: what that said when copying began
};

File& ours(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* behind(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(file) + 1); }

sqlite3_vfs& system_vfs() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    SUKI_CHECK(vfs != nullptr);
    return *vfs;
}

/// What the file of the system does.
template <auto Method>
struct Straight;
template <class Result, class... Arguments, Result (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct Straight<Method> {
    static Result call(sqlite3_file* file, Arguments... arguments) {
        sqlite3_file* real = behind(file);
        return (real->pMethods->*Method)(real, arguments...);
    }
};

// -- The log
//
// Something is held only within one commit, from its first page to its sync, while SQLite has the log to itself: nothing spills
// before
// (`cache_spill` is off), and whatever fails forgets what is held. Written any later it could lie over what another process wrote.

/// What could not be written is forgotten: SQLite is told, and undoes the transaction.
int write_held(sqlite3_file* file) {
    File& log = ours(file);
    if (log.held->empty()) return SQLITE_OK;
    sqlite3_file* real = behind(file);
    int code = SQLITE_OK;
    for (std::size_t done = 0; done < log.held->size() && code == SQLITE_OK; done += kWrittenAtOnce) {
        const std::size_t size = std::min(kWrittenAtOnce, log.held->size() - done);
        code = real->pMethods->xWrite(real, log.held->data() + done, static_cast<int>(size),
                                      log.begin + static_cast<sqlite3_int64>(done));
    }
    log.held->clear();
    return code;
}

/// After what is held was written.
template <auto Method>
struct AfterHeld;
template <class... Arguments, int (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct AfterHeld<Method> {
    static int call(sqlite3_file* file, Arguments... arguments) {
        if (const int code = write_held(file); code != SQLITE_OK) return code;
        return Straight<Method>::call(file, arguments...);
    }
};

int close_log(sqlite3_file* file) {
    delete ours(file).held;
    return Straight<&sqlite3_io_methods::xClose>::call(file);
}

int read_log(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
    const File& log = ours(file);
    const bool is_held = offset < log.begin + static_cast<sqlite3_int64>(log.held->size()) && offset + size > log.begin;
    if (is_held) return AfterHeld<&sqlite3_io_methods::xRead>::call(file, to, size, offset);
    return Straight<&sqlite3_io_methods::xRead>::call(file, to, size, offset);
}

int write_log(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    File& log = ours(file);
    const bool follows = offset == log.begin + static_cast<sqlite3_int64>(log.held->size());
    if (!follows || log.held->size() >= kHeldMost) {
        if (const int code = write_held(file); code != SQLITE_OK) return code;
    }
    if (log.held->empty()) log.begin = offset;
    try {
        log.held->append(static_cast<const char*>(from), static_cast<std::size_t>(size));
    } catch (const std::bad_alloc&) {
        log.held->clear();
        return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
}

// -- The database

/// Once one failed no other is to be believed: Linux takes the pages for written, and says nothing the second time.
int sync_pages(sqlite3_file* file) {
    File& database = ours(file);
    database.pages = 0;
    database.is_broken = database.is_broken || Straight<&sqlite3_io_methods::xSync>::call(file, SQLITE_SYNC_NORMAL) != SQLITE_OK;
    return database.is_broken ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

int write_page(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
    File& database = ours(file);
    if (database.is_broken) return SQLITE_IOERR_FSYNC;
    if (const int code = Straight<&sqlite3_io_methods::xWrite>::call(file, from, size, offset); code != SQLITE_OK) return code;
    ++database.pages;
    return database.is_in_haste || database.pages < kPagesAtOnce ? SQLITE_OK : sync_pages(file);
}

int control_pages(sqlite3_file* file, int what, void* argument) {
    File& database = ours(file);
    if (what == kHaste) {
        database.is_in_haste = *static_cast<const bool*>(argument);
        return SQLITE_OK;
    }
    if (what == kBroken) {
        *static_cast<bool*>(argument) = database.is_broken;
        return SQLITE_OK;
    }
    // Before SQLite notes how far the log was copied, which it does also where more was added meanwhile, and then without a sync.
    if (what == SQLITE_FCNTL_CKPT_DONE && database.pages > 0) (void)sync_pages(file);
    return Straight<&sqlite3_io_methods::xFileControl>::call(file, what, argument);
}

int map_index(sqlite3_file* file, int part, int size, int is_made, void volatile** to) {
    const int code = Straight<&sqlite3_io_methods::xShmMap>::call(file, part, size, is_made, to);
    if (part == 0) ours(file).index = code == SQLITE_OK ? *to : nullptr;
    return code;
}

int unmap_index(sqlite3_file* file, int is_removed) {
    ours(file).index = nullptr;
    return Straight<&sqlite3_io_methods::xShmUnmap>::call(file, is_removed);
}

/// SQLite does not hear of a sync that failed where more was added to the log meanwhile, and notes what was copied all the same:
/// pages that the disk lost would be read from the file, which this process or another may see as it was before. That is undone
/// before the lock is given up.
int lock_index(sqlite3_file* file, int lock, int count, int flags) {
    File& database = ours(file);
    const bool is_copying = lock == kCopyingLock && count == 1 && (flags & SQLITE_SHM_EXCLUSIVE) != 0 && database.index != nullptr;
    if (!is_copying) return Straight<&sqlite3_io_methods::xShmLock>::call(file, lock, count, flags);
    volatile char* const begin = static_cast<volatile char*>(database.index);
    auto* const copied = reinterpret_cast<volatile std::uint32_t*>(begin + kCopiedAt);
    const bool is_end = (flags & SQLITE_SHM_UNLOCK) != 0;
    if (is_end && database.is_broken) __atomic_store_n(copied, database.copied, __ATOMIC_SEQ_CST);
    const int code = Straight<&sqlite3_io_methods::xShmLock>::call(file, lock, count, flags);
    if (!is_end && code == SQLITE_OK) database.copied = __atomic_load_n(copied, __ATOMIC_SEQ_CST);
    return code;
}

constexpr sqlite3_io_methods kStraight{
    .iVersion = 3,
    .xClose = Straight<&sqlite3_io_methods::xClose>::call,
    .xRead = Straight<&sqlite3_io_methods::xRead>::call,
    .xWrite = Straight<&sqlite3_io_methods::xWrite>::call,
    .xTruncate = Straight<&sqlite3_io_methods::xTruncate>::call,
    .xSync = Straight<&sqlite3_io_methods::xSync>::call,
    .xFileSize = Straight<&sqlite3_io_methods::xFileSize>::call,
    .xLock = Straight<&sqlite3_io_methods::xLock>::call,
    .xUnlock = Straight<&sqlite3_io_methods::xUnlock>::call,
    .xCheckReservedLock = Straight<&sqlite3_io_methods::xCheckReservedLock>::call,
    .xFileControl = Straight<&sqlite3_io_methods::xFileControl>::call,
    .xSectorSize = Straight<&sqlite3_io_methods::xSectorSize>::call,
    .xDeviceCharacteristics = Straight<&sqlite3_io_methods::xDeviceCharacteristics>::call,
    .xShmMap = Straight<&sqlite3_io_methods::xShmMap>::call,
    .xShmLock = Straight<&sqlite3_io_methods::xShmLock>::call,
    .xShmBarrier = Straight<&sqlite3_io_methods::xShmBarrier>::call,
    .xShmUnmap = Straight<&sqlite3_io_methods::xShmUnmap>::call,
    .xFetch = Straight<&sqlite3_io_methods::xFetch>::call,
    .xUnfetch = Straight<&sqlite3_io_methods::xUnfetch>::call,
};

constexpr sqlite3_io_methods log_methods() {
    sqlite3_io_methods methods = kStraight;
    methods.iVersion = 1;  // what comes with later versions is asked of the database file, never of its log
    methods.xClose = close_log;
    methods.xRead = read_log;
    methods.xWrite = write_log;
    methods.xTruncate = AfterHeld<&sqlite3_io_methods::xTruncate>::call;
    methods.xSync = AfterHeld<&sqlite3_io_methods::xSync>::call;
    methods.xFileSize = AfterHeld<&sqlite3_io_methods::xFileSize>::call;
    return methods;
}
constexpr sqlite3_io_methods page_methods() {
    sqlite3_io_methods methods = kStraight;
    methods.xWrite = write_page;
    methods.xSync = [](sqlite3_file* file, int) { return sync_pages(file); };
    methods.xFileControl = control_pages;
    methods.xShmMap = map_index;
    methods.xShmUnmap = unmap_index;
    methods.xShmLock = lock_index;
    return methods;
}
constexpr sqlite3_io_methods kLogMethods = log_methods();
constexpr sqlite3_io_methods kPageMethods = page_methods();

// -- Opening

/// Files of one kind are ours, all others the system's.
int open_file(const sqlite3_io_methods& methods, bool is_ours, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    sqlite3_vfs& system = system_vfs();
    if (!is_ours) return system.xOpen(&system, name, file, flags, out_flags);
    file->pMethods = nullptr;  // which tells SQLite that there is nothing to close
    std::string* held = nullptr;
    if (&methods == &kLogMethods && (held = new (std::nothrow) std::string) == nullptr) return SQLITE_NOMEM;
    if (const int code = system.xOpen(&system, name, behind(file), flags, out_flags); code != SQLITE_OK) {
        delete held;
        return code;
    }
    const sqlite3_io_methods& real = *behind(file)->pMethods;
    SUKI_CHECK(real.iVersion >= methods.iVersion);
    // Else SQLite would pad a commit's last sector, and sync in the middle of it.
    SUKI_CHECK((real.xDeviceCharacteristics(behind(file)) & SQLITE_IOCAP_POWERSAFE_OVERWRITE) != 0);
    ours(file) = {.base = {.pMethods = &methods},
                  .held = held,
                  .begin = 0,
                  .pages = 0,
                  .is_in_haste = false,
                  .is_broken = false,
                  .index = nullptr,
                  .copied = 0};
    return SQLITE_OK;
}
int open_held(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    return open_file(kLogMethods, (flags & SQLITE_OPEN_WAL) != 0, name, file, flags, out_flags);
}
int open_paced(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    return open_file(kPageMethods, (flags & SQLITE_OPEN_MAIN_DB) != 0, name, file, flags, out_flags);
}

/// All but the opening of files is the system's.
sqlite3_vfs made(const char* name, decltype(sqlite3_vfs::xOpen) open) {
    sqlite3_vfs vfs = system_vfs();
    vfs.pNext = nullptr;
    vfs.zName = name;
    vfs.szOsFile += static_cast<int>(sizeof(File));
    vfs.xOpen = open;
    return vfs;
}

}  // namespace

const char* held_log() {
    static sqlite3_vfs vfs = made("suki-held-log", open_held);
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    SUKI_CHECK(registered == SQLITE_OK);
    return vfs.zName;
}

void set_haste(sqlite3* connection, bool is_in_haste) {
    sqlite3_file_control(connection, "main", kHaste, &is_in_haste);  // any other file system takes no notice of it
}

bool has_lost_pages(sqlite3* connection) {
    bool is_broken = false;
    sqlite3_file_control(connection, "main", kBroken, &is_broken);
    return is_broken;
}

const char* paced_pages() {
    static sqlite3_vfs vfs = made("suki-paced-pages", open_paced);
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    SUKI_CHECK(registered == SQLITE_OK);
    return vfs.zName;
}

}  // namespace suki::store::sqlite
