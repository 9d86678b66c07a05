#include "app/core.h"
#include "app/resolve.h"
#include "base/limits.h"

namespace suki::app {

namespace {

constexpr std::string_view kKeyPrefix = "suki_";
constexpr std::size_t kKeyIdSymbols = 16;

ApiKeyView view(const store::ApiKeyRow& row) {
    ApiKeyView key{.id = row.id,
                   .organisation = row.org,
                   .name = row.label,
                   .programme = row.programme,
                   .store = row.store,
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

Answered<ApiKeyView> decide(Desk& desk, const Ask& ask, const CreateApiKey& command) {
    if (!is_good_code(command.name)) return refuse(AuthRejection::key_name_malformed, "/name");
    if (command.scopes.empty()) return refuse(AuthRejection::scope_malformed, "/scopes");
    // Whoever reaches farther than a till could write for every store by other ways.
    const bool is_till = command.scopes == std::vector{KeyScope::till};
    if (!command.store.empty() && (!is_till || !is_good_code(command.store)))
        return refuse(AuthRejection::key_store_malformed, "/store");
    const WorldPointer world = desk.world();
    if (!command.programme.empty() && world->programme(ask.caller.organisation, command.programme) == nullptr) {
        return refuse(ReferenceRejection::programme_not_found, "/programme");
    }
    store::ApiKeyRow row{.id = random_hex(ask.wiring, kKeyIdSymbols / 2),
                         .org = ask.caller.organisation,
                         .programme = command.programme,
                         .store = command.store,
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

}  // namespace suki::app
