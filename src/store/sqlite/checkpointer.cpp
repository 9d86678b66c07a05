#include "store/sqlite/checkpointer.h"

#include <sqlite3.h>

#include <chrono>

#include "store/sqlite/file_systems.h"

namespace suki::store::sqlite {

namespace {

// So few are copied in some milliseconds, between two commits; what a writer adds while the rounds before copy is mostly less.
constexpr int kShortPages = 150;
constexpr int kRoundsMax = 8;
// So many times as long as it is when copying begins, and all of a round goes to the disk at once.
constexpr int kHastes = 3;
constexpr std::chrono::milliseconds kPause{100};  // before it is tried again, where readers hold it back or the disk refuses

}  // namespace

Checkpointer::Checkpointer(Connection::Options connection, int pages, std::recursive_mutex& writing)
    : options_(std::move(connection)), pages_(pages), writing_(writing) {
    options_.is_checkpointer = true;
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock{mutex_};
        is_over_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Checkpointer::let_pass() {
    if (!wants_turn_) return;
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !is_taking_turn_; });
}

void Checkpointer::note(int pages) {
    {
        const std::lock_guard lock{mutex_};
        length_ = pages;
        if (pages < pages_) return;
        if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
    }
    changed_.notify_all();
}

void Checkpointer::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || length_ >= pages_; });
        if (is_over_) return;
        lock.unlock();
        copy();
        lock.lock();
        changed_.wait_for(lock, kPause, [this] { return is_over_ || length_ < pages_; });
    }
}

void Checkpointer::copy() {
    try {
        if (!connection_) connection_ = std::make_unique<Connection>(options_, no_failure_);
    } catch (const StoreFault&) {
        return;  // what was not copied stands in the log; the next attempt may have more luck
    }
    bool is_in_haste = false;
    for (int round = 0; round < kRoundsMax; ++round) {
        const Copied copied = copy_once(is_in_haste);
        is_held_back_ = !copied.is_all_that_was;
        if (is_held_back_) return;
        const std::lock_guard lock{mutex_};
        if (is_over_) return;
        if (length_ - copied.pages <= kShortPages) break;
        is_in_haste = length_ > kHastes * pages_;
    }
    {
        const std::lock_guard lock{mutex_};
        wants_turn_ = is_taking_turn_ = true;
    }
    {
        const std::lock_guard no_commit{writing_};
        const Copied copied = copy_once(true);
        const std::lock_guard lock{mutex_};
        // The next commit, which begins the log anew, says how long it is then.
        if (copied.pages >= length_) length_ = 0;
        wants_turn_ = is_taking_turn_ = false;
    }
    changed_.notify_all();
}

Checkpointer::Copied Checkpointer::copy_once(bool is_in_haste) {
    set_haste(connection_->handle(), is_in_haste);
    int length = 0;
    int copied = 0;
    const int code = sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &length, &copied);
    return {.pages = copied, .is_all_that_was = code == SQLITE_OK && copied == length};
}

}  // namespace suki::store::sqlite
