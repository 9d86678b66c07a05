#include <algorithm>

#include "words/words.h"

namespace suki::words {

namespace {

using namespace programme;

std::string joined(std::string_view language, const std::vector<std::string>& items, std::string_view separator) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? std::string{} : say(language, separator)) + item;
    return text;
}

/// Of a sentence that closes with an abbreviation the full stop is already there.
std::string ended(std::string sentence) {
    if (sentence.ends_with("..")) sentence.pop_back();
    return sentence;
}

/// What of the part's conditions is not said of the whole challenge.
std::string asked_of(std::string_view language, const Plan& plan, const Challenge& challenge, const ChallengePart& part) {
    std::vector<std::string> asked;
    if (part.asked.lines) asked.push_back(say_lines(language, *part.asked.lines));
    for (std::size_t i = challenge.common_count; i < part.asked.conditions.size(); ++i) {
        asked.push_back(say_condition(language, plan, part.asked.conditions[i]));
    }
    return joined(language, asked, "list.semicolon");
}

std::string needed(std::string_view language, const Plan& plan, const ChallengePart& part) {
    const Challenge& challenge = plan.challenges[part.challenge];
    if (challenge.kind == ChallengeKind::streak) {
        const std::string text = say(language, "challenge.streak." + std::string{name_of(challenge.every)}, {{"count", part.need}});
        return challenge.at_least == 1
                   ? text
                   : say(language, "challenge.streak.at_least", {{"streak", text}, {"count", challenge.at_least}});
    }
    const std::string key = "challenge.need." + std::string{name_of(part.stamping)};
    if (part.stamping != Stamping::amount) return say(language, key, {{"count", part.need}});
    return say(language, key,
               {{"count", part.need}, {"amount", say_money(language, Money{part.per}, plan.currency, plan.exponent)}});
}

/// What is needed of the part, and of what.
std::string deed_of(std::string_view language, const Plan& plan, const Challenge& challenge, const ChallengePart& part) {
    const std::string asked = asked_of(language, plan, challenge, part);
    const std::string need = needed(language, plan, part);
    return asked.empty() ? need : say(language, "challenge.of", {{"deed", need}, {"list", asked}});
}

std::string deed(std::string_view language, const Plan& plan, const Challenge& challenge) {
    if (challenge.part_count == 1) return deed_of(language, plan, challenge, plan.challenge_parts[challenge.first_part]);
    std::vector<std::string> parts;
    for (std::uint32_t p = challenge.first_part; p < challenge.first_part + challenge.part_count; ++p) {
        const ChallengePart& part = plan.challenge_parts[p];
        const std::string what = challenge.kind == ChallengeKind::set ? asked_of(language, plan, challenge, part)
                                                                      : deed_of(language, plan, challenge, part);
        parts.push_back(what.empty() ? part_title(language, part)
                                     : say(language, "challenge.part", {{"name", part_title(language, part)}, {"deed", what}}));
    }
    const std::string key = challenge.kind == ChallengeKind::set ? "challenge.set"
                            : challenge.is_in_order              ? "challenge.steps.in_order"
                                                                 : "challenge.steps";
    return say(language, key, {{"list", joined(language, parts, "list.semicolon")}});
}

std::string period(std::string_view language, const Period& within) {
    return within.months != 0 ? say(language, "challenge.within.months", {{"count", std::int64_t{within.months}}})
                              : say(language, "challenge.within.days", {{"count", std::int64_t{within.days}}});
}

/// From when to when it is open; empty where it always is.
std::string opening(std::string_view language, const Challenge& challenge) {
    if (!challenge.open) return {};
    const Date last = add_days(challenge.open->ends_on, -1);
    const bool has_from = civil(challenge.open->starts_on).year > kYearMin;
    const bool has_to = civil(challenge.open->ends_on).year < kYearMax;
    const Arguments dates{{"from", say_date(language, challenge.open->starts_on)}, {"to", say_date(language, last)}};
    return say(language, has_from && has_to ? "challenge.open" : has_from ? "challenge.open.from" : "challenge.open.to", dates);
}

std::string given(std::string_view language, const Plan& plan, const Offer& offer) {
    const auto* points = std::get_if<PointsFixed>(&offer.give);
    return points == nullptr ? say(language, "challenge.free")
                             : say_points(language, &plan, plan.units[offer.unit].id, points->points);
}

std::string far(std::string_view language, const PartProgress& part) {
    return say(language, "progress.of", {{"have", std::max<std::int64_t>(part.have, 0)}, {"need", part.need}});
}

const Challenge* challenge_named(const Plan* plan, std::string_view id) {
    if (plan == nullptr) return nullptr;
    for (const Challenge& challenge : plan->challenges) {
        if (plan->offers[challenge.offer].id == id) return &challenge;
    }
    return nullptr;
}

std::string name_of_part(std::string_view language, const Plan* plan, const Challenge* challenge, const std::string& id) {
    if (challenge == nullptr) return id;
    for (std::uint32_t p = challenge->first_part; p < challenge->first_part + challenge->part_count; ++p) {
        if (plan->challenge_parts[p].id == id) return part_title(language, plan->challenge_parts[p]);
    }
    return id;
}

}  // namespace

std::string challenge_title(std::string_view language, const Plan& plan, const Challenge& challenge) {
    const Offer& offer = plan.offers[challenge.offer];
    return offer.title.is_empty() ? offer.id : std::string{offer.title.in(language)};
}

std::string part_title(std::string_view language, const ChallengePart& part) {
    return part.title.is_empty() ? part.id : std::string{part.title.in(language)};
}

std::string say_challenge(std::string_view language, const Plan& plan, const Challenge& challenge) {
    const Offer& offer = plan.offers[challenge.offer];
    std::string text = ended(
        say(language, "challenge.promise", {{"give", given(language, plan, offer)}, {"deed", deed(language, plan, challenge)}}));
    const auto add = [&](const std::string& sentence) {
        if (!sentence.empty()) text += " " + ended(sentence);
    };
    const ChallengePart& first = plan.challenge_parts[challenge.first_part];
    std::vector<std::string> common;
    for (std::size_t i = 0; i < challenge.common_count && i < first.asked.conditions.size(); ++i) {
        const auto* dates = std::get_if<DatesCondition>(&first.asked.conditions[i]);
        const bool is_opening = dates != nullptr && challenge.open && dates->any_of == std::vector<DateRange>{*challenge.open};
        if (!is_opening) common.push_back(say_condition(language, plan, first.asked.conditions[i]));
    }
    if (!common.empty()) add(say(language, "offer.when", {{"list", joined(language, common, "list.semicolon")}}));
    add(opening(language, challenge));
    if (challenge.within) add(say(language, "challenge.within", {{"period", period(language, *challenge.within)}}));
    if (challenge.forgive > 0) {
        add(say(language, "challenge.forgive." + std::string{name_of(challenge.every)}, {{"count", challenge.forgive}}));
    }
    add(say(language, challenge.is_again ? "challenge.again" : "challenge.once"));
    std::vector<std::string> limits;
    for (std::uint32_t i = 0; i < offer.limits.size(); ++i) limits.push_back(say_limit(language, plan, offer, i));
    if (offer.budget) limits.push_back(say_limit(language, plan, offer, std::nullopt));
    if (!limits.empty()) add(say(language, "offer.limit", {{"list", joined(language, limits, "list.semicolon")}}));
    return text;
}

std::string say_progress(std::string_view language, const Plan* plan, std::string_view id, const std::vector<PartProgress>& parts,
                         std::int64_t times) {
    const Challenge* challenge = challenge_named(plan, id);
    const std::string title = challenge == nullptr ? std::string{id} : challenge_title(language, *plan, *challenge);
    std::vector<std::string> told;
    bool is_begun = times == 0;
    for (const PartProgress& part : parts) {
        is_begun = is_begun || part.have > 0;
        told.push_back(part.part.empty()
                           ? far(language, part)
                           : say(language, "progress.part",
                                 {{"name", name_of_part(language, plan, challenge, part.part)}, {"far", far(language, part)}}));
    }
    const std::string progress = joined(language, told, "list.comma");
    if (times == 0) return say(language, "progress.card", {{"title", title}, {"far", progress}});
    const std::string done = say(language, "progress.done", {{"title", title}, {"times", times}});
    return is_begun ? say(language, "progress.done.and", {{"done", done}, {"far", progress}}) : done;
}

SaidResult say_result(std::string_view language, const Plan& plan, const Offer& offer, std::optional<std::uint32_t> part,
                      std::size_t index, std::size_t count, ConditionKind kind, std::string_view seen) {
    if (part && *part < plan.challenge_parts.size() && index + 1 == count) {
        const ChallengePart& needs = plan.challenge_parts[*part];
        const std::string need = needed(language, plan, needs);
        const std::string name = part_title(language, needs);
        return {name.empty() ? need : say(language, "challenge.part", {{"name", name}, {"deed", need}}), std::string{seen}};
    }
    const bool is_of_part = part && *part < plan.challenge_parts.size();
    const Offer& asking = is_of_part ? plan.challenge_parts[*part].asked : offer;
    const Condition* asked = asked_condition(asking, index, is_of_part ? count - 1 : count);
    return {say_asked(language, plan, asking, kind, asked), say_figure(language, plan, kind, seen, asked)};
}

}  // namespace suki::words
