#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

#include "app/app.h"
#include "app/decide.h"
#include "app/desk.h"
#include "app/sign_in_guard.h"
#include "store/in_flight.h"
#include "store/spread.h"

namespace suki::app {

struct Prefetched;

/// What signs an access token.
struct Signer {
    std::string id;
    std::string private_key;
};

struct Job {
    Caller caller;
    Command command;
    Callback callback;
    store::InFlightCommand known_as;
    bool is_bulk = false;
    bool is_key_ours = false;       // the Idempotency-Key was made by the committer
    bool rests_on_reading = false;  // as last decided: nothing is written that would find what was read to be old
    Instant recorded_at;            // of the last attempt to decide it
    std::chrono::steady_clock::time_point submitted_at = std::chrono::steady_clock::now();
};
Job make_job(Caller caller, Command command, Callback callback);

inline constexpr std::array<std::int64_t, 12> kWaitBoundsUs{250,    500,    1'000,   2'500,   5'000,     10'000,
                                                            25'000, 50'000, 100'000, 250'000, 1'000'000, 5'000'000};

/// How a batch fared.
struct Attempt {
    bool is_done = false;
    bool is_retryable = true;  // what is at fault may pass by itself
    bool is_conflict = false;  // another process wrote the same rows
    std::string fault;
};

inline std::int64_t steady_us(std::chrono::steady_clock::time_point at) {
    return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

/// Says in `begun_us` since when something is under way, while it lives.
class Underway {
public:
    Underway(std::atomic<std::int64_t>& begun_us, std::chrono::steady_clock::time_point at) : begun_us_(begun_us) {
        begun_us_ = steady_us(at);
    }
    ~Underway() { begun_us_ = 0; }
    Underway(const Underway&) = delete;
    Underway& operator=(const Underway&) = delete;

private:
    std::atomic<std::int64_t>& begun_us_;
};

struct App::Core {
    Core(store::Store& with_store, Wiring with_wiring);

    using Answers = std::vector<std::optional<Answered<Answer>>>;
    /// A programme with a new edition, whose accounts are gone through.
    struct Filling {
        std::string organisation;
        std::string programme;
        std::optional<AccountId> last;
    };

    // -- The committer's thread; what writes and answers a batch runs on its writer's as well
    void run();
    /// What is to be decided together; waits for it. Nothing when it is time to look around; `is_over` when no more will come.
    std::vector<Job> next_batch(bool& is_over);
    void commit(std::vector<Job> jobs, std::chrono::steady_clock::time_point begun_at = std::chrono::steady_clock::now());
    /// Decides and commits all of `jobs` together: every callback then has its answer ready in `answers`.
    void try_commit(std::vector<Job>& jobs, Answers& answers);
    void decide_all(std::vector<Job>& jobs, Answers& answers, Desk& batch, Prefetched& prefetched);
    /// What is flushed; or sees to it that what the answers rest on is durable.
    void write_batch(const std::vector<Job>& jobs, const Answers& answers, Desk& batch);
    /// On spread tables: that what such answers rest on is so (rehearsal.h). Throws what a commit throws.
    void rehearse(const std::vector<Job>& jobs, const Prefetched& read);
    void answer_all(std::vector<Job>& jobs, Answers& answers);
    [[nodiscard]] store::InFlight::Mark mark_in_flight(const std::vector<Job>& jobs) const;
    Attempt attempt(std::vector<Job>& jobs, Answers& answers);
    /// `fault` is what no attempt got past.
    void refuse_all(const std::vector<Job>& jobs, Answers& answers, const Attempt& failed);
    /// What broke an invariant must not be tried for ever.
    void quarantine_inconsistent(const std::vector<Job>& jobs, const Answers& answers);
    /// Gives it its moment and, where it has none, its Idempotency-Key.
    void accept(Job& job);
    Answered<Answer> decide_job(Desk& batch, Job& job);
    /// For the audit log, where that speaks of such commands.
    void note_refusal(Desk& batch, const Job& job, const Answered<Answer>& answer);
    void quarantine(const Job& job, const std::string& reason);
    Instant next_instant();
    /// Fills the counters that a new edition brings in some more accounts, as each one's next command would; nothing while
    /// something is being written. What can't be written then is filled when it is next read.
    void fill_some(std::size_t accounts);
    /// False where somebody else writes one of them at this very time, or one can't be read.
    bool fill(const Filling& filling, std::span<const AccountId> accounts);
    [[nodiscard]] bool may_fill() const { return !fillings.empty() && std::chrono::steady_clock::now() >= fill_not_before; }
    /// Reads anew what another process changed: looks at most once in the time that Wiring allows, unless something was refused for
    /// it.
    void notice_others();
    /// After a failure nobody may come any more, and readiness would never return: a write says whether it has.
    void look_whether_ready();
    void read_quarantine();
    /// What earlier processes had in flight when they died.
    void count_deaths();
    void alarm(const std::string& sentence) const;
    [[nodiscard]] bool is_stopped() const;
    /// The first MAC key, on the first start.
    void make_mac_key();
    /// Writes what is flushed and lets readers see it.
    void commit_desk(Desk& desk);
    /// A row of the audit log of what is no command, from any thread. Throws what the store throws.
    [[nodiscard]] store::AuditRow noted(const Caller& caller, std::string_view action, std::vector<std::string> subjects,
                                        std::string_view outcome) const;
    /// Rows that nobody caches, from any thread; false when the store can't.
    bool commit_rows(store::Batch batch);

    // -- The committer and its writer (write_behind.cpp): while one batch is written, the next is decided over it.
    struct Written;
    /// Decides `jobs` over what is being written, waits for that, and has them written in turn. Whatever goes wrong with either is
    /// tried anew by `commit`, one after the other.
    void decide_ahead(std::vector<Job> jobs);
    /// Whether nothing rests on `jobs` being the only ones.
    [[nodiscard]] bool may_overlap(const std::vector<Job>& jobs) const;
    /// Waits until what is being written is durable and answered. False when it had to be decided anew.
    bool finish_writing();
    void start_writing(std::shared_ptr<Written> batch);
    void end_writing();
    /// The writer's thread.
    void write_batches();
    void write(Written& batch);

    // -- Any thread
    /// Compiles what is to be published: a document of ten thousand offers takes a second, and no receipt is to wait for it. Left
    /// to the committer, who says whose fault it is, where that fails or the command is under suspicion.
    void prepare_ahead(PublishEdition& command, const store::InFlightCommand& known_as) const;
    /// The private half of the organisation's key that signs now; nothing before the first. Throws what the store throws, so with
    /// the next.
    std::optional<Signer> signer(const std::string& organisation);
    bool are_keys_due(const std::string& organisation);
    /// Until when it is known that something signed by that key is checked; none: the key is not there any more.
    std::optional<Instant> signs_until(const std::string& organisation, const Signer& signer);
    /// It did not kill this process.
    void clear_suspect(const store::CommandKey& key);

    store::Store& store;
    store::SpreadTables* const spread;  // null where what is read in one picture is of one moment
    const Wiring wiring;
    const std::string holder;                 // of portions; empty where no other process draws
    std::optional<std::int64_t> others_mark;  // committer only; of before what `source` has read
    std::chrono::steady_clock::time_point look_again_at{};
    Source source;

    std::mutex commit_mutex;    // the store takes one commit at a time; sessions come from callers' threads
    std::mutex suspects_mutex;  // one suspect is in flight at a time, so that a death says which one it was of
    mutable std::mutex mutex;
    std::condition_variable waiting;
    std::deque<Job> queue;
    bool is_stopping = false;
    bool has_failed_to_write = false;  // what was being written waits to be decided anew
    std::thread thread;
    std::int64_t last_recorded_us = 0;  // committer only
    std::deque<Filling> fillings;       // committer only, as are the two after it
    std::chrono::steady_clock::time_point fill_not_before{};
    int batches_since_filling = 0;

    std::mutex writing_mutex;
    std::condition_variable writing_changed;
    std::shared_ptr<Written> written;  // the last batch handed to the writer; made and freed by the committer
    bool is_writer_over = false;

    std::atomic<bool> is_ready{true};
    std::atomic<std::int64_t> commit_begun_us{0};  // of the commit under way, by the steady clock; 0: none

    /// One command was answered, at last.
    void count(const Job& job, const Answered<Answer>& answer);

    struct CommandCount {
        std::atomic<std::uint64_t> done{0}, repeated{0}, refused{0};
    };
    std::atomic<std::uint64_t> commits{0}, quarantine_count{0}, store_faults{0};
    std::array<CommandCount, std::variant_size_v<Command>> commands;
    std::array<std::atomic<std::uint64_t>, count_of<ledger::EntryKind>> entries{};
    Histogram<10> batch_commands{{1, 2, 4, 8, 16, 32, 64, 128, 256, 512}};
    Histogram<12> wait_us{kWaitBoundsUs}, commit_us{kWaitBoundsUs};

    SignInGuard sign_ins;
};

/// Whether a command broke an invariant.
bool has_inconsistent(const App::Core::Answers& answers);

/// Argon2id, encoded with its salt.
std::string password_hash(const Wiring& wiring, std::string_view password);
/// 20 symbols, about 100 bits.
std::string random_password(const Wiring& wiring);

}  // namespace suki::app
