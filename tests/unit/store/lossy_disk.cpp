#include "lossy_disk.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <stdexcept>
#include <utility>

namespace suki::store::testing {

namespace {

// Written before `is_failing`, and read after it.
dev_t device = 0;
ino_t inode = 0;
std::function<void()> meanwhile;
std::atomic<bool> is_failing{false};
std::atomic<bool> has_begun{false};  // the sync that fails
std::atomic<bool> has_failed{false};

bool is_meant(int file) {
    struct stat status{};
    return is_failing && fstat(file, &status) == 0 && status.st_dev == device && status.st_ino == inode;
}

int sync_or_lose(int file, long call) {
    if (is_meant(file) && !has_begun.exchange(true)) {
        if (meanwhile) meanwhile();
        has_failed = true;
        errno = EIO;
        return -1;
    }
    return static_cast<int>(syscall(call, file));
}

}  // namespace

LossyDisk::LossyDisk(const std::string& file, std::function<void()> called_meanwhile) {
    struct stat status{};
    if (stat(file.c_str(), &status) != 0) throw std::runtime_error("there is no " + file);
    device = status.st_dev;
    inode = status.st_ino;
    meanwhile = std::move(called_meanwhile);
    has_begun = has_failed = false;
    is_failing = true;
}

LossyDisk::~LossyDisk() { is_failing = false; }

bool LossyDisk::has_lost() const { return has_failed; }

}  // namespace suki::store::testing

// In the place of the system's, for SQLite as well: what a program defines comes before what its libraries do.
extern "C" int fdatasync(int file) { return suki::store::testing::sync_or_lose(file, SYS_fdatasync); }
extern "C" int fsync(int file) { return suki::store::testing::sync_or_lose(file, SYS_fsync); }
