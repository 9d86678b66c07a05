#include <argon2.h>

#include <algorithm>

#include "app/audit.h"
#include "app/core.h"
#include "app/password.h"
#include "app/resolve.h"
#include "base/check.h"
#include "store/audit.h"

namespace suki::app {

namespace {

constexpr std::uint32_t kArgonMemoryKib = 19 * 1024;  // with t = 2: OWASP's recommendation for argon2id
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::int64_t kSessionSeconds = 12 * 60 * 60;  // whatever is done in it
constexpr std::int64_t kIdleSeconds = 60 * 60;          // nothing was asked for
constexpr std::int64_t kProlongedEverySeconds = 5 * 60;

UserView view(const store::ConsoleUserRow& row) {
    return {.id = user_id(row), .name = row.name, .organisation = row.org, .created_at = row.created_at};
}

bool is_oneself(const Caller& caller, const std::string& user) { return caller.api_key == "console:" + user; }

bool has_password(const store::ConsoleUserRow& row, std::string_view password) {
    return argon2id_verify(row.password_hash.c_str(), password.data(), password.size()) == ARGON2_OK;
}

/// In whichever organisation. Throws what the store throws.
std::optional<store::ConsoleUserRow> find_user(App::Core& core, const std::string& user) {
    auto row = core.store.find_console_user(std::string{}, user);
    const WorldPointer world = core.source.world();
    for (const auto& [id, organisation] : world->organisations) {
        if (!row) row = core.store.find_console_user(id, user);
    }
    return row;
}

/// A row of the audit log: of the user's organisation; of an unknown one's in the only organisation that there is, if so.
store::AuditRow attempted(const App::Core& core, const std::optional<store::ConsoleUserRow>& row, std::string_view action,
                          std::string_view outcome, const std::string& request) {
    const WorldPointer world = core.source.world();
    Caller caller{.request = request};
    if (row) {
        caller.organisation = row->org;
        if (outcome == store::kAuditDone) caller.api_key = user_id(*row);
    } else if (world->organisations.size() == 1) {
        caller.organisation = world->organisations.begin()->first;
    }
    std::vector<std::string> subjects;
    if (row) subjects.push_back(user_id(*row));
    return core.noted(caller, action, std::move(subjects), outcome);
}

/// An attempt that failed. It is refused whether or not this can be written.
void note_failure(App::Core& core, const std::optional<store::ConsoleUserRow>& row, std::string_view action, AuthRejection outcome,
                  const std::string& request) {
    store::Batch batch;
    batch.audit.push_back(attempted(core, row, action, name_of(outcome), request));
    core.commit_rows(std::move(batch));
}

/// Refuses who must wait; the first time it is written down.
std::optional<Refusal> refused_for_now(App::Core& core, const std::string& user, std::string_view action, const Origin& origin) {
    const SignInGuard::Verdict verdict = core.sign_ins.ask(user, origin.address, core.wiring.now());
    if (verdict.wait_s == 0) return std::nullopt;
    if (verdict.is_news) note_failure(core, find_user(core, user), action, AuthRejection::too_many_attempts, origin.request);
    return refuse(AuthRejection::too_many_attempts, {}, {{"seconds", std::to_string(verdict.wait_s)}}).error;
}

/// A session of the user as `row` says. Whoever was removed or got another password while this one was checked gets none.
Answered<SessionView> open_session(App::Core& core, const store::ConsoleUserRow& row, const std::string& request) {
    const Instant now = core.wiring.now();
    SessionView session{.user = row.name,
                        .organisation = row.org,
                        .csrf_token = random_hex(core.wiring, 32),
                        .expires_at = {now.us + kIdleSeconds * kSecondUs},
                        .secret = random_hex(core.wiring, 32)};
    store::Batch batch;
    batch.sessions.push_back({.token_hash = sha256(session.secret),
                              .org = session.organisation,
                              .user = session.user,
                              .csrf = session.csrf_token,
                              .created_at = now,
                              .expires_at = session.expires_at});
    batch.sessions_expired_by = now;
    batch.audit.push_back(attempted(core, row, "sign_in", store::kAuditDone, request));
    if (!core.commit_rows(std::move(batch))) return refuse(CommandRejection::store_unavailable);
    try {
        const auto still = core.store.find_console_user(row.org, row.name);
        if (still && still->password_hash == row.password_hash) return session;
    } catch (const store::StoreFault&) {
        ++core.store_faults;
        return refuse(CommandRejection::store_unavailable);
    }
    store::Batch ended;
    ended.sessions_ended.push_back(sha256(session.secret));
    core.commit_rows(std::move(ended));
    return refuse(AuthRejection::wrong_name_or_password);
}

}  // namespace

std::string password_hash(const Wiring& wiring, std::string_view password) {
    const auto rounds = static_cast<std::uint32_t>(wiring.password_rounds);
    std::array<std::uint8_t, kSaltBytes> salt{};
    wiring.random(salt);
    std::string encoded(argon2_encodedlen(rounds, kArgonMemoryKib, 1, kSaltBytes, kHashBytes, Argon2_id), '\0');
    const int failed = argon2id_hash_encoded(rounds, kArgonMemoryKib, 1, password.data(), password.size(), salt.data(), salt.size(),
                                             kHashBytes, encoded.data(), encoded.size());
    // Only for want of memory: the sizes are right.
    if (failed != ARGON2_OK) throw std::bad_alloc{};
    encoded.resize(encoded.find('\0'));
    return encoded;
}

std::string random_password(const Wiring& wiring) {
    // 32 symbols that are not mistaken for one another: 5 bits each.
    constexpr std::string_view kSymbols = "abcdefghijkmnpqrstuvwxyz23456789";
    std::array<std::uint8_t, 30> bytes{};
    wiring.random(bytes);
    std::string password;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && i % 5 == 0) password += '-';
        password += kSymbols[bytes[i] & 31];
    }
    return password;
}

// -- Looking after users ------------------------------------------------------------------------------------------------------

Answered<UserView> decide(Desk& desk, const Ask& ask, const CreateUser& command) {
    SUKI_CHECK(!command.password_hash.empty());
    if (!is_good_code(command.name)) return refuse(AuthRejection::user_name_malformed, "/name");
    std::vector<std::string> organisations{ask.caller.organisation, std::string{}};
    for (const auto& [id, row] : desk.world()->organisations) organisations.push_back(id);
    for (const std::string& organisation : organisations) {
        if (desk.console_user(organisation, command.name)) return refuse(AuthRejection::user_already_exists, "/name");
    }
    const store::ConsoleUserRow row{.org = ask.caller.organisation,
                                    .name = command.name,
                                    .password_hash = command.password_hash,
                                    .role = "admin",
                                    .created_at = desk.recorded_at()};
    desk.put_console_user(row);
    auto world = std::make_shared<World>(*desk.world());
    world->has_users = true;
    desk.set_world(std::move(world));
    return view(row);
}

Answered<UserView> decide(Desk& desk, const Ask& ask, const ResetPassword& command) {
    SUKI_CHECK(!command.password_hash.empty());
    auto row = desk.console_user(ask.caller.organisation, command.name);
    if (!row) return refuse(AuthRejection::user_not_found, "/name");
    // Whoever finds a console open and unwatched must not lock its user out: one's own new password takes the old one.
    if (is_oneself(ask.caller, command.name)) return refuse(AuthRejection::user_is_oneself, "/name");
    row->password_hash = command.password_hash;
    desk.put_console_user(*row);
    return view(*row);
}

Answered<UserView> decide(Desk& desk, const Ask& ask, const RemoveUser& command) {
    const auto row = desk.console_user(ask.caller.organisation, command.name);
    if (!row) return refuse(AuthRejection::user_not_found, "/name");
    if (is_oneself(ask.caller, command.name)) return refuse(AuthRejection::user_is_oneself, "/name");
    if (desk.count_users(ask.caller.organisation) <= 1) return refuse(AuthRejection::last_user, "/name");
    desk.remove_console_user(*row);
    return view(*row);
}

Answered<UserView> decide(Desk& desk, const Ask& ask, const ChangePassword& command) {
    auto row = desk.console_user(ask.caller.organisation, command.name);
    if (!row) return refuse(AuthRejection::user_not_found, "/name");
    // The new one is there already when this is done again, after a commit whose outcome was not known.
    const bool is_done = row->password_hash == command.password_hash;
    if (!is_done && row->password_hash != command.old_hash) return refuse(AuthRejection::wrong_password, "/old_password");
    row->password_hash = command.password_hash;
    desk.put_console_user(*row);
    return view(*row);
}

Answered<std::vector<UserView>> App::users(const std::string& organisation) const {
    try {
        std::vector<UserView> users;
        for (const store::ConsoleUserRow& row : core_->store.console_users(organisation)) users.push_back(view(row));
        return users;
    } catch (const store::StoreFault&) {
        ++core_->store_faults;
        return refuse(CommandRejection::store_unavailable);
    }
}

// -- Signing in ---------------------------------------------------------------------------------------------------------------

bool App::is_first_start() const { return !core_->source.world()->has_users; }

Answered<SessionView> App::sign_in(const std::string& user, std::string_view password, const Origin& origin) {
    Core& core = *core_;
    std::optional<store::ConsoleUserRow> row;
    try {
        if (auto refused = refused_for_now(core, user, "sign_in", origin)) return Unexpected<Refusal>{*std::move(refused)};
        row = find_user(core, user);
    } catch (const store::StoreFault&) {
        ++core.store_faults;
        return refuse(CommandRejection::store_unavailable);
    }
    // An unknown name takes as long as a known one, so that names can't be guessed by the clock.
    static const store::ConsoleUserRow kNobody{
        .password_hash = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g"};
    const bool is_right = password.size() <= kPasswordMax && has_password(row ? *row : kNobody, password);
    if (!row || !is_right) {
        core.sign_ins.on_failure(user, origin.address, core.wiring.now());
        note_failure(core, row, "sign_in", AuthRejection::wrong_name_or_password, origin.request);
        return refuse(AuthRejection::wrong_name_or_password);
    }
    core.sign_ins.on_success(user, origin.address, core.wiring.now());
    return open_session(core, *row, origin.request);
}

Answered<SessionView> App::change_password(const SessionView& session, std::string_view old_password, const std::string& password,
                                           const Origin& origin) {
    Core& core = *core_;
    std::optional<store::ConsoleUserRow> row;
    try {
        if (auto refused = refused_for_now(core, session.user, ChangePassword::word, origin)) {
            return Unexpected<Refusal>{*std::move(refused)};
        }
        row = core.store.find_console_user(session.organisation, session.user);
    } catch (const store::StoreFault&) {
        ++core.store_faults;
        return refuse(CommandRejection::store_unavailable);
    }
    if (!row) return refuse(AuthRejection::user_not_found);
    if (old_password.size() > kPasswordMax || !has_password(*row, old_password)) {
        core.sign_ins.on_failure(session.user, origin.address, core.wiring.now());
        note_failure(core, row, ChangePassword::word, AuthRejection::wrong_password, origin.request);
        return refuse(AuthRejection::wrong_password, "/old_password");
    }
    core.sign_ins.on_success(session.user, origin.address, core.wiring.now());
    if (const auto weak = weakness(password, session.user, old_password)) return refuse(*weak, "/new_password");
    ChangePassword command{
        .name = session.user, .old_hash = row->password_hash, .password_hash = password_hash(core.wiring, password)};
    row->password_hash = command.password_hash;
    const auto changed =
        run({.organisation = session.organisation, .api_key = "console:" + session.user, .request = origin.request},
            std::move(command));
    if (!changed) return Unexpected<Refusal>{changed.error()};
    return open_session(core, *row, origin.request);
}

namespace {
/// Until when a session lasts that is used now.
Instant lasts_until(const store::SessionRow& row, Instant now) {
    return {std::min(now.us + kIdleSeconds * kSecondUs, row.created_at.us + kSessionSeconds * kSecondUs)};
}

std::optional<store::SessionRow> standing_session(App::Core& core, std::string_view secret, Instant now) {
    if (secret.empty()) return std::nullopt;
    try {
        auto row = core.store.find_session(sha256(secret));
        if (row && row->expires_at > now) return row;
    } catch (const store::StoreFault&) {
        ++core.store_faults;
    }
    return std::nullopt;
}
}  // namespace

std::optional<SessionView> App::session(std::string_view secret) const {
    const Instant now = core_->wiring.now();
    const auto row = standing_session(*core_, secret, now);
    if (!row) return std::nullopt;
    // Written down now and then only: between two such times it ends the sooner.
    const bool is_due = lasts_until(*row, now).us - row->expires_at.us >= kProlongedEverySeconds * kSecondUs;
    return SessionView{.user = row->user,
                       .organisation = row->org,
                       .csrf_token = row->csrf,
                       .expires_at = row->expires_at,
                       .is_to_prolong = is_due};
}

void App::prolong(std::string_view secret) {
    const Instant now = core_->wiring.now();
    const auto row = standing_session(*core_, secret, now);
    if (!row) return;
    store::Batch batch;
    batch.sessions_prolonged.push_back({.token_hash = row->token_hash, .expires_at = lasts_until(*row, now)});
    core_->commit_rows(std::move(batch));
}

void App::sign_out(std::string_view secret) {
    store::Batch batch;
    batch.sessions_ended.push_back(sha256(secret));
    core_->commit_rows(std::move(batch));
}

}  // namespace suki::app
