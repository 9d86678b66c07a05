#include "app/signing_keys.h"

#include <algorithm>

#include "app/base64.h"
#include "app/core.h"
#include "app/guard.h"
#include "base/digest.h"
#include "base/ed25519.h"
#include "base/limits.h"

namespace suki::app {

namespace {

constexpr std::int64_t kDayUs = 24LL * 3'600 * kSecondUs;
constexpr std::string_view kKept = "kept";

Instant later(Instant at, std::int64_t us) { return {at.us + us}; }

/// When the key signs no more, by the clock of whoever is slowest.
bool is_over(const SigningKeys& keys, std::size_t index, Instant now) {
    return index + 1 < keys.keys.size() && later(keys.keys[index + 1].signs_from, kClocksDifferUs) <= now;
}

/// Takes away what is of no use any more: private halves that sign no more, keys that are not published any more.
void tidy(KeyChange& change, Instant now) {
    std::vector<SigningKey> kept;
    for (std::size_t i = 0; i < change.keys.keys.size(); ++i) {
        SigningKey& key = change.keys.keys[i];
        const bool signs_no_more = is_over(change.keys, i, now);
        if (signs_no_more && !key.is_erased) {
            change.erased.push_back(key);
            key.is_erased = true;
        }
        const auto until = published_until(change.keys, i);
        if (until && *until <= now) continue;
        kept.push_back(key);
    }
    change.keys.keys = std::move(kept);
    std::erase_if(change.keys.needed, [&](const auto& one) {
        return std::none_of(change.keys.keys.begin(), change.keys.keys.end(),
                            [&](const SigningKey& key) { return key.public_key == one.first; });
    });
}

/// What the key that signs now has signed, or will, is checked until then.
void need(SigningKeys& keys, Instant now, Instant until) {
    const SigningKey* signing = key_that_signs(keys, now);
    if (signing == nullptr) return;
    const auto known =
        std::find_if(keys.needed.begin(), keys.needed.end(), [&](const auto& one) { return one.first == signing->public_key; });
    if (known == keys.needed.end()) {
        keys.needed.emplace_back(signing->public_key, until);
    } else {
        known->second = std::max(known->second, until);
    }
}

void add(KeyChange& change, Instant now, Instant signs_from, std::string_view fresh_private) {
    change.keys.keys.push_back({.public_key = ed25519_public_key(fresh_private), .made_at = now, .signs_from = signs_from});
    change.is_made = true;
}

std::optional<std::pair<store::RecordRow, SigningKeys>> stored_keys(std::optional<store::RecordRow> row) {
    if (!row) return std::nullopt;
    auto keys = unpack_record<SigningKeys>(*row);
    return std::pair{*std::move(row), std::move(keys)};
}

SigningKeyView view_of_key(const SigningKeys& keys, std::size_t index, Instant now) {
    const SigningKey& key = keys.keys[index];
    const SigningKey* signing = key_that_signs(keys, now);
    const auto status = &key == signing        ? SigningKeyStatus::signing
                        : key.signs_from > now ? SigningKeyStatus::waiting
                                               : SigningKeyStatus::retired;
    return {.id = thumbprint(key.public_key),
            .public_key = to_base64(key.public_key),
            .status = status,
            .made_at = key.made_at,
            .signs_from = key.signs_from,
            .published_until = published_until(keys, index)};
}

}  // namespace

std::string thumbprint(std::string_view public_key) {
    return to_base64(suki::view_of(sha256(R"({"crv":"Ed25519","kty":"OKP","x":")" + to_base64(public_key) + "\"}")));
}

std::string secret_of(const SigningKey& key) { return "sign/" + thumbprint(key.public_key); }

store::RecordKey signing_keys_of(const std::string& organisation) {
    // The same for every server: of two that make the first keys at once, one finds the other's.
    return {.org = organisation, .account = {}, .id = derived_id(Instant{0}, organisation, "signing_keys", 0)};
}

const SigningKey* key_that_signs(const SigningKeys& keys, Instant now) {
    // The first one signs also where the clock is behind that of whoever made it.
    const SigningKey* found = keys.keys.empty() ? nullptr : &keys.keys.front();
    for (const SigningKey& key : keys.keys) {
        if (key.signs_from <= now) found = &key;
    }
    return found;
}

Instant needed_until(const SigningKeys& keys, std::string_view public_key) {
    for (const auto& [known, until] : keys.needed) {
        if (known == public_key) return until;
    }
    return {};
}

std::optional<Instant> published_until(const SigningKeys& keys, std::size_t index) {
    if (index + 1 >= keys.keys.size()) return std::nullopt;
    return std::max(later(keys.keys[index + 1].signs_from, limits::token_seconds_max * kSecondUs + kClocksDifferUs),
                    later(needed_until(keys, keys.keys[index].public_key), kClocksDifferUs));
}

std::optional<KeyChange> change_due(const SigningKeys& keys, Instant now, int days, std::string_view fresh_private) {
    KeyChange change{.keys = keys};
    const SigningKey* signing = key_that_signs(keys, now);
    if (keys.keys.empty()) {
        add(change, now, now, fresh_private);
        return change;
    }
    if (signing == &keys.keys.back()) {
        const Instant over = later(signing->signs_from, days * kDayUs);
        if (later(over, -kPublishedAheadUs) <= now) add(change, now, std::max(over, later(now, kPublishedAheadUs)), fresh_private);
    }
    tidy(change, now);
    if (!change.is_made && change.erased.empty()) return std::nullopt;
    return change;
}

KeyChange change_by_hand(const SigningKeys& keys, Instant now, bool is_revoking, std::string_view fresh_private) {
    KeyChange change{.keys = keys};
    if (is_revoking) {
        for (const SigningKey& key : keys.keys) {
            if (!key.is_erased) change.erased.push_back(key);
        }
        change.keys.keys.clear();
        change.keys.needed.clear();
    }
    if (change.keys.keys.empty()) {
        add(change, now, now, fresh_private);
        return change;
    }
    SigningKey& last = change.keys.keys.back();
    if (last.signs_from > now) {
        // One waits already, and is published.
        last.signs_from = std::min(last.signs_from, std::max(now, later(last.made_at, kPublishedAheadUs)));
    } else {
        add(change, now, later(now, kPublishedAheadUs), fresh_private);
    }
    tidy(change, now);
    return change;
}

SigningKeysView view_of(const SigningKeys& keys, Instant now) {
    SigningKeysView view;
    for (std::size_t i = 0; i < keys.keys.size(); ++i) {
        const auto until = published_until(keys, i);
        if (!until || now < *until) view.keys.push_back(view_of_key(keys, i, now));
    }
    return view;
}

Answered<SigningKeysView> decide(Desk& desk, const Ask& ask, const RotateSigningKeys& command) {
    const store::RecordKey key = signing_keys_of(ask.caller.organisation);
    const auto stored = stored_keys(desk.record(key));
    const SigningKeys before = stored ? stored->second : SigningKeys{};
    const Instant now = desk.recorded_at();
    std::string fresh(kEd25519KeyBytes, '\0');
    ask.wiring.random({reinterpret_cast<std::uint8_t*>(fresh.data()), fresh.size()});
    auto change = command.how == KeyRotation::due
                      ? change_due(before, now, ask.wiring.signing_key_days, fresh)
                      : std::optional{change_by_hand(before, now, command.how == KeyRotation::revoke, fresh)};
    if (command.needed_until) {
        if (!change) change = KeyChange{.keys = before};
        need(change->keys, now, *command.needed_until);
    }
    if (!change) return view_of(before, now);
    if (change->is_made) {
        desk.rows.secrets.push_back({.name = secret_of(change->keys.keys.back()), .value = fresh, .created_at = now});
    }
    for (const SigningKey& erased : change->erased) {
        desk.rows.secrets.push_back({.name = secret_of(erased), .value = {}, .created_at = now});
    }
    store::RecordRow row{.org = key.org, .id = key.id, .kind = store::RecordKind::signing_keys, .status = std::string{kKept}};
    row.created_at = now;
    if (stored) {
        row = stored->first;
        ++row.version;
    }
    row.packed = pack_record(change->keys);
    desk.put_record(std::move(row));
    SigningKeysView view = view_of(change->keys, now);
    view.is_changed = command.how != KeyRotation::due || change->is_made || !change->erased.empty();
    return view;
}

Answered<SigningKeysView> App::signing_keys(const std::string& organisation) const {
    return guarded<SigningKeysView>(*core_, [&]() -> Answered<SigningKeysView> {
        // Of the primary: a key that was revoked must not be published a moment longer.
        const auto stored = stored_keys(core_->store.find_record(signing_keys_of(organisation)));
        return stored ? view_of(stored->second, core_->wiring.now()) : SigningKeysView{};
    });
}

std::optional<Signer> App::Core::signer(const std::string& organisation) {
    // A key may be revoked between the two readings; another one signs then.
    for (int attempt = 0; attempt < 3; ++attempt) {
        const auto stored = stored_keys(store.find_record(signing_keys_of(organisation)));
        const SigningKey* key = stored ? key_that_signs(stored->second, wiring.now()) : nullptr;
        if (key == nullptr) return std::nullopt;
        const auto secret = store.find_secret(secret_of(*key));
        if (secret && secret->value.size() == kEd25519KeyBytes) {
            return Signer{.id = thumbprint(key->public_key), .private_key = secret->value};
        }
    }
    return std::nullopt;
}

std::optional<Instant> App::Core::signs_until(const std::string& organisation, const Signer& signer) {
    const auto stored = stored_keys(store.find_record(signing_keys_of(organisation)));
    if (!stored) return std::nullopt;
    for (const SigningKey& key : stored->second.keys) {
        if (thumbprint(key.public_key) == signer.id) return needed_until(stored->second, key.public_key);
    }
    return std::nullopt;
}

bool App::Core::are_keys_due(const std::string& organisation) {
    const auto stored = stored_keys(store.find_record(signing_keys_of(organisation)));
    const std::string any(kEd25519KeyBytes, '\1');
    return !stored || change_due(stored->second, wiring.now(), wiring.signing_key_days, any).has_value();
}

}  // namespace suki::app
