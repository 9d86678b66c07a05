#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "app/app.h"
#include "app/decide.h"
#include "app/desk.h"

namespace suki::app {

struct Job {
    Caller caller;
    Command command;
    Callback callback;
    bool is_bulk = false;
    bool is_key_ours = false;  // the Idempotency-Key was made by the committer
    Instant recorded_at;       // 0: not yet accepted
};

struct App::Core {
    Core(store::Store& with_store, Wiring with_wiring);

    // -- The committer's thread
    void run();
    void commit(std::vector<Job> jobs);
    /// Decides and commits all of `jobs` together. True when every callback has its answer ready in `answers`.
    bool try_commit(std::vector<Job>& jobs, std::vector<std::optional<Answered<Answer>>>& answers);
    Answered<Answer> decide_job(Desk& batch, Job& job);
    void quarantine(const Job& job, const std::string& reason);
    Instant next_instant();
    /// Reads anew what another process changed: looks at most once in the time that Wiring allows, unless something was refused for
    /// it.
    void notice_others();
    void read_quarantine();
    /// The first MAC key, on the first start.
    void make_mac_key();
    /// Writes and lets readers see it.
    void commit_desk(Desk& desk);
    /// Rows that nobody caches, from any thread; false when the store can't.
    bool commit_rows(const store::Batch& batch);

    store::Store& store;
    const Wiring wiring;
    std::int64_t others_mark;  // committer only; of before what `source` has read
    std::chrono::steady_clock::time_point look_again_at{};
    Source source;

    std::mutex commit_mutex;  // the store takes one commit at a time; sessions come from callers' threads
    std::function<void(Desk&)> commit_now;
    std::mutex mutex;
    std::condition_variable waiting;
    std::deque<Job> queue;
    bool is_stopping = false;
    std::thread thread;
    std::int64_t last_recorded_us = 0;  // committer only
    std::set<Digest> quarantined;       // committer only
    std::atomic<bool> is_ready{true};

    std::atomic<std::uint64_t> commands{0}, refused{0}, commits{0}, commit_us{0}, quarantine_count{0}, store_faults{0};

    struct Failures {
        int count = 0;
        Instant first_at;
    };
    std::mutex sign_in_mutex;
    std::map<std::string, Failures> sign_in_failures;
};

/// Argon2id, encoded with its salt.
std::string password_hash(const Wiring& wiring, std::string_view password);
/// 20 symbols, about 100 bits.
std::string random_password(const Wiring& wiring);

}  // namespace suki::app
