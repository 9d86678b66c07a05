#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "programme/diagnostic.h"
#include "programme/plan.h"

/// Everything that Suki says to people, in every language it speaks: message patterns of ICU in one file a language
/// (src/words/patterns/LANGUAGE.txt, `key = pattern`), which a translator can edit.
namespace suki::words {

/// A decimal number by its canonical text: `0.432`.
struct Decimal {
    std::string text;
};
/// Numbers take part in plurals and are written as the language writes numbers; a text is put in as it is.
using Value = std::variant<std::int64_t, Decimal, std::string>;
using Arguments = std::vector<std::pair<std::string, Value>>;

/// Codes of the languages spoken, English first.
const std::vector<std::string>& languages();
bool speaks(std::string_view language);
/// The best of an Accept-Language header or of a single code; English when none fits.
std::string choose_language(std::string_view wanted);

/// The pattern of `key` filled in. An unknown key is said as the key itself, so that nothing is ever silent; a test walks all keys.
std::string say(std::string_view language, std::string_view key, const Arguments& arguments = {});
bool has_pattern(std::string_view language, std::string_view key);
/// All keys of a language's file, sorted.
std::vector<std::string> pattern_keys(std::string_view language);
/// The names that a pattern of the language puts in, sorted, each once; nothing when it is no pattern or there is none.
std::optional<std::vector<std::string>> pattern_names(std::string_view language, std::string_view key);

/// `12.40 BYN`, as the language writes money.
std::string say_money(std::string_view language, Money money, std::string_view currency, int exponent);
std::string say_date(std::string_view language, Date date);
/// `2 July`, in the language's own order.
std::string say_day_of_year(std::string_view language, int month, int day);
std::string say_quantity(std::string_view language, Quantity quantity);
/// `0,432`: canonical decimal text as the language writes it, to the last digit.
std::string say_decimal(std::string_view language, const std::string& exact);

/// `5 points`: by the plural forms of the document; where it gives none, by the title alone in a way that is right beside any
/// number. A unit that the plan does not know (`plan` may be null) is named by its id.
std::string say_points(std::string_view language, const programme::Plan* plan, std::string_view unit, std::int64_t count);

/// What an offer promises, as one sentence: `3 points for every 1 BYN spent.`
std::string say_offer(std::string_view language, const programme::Plan& plan, const programme::Offer& offer);
/// One condition of an offer, as the part of a sentence: `on Tuesday and Wednesday`.
std::string say_condition(std::string_view language, const programme::Plan& plan, const programme::Condition& condition);
/// How a level is reached, as the part of a sentence: `from EUR 600.00 (money spent in the last 12 months)`.
std::string say_level(std::string_view language, const programme::Plan& plan, const programme::Level& level);
/// So much of what a window counts: `EUR 340.00 more (money spent in the last 12 months)`.
std::string say_more(std::string_view language, const programme::Plan& plan, std::uint32_t window, std::int64_t more);
std::string say_lines(std::string_view language, const programme::LineFilter& lines);
/// What `explain` asked as number `index` of `count` results for the offer. What an offer asks without saying so (a member, some
/// goods) comes first and has no condition: null.
const programme::Condition* asked_condition(const programme::Offer& offer, std::size_t index, std::size_t count);
/// The same in words; `asked` is null for what the offer asks without saying so.
std::string say_asked(std::string_view language, const programme::Plan& plan, const programme::Offer& offer,
                      programme::ConditionKind kind, const programme::Condition* asked);
/// A figure of `explain` (`seen`, `wanted`: canonical text) as a person reads it. `condition` is the one that was asked, when it is
/// known: it says in which unit a quantity or a counter is.
std::string say_figure(std::string_view language, const programme::Plan& plan, programme::ConditionKind kind,
                       std::string_view figure, const programme::Condition* condition = nullptr);
/// A limit of the offer, `once for a member per day`, or with none its budget; and what is left of it, `0 times left`.
std::string say_limit(std::string_view language, const programme::Plan& plan, const programme::Offer& offer,
                      std::optional<std::uint32_t> limit);
std::string say_left(std::string_view language, const programme::Plan& plan, const programme::Offer& offer,
                     std::optional<std::uint32_t> limit, std::int64_t left);
/// How much of a benefit there is: `twice in the calendar year`, `always`, or for none at all a dash.
std::string say_allowance(std::string_view language, const programme::Plan& plan,
                          const std::optional<programme::Allowance>& allowance);
/// How much of it a member may give, and to whom, in full sentences.
std::string say_recognition(std::string_view language, const programme::Plan& plan, const programme::Recognition& recognition);
/// Which day it is and what it brings, in a full sentence.
std::string say_milestone(std::string_view language, const programme::Plan& plan, const programme::Milestone& milestone);
std::string milestone_title(std::string_view language, const programme::Plan& plan, std::string_view id);
std::string recognition_title(std::string_view language, const programme::Plan& plan, std::string_view id);
/// What a membership costs, how it runs and what it brings, in full sentences; and what members call it, by its id.
std::string say_membership(std::string_view language, const programme::Plan& plan, const programme::Membership& membership);
std::string membership_title(std::string_view language, const programme::Plan& plan, std::string_view id);
/// What a rebate gives, in full sentences; what members call it; and how a period stands: `EUR 9,000.00 bought, which brings
/// 90 points.` and, where there is a next step, what is missing to it and what it brings.
std::string say_rebate(std::string_view language, const programme::Plan& plan, const programme::Rebate& rebate);
std::string rebate_title(std::string_view language, const programme::Plan& plan, std::string_view id);
/// Of engine::RebateOutlook.
struct RebateProgress {
    Money bought;
    std::int64_t points = 0;
    std::optional<Ratio> next_rate;
    std::int64_t missing = 0;  // minor units of money; of a mix groups
    std::int64_t next_points = 0;
    bool has_base = true;  // by growth: something was bought in the year before
};
std::string say_rebate_progress(std::string_view language, const programme::Plan& plan, const programme::Rebate& rebate,
                                const RebateProgress& progress);
/// Why a statement line is there: a reason's key and arguments (app::Reason) with the names of the plan put in. `plan` may be null.
std::string say_reason(std::string_view language, const programme::Plan* plan, std::string_view key,
                       const std::vector<std::pair<std::string, std::string>>& arguments);
/// The text with its first letter small, to go on behind a colon.
std::string continued(std::string_view text);
/// What a challenge asks and gives: `60 points for 6 items (in category coffee). Then it begins anew.`
std::string say_challenge(std::string_view language, const programme::Plan& plan, const programme::Challenge& challenge);
/// The title of a challenge, and of a part of it, as they are written or else by name.
std::string challenge_title(std::string_view language, const programme::Plan& plan, const programme::Challenge& challenge);
std::string part_title(std::string_view language, const programme::ChallengePart& part);
/// How far a part is: `part` is empty where there is only one.
struct PartProgress {
    std::string part;
    std::int64_t have = 0;
    std::int64_t need = 1;
};
/// `Coffee club: 4 of 6`; where it was done `times` times, that first. The challenge by its id, which stands for itself where the
/// plan has none of that name.
std::string say_progress(std::string_view language, const programme::Plan* plan, std::string_view id,
                         const std::vector<PartProgress>& parts, std::int64_t times);
/// One result of `explain`: number `index` of `count` of the offer, or of `part` of a challenge.
struct SaidResult {
    std::string text;
    std::string seen;
};
SaidResult say_result(std::string_view language, const programme::Plan& plan, const programme::Offer& offer,
                      std::optional<std::uint32_t> part, std::size_t index, std::size_t count, programme::ConditionKind kind,
                      std::string_view seen);
/// What is missing to more of an offer: `40.00 BYN more in 90 days for 3%`. `kind`, `missing` and `step` are those of
/// engine::Missing.
std::string say_missing(std::string_view language, const programme::Plan& plan, const programme::Offer& offer,
                        std::string_view kind, std::int64_t missing, std::uint32_t step);
/// Where a member stands on a scale over time: `310.00 BYN in the last 90 days, which gives 1%`. `reached` is the step, none yet
/// without it.
std::string say_standing(std::string_view language, const programme::Plan& plan, const programme::Offer& offer, std::int64_t figure,
                         std::optional<std::uint32_t> reached);
/// What a step of the offer's scale gives: `3%`, `2 points for every EUR 1.00`.
std::string say_step(std::string_view language, const programme::Plan& plan, const programme::Offer& offer, std::uint32_t step);
/// Whether points paid as the rules let them: `broken` is the code of the bound that they broke (empty: none) and `value` its
/// value.
std::string say_payment(std::string_view language, std::string_view broken, std::int64_t value);
/// A sentence about a document; nothing where there is nothing to say.
std::string say_message(std::string_view language, const programme::Message& message);
/// `meat-works.yaml:12:5: error: unknown key `wehn` [unknown_key] at /offers/base (did you mean `when`?)`
std::string say_diagnostic(std::string_view language, const programme::Diagnostic& diagnostic, std::string_view file);
/// A refusal's code as a sentence.
std::string say_refusal(std::string_view language, std::string_view code);

}  // namespace suki::words
