#include <array>
#include <cstdio>
#include <iostream>
#include <string>

#include "app/event_desk.h"
#include "base/json_writer.h"
#include "base/limits.h"
#include "cli/verbs.h"
#include "cli/zones.h"
#include "programme/compile.h"
#include "server/encode.h"
#include "server/inputs.h"
#include "server/problems.h"
#include "words/words.h"

namespace suki::cli {

namespace {

using server::json::Object;

SUKI_ENUM(EventType, receipt, return_, void_, visit, member)

/// One line of the input. `type` says which of the others it fills.
struct InputEvent {
    EventType type{};
    std::string id;
    server::ReceiptInput receipt;
    event::Return back;
    app::RecordActivity activity{.activity = {.kind = "visit"}};
    app::LearnMember member;
};

/// The fields are those of the interface's bodies, and what there stands in the path.
void read_event_line(Object& in, InputEvent& out) {
    if (!in.required("type", out.type, server::json::choice<EventType>())) return;
    switch (out.type) {
        case EventType::receipt:
            in.required("id", out.id, server::json::key());
            server::read_receipt(in, out.receipt);
            return;
        case EventType::return_:
            in.required("receipt", out.back.receipt, server::json::key());
            server::read_return(in, out.back);
            return;
        case EventType::void_:
            in.required("receipt", out.back.receipt, server::json::key());
            server::read_void(in, out.back);
            return;
        case EventType::visit:
            in.required("id", out.activity.activity.id, server::json::key());
            in.required("member", out.activity.member, server::json::object<app::MemberName>(server::read_member_name));
            in.required("occurred_at", out.activity.activity.occurred_at, server::json::instant());
            in.optional("store", out.activity.activity.store, server::json::key(limits::key_bytes));
            return;
        case EventType::member:
            in.required("member", out.member.member, server::json::object<app::MemberName>(server::read_member_name));
            if (Instant at; in.optional("occurred_at", at, server::json::instant())) out.member.occurred_at = at;
            server::read_facts_patch(in, out.member.facts);
            if (programme::CardShown card; in.optional("card", card.kind, server::json::choice<programme::CardKind>())) {
                in.optional("card_category", card.category, server::json::key(limits::key_bytes));
                out.member.card = card;
            }
            return;
    }
}

app::RecordReceipt command_of(const std::string& id, server::ReceiptInput&& input) {
    app::RecordReceipt command{.member = std::move(input.member),
                               .receipt = std::move(input.receipt),
                               .returns = std::move(input.returns),
                               .quote_token = std::move(input.quote_token)};
    command.receipt.id = id;
    command.receipt.occurred_at = input.occurred_at.instant;
    command.receipt.offset_s = input.occurred_at.offset_s;
    if (command.member.by == app::NamedBy::card) command.receipt.card = command.member.value;
    for (event::Return& one : command.returns) one.occurred_at = command.receipt.occurred_at;
    return command;
}

/// Reads lines, has them decided, and writes a line for each.
class Clerk {
public:
    Clerk(programme::PlanPointer plan, bool explains) : desk_(plan), explains_(explains) { speech_.plan = std::move(plan); }

    /// Appends one line of JSON, without its end.
    void answer(std::uint64_t number, std::string_view line, std::string& out) {
        JsonWriter json(out);
        json.begin_object();
        json.field("line", static_cast<std::int64_t>(number));
        write(line, json);
        json.end_object();
    }

    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    void write(std::string_view line, JsonWriter& json) {
        if (line.size() > limits::body_bytes) {
            return refuse(json, {.code = std::string{name_of(server::WireRejection::body_too_large)},
                                 .detail = "a line has at most " + std::to_string(limits::body_bytes) + " bytes"});
        }
        auto event = server::json::decode<InputEvent>(line, read_event_line);
        if (!event) return refuse(json, server::problem_of(event.error()));
        json.field("type", name_of(event->type));
        write_name(json, *event);
        switch (event->type) {
            case EventType::receipt: return record(*event, json);
            case EventType::return_: return give_back(json, event->back.id, desk_.decide(app::ReturnGoods{.what = event->back}));
            case EventType::void_: return give_back(json, event->back.id, desk_.decide(app::VoidReceipt{.what = event->back}));
            case EventType::visit: return visit(event->activity, json);
            case EventType::member: return learn(event->member, json);
        }
    }

    /// Whom the event names, as it names them: nobody has an id here.
    static void write_name(JsonWriter& json, const InputEvent& event) {
        const app::MemberName& name = event.type == EventType::receipt ? event.receipt.member
                                      : event.type == EventType::visit ? event.activity.member
                                                                       : event.member.member;
        constexpr std::array<std::string_view, count_of<app::NamedBy>> kKeys{"", "id", "card", "phone", "email", "external_id"};
        if (name.by == app::NamedBy::nobody) return;
        json.begin_object("named");
        json.field(kKeys[static_cast<std::size_t>(name.by)], name.value);
        json.end_object();
    }

    void refuse(JsonWriter& json, const server::Problem& problem) {
        ++refused_;
        json.field("refused", problem.code);
        if (!problem.pointer.empty()) json.field("pointer", problem.pointer);
        if (!problem.detail.empty()) json.field("detail", problem.detail);
        if (!problem.arguments.empty()) {
            json.begin_object("arguments");
            for (const auto& [name, value] : problem.arguments) json.field(name, value);
            json.end_object();
        }
        if (problem.errors.empty()) return;
        json.begin_array("errors");
        for (const server::Flaw& flaw : problem.errors) {
            json.begin_object();
            json.field("pointer", flaw.pointer);
            json.field("code", flaw.code);
            json.field("message", flaw.message);
            json.end_object();
        }
        json.end_array();
    }
    /// Whether there is an answer to write; a refusal is written here.
    template <class A>
    bool is_answered(JsonWriter& json, const app::Answered<A>& answer) {
        if (!answer) {
            refuse(json, server::problem_of(answer.error()));
            return false;
        }
        if constexpr (requires { answer->is_repeat; }) {
            if (answer->is_repeat) json.field("repeat", true);
        }
        return true;
    }

    void record(InputEvent& event, JsonWriter& json) {
        const std::string& currency = desk_.plan().currency;
        if (!event.receipt.currency.empty() && event.receipt.currency != currency) {
            json.field("id", event.id);
            return refuse(json, {.code = std::string{name_of(server::ServerRejection::currency_differs)},
                                 .detail = "the programme counts in " + currency,
                                 .pointer = "/currency",
                                 .arguments = {{"currency", currency}}});
        }
        const auto answer = desk_.decide(command_of(event.id, std::move(event.receipt)));
        if (!answer) json.field("id", event.id);
        if (!is_answered(json, answer)) return;
        server::write_receipt_fields(json, *answer, speech_);
        if (!explains_) return;
        json.key("explanation");
        server::write_explanation(json, desk_.explain(event.id), speech_);
    }

    void give_back(JsonWriter& json, const std::string& id, const app::Answered<app::ReturnAnswer>& answer) {
        if (!answer) json.field("id", id);
        if (is_answered(json, answer)) server::write_return_fields(json, *answer);
    }

    void visit(const app::RecordActivity& command, JsonWriter& json) {
        json.field("id", command.activity.id);
        const auto answer = desk_.decide(command);
        if (!is_answered(json, answer)) return;
        server::write_instant(json, "recorded_at", answer->recorded_at);
        server::write_balances(json, "balances", desk_.balances(command.member));
        server::write_text_or_null(json, "level", answer->level);
    }

    void learn(const app::LearnMember& command, JsonWriter& json) {
        const auto answer = desk_.decide(command);
        if (!is_answered(json, answer)) return;
        json.field("joined", answer->has_joined);
        server::write_instant(json, "recorded_at", answer->recorded_at);
        server::write_balances(json, "balances", answer->balances);
        server::write_text_or_null(json, "level", answer->level);
    }

    app::EventDesk desk_;
    bool explains_;
    server::Speech speech_;
    std::uint64_t refused_ = 0;
};

}  // namespace

int evaluate(const EvaluateOptions& options) {
    const std::string source = read_file(options.file);
    const auto compiled = programme::compile(source, load_zone);
    if (!compiled) {
        for (const programme::Diagnostic& finding : compiled.error())
            std::cerr << words::say_diagnostic(options.language, finding, options.file) << '\n';
        return 2;
    }
    std::ios::sync_with_stdio(false);
    Clerk clerk(compiled->plan, options.explain);
    std::string line;
    std::string out;
    for (std::uint64_t number = 1; std::getline(std::cin, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        clerk.answer(number, line, out);
        out += '\n';
        // Answers leave in large pieces, but nobody who pipes by hand waits for long.
        if (out.size() > (1 << 16) || std::cin.rdbuf()->in_avail() <= 0) {
            std::fwrite(out.data(), 1, out.size(), stdout);
            std::fflush(stdout);
            out.clear();
        }
    }
    std::fwrite(out.data(), 1, out.size(), stdout);
    if (clerk.refused() != 0) std::cerr << clerk.refused() << " lines refused\n";
    return clerk.refused() == 0 ? 0 : 1;
}

}  // namespace suki::cli
