#include "store/sqlite/checkpointer.h"

#include <sqlite3.h>

#include <chrono>
#include <system_error>

#include "store/sqlite/file_systems.h"

namespace suki::store::sqlite {

namespace {

// So few are copied in some milliseconds, between two commits; what a writer adds while the rounds before copy is mostly less.
constexpr int kShortPages = 150;
constexpr int kRoundsMax = 8;
// So many times as long as it is when copying begins, and all of a round goes to the disk at once.
constexpr int kHastes = 3;
// And so many times, and the writer has to wait until all is copied.
constexpr int kBehind = 8;
constexpr std::chrono::milliseconds kPause{20};  // where readers hold it back, before it is tried again
constexpr std::chrono::milliseconds kPauseAfterFault{1000};

}  // namespace

Checkpointer::Checkpointer(Connection::Options connection, int pages, std::recursive_mutex& writing)
    : options_(std::move(connection)), pages_(pages), writing_(writing) {
    options_.is_checkpointer = true;
}

Checkpointer::~Checkpointer() { stop(); }

void Checkpointer::stop() {
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
        if (pages < pages_ || has_lost_pages_) return;
        try {
            if (!thread_.joinable()) thread_ = std::thread{[this] { run(); }};
        } catch (const std::system_error&) {
            return;  // what is durable is not to fail for want of a thread: the log grows, and the next commit tries again
        }
    }
    changed_.notify_all();
}

void Checkpointer::run() {
    std::unique_lock lock{mutex_};
    for (;;) {
        changed_.wait(lock, [this] { return is_over_ || length_ >= pages_; });
        if (is_over_) return;
        lock.unlock();
        bool is_done = false;
        try {
            is_done = copy();
        } catch (const std::exception&) {
            // What was not copied stands in the log; the next attempt may have more luck.
        }
        lock.lock();
        if (has_lost_pages_) return;
        changed_.wait_for(lock, is_done ? kPause : kPauseAfterFault, [this] { return is_over_; });
    }
}

bool Checkpointer::copy() {
    if (!connection_) connection_ = std::make_unique<Connection>(options_, no_failure_);
    bool is_in_haste = false;
    for (int round = 0; round < kRoundsMax; ++round) {
        const Copied copied = copy_once(is_in_haste);
        if (!copied.is_done) return false;
        if (copied.length - copied.pages > kShortPages) return true;  // a reader holds it back
        const std::lock_guard lock{mutex_};
        if (is_over_) return true;
        if (length_ - copied.pages <= kShortPages || length_ >= kBehind * pages_) break;
        is_in_haste = length_ > kHastes * pages_;
    }
    {
        const std::lock_guard lock{mutex_};
        wants_turn_ = is_taking_turn_ = true;
    }
    Copied copied;
    {
        const std::lock_guard no_commit{writing_};
        copied = copy_once(true);
        const std::lock_guard lock{mutex_};
        // Of the log as it is now: another process may have begun it anew. The next commit says how long it is then.
        if (copied.is_done) length_ = copied.pages >= copied.length ? 0 : copied.length;
        wants_turn_ = is_taking_turn_ = false;
    }
    changed_.notify_all();
    return copied.is_done;
}

Checkpointer::Copied Checkpointer::copy_once(bool is_in_haste) {
    set_haste(connection_->handle(), is_in_haste);
    Copied copied;
    const int code =
        sqlite3_wal_checkpoint_v2(connection_->handle(), "main", SQLITE_CHECKPOINT_PASSIVE, &copied.length, &copied.pages);
    // Another process that copies it just now is no fault.
    copied.is_done = code == SQLITE_OK;
    has_lost_pages_ = sqlite::has_lost_pages(connection_->handle());
    if (has_lost_pages_) copied.is_done = false;
    return copied;
}

}  // namespace suki::store::sqlite
