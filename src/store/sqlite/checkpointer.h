#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "store/sqlite/database.h"

namespace suki::store::sqlite {

/// Copies what stands in the log into the database file beside the writer, in a thread and on a connection of its own, so that no
/// commit waits for it. Once nearly all is copied the last pages are copied between two commits: only when everything is in the
/// file does the next commit begin the log anew. Readers may hold the log back for as long as they read; it then grows.
class Checkpointer {
public:
    /// `pages`: from which length of the log on it is copied. `writing` is held while something is committed.
    Checkpointer(Connection::Options connection, int pages, std::recursive_mutex& writing);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    /// Nothing is copied after it.
    void stop();

    /// To be called by whoever writes, before `writing` is locked: waits while the last pages are copied. Without it a busy writer
    /// would have the lock again before this thread could take it.
    void let_pass();
    /// How long the log is after a commit. Called by the writer; the thread begins with the first time that it is long.
    void note(int pages);
    /// Whether the disk lost what was copied: nothing is copied any more, and the log, which still has all of it, must stay.
    [[nodiscard]] bool has_lost_pages() const { return has_lost_pages_; }

private:
    void run();
    /// False where it could not be done, by a fault or because another process does it.
    bool copy();
    struct Copied {
        int length = 0;  // of the log when it began, in pages
        int pages = 0;   // of it are in the file
        bool is_done = false;
    };
    Copied copy_once(bool is_in_haste);

    Connection::Options options_;
    const int pages_;
    std::recursive_mutex& writing_;
    Failure no_failure_;  // tests count the operations of readers and writers only
    std::unique_ptr<Connection> connection_;

    std::mutex mutex_;
    std::condition_variable changed_;
    int length_ = 0;  // guarded by mutex_, as are the two after it
    bool is_over_ = false;
    bool is_taking_turn_ = false;
    std::atomic<bool> wants_turn_{false};
    std::atomic<bool> has_lost_pages_{false};
    std::thread thread_;
};

}  // namespace suki::store::sqlite
