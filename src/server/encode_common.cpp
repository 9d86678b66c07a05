#include <algorithm>

#include "base/currency.h"
#include "server/encode.h"
#include "server/principal.h"
#include "words/words.h"

namespace suki::server {

void write_instant(JsonWriter& out, std::string_view name, Instant at) { out.field(name, instant_text(at)); }

void write_instant(JsonWriter& out, std::string_view name, const std::optional<Instant>& at) {
    if (!at) return out.field_null(name);
    out.field(name, instant_text(*at));
}

void write_date_or_null(JsonWriter& out, std::string_view name, const std::optional<Date>& date) {
    if (!date) return out.field_null(name);
    out.field(name, date_text(*date));
}

void write_text_or_null(JsonWriter& out, std::string_view name, std::string_view text) {
    if (text.empty()) return out.field_null(name);
    out.field(name, text);
}

void write_page_end(JsonWriter& out, std::string_view next_cursor) {
    out.end_array();
    write_text_or_null(out, "next", next_cursor);
    out.end_object();
}

void write_balances(JsonWriter& out, std::string_view name, const std::vector<app::UnitBalance>& balances) {
    out.begin_array(name);
    for (const app::UnitBalance& balance : balances) {
        out.begin_object();
        out.field("unit", balance.unit);
        out.field("pending", balance.pending.minor());
        out.field("available", balance.available.minor());
        out.field("held", balance.held.minor());
        out.field("owed", balance.owed.minor());
        out.end_object();
    }
    out.end_array();
}

void write_unit_points(JsonWriter& out, std::string_view name, const std::vector<app::UnitPoints>& points) {
    out.begin_array(name);
    for (const app::UnitPoints& one : points) {
        out.begin_object();
        out.field("unit", one.unit);
        out.field("points", one.points.minor());
        out.end_object();
    }
    out.end_array();
}

void write_discrepancies(JsonWriter& out, const std::vector<app::Discrepancy>& discrepancies) {
    out.begin_array("discrepancies");
    for (const app::Discrepancy& one : discrepancies) {
        out.begin_object();
        out.field("kind", name_of(one.kind));
        if (one.line == 0) {
            out.field_null("line");
        } else {
            out.field("line", one.line);
        }
        out.field("stated", one.stated);
        out.field("decided", one.decided);
        write_text_or_null(out, "what", one.what);
        out.end_object();
    }
    out.end_array();
}

namespace {

std::string level_title(const Speech& speech, const std::string& id) {
    if (speech.plan == nullptr) return id;
    for (const programme::Level& one : speech.plan->levels) {
        if (one.id == id && !one.title.is_empty()) return std::string{one.title.in(speech.language)};
    }
    return id;
}

/// What a window counts: `measure`, and `unit` of points and goods.
void write_measure(JsonWriter& out, const programme::Plan* plan, std::optional<std::uint32_t> window) {
    auto measure = programme::Measure::spend;
    std::string_view unit;
    if (plan != nullptr && window && *window < plan->windows.size()) {
        const programme::Counter& counter = plan->counters.at(plan->windows[*window].counter);
        measure = counter.measure;
        if (measure == programme::Measure::points) unit = plan->units.at(counter.points_unit).id;
        if (measure == programme::Measure::quantity) unit = name_of(counter.unit);
    }
    out.field("measure", name_of(measure));
    write_text_or_null(out, "unit", unit);
}

void write_needs(JsonWriter& out, std::string_view name, const std::vector<engine::LevelNeed>& needs, const Speech& speech) {
    out.begin_array(name);
    for (const engine::LevelNeed& need : needs) {
        out.begin_object();
        const std::int64_t missing = std::max<std::int64_t>(need.at_least - need.figure, 0);
        const bool is_known = speech.plan != nullptr && need.window < speech.plan->windows.size();
        out.field("text", is_known ? words::say_more(speech.language, *speech.plan, need.window, missing) : std::string{});
        write_measure(out, speech.plan.get(), need.window);
        out.field("at_least", need.at_least);
        out.field("figure", need.figure);
        out.field("missing", missing);
        out.end_object();
    }
    out.end_array();
}

}  // namespace

void write_level(JsonWriter& out, std::string_view name, const std::optional<engine::LevelOutlook>& level, const Speech& speech) {
    if (!level) return out.field_null(name);
    out.begin_object(name);
    out.field("level", level->level);
    out.field("title", level_title(speech, level->level));
    out.field("since", date_text(level->since));
    write_text_or_null(out, "keep_until", level->since < level->keep_until ? date_text(level->keep_until) : std::string{});
    write_date_or_null(out, "grace_until", level->grace_until);
    const bool has_ladder = speech.plan != nullptr && speech.plan->ladder;
    write_measure(out, speech.plan.get(), has_ladder ? std::optional{speech.plan->ladder->window} : std::nullopt);
    out.field("figure", level->figure);
    if (level->next) {
        out.field("next", *level->next);
        out.field("next_title", level_title(speech, *level->next));
    } else {
        out.field_null("next");
        out.field_null("next_title");
    }
    out.field("missing", level->missing);
    out.field("is_granted", level->is_granted);
    write_text_or_null(out, "granted_until", level->granted_until ? date_text(add_days(*level->granted_until, -1)) : std::string{});
    out.field("is_next_any", level->is_next_any);
    write_needs(out, "next_needs", level->next_needs, speech);
    if (level->stay) {
        out.begin_object("stay");
        out.field("by", date_text(level->stay->by));
        out.field("is_any", level->stay->is_any);
        write_needs(out, "needs", level->stay->needs, speech);
        out.end_object();
    } else {
        out.field_null("stay");
    }
    out.end_object();
}

void write_hold_result(JsonWriter& out, const app::HoldAnswer& answer) {
    out.begin_object();
    out.field("hold", answer.hold.text());
    out.field("member", answer.member.text());
    out.field("unit", answer.unit);
    out.field("points", answer.points.minor());
    write_instant(out, "expires_at", answer.expires_at);
    write_balances(out, "balances", answer.balances);
    out.end_object();
}

void write_localised(JsonWriter& out, std::string_view name, const LocalisedText& text) {
    if (text.languages.empty()) return write_text_or_null(out, name, text.any);
    out.begin_object(name);
    for (const auto& [language, words] : text.languages) out.field(language, words);
    out.end_object();
}

void write_product(JsonWriter& out, const catalogue::Product& product) {
    out.begin_object();
    out.field("sku", product.sku);
    write_localised(out, "title", product.title);
    out.field("category", product.category);
    out.field("brand", product.brand);
    out.field("unit", name_of(product.unit));
    if (product.cost) {
        out.field("cost", product.cost->minor());
    } else {
        out.field_null("cost");
    }
    out.begin_array("tags");
    for (const std::string& tag : product.tags) out.value(tag);
    out.end_array();
    out.end_object();
}

void write_store(JsonWriter& out, const catalogue::Store& store) {
    out.begin_object();
    out.field("id", store.id);
    out.field("title", store.title);
    out.field("region", store.region);
    out.field("zone", store.zone);
    out.field("place", store.place);
    out.end_object();
}

void write_edition_fields(JsonWriter& out, const app::EditionView& edition) {
    out.field("programme", edition.programme);
    out.field("edition", edition.edition);
    out.field("effective_on", date_text(edition.effective_on));
    write_instant(out, "published_at", edition.published_at);
    out.field("author", edition.author);
    out.field("document_hash", edition.document_hash);
    out.field("semantics", edition.semantics);
}

namespace {

void write_forms(JsonWriter& out, const CountedText::Forms* forms) {
    if (forms == nullptr) return out.field_null("counted");
    out.begin_object("counted");
    for (std::size_t i = 0; i < forms->size(); ++i) {
        if (!(*forms)[i].empty()) out.field(all_names<PluralForm>()[i], (*forms)[i]);
    }
    out.end_object();
}

}  // namespace

void write_units(JsonWriter& out, const Speech& speech) {
    out.begin_array("units");
    if (speech.plan != nullptr) {
        for (const programme::Unit& unit : speech.plan->units) {
            out.begin_object();
            out.field("id", unit.id);
            out.field("title", unit.title.is_empty() ? std::string_view{unit.id} : unit.title.in(speech.language));
            write_forms(out, unit.counted.in(speech.language));
            out.end_object();
        }
    }
    out.end_array();
}

void write_levels(JsonWriter& out, const Speech& speech) {
    out.begin_array("levels");
    if (speech.plan != nullptr) {
        for (const programme::Level& level : speech.plan->levels) {
            out.begin_object();
            out.field("id", level.id);
            out.field("title", level.title.is_empty() ? std::string_view{level.id} : level.title.in(speech.language));
            out.field("from", level.from);
            out.field("text", words::say_level(speech.language, *speech.plan, level));
            out.end_object();
        }
    }
    out.end_array();
    out.begin_array("level_matches");
    if (speech.plan != nullptr) {
        for (const programme::LevelMatch& match : speech.plan->level_matches) {
            out.begin_object();
            out.field("id", match.id);
            out.field("title", match.title.is_empty() ? std::string_view{match.id} : match.title.in(speech.language));
            out.field("level", speech.plan->levels.at(match.level).id);
            out.end_object();
        }
    }
    out.end_array();
}

void write_api_key(JsonWriter& out, const app::ApiKeyView& key, bool with_secret) {
    out.begin_object();
    out.field("id", key.id);
    out.field("name", key.name);
    out.field("scope", name_of(widest(key.scopes)));
    write_text_or_null(out, "programme", key.programme);
    write_text_or_null(out, "store", key.store);
    write_instant(out, "created_at", key.created_at);
    write_instant(out, "revoked_at", key.revoked_at);
    if (with_secret) write_text_or_null(out, "secret", key.secret);
    out.end_object();
}

}  // namespace suki::server
