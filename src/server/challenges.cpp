#include <algorithm>

#include "server/encode.h"
#include "server/handlers.h"
#include "server/lookups.h"
#include "words/words.h"

/// Stamps, streaks, sets and quests: what receipts moved, and how far members are.
namespace suki::server {

namespace {

std::string title_of_part(const Speech& speech, std::string_view challenge, const std::string& id) {
    if (speech.plan == nullptr) return id;
    const std::string key = std::string{challenge} + (id.empty() ? "" : "/" + id);
    const auto part = programme::find_part(*speech.plan, key);
    return part ? words::part_title(speech.language, speech.plan->challenge_parts[*part]) : id;
}

void write_part(JsonWriter& out, std::string_view id, const std::string& title) {
    write_text_or_null(out, "part", id);
    write_text_or_null(out, "title", title);
}

/// Its id, title and clause, and what it asks and gives.
void write_fields(JsonWriter& out, const programme::Plan& plan, const programme::Challenge& challenge,
                  const std::string& language) {
    const programme::Offer& offer = plan.offers[challenge.offer];
    out.field("challenge", offer.id);
    out.field("title", words::challenge_title(language, plan, challenge));
    out.field("clause", offer.clause);
    out.field("kind", name_of(challenge.kind));
    out.field("is_again", challenge.is_again);
    out.field("text", words::say_challenge(language, plan, challenge));
}

void write_outlook(JsonWriter& out, const app::MemberChallenges& member, const engine::ChallengeOutlook& outlook,
                   const std::string& language) {
    const programme::Plan& plan = *member.plan;
    const programme::Challenge& challenge = plan.challenges[outlook.challenge];
    std::vector<words::PartProgress> progress;
    for (const engine::PartOutlook& part : outlook.parts) {
        const programme::ChallengePart& asked = plan.challenge_parts[part.part];
        progress.push_back({.part = asked.id, .have = part.have, .need = asked.need});
    }
    out.begin_object();
    write_fields(out, plan, challenge, language);
    out.field("is_done", outlook.is_done);
    out.field("times", outlook.times);
    const std::int64_t told = outlook.is_done ? std::max<std::int64_t>(outlook.times, 1) : 0;
    out.field("progress", words::say_progress(language, &plan, plan.offers[challenge.offer].id, progress, told));
    write_date_or_null(out, "until", outlook.until);
    if (outlook.until) {
        out.field("days_left", outlook.until->days - member.today.days);
    } else {
        out.field_null("days_left");
    }
    out.begin_array("parts");
    for (const engine::PartOutlook& part : outlook.parts) {
        const programme::ChallengePart& asked = plan.challenge_parts[part.part];
        out.begin_object();
        write_part(out, asked.id, words::part_title(language, asked));
        out.field("have", part.have);
        out.field("need", asked.need);
        out.field("missing", part.missing);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

}  // namespace

void write_challenge_moves(JsonWriter& out, const std::vector<engine::ChallengeMove>& moves, const Speech& speech) {
    out.begin_array("challenges");
    for (const engine::ChallengeMove& move : moves) {
        std::vector<words::PartProgress> progress;
        for (const engine::PartMove& part : move.parts) progress.push_back({part.part, part.after, part.need});
        out.begin_object();
        out.field("challenge", move.challenge);
        out.field("times", move.times);
        out.field("text", words::say_progress(speech.language, speech.plan.get(), move.challenge, progress, move.times));
        out.begin_array("parts");
        for (const engine::PartMove& part : move.parts) {
            out.begin_object();
            write_part(out, part.part, title_of_part(speech, move.challenge, part.part));
            out.field("before", std::max<std::int64_t>(part.before, 0));
            out.field("after", std::max<std::int64_t>(part.after, 0));
            out.field("need", part.need);
            out.field("missing", std::max<std::int64_t>(part.need - part.after, 0));
            out.end_object();
        }
        out.end_array();
        out.end_object();
    }
    out.end_array();
}

void write_challenges(JsonWriter& out, const Speech& speech) {
    out.begin_array("challenges");
    if (speech.plan != nullptr) {
        for (const programme::Challenge& challenge : speech.plan->challenges) {
            out.begin_object();
            write_fields(out, *speech.plan, challenge, speech.language);
            out.field("line", speech.plan->offers[challenge.offer].line);
            out.end_object();
        }
    }
    out.end_array();
}

void list_member_challenges(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto found = call->app().challenges(call->organisation, call->programme, named(*id));
    if (!found) return call->refuse(found.error());
    call->count_guess(true);
    const std::string language = call->language_for(found->plan.get());
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("member", found->member.text());
    out.begin_array("items");
    for (const engine::ChallengeOutlook& outlook : found->challenges) write_outlook(out, *found, outlook, language);
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

}  // namespace suki::server
