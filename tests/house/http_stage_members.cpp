#include "house/figures.h"
#include "house/http_calls.h"
#include "house/http_stage.h"

/// The verbs that make members and serve them: facts, cards, benefits.
namespace suki::house {

namespace {

std::vector<std::pair<std::string, std::string>> with_status(const HttpAnswer& list) {
    std::vector<std::pair<std::string, std::string>> keys;
    for (const json::Value key : list_in(list.root(), "items")) keys.emplace_back(text_in(key, "id"), text_in(key, "status"));
    return keys;
}

}  // namespace

Reply HttpStage::add_member(const Action& action) {
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("external_id", action.bare(0));
        out.field("name", action.bare(0));
        for (const char* name : {"phone", "email", "birthday"}) write_given(out, name, action.named(name).value_or(""));
        write_given(out, "card", number_of(action.named("card").value_or("")));
        if (action.named("makes_card") == "yes") out.field("makes_card", true);
        if (const auto segments = action.named("segments")) write_texts(out, "segments", list_of(*segments));
        if (const auto person = action.named("account")) out.field("account", account_of(*person).text());
        if (const auto by = action.named("by")) out.field("referred_by", referrer_of(*by));
        write_attributes(out, action);
    });
    const HttpAnswer answer = call("POST", "/v1/members", body, &action);
    Reply reply;
    if (refused(reply, answer)) return reply;
    add_balances(reply, balances_in(answer.root()));
    if (const auto level = answer.root().find("level"); level && !level->is_null()) reply.add("level", text_in(*level, "level"));
    return reply;
}

Reply HttpStage::set_facts(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        write_given(out, "birthday", action.named("birthday").value_or(""));
        if (const auto segments = action.named("segments")) write_texts(out, "segments", list_of(*segments));
        write_attributes(out, action);
    });
    (void)refused(reply, call("PATCH", "/v1/members/" + *id, body, &action));
    return reply;
}

Reply HttpStage::issue_card(const Action& action) {
    Reply reply;
    const std::string number = number_of(action.bare(0));
    if (const auto blocked = action.named("blocked")) {
        (void)refused(reply,
                      call("POST", "/v1/cards/" + escaped(number) + (*blocked == "yes" ? "/block" : "/unblock"), "", &action));
        return reply;
    }
    if (const auto replacement = action.named("by")) {
        const std::string body = object_of([&](JsonWriter& out) { out.field("number", number_of(*replacement)); });
        (void)refused(reply, call("POST", "/v1/cards/" + escaped(number) + "/replace", body, &action));
        return reply;
    }
    const bool is_made = number == "new";
    const std::string body = object_of([&](JsonWriter& out) {
        if (!is_made) out.field("number", number);
        write_given(out, "kind", action.named("kind").value_or(""));
        write_given(out, "category", action.named("category").value_or(""));
        write_name(out, member_of(action.named("member").value_or("")));
    });
    const HttpAnswer card = call("POST", "/v1/cards", body, &action);
    if (refused(reply, card)) return reply;
    const std::string given = text_in(card.root(), "number");
    if (is_made) numbers_[action.named("as").value_or("new")] = {given};
    reply.add("kind", text_in(card.root(), "kind"));
    reply.add("category", text_in(card.root(), "category"));
    reply.add("digits", std::to_string(given.size()));
    return reply;
}

Reply HttpStage::make_cards(const Action& action) {
    Reply reply;
    const std::string name = action.bare(0);
    if (const auto count = action.named("count")) {
        const std::string body = object_of([&](JsonWriter& out) {
            out.field("count", parse_integer(*count).value_or(0));
            write_given(out, "kind", action.named("kind").value_or(""));
            write_given(out, "category", action.named("category").value_or(""));
        });
        const HttpAnswer made = call("POST", "/v1/card-batches", body, &action);
        if (refused(reply, made)) return reply;
        batches_[name] = text_in(made.root(), "id");
    } else if (const auto blocked = action.named("blocked")) {
        const std::string path = "/v1/card-batches/" + batch_of(name) + (*blocked == "yes" ? "/block" : "/unblock");
        if (refused(reply, call("POST", path, "", &action))) return reply;
    }
    const HttpAnswer state = call("GET", "/v1/card-batches/" + batch_of(name));
    if (refused(reply, state)) return reply;
    for (const char* figure : {"count", "blank", "given", "blocked"})
        reply.add(figure, std::to_string(number_in(state.root(), figure)));
    const HttpAnswer numbers = call("GET", "/v1/card-batches/" + batch_of(name) + "/numbers");
    numbers_[name].clear();
    std::string_view rest = *numbers.body;
    for (std::size_t end = rest.find("\r\n"); end != std::string_view::npos; end = rest.find("\r\n")) {
        if (rest.front() != 'n') numbers_[name].emplace_back(rest.substr(0, end));
        rest.remove_prefix(end + 2);
    }
    return reply;
}

Reply HttpStage::use_benefit(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        for (const char* name : {"store", "note", "item", "shelf"}) write_given(out, name, action.named(name).value_or(""));
        if (const auto at = action.named("booked")) out.field("booked_for", instant_text(parse_instant(*at).value()));
    });
    const HttpAnswer use = call("POST", "/v1/members/" + *id + "/benefits/" + escaped(action.bare(1)) + "/uses", body, &action);
    if (refused(reply, use)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = text_in(use.root(), "id");
    reply.add("status", text_in(use.root(), "status"));
    const auto left = use.root().find("left");
    reply.add("left", left && !left->is_null() ? std::to_string(number_in(use.root(), "left")) : "always");
    reply.add("granted", text_in(use.root(), "grant").empty() ? "no" : "yes");
    if (const std::string due = text_in(use.root(), "due_on"); !due.empty()) reply.add("due", due);
    return reply;
}

Reply HttpStage::end_use(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string end = action.verb.substr(0, action.verb.find('_'));
    const std::string body = object_of([&](JsonWriter& out) {
        write_given(out, "reason", action.named("reason").value_or(end == "undo" ? "a story" : ""));
        for (const char* name : {"item", "shelf"}) write_given(out, name, action.named(name).value_or(""));
    });
    const HttpAnswer use =
        call("POST", "/v1/members/" + *id + "/benefit-uses/" + escaped(use_of(action.bare(1))) + "/" + end, body, &action);
    if (refused(reply, use)) return reply;
    reply.add("status", text_in(use.root(), "status"));
    if (const std::string shelf = text_in(use.root(), "shelf"); !shelf.empty()) reply.add("shelf", shelf);
    return reply;
}

Reply HttpStage::benefit_uses(const Action& action) {
    Reply reply;
    const HttpAnswer found = call(
        "GET", "/v1/benefit-uses?status=" + action.bare(0) + (action.named("store") ? "&store=" + *action.named("store") : ""));
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items")) {
        items.push_back(text_in(one, "benefit") + ":" + text_in(one, "item") + ":" + text_in(one, "status"));
    }
    reply.add("items", list_words(items));
    return reply;
}

Reply HttpStage::grant_benefit(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("count", parse_integer(action.bare(2)).value_or(1));
        write_given(out, "until", action.named("until").value_or(""));
        out.field("reason", action.named("reason").value_or("a story"));
    });
    const HttpAnswer grant = call("POST", "/v1/members/" + *id + "/benefits/" + escaped(action.bare(1)) + "/grants", body, &action);
    if (refused(reply, grant)) return reply;
    uses_[action.named("as").value_or(action.bare(1))] = text_in(grant.root(), "id");
    const std::string until = text_in(grant.root(), "until");
    reply.add("until", until.empty() ? "ever" : until);
    return reply;
}

Reply HttpStage::revoke_benefit(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) { out.field("reason", action.named("reason").value_or("a story")); });
    const HttpAnswer grant =
        call("POST", "/v1/members/" + *id + "/benefit-grants/" + escaped(use_of(action.bare(1))) + "/revoke", body, &action);
    if (refused(reply, grant)) return reply;
    reply.add("status", text_in(grant.root(), "status"));
    reply.add("used", std::to_string(number_in(grant.root(), "used")));
    return reply;
}

Reply HttpStage::benefits(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer found = call("GET", "/v1/members/" + *id + "/benefits");
    if (refused(reply, found)) return reply;
    std::vector<std::string> items;
    for (const json::Value one : list_in(found.root(), "items")) {
        const auto left = one.find("left");
        items.push_back(text_in(one, "benefit") + ":" + (left->is_null() ? "always" : std::to_string(number_in(one, "left"))));
    }
    reply.add("items", list_words(items));
    std::int64_t booked = 0;
    for (const json::Value use : list_in(found.root(), "uses")) booked += text_in(use, "status") == "booked" ? 1 : 0;
    reply.add("booked", std::to_string(booked));
    return reply;
}

std::vector<PublishedKey> HttpStage::published_keys() {
    std::vector<PublishedKey> keys;
    const HttpAnswer set = call("GET", "/v1/organisations/main/jwks");
    if (!set.is_good()) return keys;
    for (const json::Value key : list_in(set.root(), "keys")) keys.push_back({text_in(key, "kid"), text_in(key, "x")});
    return keys;
}

Reply HttpStage::issue_token(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer token = call("POST", "/v1/members/" + *id + "/benefits/" + escaped(action.bare(1)) + "/token");
    if (refused(reply, token)) return reply;
    add_token(reply, action, text_in(token.root(), "token"), text_in(token.root(), "resource"));
    return reply;
}

Reply HttpStage::list_keys(const Action&) {
    Reply reply;
    const HttpAnswer list = call("GET", "/v1/signing-keys");
    if (!refused(reply, list)) add_keys(reply, with_status(list));
    return reply;
}

Reply HttpStage::rotate_keys(const Action& action) {
    Reply reply;
    const std::string body = action.bare(0) == "revoke" ? R"({"revoke":true})" : "{}";
    const HttpAnswer list = call("POST", "/v1/signing-keys/rotate", body, &action);
    if (!refused(reply, list)) add_keys(reply, with_status(list));
    return reply;
}

namespace {
void add_household(Reply& reply, json::Value household) {
    std::vector<std::string> people;
    for (const json::Value person : list_in(household, "people")) people.push_back(text_in(person, "name"));
    add_household(reply, people, text_in(household, "pays"), text_in(household, "level"));
    add_balances(reply, balances_in(household));
}
}  // namespace

Reply HttpStage::join_household(const Action& action) {
    Reply reply;
    const auto to = id_of(action.bare(1), reply);
    const auto member = to ? id_of(action.bare(0), reply) : std::nullopt;
    if (!member) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("member", *member);
        out.field("reason", action.named("reason").value_or("a story"));
    });
    const HttpAnswer answer = call("POST", "/v1/members/" + *to + "/household/people", body, &action);
    if (!refused(reply, answer)) add_household(reply, answer.root());
    return reply;
}

Reply HttpStage::leave_household(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) { out.field("reason", action.named("reason").value_or("a story")); });
    const HttpAnswer answer = call("POST", "/v1/members/" + *id + "/household/leave", body, &action);
    if (!refused(reply, answer)) add_household(reply, answer.root());
    return reply;
}

Reply HttpStage::household(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string path = "/v1/members/" + *id + "/household";
    const auto pays = action.named("pays");
    const auto owner_name = action.named("owner");
    if (!pays && !owner_name) {
        const HttpAnswer found = call("GET", path);
        if (!refused(reply, found)) add_household(reply, found.root());
        return reply;
    }
    const auto owner = owner_name ? id_of(*owner_name, reply) : std::optional<std::string>{};
    if (owner_name && !owner) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        write_given(out, "pays", pays.value_or(""));
        if (owner) out.field("owner", *owner);
        out.field("reason", "a story");
    });
    const HttpAnswer set = call("PATCH", path, body, &action);
    if (!refused(reply, set)) add_household(reply, set.root());
    return reply;
}

}  // namespace suki::house
