#include "words/words.h"

/// What a membership promises, said from the plan.
namespace suki::words {

using namespace programme;

namespace {

/// A document writes months or days.
std::string length_of(std::string_view language, std::string_view key, Period period) {
    const bool is_months = period.months != 0;
    return say(language, std::string{key} + (is_months ? ".months" : ".days"),
               {{"count", std::int64_t{is_months ? period.months : period.days}}});
}

std::string listed(std::string_view language, const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : say(language, "list.comma")) + item;
    return text;
}

std::string title_of(std::string_view language, const LocalisedText& title, const std::string& id) {
    return title.is_empty() ? id : std::string{title.in(language)};
}

}  // namespace

std::string membership_title(std::string_view language, const Plan& plan, std::string_view id) {
    for (const Membership& membership : plan.memberships) {
        if (membership.id == id) return title_of(language, membership.title, membership.id);
    }
    return std::string{id};
}

std::string say_membership(std::string_view language, const Plan& plan, const Membership& membership) {
    std::string text;
    const auto add = [&](std::string_view key, const Arguments& arguments = {}) {
        text += (text.empty() ? "" : " ") + say(language, key, arguments);
    };
    if (membership.is_free()) {
        add("membership.free");
    } else {
        add("membership.fee", {{"fee", say_money(language, membership.fee, plan.currency, plan.exponent)},
                               {"every", length_of(language, "membership.every", membership.period)}});
        if (!membership.trial.is_zero()) {
            add("membership.trial", {{"time", length_of(language, "membership.time", membership.trial)}});
        }
        if (!membership.grace.is_zero()) {
            add("membership.grace", {{"time", length_of(language, "membership.time", membership.grace)}});
        }
    }
    if (membership.pause) {
        add("membership.pause", {{"time", length_of(language, "membership.time", membership.pause->up_to)},
                                 {"times", say_allowance(language, plan, membership.pause->times)}});
    }
    if (!membership.is_free()) {
        add("membership.end." + std::string{name_of(membership.end)});
        if (membership.prorate == Proration::by_day) add("membership.prorate");
    }
    if (membership.people > 0) add("membership.people", {{"count", membership.people}});
    std::vector<std::string> benefits;
    for (const std::uint32_t index : membership.benefits) {
        benefits.push_back(title_of(language, plan.benefits[index].title, plan.benefits[index].id));
    }
    if (!benefits.empty()) add("membership.benefits", {{"list", listed(language, benefits)}});
    return text;
}

}  // namespace suki::words
