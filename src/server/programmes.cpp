#include <algorithm>
#include <charconv>

#include "programme/compile.h"
#include "server/encode.h"
#include "server/files.h"
#include "server/handlers.h"
#include "server/inputs.h"
#include "server/lookups.h"
#include "words/words.h"

namespace suki::server {

namespace {

const app::ProgrammeView* find_programme(const std::vector<app::ProgrammeView>& programmes, const std::string& id) {
    const auto found =
        std::find_if(programmes.begin(), programmes.end(), [&](const app::ProgrammeView& one) { return one.id == id; });
    return found == programmes.end() ? nullptr : &*found;
}

void write_title(JsonWriter& out, const Speech& speech, std::string_view id) {
    const bool has_title = speech.plan != nullptr && !speech.plan->title.is_empty();
    out.field("title", has_title ? speech.plan->title.in(speech.language) : id);
}

void write_languages(JsonWriter& out, const Speech& speech) {
    out.begin_array("languages");
    if (speech.plan != nullptr) {
        for (const std::string& language : speech.plan->languages) out.value(language);
    }
    out.end_array();
}

/// The matrix: what each level brings, in the order in which it is shown. What it costs the company is nothing for a till.
void write_benefits(JsonWriter& out, const Speech& speech, bool with_cost) {
    out.begin_array("benefits");
    const std::vector<std::uint32_t> order =
        speech.plan == nullptr ? std::vector<std::uint32_t>{} : engine::showing_order(*speech.plan);
    for (const std::uint32_t index : order) {
        const programme::Benefit& benefit = speech.plan->benefits[index];
        out.begin_object();
        out.field("id", benefit.id);
        out.field("title", benefit.title.is_empty() ? std::string_view{benefit.id} : benefit.title.in(speech.language));
        out.field("clause", benefit.clause);
        out.field("kind", name_of(benefit.kind));
        out.field("is_material", benefit.is_material);
        write_text_or_null(out, "partner", benefit.partner);
        if (with_cost && benefit.cost) {
            out.field("cost", benefit.cost->minor());
        } else {
            out.field_null("cost");
        }
        out.field("is_bookable", benefit.is_booked);
        out.field("is_kept", benefit.keeps.has_value());
        write_text_or_null(out, "resource", benefit.resource);
        if (benefit.resource.empty()) {
            out.field_null("token_seconds");
        } else {
            out.field("token_seconds", benefit.token_seconds);
        }
        out.field("members", words::say_allowance(speech.language, *speech.plan, benefit.everybody));
        out.begin_array("levels");
        for (std::size_t level = 0; level < benefit.by_level.size(); ++level) {
            out.begin_object();
            out.field("level", speech.plan->levels[level].id);
            out.field("text", words::say_allowance(speech.language, *speech.plan, benefit.by_level[level]));
            out.end_object();
        }
        out.end_array();
        out.end_object();
    }
    out.end_array();
}

void write_household_people(JsonWriter& out, const Speech& speech) {
    if (speech.plan != nullptr && speech.plan->household) {
        out.field("household_people", speech.plan->household->people);
    } else {
        out.field_null("household_people");
    }
}

/// What can be said of its cards by whoever issues them.
void write_cards(JsonWriter& out, const Speech& speech) {
    const programme::Cards none;
    const programme::Cards& cards = speech.plan != nullptr ? speech.plan->cards : none;
    out.begin_object("cards");
    if (cards.numbers) {
        out.begin_object("numbers");
        out.field("prefix", cards.numbers->prefix);
        out.field("digits", cards.numbers->digits);
        out.field("check", name_of(cards.numbers->check));
        out.end_object();
    } else {
        out.field_null("numbers");
    }
    out.field("bearer", name_of(cards.bearer));
    out.begin_array("categories");
    for (const programme::CardCategory& category : cards.categories) {
        out.begin_object();
        out.field("id", category.id);
        out.field("title", category.title.is_empty() ? std::string_view{category.id} : category.title.in(speech.language));
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

void write_programme(JsonWriter& out, const app::ProgrammeView& programme, const Speech& speech) {
    out.begin_object();
    out.field("id", programme.id);
    write_title(out, speech, programme.id);
    out.field("currency", programme.currency);
    out.field("exponent", speech.plan != nullptr ? speech.plan->exponent : 2);
    out.field("zone", programme.zone);
    write_languages(out, speech);
    if (programme.in_force) {
        out.field("in_force", *programme.in_force);
    } else {
        out.field_null("in_force");
    }
    out.field("latest", programme.editions.empty() ? 0 : programme.editions.back().edition);
    write_units(out, speech);
    write_levels(out, speech);
    write_cards(out, speech);
    write_benefits(out, speech, false);
    write_household_people(out, speech);
    out.end_object();
}

}  // namespace

void validate_programme(const CallPointer& call) {
    const auto input = read_body<DocumentInput>(*call, read_document);
    if (!input) return;
    const programme::Diagnostics diagnostics = call->app().check_document(input->document);
    const bool is_valid = std::none_of(diagnostics.begin(), diagnostics.end(),
                                       [](const programme::Diagnostic& one) { return one.severity == programme::Severity::error; });
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("is_valid", is_valid);
    write_diagnostics(out, diagnostics, call->language_for(nullptr));
    out.end_object();
    call->send_json(200, std::move(body));
}

void publish_edition(const CallPointer& call) {
    auto command = read_body<app::PublishEdition>(*call, read_publish);
    if (!command) return;
    submit(call, *std::move(command), [](Call& answered, const app::EditionView& edition) {
        std::string body;
        JsonWriter out{body};
        out.begin_object();
        write_edition_fields(out, edition);
        out.end_object();
        net::Response response = json_response(201, std::move(body));
        mark_replayed(response, edition.is_repeat);
        answered.send(std::move(response));
    });
}

void list_programmes(const CallPointer& call) {
    auto programmes = call->app().programmes(call->organisation);
    std::sort(programmes.begin(), programmes.end(),
              [](const app::ProgrammeView& a, const app::ProgrammeView& b) { return a.id < b.id; });
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (const app::ProgrammeView& one : programmes) write_programme(out, one, speech_for(*call, call->app(), one.id));
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void list_editions(const CallPointer& call) {
    const auto programmes = call->app().programmes(call->organisation);
    const app::ProgrammeView* found = find_programme(programmes, call->path_values.at(0));
    if (found == nullptr) return call->refuse(404, name_of(app::ReferenceRejection::programme_not_found), {}, "path/programme");
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.begin_array("items");
    for (auto edition = found->editions.rbegin(); edition != found->editions.rend(); ++edition) {
        out.begin_object();
        write_edition_fields(out, *edition);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

void get_edition(const CallPointer& call) {
    const std::string& asked = call->path_values.at(1);
    int number = 0;
    const auto parsed = std::from_chars(asked.data(), asked.data() + asked.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != asked.data() + asked.size() || number < 1 || number > 1'000'000) {
        return call->refuse_parameter("path/edition", json::MistakeCode::out_of_range, "a whole number from 1 to 1000000");
    }
    const auto programmes = call->app().programmes(call->organisation);
    const app::ProgrammeView* found = find_programme(programmes, call->path_values.at(0));
    if (found == nullptr) return call->refuse(404, name_of(app::ReferenceRejection::programme_not_found), {}, "path/programme");
    const auto edition = std::find_if(found->editions.begin(), found->editions.end(),
                                      [&](const app::EditionView& one) { return one.edition == number; });
    if (edition == found->editions.end())
        return call->refuse(404, name_of(app::ReceiptRejection::edition_not_found), {}, "path/edition");

    const Speech speech = speech_for(*call, call->app(), found->id, number);
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    write_edition_fields(out, *edition);
    out.field("document", speech.plan != nullptr ? std::string_view{speech.plan->document} : std::string_view{});
    write_title(out, speech, found->id);
    out.field("currency", found->currency);
    write_languages(out, speech);
    write_units(out, speech);
    write_levels(out, speech);
    write_benefits(out, speech, true);
    write_household_people(out, speech);
    out.begin_array("offers");
    if (speech.plan != nullptr) {
        for (const programme::Offer& offer : speech.plan->offers) {
            if (offer.challenge) continue;
            out.begin_object();
            out.field("id", offer.id);
            out.field("title", offer.title.is_empty() ? std::string_view{offer.id} : offer.title.in(speech.language));
            out.field("clause", offer.clause);
            out.field("line", offer.line);
            out.field("text", words::say_offer(speech.language, *speech.plan, offer));
            out.end_object();
        }
    }
    out.end_array();
    write_challenges(out, speech);
    write_rebates(out, speech);
    out.end_object();
    call->send_json(200, std::move(body));
}

void get_document_schema(const CallPointer& call) { call->send(file_response(call->request(), call->shared().files.schema)); }

}  // namespace suki::server
