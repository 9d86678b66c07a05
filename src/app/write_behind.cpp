// While one batch is written the next is decided, over the rows of the first: the committer and the store work at the same time. A
// caller is answered after its batch is durable and no earlier, in the order of batches. Should a batch fail to be written, what
// was decided over it is thrown away, and both are decided anew, one after the other.

#include <algorithm>
#include <chrono>
#include <exception>

#include "app/core.h"
#include "app/prefetch.h"

namespace suki::app {

struct App::Core::Written {
    std::vector<Job> jobs;
    Answers answers;
    Prefetched prefetched;
    std::optional<Desk> desk;
    bool is_durable = false;
    // Guarded by writing_mutex. Until then all of it is the writer's, but that the committer reads the flushed sheet, of which the
    // writer changes only what no sheet is asked for: the hashes of the audit log.
    bool is_over = false;
};

bool App::Core::may_overlap(const std::vector<Job>& jobs) const {
    // On spread tables the batch before is seen row by row, and no one row tells whether the rest of it is: a sheet could be older
    // than what is read beside it, and a refusal rest on both.
    if (spread != nullptr) return false;
    // What follows a publishing finds the new edition's counters, a suspect takes nobody down with it, and a store that is gone is
    // asked for by one batch at a time.
    const bool publishes =
        std::any_of(jobs.begin(), jobs.end(), [](const Job& job) { return std::holds_alternative<PublishEdition>(job.command); });
    return is_ready && !publishes && source.quarantine().suspects() == 0;
}

void App::Core::decide_ahead(std::vector<Job> jobs) {
    // What others wrote is read anew only between batches: everything that is cached may be forgotten then.
    if (std::chrono::steady_clock::now() >= look_again_at) {
        finish_writing();
        notice_others();
    }
    if (!may_overlap(jobs)) {
        finish_writing();
        return commit(std::move(jobs));
    }
    // Keys, products and the like are seen by everybody once they are durable, and not on a sheet alone.
    const bool must_be_seen = written != nullptr && (written->desk->changes_world() || written->desk->changes_products ||
                                                     (store.is_shared() && !written->desk->has_witness()));
    if (must_be_seen && !finish_writing()) return commit(std::move(jobs));
    auto batch = std::make_shared<Written>();
    batch->answers.resize(jobs.size());
    batch->jobs = std::move(jobs);
    batch->desk.emplace(source, &batch->prefetched, written == nullptr ? nullptr : &*written->desk);
    bool is_decided = false;
    try {
        const store::InFlight::Mark mark = mark_in_flight(batch->jobs);
        decide_all(batch->jobs, batch->answers, *batch->desk, batch->prefetched);
        is_decided = !has_inconsistent(batch->answers);
    } catch (const store::StoreFault&) {
        ++store_faults;
    } catch (const std::exception&) {
        // Whether it was the command, the machine or what is being written shows when it is decided by itself.
    }
    if (!finish_writing() || !is_decided) return commit(std::move(batch->jobs));
    try {
        batch->desk->rest_on_durable();
        batch->desk->flush(holder, wiring.now());
    } catch (const std::exception&) {
        return commit(std::move(batch->jobs));  // out of memory
    }
    start_writing(std::move(batch));
}

bool App::Core::finish_writing() {
    std::shared_ptr<Written> done;
    {
        std::unique_lock lock{writing_mutex};
        writing_changed.wait(lock, [&] { return written == nullptr || written->is_over; });
        done = std::move(written);
    }
    if (done == nullptr || done->is_durable) return true;
    {
        const std::lock_guard lock{mutex};
        has_failed_to_write = false;
    }
    ++store_faults;
    look_again_at = {};
    others_mark.reset();
    source.forget_everything();
    commit(std::move(done->jobs));
    return false;
}

void App::Core::start_writing(std::shared_ptr<Written> batch) {
    {
        const std::lock_guard lock{writing_mutex};
        written = std::move(batch);
    }
    writing_changed.notify_all();
}

void App::Core::end_writing() {
    {
        const std::lock_guard lock{writing_mutex};
        is_writer_over = true;
    }
    writing_changed.notify_all();
}

void App::Core::write_batches() {
    std::unique_lock lock{writing_mutex};
    for (;;) {
        writing_changed.wait(lock, [&] { return is_writer_over || (written != nullptr && !written->is_over); });
        if (written == nullptr || written->is_over) return;
        Written& batch = *written;
        lock.unlock();
        write(batch);
        if (!batch.is_durable) {
            // The committer may be waiting for commands.
            {
                const std::lock_guard waking{mutex};
                has_failed_to_write = true;
            }
            waiting.notify_one();
        }
        lock.lock();
        batch.is_over = true;
        writing_changed.notify_all();
    }
}

void App::Core::write(Written& batch) {
    const store::InFlight::Mark mark = mark_in_flight(batch.jobs);
    try {
        write_batch(batch.jobs, batch.answers, *batch.desk);
    } catch (const std::exception&) {
        return;
    }
    batch.is_durable = true;
    answer_all(batch.jobs, batch.answers);
    batch.jobs.clear();  // what waits for an answer holds on to its connection
}

}  // namespace suki::app
