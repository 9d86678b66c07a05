#include "store/new_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "store/store.h"

namespace suki::store {

namespace {

bool is_there(const std::string& path) {
    struct stat status{};
    return lstat(path.c_str(), &status) == 0;
}

/// Of a file or a folder.
bool make_durable(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool is_done = fsync(file) == 0;
    close(file);
    return is_done;
}

/// Never over another file. Where the file system has no such rename it is looked for first.
bool name_it(const std::string& from, const std::string& to) {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    if (is_there(to)) {
        errno = EEXIST;
        return false;
    }
    return rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

bool make_private(const std::string& path) {
    const int file = open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (file < 0) return false;
    close(file);
    return true;
}

NewFile::NewFile(std::string path, std::string what)
    : path_(std::move(path)), partial_(path_ + ".partial"), what_(std::move(what)) {
    if (is_there(path_)) throw StoreFault{"a " + what_ + " overwrites nothing: " + path_ + " is there already", false};
    if (make_private(partial_)) return;
    if (errno == EEXIST) {
        throw StoreFault{"another " + what_ + " is being written, or one was cut off: if none is under way, remove " + partial_,
                         false};
    }
    throw StoreFault{"cannot make " + partial_ + ": " + strerror(errno), false};
}

NewFile::~NewFile() {
    if (is_kept_) return;
    // What a database left beside it goes too.
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) unlink((partial_ + suffix).c_str());
}

void NewFile::keep() {
    if (!make_durable(partial_)) throw StoreFault{"cannot write " + partial_ + ": " + strerror(errno), true};
    if (!name_it(partial_, path_)) throw StoreFault{"cannot name the " + what_ + " " + path_ + ": " + strerror(errno), false};
    is_kept_ = true;
    const std::filesystem::path folder = std::filesystem::path{path_}.parent_path();
    make_durable(folder.empty() ? "." : folder.string());
}

}  // namespace suki::store
