// The committer: takes what waits, decides it command by command over the state that the batch has already changed, writes it in
// one database transaction, and only then answers (DESIGN.md 12).

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/core.h"

namespace suki::app {

namespace {
// A retryable fault is mostly another process writing, or a row changed under us: a few quick attempts pass it. Then callers are
// told to come back, which a till does for ever.
constexpr int kAttemptsMax = 6;
constexpr std::size_t kBulkMax = 1'000;
constexpr std::int64_t kIdleMsMin = 10;

/// Commands that have no id of their caller's and that are not the same when done twice.
bool is_unprotected(const Command& command) {
    return std::holds_alternative<PlaceHold>(command) || std::holds_alternative<ConfirmHold>(command) ||
           std::holds_alternative<ReleaseHold>(command) || std::holds_alternative<Adjust>(command) ||
           std::holds_alternative<CreateMember>(command) || std::holds_alternative<Quote>(command) ||
           std::holds_alternative<IssueCard>(command) || std::holds_alternative<CreateUser>(command) ||
           std::holds_alternative<RemoveUser>(command);
}

}  // namespace

Instant App::Core::next_instant() {
    last_recorded_us = std::max(wiring.now().us, last_recorded_us + 1);
    return {last_recorded_us};
}

void App::Core::run() {
    while (true) {
        std::vector<Job> jobs;
        {
            std::unique_lock lock{mutex};
            const std::chrono::milliseconds pause{std::max(wiring.others_seen_within_ms, kIdleMsMin)};
            const bool is_woken = waiting.wait_for(lock, pause, [&] { return is_stopping || !queue.empty(); });
            if (!is_woken) {
                // Nobody writes here; readers shall see what others write all the same.
                lock.unlock();
                notice_others();
                continue;
            }
            if (queue.empty()) return;
            const std::size_t most =
                queue.front().is_bulk ? std::max(kBulkMax, wiring.commands_per_commit) : wiring.commands_per_commit;
            while (!queue.empty() && jobs.size() < most) {
                // Publishing commits in pieces: it must find everything before it durable.
                const bool is_alone = std::holds_alternative<PublishEdition>(queue.front().command);
                if (is_alone && !jobs.empty()) break;
                jobs.push_back(std::move(queue.front()));
                queue.pop_front();
                if (is_alone) break;
            }
        }
        commit(std::move(jobs));
    }
}

void App::Core::notice_others() {
    const auto now = std::chrono::steady_clock::now();
    if (now < look_again_at) return;
    look_again_at = now + std::chrono::milliseconds{wiring.others_seen_within_ms};
    try {
        // Asked before reading: what is written meanwhile is noticed the next time.
        const std::int64_t mark = store.change_mark();
        if (mark == others_mark) return;
        source.set_world(load_world(store, wiring.zones, source.world().get()));
        source.forget_everything();
        read_quarantine();
        others_mark = mark;
    } catch (const store::StoreFault&) {
        // What is known goes on being served; the next look tries again.
        ++store_faults;
    }
}

Answered<Answer> App::Core::decide_job(Desk& batch, Job& job) {
    if (job.recorded_at == Instant{}) {
        job.recorded_at = next_instant();
        // Without a key a commit whose outcome is unknown could be done twice.
        if (job.caller.idempotency_key.empty() && is_unprotected(job.command)) {
            job.caller.idempotency_key = "suki/" + random_hex(wiring, 16);
            job.is_key_ours = true;
        }
    }
    Desk desk{source, batch, job.recorded_at};
    Answered<Answer> answer = decide_once(desk, wiring, commit_now, job.caller, job.command);
    if (!answer) return answer;
    if (job.is_key_ours) {
        std::visit(
            [](auto& a) {
                if constexpr (requires { a.is_repeat; }) a.is_repeat = false;
            },
            *answer);
    }
    batch.absorb(std::move(desk));
    return answer;
}

bool App::Core::try_commit(std::vector<Job>& jobs, std::vector<std::optional<Answered<Answer>>>& answers) {
    notice_others();
    Desk batch{source};
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (!quarantined.empty() && quarantined.contains(hash_of(jobs[i].command))) {
            answers[i] = Answered<Answer>{refuse(CommandRejection::quarantined)};
            continue;
        }
        answers[i] = decide_job(batch, jobs[i]);
    }
    if (!batch.is_empty()) commit_desk(batch);
    return true;
}

void App::Core::commit_desk(Desk& desk) {
    const Instant begun_at = wiring.now();
    {
        const std::lock_guard lock{commit_mutex};
        store.commit(desk.flush());
    }
    commit_us += static_cast<std::uint64_t>(std::max<std::int64_t>(0, wiring.now().us - begun_at.us));
    ++commits;
    desk.remember(source);
}

bool App::Core::commit_rows(const store::Batch& batch) {
    try {
        const std::lock_guard lock{commit_mutex};
        store.commit(batch);
        return true;
    } catch (const store::StoreFault&) {
        ++store_faults;
        return false;
    }
}

void App::Core::quarantine(const Job& job, const std::string& reason) {
    const Digest hash = hash_of(job.command);
    store::Batch batch;
    batch.quarantine.push_back({.org = job.caller.organisation,
                                .command_hash = hash,
                                .command = std::string{word_of(job.command)},
                                .reason = reason,
                                .recorded_at = next_instant()});
    {
        const std::lock_guard lock{commit_mutex};
        store.commit(batch);
    }
    quarantined.insert(hash);
    ++quarantine_count;
}

void App::Core::commit(std::vector<Job> jobs) {
    std::vector<std::optional<Answered<Answer>>> answers(jobs.size());
    std::string fault;
    bool is_done = false;
    bool is_retryable = true;
    for (int attempt = 0; attempt < kAttemptsMax && !is_done && is_retryable; ++attempt) {
        if (attempt > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempt));
        try {
            is_done = try_commit(jobs, answers);
            is_ready = true;
        } catch (const store::StoreFault& thrown) {
            ++store_faults;
            fault = thrown.what();
            is_retryable = thrown.retryable;
            // It may be for what another process wrote: an edition as well as a row.
            look_again_at = {};
            source.forget_everything();
        } catch (const std::exception& thrown) {
            fault = thrown.what();
            is_retryable = false;
            source.forget_everything();
        }
    }
    if (!is_done && !is_retryable && jobs.size() > 1) {
        // One of them may be poisoned: the halves are tried by themselves, so that it alone is refused.
        std::vector<Job> second(std::make_move_iterator(jobs.begin() + static_cast<std::ptrdiff_t>(jobs.size() / 2)),
                                std::make_move_iterator(jobs.end()));
        jobs.resize(jobs.size() / 2);
        commit(std::move(jobs));
        commit(std::move(second));
        return;
    }
    if (!is_done) {
        CommandRejection rejection = CommandRejection::store_unavailable;
        if (!is_retryable) {
            // When even this can't be written the machine is at fault, not the command: the caller may come back.
            try {
                quarantine(jobs.front(), fault);
                rejection = CommandRejection::internal_inconsistency;
            } catch (const std::exception&) {
                is_ready = false;
            }
        } else {
            is_ready = false;
        }
        for (auto& answer : answers) answer = Answered<Answer>{refuse(rejection, {}, {{"fault", fault}})};
    } else {
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            // A broken invariant: refused alone by its own desk; it must not be tried for ever.
            if (*answers[i] || (*answers[i]).error().code != name_of(CommandRejection::internal_inconsistency)) continue;
            try {
                const auto& arguments = (*answers[i]).error().arguments;
                quarantine(jobs[i], arguments.empty() ? std::string{"inconsistent"} : arguments.front().second);
            } catch (const std::exception&) {
                is_ready = false;
            }
        }
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        ++commands;
        if (!*answers[i]) ++refused;
        if (jobs[i].callback) jobs[i].callback(*std::move(answers[i]));
    }
}

}  // namespace suki::app
