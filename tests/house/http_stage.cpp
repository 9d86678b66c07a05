#include "house/http_stage.h"

#include <algorithm>

#include "house/figures.h"

namespace suki::house {

void HttpStage::serve() {
    server_ = std::make_unique<server::Server>(world_.app(),
                                               server::Options{.workers = 1,
                                                               .log = server::Log{server::LogLevel::error, server::LogFormat::json},
                                                               .sweep_every = std::chrono::milliseconds{0},
                                                               .figures_every = std::chrono::milliseconds{0}});
    if (const auto started = server_->start(); !started) fail("the server doesn't start: " + started.error());
    client_ = std::make_unique<server::net::Client>("127.0.0.1", server_->port());
}

/// `action` is given for writes: its `key=` is the Idempotency-Key, or one that was not used before.
HttpAnswer HttpStage::call(const std::string& method, const std::string& path, const std::string& body, const Action* action) {
    server::net::Client::Headers headers{{"Authorization", "Bearer " + secret_}};
    if (!body.empty()) headers.emplace_back("Content-Type", "application/json");
    if (action != nullptr) {
        headers.emplace_back("Idempotency-Key", action->named("key").value_or("story-" + std::to_string(++keys_used_)));
    }
    if (method == "PATCH") headers.emplace_back("If-Match", "*");
    std::string target = path;
    // The catalogue and accounts belong to the organisation, and programmes name themselves.
    const auto begins = [&path](std::string_view text) { return path.compare(0, text.size(), text) == 0; };
    const bool is_of_programme = !begins("/v1/programmes") && !begins("/v1/products") && !begins("/v1/stores") &&
                                 !begins("/v1/accounts") && !begins("/v1/organisations") && !begins("/v1/signing-keys");
    if (is_of_programme && !programme_.empty())
        target += (path.find('?') == std::string::npos ? "?programme=" : "&programme=") + escaped(programme_);
    auto response = client_->request(method, target, headers, body);
    if (!response) fail(method + " " + path + ": " + response.error());
    HttpAnswer answer{.status = response->status,
                      .is_repeat = response->header("Idempotency-Replayed").has_value(),
                      .body = std::make_shared<const std::string>(std::move(response->body))};
    const bool is_file = response->header("Content-Disposition").has_value();
    if (is_file) return answer;
    auto document = json::parse(*answer.body);
    if (!document) fail(method + " " + path + " answers what is no JSON: " + answer.body->substr(0, 200));
    answer.document = *std::move(document);
    return answer;
}

bool HttpStage::refused(Reply& reply, const HttpAnswer& answer) const {
    if (answer.is_good()) return false;
    const json::Value problem = answer.root();
    reply.outcome = text_in(problem, "code");
    if (const std::string pointer = text_in(problem, "pointer"); !pointer.empty()) reply.add("at", pointer);
    if (const auto arguments = problem.find("arguments")) {
        for (const auto& [name, value] : arguments->members()) reply.add(std::string{name}, std::string{value.text()});
    }
    if (problem.find("diagnostics")) {
        for (const json::Value one : list_in(problem, "diagnostics")) reply.add("finding", text_in(one, "code"));
    } else if (problem.find("errors")) {
        for (const json::Value one : list_in(problem, "errors"))
            reply.add("error", text_in(one, "pointer") + ":" + text_in(one, "code"));
    }
    return true;
}

/// The programme's exponent and units, as the interface tells them.
void HttpStage::read_programme() {
    const HttpAnswer answer = call("GET", "/v1/programmes");
    Reply reply;
    if (refused(reply, answer)) fail("the programmes can't be listed: " + reply.outcome);
    for (const json::Value one : list_in(answer.root(), "items")) {
        if (text_in(one, "id") != programme_) continue;
        exponent_ = static_cast<int>(number_in(one, "exponent"));
        units_.clear();
        for (const json::Value unit : list_in(one, "units")) units_.push_back(text_in(unit, "id"));
    }
}

/// The member's id by the name that the story gave it. None: `reply` says why.
std::optional<std::string> HttpStage::id_of(const std::string& name, Reply& reply) {
    const HttpAnswer answer = call("GET", "/v1/members?external_id=" + escaped(name));
    if (refused(reply, answer)) return std::nullopt;
    const auto items = list_in(answer.root(), "items");
    if (items.size() == 1) return text_in(items.front(), "id");
    // A search that finds nobody is no refusal of the interface; to the story it is one.
    reply.outcome = "member_not_found";
    return std::nullopt;
}

/// Before the first edition nothing is known of units.
std::vector<std::string> HttpStage::units_of(json::Value answer) const {
    return number_in(answer, "edition") == 0 ? std::vector<std::string>{} : units_;
}

void HttpStage::add_figures(Reply& reply, json::Value answer) {
    const std::vector<std::string> units = units_of(answer);
    add_outcome(reply, outcome_in(answer, units), units, exponent_);
}

// -- Verbs ----------------------------------------------------------------------------------------------------------------------

Reply HttpStage::publish(const Action& action) {
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("document", document_at(action.bare(0)));
        if (const auto date = action.named("effective")) out.field("effective_on", *date);
    });
    const HttpAnswer answer = call("POST", "/v1/programmes", body, &action);
    Reply reply;
    if (refused(reply, answer)) {
        // Only an operator may publish into the past.
        if (reply.outcome == "effective_on_too_early") reply = AppStage::publish(action);
        if (reply.outcome == "ok") read_programme();
        return reply;
    }
    programme_ = text_in(answer.root(), "programme");
    read_programme();
    reply.add("edition", std::to_string(number_in(answer.root(), "edition")));
    reply.add("effective", text_in(answer.root(), "effective_on"));
    return reply;
}

void HttpStage::enter(const std::string& programme) {
    programme_ = programme;
    read_programme();
}

Reply HttpStage::account(const Action& action) {
    Reply reply;
    const HttpAnswer answer = call("GET", "/v1/accounts/" + account_of(action.bare(0)).text());
    if (refused(reply, answer)) return reply;
    std::vector<std::string> programmes;
    for (const json::Value member : list_in(answer.root(), "members")) programmes.push_back(text_in(member, "programme"));
    reply.add("programmes", list_words(programmes));
    return reply;
}

Reply HttpStage::add_product(const Action& action) {
    const std::string body = object_of([&](JsonWriter& out) {
        out.begin_array("products");
        out.begin_object();
        out.field("sku", action.bare(0));
        write_given(out, "category", action.named("category").value_or(""));
        write_given(out, "brand", action.named("brand").value_or(""));
        write_given(out, "unit", action.named("unit").value_or(""));
        write_texts(out, "tags", list_of(action.named("tags").value_or("")));
        out.end_object();
        out.end_array();
    });
    Reply reply;
    (void)refused(reply, call("POST", "/v1/products", body, &action));
    return reply;
}

Reply HttpStage::add_store(const Action& action) {
    const std::string body = object_of([&](JsonWriter& out) {
        out.begin_array("stores");
        out.begin_object();
        out.field("id", action.bare(0));
        out.field("title", action.bare(0));
        write_given(out, "region", action.named("region").value_or(""));
        write_given(out, "zone", action.named("zone").value_or(""));
        out.end_object();
        out.end_array();
    });
    Reply reply;
    (void)refused(reply, call("POST", "/v1/stores", body, &action));
    return reply;
}

Reply HttpStage::buy(const Action& action) {
    if (action.named("edition")) return AppStage::buy(action);  // an import's word
    event::Receipt receipt = receipt_of(action, action.bare(1), time_of(action), exponent_);
    receipt.card = number_of(receipt.card);
    for (event::PointsPayment& payment : receipt.points_paid) {
        if (const auto hold = action.named("hold")) payment.hold = HoldId::parse(holds_[*hold]);
    }
    const app::MemberName member =
        receipt.card.empty() ? member_of(action.bare(0)) : app::MemberName{app::NamedBy::card, receipt.card};
    const std::string body = object_of([&](JsonWriter& out) {
        write_given(out, "till", receipt.till);
        write_given(out, "number", receipt.number);
        out.field("occurred_at", instant_text(receipt.occurred_at));
        write_basket(out, member, receipt);
        write_given(out, "charged", receipt.charged);
        if (const auto token = action.named("token")) out.field("quote_token", tokens_.contains(*token) ? tokens_[*token] : *token);
    });
    const HttpAnswer answer = call("PUT", "/v1/receipts/" + escaped(receipt.id), body, &action);
    Reply reply;
    if (refused(reply, answer)) return reply;
    const json::Value root = answer.root();
    add_figures(reply, root);
    add_balances(reply, balances_in(root));
    reply.add("level", text_in(root, "level"));
    reply.add("edition", std::to_string(number_in(root, "edition")));
    const std::vector<app::ThingGiven> things = things_in(root);
    for (const app::ThingGiven& thing : things) uses_[thing.thing] = thing.id;
    add_things(reply, things);
    add_discrepancies(reply, discrepancies_in(root));
    add_moves(reply, moves_in(root));
    reply.add("repeat", answer.is_repeat ? "yes" : "no");
    return reply;
}

Reply HttpStage::quote(const Action& action) {
    event::Receipt receipt = receipt_of(action, action.named("id").value_or("quote"), time_of(action), exponent_);
    receipt.card = number_of(receipt.card);
    const app::MemberName member =
        receipt.card.empty() ? member_of(action.bare(0)) : app::MemberName{app::NamedBy::card, receipt.card};
    const bool with_hold = action.named("with_hold") == "yes";
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("at", instant_text(receipt.occurred_at));
        write_basket(out, member, receipt);
        out.field("hold", with_hold);
    });
    const HttpAnswer answer = call("POST", "/v1/receipts/quote", body, with_hold ? &action : nullptr);
    Reply reply;
    if (refused(reply, answer)) return reply;
    const json::Value root = answer.root();
    add_figures(reply, root);
    std::vector<std::string> spendable;
    for (const app::UnitPoints& points : points_in(root, "spendable")) spendable.push_back(std::to_string(points.points.minor()));
    reply.add("spendable", spendable.size() == 1 ? spendable.front() : list_words(spendable));
    std::vector<std::string> missing;
    for (const json::Value step : list_in(root, "missing")) {
        missing.push_back(text_in(step, "offer") + ":" + text_in(step, "kind") + ":" + std::to_string(figure_in(step)));
    }
    reply.add("missing", list_words(missing));
    if (const auto as = action.named("as")) tokens_[*as] = text_in(root, "token");
    if (const auto held = list_in(root, "holds"); !held.empty()) {
        holds_[action.named("as").value_or("quote")] = text_in(held.front(), "hold");
    }
    add_discrepancies(reply, discrepancies_in(root));
    add_moves(reply, moves_in(root));
    return reply;
}

Reply HttpStage::give_back(const Action& action) {
    const event::Return what = return_of(action, time_of(action), exponent_);
    const bool is_void = action.verb == "void";
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("id", what.id);
        out.field("occurred_at", instant_text(what.occurred_at));
        write_given(out, "reason", what.reason);
        write_given(out, "refunded", what.refunded);
        if (is_void) return;
        out.begin_array("lines");
        for (const event::ReturnedLine& line : what.lines) {
            out.begin_object();
            out.field("line", line.line);
            write_quantity(out, line);
            out.end_object();
        }
        out.end_array();
    });
    const HttpAnswer http = call("POST", "/v1/receipts/" + escaped(what.receipt) + (is_void ? "/void" : "/returns"), body, &action);
    Reply reply;
    if (refused(reply, http)) return reply;
    const json::Value root = http.root();
    app::ReturnAnswer answer;
    answer.refund = Money{number_in(root, "refund")};
    answer.withheld = Money{number_in(root, "withheld")};
    answer.taken_back = points_in(root, "taken_back");
    answer.left = points_in(root, "left");
    answer.given_back = points_in(root, "given_back");
    answer.balances = balances_in(root);
    answer.level = text_in(root, "level");
    for (const json::Value receipt : list_in(root, "relied_on")) answer.relied_on.emplace_back(receipt.text());
    answer.things = things_in(root);
    answer.discrepancies = discrepancies_in(root);
    answer.is_repeat = http.is_repeat;
    add_return(reply, answer, exponent_);
    return reply;
}

Reply HttpStage::hold(const Action& action) {
    const std::string body = object_of([&](JsonWriter& out) {
        write_name(out, member_of(action.bare(0)));
        out.field("unit", action.named("unit").value_or("points"));
        out.field("points", parse_integer(action.named("points").value_or("0")).value_or(0));
        if (const auto length = action.named("for")) out.field("seconds", duration_of(*length) / kSecondUs);
    });
    const HttpAnswer answer = call("POST", "/v1/holds", body, &action);
    Reply reply;
    if (refused(reply, answer)) return reply;
    holds_[action.named("as").value_or("hold")] = text_in(answer.root(), "hold");
    add_balances(reply, balances_in(answer.root()));
    return reply;
}

Reply HttpStage::end_hold(const Action& action) {
    const auto known = holds_.find(action.bare(0));
    const std::string id = known == holds_.end() ? action.bare(0) : known->second;
    const bool is_confirmed = action.verb == "confirm";
    std::string body;
    if (is_confirmed) {
        body = object_of([&](JsonWriter& out) {
            if (const auto points = action.named("points")) out.field("points", parse_integer(*points).value_or(0));
            out.field("reason", "spec");
        });
    }
    const HttpAnswer answer = call("POST", "/v1/holds/" + escaped(id) + (is_confirmed ? "/confirm" : "/release"), body, &action);
    Reply reply;
    if (refused(reply, answer)) return reply;
    reply.add("points", std::to_string(number_in(answer.root(), "points")));
    add_balances(reply, balances_in(answer.root()));
    return reply;
}

Reply HttpStage::earn(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("unit", action.named("unit").value_or("points"));
        out.field("points", parse_integer(action.bare(1)).value_or(0));
        out.field("reason", action.named("reason").value_or("spec"));
        out.field("may_owe", action.named("may_owe") == "yes");
        if (const auto expires = action.named("expires")) out.field("expires_at", instant_text(instant_of_words(*expires)));
    });
    const HttpAnswer answer = call("POST", "/v1/members/" + *id + "/adjustments", body, &action);
    if (refused(reply, answer)) return reply;
    add_balances(reply, balances_in(answer.root()));
    return reply;
}

Reply HttpStage::give(const Action& action) {
    Reply reply;
    const bool is_merge = action.verb == "merge";
    const auto from = id_of(action.bare(0), reply);
    // Whoever is of another programme is named by id already.
    const app::MemberName other = member_anywhere(action.bare(1));
    const auto to = !from                              ? std::nullopt
                    : other.by == app::NamedBy::member ? std::optional{other.value}
                                                       : id_of(action.bare(1), reply);
    if (!to) return reply;
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("to", *to);
        out.field("reason", action.named("reason").value_or("spec"));
        if (is_merge) return;
        out.field("unit", action.named("unit").value_or("points"));
        out.field("points", parse_integer(action.bare(2)).value_or(0));
    });
    const HttpAnswer answer = call("POST", "/v1/members/" + *from + (is_merge ? "/merge" : "/transfers"), body, &action);
    if (refused(reply, answer)) return reply;
    add_balances(reply, balances_in(answer.root()));
    if (is_merge) add_moved(reply, points_in(answer.root(), "moved"));
    if (!is_merge) return reply;
    reply.add("level", text_in(answer.root(), "level"));
    std::vector<std::string> elsewhere;
    for (const json::Value merged : list_in(answer.root(), "elsewhere")) {
        elsewhere.push_back(moved_words(text_in(merged, "programme"), points_in(merged, "moved")));
    }
    reply.add("elsewhere", list_words(elsewhere));
    return reply;
}

/// The interface shows lots, not which of them a hold drew on: that is what the lots had less after it than before.
Reply HttpStage::redeem(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const std::string account = "/v1/members/" + *id + "/account";
    const std::vector<AnsweredLot> before = lots_in(call("GET", account).root());
    const std::string body = object_of([&](JsonWriter& out) {
        write_name(out, member_of(action.bare(0)));
        out.field("unit", action.named("unit").value_or("points"));
        out.field("points", parse_integer(action.bare(1)).value_or(0));
    });
    const HttpAnswer held = call("POST", "/v1/holds", body, &action);
    if (refused(reply, held)) return reply;
    std::map<std::string, std::int64_t> drawn;
    for (const AnsweredLot& lot : before) drawn[lot.key] += lot.remaining;
    for (const AnsweredLot& lot : lots_in(call("GET", account).root())) drawn[lot.key] -= lot.remaining;
    std::vector<std::string> draws;
    for (const AnsweredLot& lot : before) {
        const std::int64_t taken = std::min(lot.remaining, drawn[lot.key]);
        if (taken <= 0) continue;
        drawn[lot.key] -= taken;
        draws.push_back(std::to_string(taken) + "@" + (lot.expires.empty() ? "never" : lot.expires.substr(0, 10)));
    }
    const std::string reason = object_of([](JsonWriter& out) { out.field("reason", "spec"); });
    const HttpAnswer answer = call("POST", "/v1/holds/" + text_in(held.root(), "hold") + "/confirm", reason, &action);
    if (refused(reply, answer)) return reply;
    add_balances(reply, balances_in(answer.root()));
    reply.add("draws", list_words(draws));
    return reply;
}

Reply HttpStage::visit(const Action& action) {
    const std::string body = object_of([&](JsonWriter& out) {
        out.field("id", action.named("id").value_or("visit-" + std::to_string(action.line)));
        out.field("kind", action.named("kind").value_or("visit"));
        write_name(out, member_of(action.bare(0)));
        out.field("occurred_at", instant_text(time_of(action)));
        write_given(out, "store", action.named("store").value_or(""));
    });
    const HttpAnswer answer = call("POST", "/v1/events", body, &action);
    Reply reply;
    if (refused(reply, answer)) return reply;
    reply.add("level", text_in(answer.root(), "level"));
    return reply;
}

Reply HttpStage::balance(const Action& action) {
    if (action.named("at")) return AppStage::balance(action);  // the interface shows accounts as of now
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer answer = call("GET", "/v1/members/" + *id + "/account");
    if (refused(reply, answer)) return reply;
    add_balances(reply, balances_in(answer.root()));
    std::vector<std::string> lots;
    for (const AnsweredLot& lot : lots_in(answer.root())) {
        lots.push_back(std::to_string(lot.remaining) + "@" + (lot.expires.empty() ? "never" : lot.expires.substr(0, 16)) +
                       (lot.is_mature ? "" : "!pending"));
    }
    reply.add("lots", list_words(lots));
    return reply;
}

Reply HttpStage::level(const Action& action) {
    if (action.named("at")) return AppStage::level(action);  // the interface shows accounts as of now
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer answer = call("GET", "/v1/members/" + *id + "/account");
    if (refused(reply, answer)) return reply;
    std::vector<std::string> scales;
    for (const json::Value scale : list_in(answer.root(), "scales")) {
        const auto next = scale.find("next");
        const std::int64_t missing = !next || next->is_null() ? 0 : figure_in(*next);
        scales.push_back(text_in(scale, "offer") + ":" + std::to_string(figure_in(scale)) + ":" + std::to_string(missing));
    }
    reply.add("scales", list_words(scales));
    const auto level = answer.root().find("level");
    if (!level || level->is_null()) {
        reply.add("level", "");
        return reply;
    }
    const auto or_none = [&](std::string_view name) {
        const std::string text = text_in(*level, name);
        return text.empty() ? std::string{"none"} : text;
    };
    reply.add("level", text_in(*level, "level"));
    reply.add("since", text_in(*level, "since"));
    reply.add("keep", or_none("keep_until"));
    reply.add("grace", or_none("grace_until"));
    reply.add("next", or_none("next"));
    reply.add("missing", std::to_string(number_in(*level, "missing")));
    const std::string until = text_in(*level, "granted_until");
    reply.add("granted", !is_true_in(*level, "is_granted") ? "no" : until.empty() ? "yes" : until);
    const auto needs = [](json::Value object, std::string_view list, bool is_any) {
        std::vector<std::string> words;
        for (const json::Value need : list_in(object, list)) {
            words.push_back(std::to_string(number_in(need, "figure")) + "/" + std::to_string(number_in(need, "at_least")));
        }
        return (is_any ? "any" : "all") + list_words(words);
    };
    reply.add("needs", needs(*level, "next_needs", is_true_in(*level, "is_next_any")));
    const auto stay = level->find("stay");
    const bool stays = !stay || stay->is_null();
    reply.add("stay", stays ? "none" : text_in(*stay, "by") + ":" + needs(*stay, "needs", is_true_in(*stay, "is_any")));
    return reply;
}

Reply HttpStage::statement(const Action& action) {
    Reply reply;
    const auto id = id_of(action.bare(0), reply);
    if (!id) return reply;
    const HttpAnswer answer = call("GET", "/v1/members/" + *id + "/statement?limit=100");
    if (refused(reply, answer)) return reply;
    std::vector<std::string> lines;
    for (const json::Value one : list_in(answer.root(), "items")) {
        const std::int64_t change = number_in(one, "change");
        const std::string clause = text_in(one, "clause");
        lines.push_back(text_in(one, "kind") + (change >= 0 ? "+" : "") + std::to_string(change) +
                        (clause.empty() ? "" : "@" + clause));
    }
    reply.add("lines", list_words(lines));
    return reply;
}

Reply HttpStage::explain(const Action& action) {
    const HttpAnswer answer = call("GET", "/v1/receipts/" + escaped(action.bare(0)) + "/explain");
    Reply reply;
    if (refused(reply, answer)) return reply;
    for (const json::Value offer : list_in(answer.root(), "offers")) {
        const json::Value decision = object_in(offer, "decision");
        if (text_in(decision, "offer") != action.named("offer").value_or("")) continue;
        reply.add("verdict", text_in(decision, "verdict"));
        std::vector<std::string> failed;
        for (const json::Value condition : list_in(offer, "conditions")) {
            if (!is_true_in(condition, "is_met")) failed.push_back(text_in(condition, "kind") + ":" + text_in(condition, "seen"));
        }
        reply.add("failed", list_words(failed));
    }
    return reply;
}

std::unique_ptr<Stage> make_http_stage(World& world, std::string folder) {
    return std::make_unique<HttpStage>(world, std::move(folder));
}

}  // namespace suki::house
