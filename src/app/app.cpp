#include "app/app.h"

#include <future>

#include "app/core.h"
#include "app/guard.h"

namespace suki::app {

App::Core::Core(store::Store& with_store, Wiring with_wiring)
    : store(with_store),
      spread(store::spread_tables(with_store)),
      wiring(std::move(with_wiring)),
      holder(with_store.is_shared() ? random_hex(wiring, 8) : std::string{}),
      others_mark(with_store.change_mark()),
      source(with_store, load_world(with_store, wiring.zones), wiring.account_bytes) {
    make_mac_key();
    read_quarantine();
    count_deaths();
}

void App::Core::read_quarantine() { source.quarantine().replace(store.quarantine(), store.suspects()); }

Job make_job(Caller caller, Command command, Callback callback) {
    Job job{.caller = std::move(caller), .command = std::move(command), .callback = std::move(callback)};
    job.known_as = in_flight(job.caller.organisation, job.command);
    return job;
}

void App::Core::make_mac_key() {
    const WorldPointer before = source.world();
    if (!before->mac_keys.empty()) return;
    std::string value(32, '\0');
    wiring.random({reinterpret_cast<std::uint8_t*>(value.data()), value.size()});
    const store::SecretRow key{.name = "mac/1", .value = value, .created_at = wiring.now()};
    store::Batch batch;
    batch.secrets.push_back(key);
    store.commit(batch);
    auto world = std::make_shared<World>(*before);
    world->mac_keys.push_back(key);
    source.set_world(std::move(world));
}

namespace {

std::string* wanted_password_hash(Command& command) {
    if (auto* user = std::get_if<CreateUser>(&command)) return &user->password_hash;
    if (auto* user = std::get_if<ResetPassword>(&command)) return &user->password_hash;
    return nullptr;
}

}  // namespace

App::App(store::Store& store, Wiring wiring) : core_(std::make_unique<Core>(store, std::move(wiring))) {
    core_->thread = std::thread{[core = core_.get()] { core->run(); }};
}

App::~App() { stop(); }

void App::stop() {
    {
        const std::lock_guard lock{core_->mutex};
        core_->is_stopping = true;
    }
    core_->waiting.notify_all();
    if (core_->thread.joinable()) core_->thread.join();
}

void App::Core::prepare_ahead(PublishEdition& command, const store::InFlightCommand& known_as) const {
    if (source.quarantine().standing(known_as.key) != Standing::free) return;
    try {
        store::InFlight::Mark mark;
        if (wiring.in_flight != nullptr) mark = wiring.in_flight->mark_one(known_as);
        command.prepared = prepare(command, wiring.zones);
    } catch (const std::exception&) {
        command.prepared = nullptr;
    }
}

void App::submit(Caller caller, Command command, Callback callback) {
    if (auto* hash = wanted_password_hash(command)) {
        // Thirty milliseconds of work that must not hold up the committer.
        std::string password = random_password(core_->wiring);
        *hash = password_hash(core_->wiring, password);
        callback = [callback = std::move(callback), password = std::move(password)](Answered<Answer> answer) {
            if (answer) {
                auto& user = std::get<UserView>(*answer);
                if (!user.is_repeat) user.password = password;
            }
            callback(std::move(answer));
        };
    }
    Job job = make_job(std::move(caller), std::move(command), std::move(callback));
    if (auto* publish = std::get_if<PublishEdition>(&job.command)) core_->prepare_ahead(*publish, job.known_as);
    std::optional<CommandRejection> rejection;
    {
        const std::lock_guard lock{core_->mutex};
        if (core_->is_stopping)
            rejection = CommandRejection::shutting_down;
        else if (core_->queue.size() >= core_->wiring.commands_waiting_max)
            rejection = CommandRejection::too_busy;
        else
            core_->queue.push_back(std::move(job));
    }
    if (rejection) return job.callback(refuse(*rejection));
    core_->waiting.notify_one();
}

Answered<Answer> App::run_any(Caller caller, Command command) {
    // Shared: the waiter may be gone before the committer has left set_value.
    const auto promise = std::make_shared<std::promise<Answered<Answer>>>();
    auto answer = promise->get_future();
    submit(std::move(caller), std::move(command), [promise](Answered<Answer> given) { promise->set_value(std::move(given)); });
    return answer.get();
}

std::vector<Answered<Answer>> App::run_many(const Caller& caller, std::vector<Command> commands) {
    std::vector<std::optional<Answered<Answer>>> answers(commands.size());
    const auto done = std::make_shared<std::promise<void>>();
    // Callbacks come one after the other, or all at once from here.
    std::size_t left = commands.size();
    std::vector<Job> jobs;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        jobs.push_back(make_job(caller, std::move(commands[i]), [&answers, &left, i, done](Answered<Answer> given) {
            answers[i] = std::move(given);
            if (--left == 0) done->set_value();
        }));
        jobs.back().is_bulk = true;
    }
    bool is_accepted = false;
    {
        const std::lock_guard lock{core_->mutex};
        is_accepted = !core_->is_stopping;
        for (std::size_t i = 0; is_accepted && i < jobs.size(); ++i) core_->queue.push_back(std::move(jobs[i]));
    }
    std::vector<Answered<Answer>> all;
    all.reserve(answers.size());
    if (is_accepted && !answers.empty()) {
        core_->waiting.notify_one();
        done->get_future().wait();
    }
    for (auto& answer : answers) {
        all.push_back(answer ? *std::move(answer) : Answered<Answer>{refuse(CommandRejection::shutting_down)});
    }
    return all;
}

namespace {

template <std::size_t... kIndexes>
std::array<std::string_view, sizeof...(kIndexes)> words_of(std::index_sequence<kIndexes...>) {
    return {std::variant_alternative_t<kIndexes, Command>::word...};
}
auto command_words() { return words_of(std::make_index_sequence<std::variant_size_v<Command>>{}); }

}  // namespace

App::Figures App::figures() const {
    const Core& core = *core_;
    Figures figures{.commits = core.commits,
                    .waiting_max = core.wiring.commands_waiting_max,
                    .accounts_cached = core.source.accounts_cached(),
                    .account_bytes = core.source.account_bytes(),
                    .quarantined = core.quarantine_count,
                    .in_quarantine = core.source.quarantine().quarantined(),
                    .suspects = core.source.quarantine().suspects(),
                    .store_faults = core.store_faults,
                    .batch_commands = core.batch_commands.figures(),
                    .wait_us = core.wait_us.figures(),
                    .commit_us = core.commit_us.figures()};
    const auto words = command_words();
    for (std::size_t i = 0; i < words.size(); ++i) {
        const Core::CommandCount& count = core.commands[i];
        const CommandFigures of_kind{words[i], count.done, count.repeated, count.refused};
        if (of_kind.done + of_kind.repeated + of_kind.refused > 0) figures.commands.push_back(of_kind);
    }
    const store::ReplicaFigures replica = core.store.replica_figures();
    figures.has_replica = replica.is_configured;
    figures.replica_reads = replica.reads;
    figures.replica_passed_over = replica.passed_over;
    for (std::size_t i = 0; i < core.entries.size(); ++i) {
        figures.entries.emplace_back(name_of(static_cast<ledger::EntryKind>(i)), core.entries[i].load());
    }
    const std::lock_guard lock{core_->mutex};
    figures.waiting = core.queue.size();
    return figures;
}

std::optional<App::StoredFigures> App::stored_figures() const {
    const Instant now = core_->wiring.now();
    StoredFigures figures;
    try {
        for (const auto& [key, programme] : core_->source.world()->programmes) {
            const Date today = local_date(*programme->latest().zone, now);
            const store::Overview overview = core_->store.overview(key.first, programme->id, today);
            ProgrammeFigures& of = figures.programmes.emplace_back();
            of.organisation = key.first;
            of.programme = programme->id;
            of.members = overview.members;
            of.open_discrepancies = overview.open_discrepancies;
            for (const store::UnitTotals& unit : overview.units) {
                of.units.push_back({unit.unit, unit.wallets, unit.pending, unit.available, unit.held, unit.owed});
            }
        }
        const store::OutboxBacklog backlog = core_->store.outbox_backlog();
        figures.outbox = backlog.events;
        if (backlog.events > 0) figures.outbox_since = backlog.since;
    } catch (const store::StoreFault&) {
        ++core_->store_faults;
        return std::nullopt;
    }
    return figures;
}

bool App::is_ready() const {
    constexpr std::int64_t kHungAfterUs = 5'000'000;
    const std::int64_t begun_us = core_->commit_begun_us;
    const bool is_hung = begun_us != 0 && steady_us(std::chrono::steady_clock::now()) - begun_us > kHungAfterUs;
    return core_->is_ready && !is_hung;
}

// -- What the World holds ---------------------------------------------------------------------------------------------------

std::vector<std::string> App::organisations() const {
    std::vector<std::string> ids;
    for (const auto& [id, row] : core_->source.world()->organisations) ids.push_back(id);
    return ids;
}

std::vector<ProgrammeView> App::programmes(const std::string& organisation) const {
    std::vector<ProgrammeView> views;
    const Instant now = core_->wiring.now();
    for (const auto& [key, programme] : core_->source.world()->programmes) {
        if (key.first != organisation) continue;
        ProgrammeView view{.organisation = organisation,
                           .id = programme->id,
                           .currency = programme->latest().currency,
                           .zone = programme->latest().zone->name};
        for (const Edition& edition : programme->editions) view.editions.push_back(edition.view);
        if (const Edition* edition = programme->in_force(local_date(*programme->latest().zone, now))) {
            view.in_force = edition->view.edition;
        }
        views.push_back(std::move(view));
    }
    return views;
}

namespace {

const Edition* edition_of(const Programme& programme, int number, Instant now) {
    if (number != 0) return programme.edition(number);
    const Edition* in_force = programme.in_force(local_date(*programme.latest().zone, now));
    return in_force != nullptr ? in_force : &programme.editions.back();
}

}  // namespace

Answered<programme::PlanPointer> App::plan(const std::string& organisation, const std::string& programme, int edition) const {
    const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
    if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const Edition* wanted = edition_of(*found, edition, core_->wiring.now());
    if (wanted == nullptr) return refuse(ReceiptRejection::edition_not_found, "/edition");
    return wanted->plan;
}

std::shared_ptr<const engine::Evaluator> App::evaluator(const std::string& organisation, const std::string& programme,
                                                        int edition) const {
    const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
    if (found == nullptr) return nullptr;
    const Edition* wanted = edition_of(*found, edition, core_->wiring.now());
    return wanted == nullptr ? nullptr : wanted->evaluator;
}

programme::Diagnostics App::check_document(std::string_view document) const {
    auto compiled = programme::compile(document, core_->wiring.zones);
    if (!compiled) return std::move(compiled).error();
    programme::Diagnostics found = std::move(compiled->warnings);
    const engine::Evaluator evaluator{compiled->plan};
    programme::Diagnostics failing = engine::failing_examples(evaluator);
    found.insert(found.end(), std::make_move_iterator(failing.begin()), std::make_move_iterator(failing.end()));
    return found;
}

Answered<std::vector<catalogue::Product>> App::products(const std::string& organisation, const std::string& after,
                                                        std::size_t limit) const {
    return guarded<std::vector<catalogue::Product>>(*core_, [&]() -> Answered<std::vector<catalogue::Product>> {
        return core_->store.list_products(organisation, {}, after, limit);
    });
}

std::vector<catalogue::Store> App::stores(const std::string& organisation) const {
    std::vector<catalogue::Store> places;
    for (const auto& [key, place] : core_->source.world()->places) {
        if (key.first == organisation) places.push_back(place);
    }
    return places;
}

}  // namespace suki::app
