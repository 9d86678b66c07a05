#include "server/card_faces.h"
#include "server/handlers.h"
#include "server/lookups.h"

/// Numbers of cards as images, and what is printed.
namespace suki::server {

namespace {

constexpr int kPixelsPerModule = 4;

void refuse(Call& call, print::BarcodeFault fault) {
    call.refuse(422, name_of(ServerRejection::barcode_not_possible), std::string{name_of(fault)}, "query/code");
}

/// What is to be drawn: `symbology` absent where nothing is asked for. Nothing where that is no code, and the call is refused.
struct Drawn {
    std::optional<print::Symbology> symbology;
};
std::optional<Drawn> what_to_draw(Call& call) {
    const auto asked = call.request().query_value("code");
    if (!asked) return Drawn{};
    const auto known = from_name<print::Symbology>(*asked);
    if (known) return Drawn{known};
    call.refuse_parameter("query/code", json::MistakeCode::not_a_choice, "must be `ean13`, `code128` or `qr`");
    return std::nullopt;
}

void send_file(Call& call, std::string content_type, std::string bytes, const std::string& name) {
    net::Response response{.status = 200, .content_type = std::move(content_type), .body = std::move(bytes)};
    response.headers.emplace_back("Content-Disposition", "inline; filename=\"" + name + "\"");
    response.headers.emplace_back("Cache-Control", "no-store");
    call.send(std::move(response));
}

}  // namespace

void get_card_image(const CallPointer& call) {
    const auto drawn = what_to_draw(*call);
    if (!drawn) return;
    const std::string format{call->request().query_value("format").value_or("svg")};
    if (format != "svg" && format != "png") {
        return call->refuse_parameter("query/format", json::MistakeCode::not_a_choice, "must be `svg` or `png`");
    }
    const auto card = call->app().find_card(call->organisation, call->programme, call->path_values.at(0));
    if (!card) return call->refuse(card.error());
    call->count_guess(true);
    const auto barcode = print::barcode_of(drawn->symbology.value_or(usual_symbology(card->number)), card->number);
    if (!barcode) return refuse(*call, barcode.error());
    // The number itself may be anything; the name of a file may not.
    const std::string name = "card." + format;
    if (format == "svg") return send_file(*call, "image/svg+xml", print::svg_of(*barcode), name);
    send_file(*call, "image/png", print::png_of(*barcode, kPixelsPerModule), name);
}

void get_card_batch_sheet(const CallPointer& call) {
    const auto drawn = what_to_draw(*call);
    if (!drawn) return;
    const auto state = call->app().card_batch(call->organisation, call->programme, call->path_values.at(0));
    if (!state) return call->refuse(state.error());
    const auto plan = call->app().plan(call->organisation, call->programme);
    if (!plan) return call->refuse(plan.error());
    auto sheet = print::card_sheet(card_faces(**plan, call->language_for(plan->get()), *state, drawn->symbology),
                                   local_date(*(*plan)->zone, state->batch.made_at));
    if (!sheet) return refuse(*call, sheet.error());
    send_file(*call, "application/pdf", *std::move(sheet), state->batch.id + ".pdf");
}

void get_benefit_use_label(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto use = call->app().benefit_use(call->organisation, call->programme, named(*id), call->path_values.at(1));
    if (!use) return call->refuse(use.error());
    const std::string& own_store = call->principal.store;
    const bool is_elsewhere = !own_store.empty() && !use->store.empty() && use->store != own_store;
    if (use->item.empty() || !use->due_on || is_elsewhere) {
        return call->refuse(app::refuse(app::BenefitRejection::benefit_use_not_found, "/use").error);
    }
    const auto member = call->app().find_member(call->organisation, call->programme, named(*id));
    if (!member) return call->refuse(member.error());
    const auto plan = call->app().plan(call->organisation, call->programme);
    if (!plan) return call->refuse(plan.error());
    // No words, so that it is the same for everybody: what, where, whose, from when until when.
    const Date stored_on = local_date(*(*plan)->zone, use->stored_at.value_or(use->recorded_at));
    print::Label label{.heading = use->item, .lines = {}, .code = id->text() + "/" + use->id};
    for (const std::string& line :
         {use->shelf, member->profile.name, date_text(stored_on) + " \u2013 " + date_text(*use->due_on), use->store}) {
        if (!line.empty()) label.lines.push_back(line);
    }
    auto sheet = print::labels(std::span{&label, 1}, stored_on);
    if (!sheet) return refuse(*call, sheet.error());
    send_file(*call, "application/pdf", *std::move(sheet), use->id + ".pdf");
}

}  // namespace suki::server
