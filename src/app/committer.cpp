// The committer: takes what waits, decides it command by command over the state that the batch has already changed, writes it in
// one database transaction, and only then answers (DESIGN.md 12).

#include <algorithm>
#include <chrono>
#include <new>
#include <thread>

#include "app/audit.h"
#include "app/core.h"
#include "app/prefetch.h"
#include "app/rehearsal.h"

namespace suki::app {

namespace {
// A retryable fault is mostly another process writing, or a row changed under us: a few quick attempts pass it. Then callers are
// told to come back, which a till does for ever.
constexpr int kAttemptsMax = 6;
// So long that a caller is still there to be told: an attempt may have waited for a machine that is gone.
constexpr std::chrono::seconds kAttemptsWithin{3};
constexpr std::size_t kBulkMax = 1'000;
constexpr std::int64_t kIdleMsMin = 10;
// Accounts whose new counters are written in one commit: keeps each commit short, as other processes wait for it; and fewer where
// commands wait in this one.
constexpr std::size_t kFilledAtOnce = 100;
constexpr std::size_t kFilledBetweenBatches = 20;
constexpr int kBatchesBetween = 4;
constexpr std::chrono::seconds kFillingPause{1};  // where the store can't

std::string sentence_of(const store::QuarantineRow& row) {
    return row.command + (row.subject.empty() ? std::string{} : " " + row.subject) +
           (row.key.org.empty() ? "" : " of " + row.key.org) + ", " + to_hex(row.key.command_hash) + ": " + row.reason;
}

std::int64_t microseconds_since(std::chrono::steady_clock::time_point then) {
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - then).count();
}

bool is_rotation_by_hand(const Command& command) {
    const auto* rotation = std::get_if<RotateSigningKeys>(&command);
    return rotation != nullptr && rotation->how != KeyRotation::due;
}

/// Commands that have no id of their caller's and whose second time is not answered as their first.
bool is_unprotected(const Command& command) {
    return std::holds_alternative<PlaceHold>(command) || std::holds_alternative<ConfirmHold>(command) ||
           std::holds_alternative<ReleaseHold>(command) || std::holds_alternative<Adjust>(command) ||
           std::holds_alternative<UndoAdjustment>(command) || std::holds_alternative<TransferPoints>(command) ||
           std::holds_alternative<MergeMembers>(command) || std::holds_alternative<CreateMember>(command) ||
           std::holds_alternative<Quote>(command) || std::holds_alternative<IssueCard>(command) ||
           std::holds_alternative<MakeCards>(command) || std::holds_alternative<UseBenefit>(command) ||
           std::holds_alternative<MoveGiftStock>(command) || std::holds_alternative<OrderGift>(command) ||
           std::holds_alternative<HandInItem>(command) || std::holds_alternative<ChangeTradeItem>(command) ||
           std::holds_alternative<EndGiftOrder>(command) || std::holds_alternative<GiveRecognition>(command) ||
           std::holds_alternative<WithdrawRecognition>(command) || std::holds_alternative<CreateOccasion>(command) ||
           std::holds_alternative<ChangeOccasion>(command) || std::holds_alternative<CancelOccasion>(command) ||
           std::holds_alternative<TakeSeat>(command) || std::holds_alternative<LeaveSeat>(command) ||
           std::holds_alternative<CheckIn>(command) || std::holds_alternative<EndBenefitUse>(command) ||
           std::holds_alternative<GrantBenefit>(command) || std::holds_alternative<RevokeBenefit>(command) ||
           std::holds_alternative<GrantLevel>(command) || std::holds_alternative<EndLevelGrant>(command) ||
           std::holds_alternative<JoinMembership>(command) || std::holds_alternative<ChangeMembership>(command) ||
           std::holds_alternative<ReportPayment>(command) || std::holds_alternative<NameReferrer>(command) ||
           std::holds_alternative<GiveReferralCode>(command) || std::holds_alternative<JoinHousehold>(command) ||
           std::holds_alternative<LeaveHousehold>(command) || std::holds_alternative<SetHousehold>(command) ||
           std::holds_alternative<PatchMember>(command) || std::holds_alternative<CreateOrganisation>(command) ||
           std::holds_alternative<CreateUser>(command) || std::holds_alternative<RemoveUser>(command) ||
           is_rotation_by_hand(command);
}

/// Whether somebody is told that what they ask for is recorded, though this batch records nothing: it was done before.
bool says_what_stands(const std::vector<Job>& jobs, const std::vector<std::optional<Answered<Answer>>>& answers) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const Command& command = jobs[i].command;
        if (*answers[i] && !std::holds_alternative<Quote>(command) && !std::holds_alternative<Sweep>(command)) return true;
    }
    return false;
}

}  // namespace

bool has_inconsistent(const App::Core::Answers& answers) {
    return std::any_of(answers.begin(), answers.end(), [](const std::optional<Answered<Answer>>& answer) {
        return answer && !*answer && answer->error().code == name_of(CommandRejection::internal_inconsistency);
    });
}

Instant App::Core::next_instant() {
    last_recorded_us = std::max(wiring.now().us, last_recorded_us + 1);
    return {last_recorded_us};
}

std::vector<Job> App::Core::next_batch(bool& is_over) {
    std::vector<Job> jobs;
    std::unique_lock lock{mutex};
    const std::chrono::milliseconds pause{may_fill() ? 0 : std::max(wiring.others_seen_within_ms, kIdleMsMin)};
    waiting.wait_for(lock, pause, [&] { return is_stopping || has_failed_to_write || !queue.empty(); });
    is_over = is_stopping && queue.empty();
    if (queue.empty()) return jobs;
    const std::size_t most = queue.front().is_bulk ? std::max(kBulkMax, wiring.commands_per_commit) : wiring.commands_per_commit;
    while (!queue.empty() && jobs.size() < most) {
        // What follows a publishing must be judged with the new edition, and a suspect must take nobody down with it.
        const bool is_alone = std::holds_alternative<PublishEdition>(queue.front().command) ||
                              source.quarantine().standing(queue.front().known_as.key) == Standing::suspect;
        if (is_alone && !jobs.empty()) break;
        jobs.push_back(std::move(queue.front()));
        queue.pop_front();
        if (is_alone) break;
    }
    return jobs;
}

void App::Core::run() {
    std::thread writer{[this] { write_batches(); }};
    for (bool is_over = false;;) {
        std::vector<Job> jobs = next_batch(is_over);
        if (is_over) break;
        if (!jobs.empty()) {
            batch_commands.add(static_cast<std::int64_t>(jobs.size()));
            for (const Job& job : jobs) wait_us.add(microseconds_since(job.submitted_at));
            decide_ahead(std::move(jobs));
            // Not after each: while it is done the next batch is not decided ahead.
            if (may_fill() && ++batches_since_filling >= kBatchesBetween && finish_writing()) fill_some(kFilledBetweenBatches);
            continue;
        }
        if (!finish_writing()) continue;
        // Nobody writes here; readers shall see what others write all the same.
        notice_others();
        look_whether_ready();
        fill_some(kFilledAtOnce);
    }
    finish_writing();
    end_writing();
    writer.join();
}

bool App::Core::is_stopped() const {
    const std::lock_guard lock{mutex};
    return is_stopping;
}

void App::Core::notice_others() {
    const auto now = std::chrono::steady_clock::now();
    if (now < look_again_at) return;
    look_again_at = now + std::chrono::milliseconds{wiring.others_seen_within_ms};
    try {
        // Asked before reading: what is written meanwhile is noticed the next time.
        const std::int64_t mark = store.change_mark();
        if (mark == others_mark) return;  // never, where there is no mark
        source.set_world(load_world(store, wiring.zones, source.world().get()));
        source.forget_everything();
        read_quarantine();
        others_mark = mark;
    } catch (const std::exception&) {
        // What is known goes on being served; the next look tries again.
        ++store_faults;
    }
}

void App::Core::look_whether_ready() {
    if (is_ready) return;
    const WorldPointer world = source.world();
    if (world->mac_keys.empty()) return;
    store::Batch batch;
    batch.secrets.push_back(world->mac_keys.front());
    if (commit_rows(batch)) is_ready = true;
}

void App::Core::accept(Job& job) {
    // Without a key a commit whose outcome is unknown could be done twice.
    if (job.caller.idempotency_key.empty() && is_unprotected(job.command)) {
        job.caller.idempotency_key = "suki/" + random_hex(wiring, 16);
        job.is_key_ours = true;
    }
}

void App::Core::note_refusal(Desk& batch, const Job& job, const Answered<Answer>& answer) {
    if (answer.error().code == name_of(CommandRejection::organisation_not_found)) return;
    // The refused sheet is thrown away: what it changed must not be seen here.
    const Desk desk{source, batch, job.recorded_at};
    const Ask ask{.caller = job.caller, .wiring = wiring};
    if (auto row = audit_row(desk, ask, job.command, answer)) batch.rows.audit.push_back(*std::move(row));
}

Answered<Answer> App::Core::decide_job(Desk& batch, Job& job) {
    // After what it is decided on was read, and anew at each attempt for which time has passed: so what stands later in an
    // account's journal was recorded later, whichever server wrote it.
    if (wiring.now() > job.recorded_at) job.recorded_at = next_instant();
    Desk desk{source, batch, job.recorded_at};
    desk.set_traceparent(job.caller.traceparent);
    if (wiring.before_deciding) wiring.before_deciding(job.command);
    Answered<Answer> answer = decide_once(desk, wiring, job.caller, job.command);
    job.rests_on_reading = !answer || desk.is_empty() || misses_something(*answer);
    if (!answer) {
        note_refusal(batch, job, answer);
        return answer;
    }
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

void App::Core::try_commit(std::vector<Job>& jobs, Answers& answers) {
    notice_others();
    Prefetched prefetched;
    Desk batch{source, &prefetched};
    decide_all(jobs, answers, batch, prefetched);
    // What another process wrote meanwhile may have been seen in part: no command is to blame for that.
    if (!store.is_shared() && has_inconsistent(answers) && others_mark != store.change_mark()) {
        throw store::Conflict{"account", "another process wrote what was decided on"};
    }
    batch.flush(holder, wiring.now());
    write_batch(jobs, answers, batch);
}

void App::Core::decide_all(std::vector<Job>& jobs, Answers& answers, Desk& batch, Prefetched& prefetched) {
    for (Job& job : jobs) accept(job);
    const auto decide_each = [&] {
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (source.quarantine().standing(jobs[i].known_as.key) == Standing::quarantined) {
                answers[i] = Answered<Answer>{refuse(CommandRejection::quarantined)};
                continue;
            }
            answers[i] = decide_job(batch, jobs[i]);
        }
    };
    if (!store.is_shared()) return decide_each();
    // Other servers write too: all that is decided on must be of one moment, or a claim could be older than the account beside it.
    // What changes after that moment is a conflict when the batch is written.
    store.in_one_picture([&] {
        // Else another server's later writes would be seen beside the sheet's older rows, and a refusal rest on both.
        if (batch.is_over_written() && batch.is_written_seen()) batch.rest_on_durable();
        prefetched = prefetch(source, jobs);
        decide_each();
    });
}

void App::Core::rehearse(const std::vector<Job>& jobs, const Prefetched& read) {
    if (spread == nullptr) return;
    if (std::none_of(jobs.begin(), jobs.end(), [](const Job& job) { return job.rests_on_reading; })) return;
    const std::lock_guard lock{commit_mutex};
    spread->rehearse(rehearsal_of(read));
}

void App::Core::write_batch(const std::vector<Job>& jobs, const Answers& answers, Desk& batch) {
    if (batch.prefetched() != nullptr) rehearse(jobs, *batch.prefetched());
    if (!batch.is_empty()) {
        commit_desk(batch);
    } else if (says_what_stands(jobs, answers)) {
        store.confirm();
    }
}

void App::Core::commit_desk(Desk& desk) {
    const auto begun_at = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock{commit_mutex};
        const Underway underway{commit_begun_us, begun_at};
        chain(store, desk.rows.audit);
        store.commit(desk.rows);
    }
    commit_us.add(microseconds_since(begun_at));
    ++commits;
    for (const store::EntryRow& row : desk.rows.entries) ++entries[static_cast<std::size_t>(row.entry.kind)];
    is_ready = true;
    desk.remember(source);
}

bool App::Core::commit_rows(store::Batch batch) {
    for (int attempt = 1;; ++attempt) {
        try {
            const std::lock_guard lock{commit_mutex};
            chain(store, batch.audit);
            store.commit(batch);
            return true;
        } catch (const store::Conflict&) {
            // Another process wrote the same chain.
            ++store_faults;
            if (batch.audit.empty() || attempt == kAttemptsMax) return false;
        } catch (const store::StoreFault&) {
            ++store_faults;
            return false;
        }
    }
}

void App::Core::count_deaths() {
    if (wiring.in_flight == nullptr) return;
    for (const store::LeftBehind& left : wiring.in_flight->left_behind()) {
        const store::Batch batch = source.quarantine().after_death(left, wiring.now());
        for (const store::SuspectRow& row : batch.suspects) source.quarantine().suspect(row);
        for (const store::QuarantineRow& row : batch.quarantine) {
            source.quarantine().set_aside(row);
            ++quarantine_count;
            alarm("quarantined: " + sentence_of(row));
        }
        if (!batch.suspects.empty()) {
            alarm("a process died while it decided; commands that are decided one by one until each has passed: " +
                  std::to_string(batch.suspects.size()));
        }
        // Kept for the next start where it can't be written: what is known holds until then.
        if (commit_rows(batch)) wiring.in_flight->forget(left);
    }
}

void App::Core::alarm(const std::string& sentence) const {
    if (wiring.alarm) wiring.alarm(sentence);
}

void App::Core::quarantine(const Job& job, const std::string& reason) {
    store::Batch batch;
    batch.quarantine.push_back({.key = job.known_as.key,
                                .command = job.known_as.command,
                                .subject = job.known_as.subject,
                                .reason = reason,
                                .recorded_at = next_instant()});
    batch.suspects_cleared.push_back(job.known_as.key);
    {
        const std::lock_guard lock{commit_mutex};
        store.commit(batch);
    }
    source.quarantine().set_aside(batch.quarantine.front());
    ++quarantine_count;
    alarm("quarantined: " + sentence_of(batch.quarantine.front()));
}

void App::Core::clear_suspect(const store::CommandKey& key) {
    if (source.quarantine().standing(key) != Standing::suspect) return;
    // What can't be written is decided by itself once more, which harms nobody.
    store::Batch batch;
    batch.suspects_cleared.push_back(key);
    if (commit_rows(batch)) source.quarantine().clear(key);
}

Attempt App::Core::attempt(std::vector<Job>& jobs, Answers& answers) {
    Attempt made;
    try {
        try_commit(jobs, answers);
        made.is_done = true;
        return made;
    } catch (const store::Conflict& thrown) {
        made.fault = thrown.what();
        made.is_conflict = true;
        // It may be for an edition that another process published as well as for a row; but not where a lock was not to be had.
        look_again_at = {};
        if (thrown.state.empty()) others_mark.reset();
    } catch (const store::StoreFault& thrown) {
        made.fault = thrown.what();
        made.is_retryable = thrown.retryable;
        look_again_at = {};
    } catch (const std::bad_alloc&) {
        made.fault = "out of memory";  // which no command is to be blamed for
    } catch (const std::exception& thrown) {
        made.fault = thrown.what();
        made.is_retryable = false;
    }
    ++store_faults;
    source.forget_everything();
    return made;
}

void App::Core::refuse_all(const std::vector<Job>& jobs, Answers& answers, const Attempt& failed) {
    CommandRejection rejection = CommandRejection::store_unavailable;
    if (!failed.is_retryable) {
        // When even this can't be written the machine is at fault, not the command: the caller may come back.
        try {
            quarantine(jobs.front(), failed.fault);
            rejection = CommandRejection::internal_inconsistency;
        } catch (const std::exception&) {
            is_ready = false;
        }
    } else if (!failed.is_conflict) {
        is_ready = false;
    }
    for (auto& answer : answers) answer = Answered<Answer>{refuse(rejection, {}, {{"fault", failed.fault}})};
}

void App::Core::quarantine_inconsistent(const std::vector<Job>& jobs, const Answers& answers) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (*answers[i] || (*answers[i]).error().code != name_of(CommandRejection::internal_inconsistency)) continue;
        try {
            const auto& arguments = (*answers[i]).error().arguments;
            quarantine(jobs[i], arguments.empty() ? std::string{"inconsistent"} : arguments.front().second);
        } catch (const std::exception&) {
            is_ready = false;
        }
    }
}

store::InFlight::Mark App::Core::mark_in_flight(const std::vector<Job>& jobs) const {
    if (wiring.in_flight == nullptr) return {};
    std::vector<store::InFlightCommand> known;
    for (const Job& job : jobs) known.push_back(job.known_as);
    return wiring.in_flight->mark_batch(known);
}

void App::Core::commit(std::vector<Job> jobs, std::chrono::steady_clock::time_point begun_at) {
    // Here too, and not only at each attempt, so that no command is blamed for what others have written.
    notice_others();
    std::unique_lock<std::mutex> alone{suspects_mutex, std::defer_lock};
    // Of one that became a suspect since the batch was made, its neighbours are in flight as well: then nobody is alone.
    if (jobs.size() == 1 && source.quarantine().standing(jobs.front().known_as.key) == Standing::suspect) alone.lock();
    store::InFlight::Mark mark = mark_in_flight(jobs);
    Answers answers(jobs.size());
    Attempt made;
    for (int attempts = 0; !made.is_done && made.is_retryable && attempts < kAttemptsMax; ++attempts) {
        if (attempts > 0 && std::chrono::steady_clock::now() - begun_at > kAttemptsWithin) break;
        // Whoever stops must not wait for a store that does not come back.
        if (is_stopped() && (attempts == 0 ? !is_ready : !made.is_conflict)) break;
        if (attempts > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1 << attempts));
        made = attempt(jobs, answers);
    }
    const std::chrono::milliseconds halved_within{wiring.halved_within_ms};
    // Then those behind it must get their turn.
    const bool is_held_up = made.is_conflict && std::chrono::steady_clock::now() - begun_at > halved_within;
    if (!made.is_done && (!made.is_retryable || made.is_conflict) && !is_held_up && jobs.size() > 1) {
        // One of them may be poisoned, or for an account that others write all the time: the halves are tried by themselves, so
        // that it alone is refused.
        mark = {};
        std::vector<Job> second(std::make_move_iterator(jobs.begin() + static_cast<std::ptrdiff_t>(jobs.size() / 2)),
                                std::make_move_iterator(jobs.end()));
        jobs.resize(jobs.size() / 2);
        commit(std::move(jobs), begun_at);
        commit(std::move(second), begun_at);
        return;
    }
    if (made.is_done) {
        quarantine_inconsistent(jobs, answers);
        const EditionView* published = *answers[0] ? std::get_if<EditionView>(&**answers[0]) : nullptr;
        if (published != nullptr && !published->is_repeat) {
            const Filling filling{.organisation = jobs.front().caller.organisation, .programme = published->programme, .last = {}};
            std::erase_if(fillings, [&filling](const Filling& begun) {
                return begun.organisation == filling.organisation && begun.programme == filling.programme;
            });
            fillings.push_front(filling);
            fill_some(kFilledAtOnce);
        }
    } else {
        refuse_all(jobs, answers, made);
    }
    answer_all(jobs, answers);
    if (!made.is_done || source.quarantine().suspects() == 0) return;
    for (const Job& job : jobs) clear_suspect(job.known_as.key);
}

void App::Core::answer_all(std::vector<Job>& jobs, Answers& answers) {
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        count(jobs[i], *answers[i]);
        if (jobs[i].callback) jobs[i].callback(*std::move(answers[i]));
    }
}

void App::Core::count(const Job& job, const Answered<Answer>& answer) {
    CommandCount& of_kind = commands[job.command.index()];
    if (!answer) {
        ++of_kind.refused;
        return;
    }
    const bool is_repeat = std::visit(
        [](const auto& a) {
            if constexpr (requires { a.is_repeat; }) return a.is_repeat;
            return false;
        },
        *answer);
    ++(is_repeat ? of_kind.repeated : of_kind.done);
}

void App::Core::fill_some(std::size_t most) {
    if (!may_fill()) return;
    batches_since_filling = 0;
    Filling& filling = fillings.front();
    try {
        const int edition = source.world()->last_edition(filling.organisation, filling.programme);
        const std::vector<AccountId> behind =
            store.accounts_counted_below(filling.organisation, filling.programme, edition, filling.last, most);
        if (!behind.empty() && !fill(filling, behind)) {
            // Whoever writes one of them fills it by that; and one that is damaged must not keep the others from it.
            for (const AccountId& account : behind) fill(filling, {&account, 1});
        }
        if (behind.size() < most) return fillings.pop_front();
        filling.last = behind.back();
    } catch (const std::exception&) {
        ++store_faults;
        source.forget_everything();
        fill_not_before = std::chrono::steady_clock::now() + kFillingPause;
    }
}

bool App::Core::fill(const Filling& filling, std::span<const AccountId> accounts) {
    try {
        const Desk nothing{source};
        Desk part{source, nothing, next_instant()};
        for (const AccountId account : accounts) {
            part.edit({.org = filling.organisation, .account = account, .programme = filling.programme});
        }
        part.flush(holder, wiring.now());
        commit_desk(part);
        return true;
    } catch (const store::Conflict&) {
        // Another process writes one of them.
    } catch (const store::StoreFault& fault) {
        if (fault.retryable) throw;
    }
    ++store_faults;
    source.forget_everything();
    return false;
}

}  // namespace suki::app
