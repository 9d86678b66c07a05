#include <stdexcept>

#include "house/app_stage.h"
#include "house/figures.h"

/// Access tokens in stories: keys are called k1, k2, … as they are first seen.
namespace suki::house {

std::string AppStage::key_called(const std::string& id) {
    const auto known = keys_.find(id);
    if (known != keys_.end()) return known->second;
    return keys_.emplace(id, "k" + std::to_string(keys_.size() + 1)).first->second;
}

void AppStage::add_token(Reply& reply, const Action& action, const std::string& token, const std::string& resource) {
    access_tokens_[action.named("as").value_or(action.bare(1))] = token;
    const OpenedToken opened = open_token(token, published_keys());
    if (!opened.fault.empty() || opened.audience != resource) throw std::runtime_error("a token that opens nothing: " + token);
    reply.add("key", key_called(opened.key));
    reply.add("lives", std::to_string(opened.expires_at_s - opened.issued_at_s));
    reply.add("opens", opened.audience);
    reply.add("issuer", opened.issuer);
    reply.add("programme", opened.programme);
    reply.add("benefit", opened.benefit);
    reply.add("level", opened.level);
}

void AppStage::add_keys(Reply& reply, const std::vector<std::pair<std::string, std::string>>& keys) {
    std::vector<std::string> words;
    for (const auto& [id, status] : keys) words.push_back(key_called(id) + ":" + status);
    reply.add("keys", list_words(words));
}

std::vector<PublishedKey> AppStage::published_keys() {
    std::vector<PublishedKey> keys;
    const auto published = world_.app().signing_keys("main");
    if (!published) throw std::runtime_error("the keys can't be read");
    for (const app::SigningKeyView& key : published->keys) keys.push_back({key.id, key.public_key});
    return keys;
}

namespace {

std::vector<std::pair<std::string, std::string>> with_status(const app::SigningKeysView& view) {
    std::vector<std::pair<std::string, std::string>> keys;
    for (const app::SigningKeyView& key : view.keys) keys.emplace_back(key.id, name_of(key.status));
    return keys;
}

}  // namespace

/// `token ana club as=first`.
Reply AppStage::issue_token(const Action& action) {
    Reply reply;
    const auto token = world_.app().access_token(caller(action), programme_, member_of(action.bare(0)), action.bare(1));
    if (refused(reply, token)) return reply;
    add_token(reply, action, token->token, token->resource);
    return reply;
}

Reply AppStage::list_keys(const Action&) {
    Reply reply;
    const auto keys = world_.app().signing_keys("main");
    if (!refused(reply, keys)) add_keys(reply, with_status(*keys));
    return reply;
}

/// `rotate_keys`, or `rotate_keys revoke` for all that there are.
Reply AppStage::rotate_keys(const Action& action) {
    Reply reply;
    const auto how = action.bare(0) == "revoke" ? app::KeyRotation::revoke : app::KeyRotation::next;
    const auto keys = world_.app().run(caller(action), app::RotateSigningKeys{.how = how});
    if (!refused(reply, keys)) add_keys(reply, with_status(*keys));
    return reply;
}

/// What a door says that asks nobody: it has the published keys, and a clock.
Reply AppStage::try_door(const Action& action) {
    Reply reply;
    const OpenedToken opened = open_token(access_tokens_.at(action.bare(0)), published_keys());
    if (!opened.fault.empty()) {
        reply.outcome = opened.fault;
        return reply;
    }
    const std::int64_t now_s = world_.now().us / kSecondUs;
    if (now_s < opened.not_before_s || now_s >= opened.expires_at_s) reply.outcome = "expired";
    reply.add("key", key_called(opened.key));
    return reply;
}

}  // namespace suki::house
