#include <argon2.h>

#include "app/core.h"
#include "app/resolve.h"
#include "base/limits.h"

namespace suki::app {

namespace {

constexpr std::size_t kPasswordMin = 10;
constexpr std::size_t kPasswordMax = 1'024;
constexpr std::uint32_t kArgonMemoryKib = 19 * 1024;  // with t = 2: OWASP's recommendation for argon2id
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::int64_t kSessionSeconds = 12 * 60 * 60;
constexpr int kFailuresMax = 5;
constexpr std::int64_t kFailureSeconds = 15 * 60;
constexpr std::string_view kKeyPrefix = "suki_";
constexpr std::size_t kKeyIdSymbols = 16;

ApiKeyView view(const store::ApiKeyRow& row) {
    ApiKeyView key{.id = row.id,
                   .organisation = row.org,
                   .name = row.label,
                   .programme = row.programme,
                   .created_at = row.created_at,
                   .revoked_at = row.revoked_at};
    for (const std::string& word : row.scopes) {
        if (const auto scope = from_name<KeyScope>(word)) key.scopes.push_back(*scope);
    }
    return key;
}

Desk& change_key(Desk& desk, const store::ApiKeyRow& row) {
    auto world = std::make_shared<World>(*desk.world());
    world->api_keys[row.id] = row;
    desk.set_world(std::move(world));
    desk.rows.api_keys.push_back(row);
    return desk;
}

}  // namespace

// -- API keys ---------------------------------------------------------------------------------------------------------------

Answered<ApiKeyView> decide(Desk& desk, const Ask& ask, const CreateApiKey& command) {
    if (!is_good_code(command.name)) return refuse(AuthRejection::key_name_malformed, "/name");
    if (command.scopes.empty()) return refuse(AuthRejection::scope_malformed, "/scopes");
    const WorldPointer world = desk.world();
    if (!command.programme.empty() && world->programme(ask.caller.organisation, command.programme) == nullptr) {
        return refuse(ReferenceRejection::programme_not_found, "/programme");
    }
    store::ApiKeyRow row{.id = random_hex(ask.wiring, kKeyIdSymbols / 2),
                         .org = ask.caller.organisation,
                         .programme = command.programme,
                         .label = command.name,
                         .created_at = desk.recorded_at()};
    const std::string secret = random_hex(ask.wiring, 32);
    row.secret_hash = sha256(secret);
    for (const KeyScope scope : command.scopes) row.scopes.emplace_back(name_of(scope));
    change_key(desk, row);
    ApiKeyView key = view(row);
    key.secret = std::string{kKeyPrefix} + row.id + "_" + secret;
    return key;
}

Answered<ApiKeyView> decide(Desk& desk, const Ask& ask, const RevokeApiKey& command) {
    auto row = desk.api_key(command.id);
    if (!row || row->org != ask.caller.organisation) return refuse(AuthRejection::key_not_found, "/id");
    if (!row->revoked_at) {
        row->revoked_at = desk.recorded_at();
        change_key(desk, *row);
    }
    return view(*row);
}

std::optional<ApiKeyView> App::authenticate(std::string_view secret) const {
    if (!secret.starts_with(kKeyPrefix)) return std::nullopt;
    secret.remove_prefix(kKeyPrefix.size());
    if (secret.size() <= kKeyIdSymbols + 1 || secret[kKeyIdSymbols] != '_') return std::nullopt;
    const WorldPointer world = core_->source.world();
    const auto found = world->api_keys.find(std::string{secret.substr(0, kKeyIdSymbols)});
    if (found == world->api_keys.end() || found->second.revoked_at) return std::nullopt;
    if (!is_equal_constant_time(to_hex(found->second.secret_hash), to_hex(sha256(secret.substr(kKeyIdSymbols + 1)))))
        return std::nullopt;
    return view(found->second);
}

std::vector<ApiKeyView> App::api_keys(const std::string& organisation) const {
    std::vector<ApiKeyView> keys;
    for (const auto& [id, row] : core_->source.world()->api_keys) {
        if (row.org == organisation) keys.push_back(view(row));
    }
    return keys;
}

// -- Users ------------------------------------------------------------------------------------------------------------------

Answered<std::string> password_hash(const Wiring& wiring, const std::string& password) {
    if (password.size() < kPasswordMin || password.size() > kPasswordMax)
        return refuse(AuthRejection::password_too_short, "/password");
    std::array<std::uint8_t, kSaltBytes> salt{};
    wiring.random(salt);
    std::string encoded(argon2_encodedlen(static_cast<std::uint32_t>(wiring.password_rounds), kArgonMemoryKib, 1, kSaltBytes,
                                          kHashBytes, Argon2_id),
                        '\0');
    const int failed =
        argon2id_hash_encoded(static_cast<std::uint32_t>(wiring.password_rounds), kArgonMemoryKib, 1, password.data(),
                              password.size(), salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
    if (failed != ARGON2_OK) return refuse(CommandRejection::internal_inconsistency, {}, {{"what", argon2_error_message(failed)}});
    encoded.resize(encoded.find('\0'));
    return encoded;
}

Answered<UserView> decide(Desk& desk, const Ask& ask, const CreateUser& command) {
    if (!is_good_code(command.name)) return refuse(AuthRejection::user_name_malformed, "/name");
    for (const std::string& organisation : {ask.caller.organisation, std::string{}}) {
        if (desk.source().store().find_console_user(organisation, command.name)) {
            return refuse(AuthRejection::user_already_exists, "/name");
        }
    }
    desk.rows.console_users.push_back({.org = ask.caller.organisation,
                                       .name = command.name,
                                       .password_hash = command.password,
                                       .role = "admin",
                                       .created_at = desk.recorded_at()});
    auto world = std::make_shared<World>(*desk.world());
    world->has_users = true;
    desk.set_world(std::move(world));
    return UserView{.name = command.name, .organisation = ask.caller.organisation, .created_at = desk.recorded_at()};
}

bool App::is_first_start() const { return !core_->source.world()->has_users; }

std::string App::random_password() const {
    // 32 symbols that are not mistaken for one another: 5 bits each.
    constexpr std::string_view kSymbols = "abcdefghijkmnpqrstuvwxyz23456789";
    std::array<std::uint8_t, 20> bytes{};
    core_->wiring.random(bytes);
    std::string password;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (i > 0 && i % 5 == 0) password += '-';
        password += kSymbols[bytes[i] & 31];
    }
    return password;
}

Answered<SessionView> App::sign_in(const std::string& user, std::string_view password) {
    Core& core = *core_;
    const Instant now = core.wiring.now();
    {
        const std::lock_guard lock{core.sign_in_mutex};
        std::erase_if(core.sign_in_failures,
                      [&](const auto& failure) { return now.us - failure.second.first_at.us > kFailureSeconds * kSecondUs; });
        const auto failure = core.sign_in_failures.find(user);
        if (failure != core.sign_in_failures.end() && failure->second.count >= kFailuresMax)
            return refuse(AuthRejection::too_many_attempts);
    }
    std::optional<store::ConsoleUserRow> row;
    try {
        row = core.store.find_console_user(std::string{}, user);
        for (const std::string& organisation : organisations()) {
            if (!row) row = core.store.find_console_user(organisation, user);
        }
    } catch (const store::StoreFault&) {
        ++core.store_faults;
        return refuse(CommandRejection::store_unavailable);
    }
    const bool is_sane = password.size() <= kPasswordMax;
    // An unknown name takes as long as a known one, so that names can't be guessed by the clock.
    static const std::string kNobody =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$c29tZWhhc2hzb21laGFzaHNvbWVoYXNoc29tZWhhc2g";
    const std::string hash = row ? row->password_hash : kNobody;
    const bool is_right = is_sane && argon2id_verify(hash.c_str(), password.data(), password.size()) == ARGON2_OK;
    if (!row || !is_right) {
        const std::lock_guard lock{core.sign_in_mutex};
        auto& failure = core.sign_in_failures[user];
        if (failure.count++ == 0) failure.first_at = now;
        return refuse(AuthRejection::wrong_name_or_password);
    }
    {
        const std::lock_guard lock{core.sign_in_mutex};
        core.sign_in_failures.erase(user);
    }
    SessionView session{.user = row->name,
                        .organisation = row->org,
                        .csrf_token = random_hex(core.wiring, 32),
                        .expires_at = {now.us + kSessionSeconds * kSecondUs},
                        .secret = random_hex(core.wiring, 32)};
    store::Batch batch;
    batch.sessions.push_back({.token_hash = sha256(session.secret),
                              .org = session.organisation,
                              .user = session.user,
                              .csrf = session.csrf_token,
                              .created_at = now,
                              .expires_at = session.expires_at});
    batch.sessions_expired_by = now;
    if (!core.commit_rows(batch)) return refuse(CommandRejection::store_unavailable);
    return session;
}

std::optional<SessionView> App::session(std::string_view secret) const {
    if (secret.empty()) return std::nullopt;
    std::optional<store::SessionRow> row;
    try {
        row = core_->store.find_session(sha256(secret));
    } catch (const store::StoreFault&) {
        ++core_->store_faults;
    }
    if (!row || row->expires_at <= core_->wiring.now()) return std::nullopt;
    return SessionView{.user = row->user, .organisation = row->org, .csrf_token = row->csrf, .expires_at = row->expires_at};
}

void App::sign_out(std::string_view secret) {
    store::Batch batch;
    batch.sessions_ended.push_back(sha256(secret));
    core_->commit_rows(batch);
}

}  // namespace suki::app
