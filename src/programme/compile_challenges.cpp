#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"
#include "programme/periods.h"

namespace suki::programme {

namespace {

constexpr std::string_view kKinds[] = {"collect", "streak", "set", "steps"};

WindowKind period_named(std::string_view word) {
    return word == "day" ? WindowKind::calendar_day : word == "week" ? WindowKind::calendar_week : WindowKind::calendar_month;
}

}  // namespace

void Compiler::compile_challenge(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::challenge, node, findings_};
    ChallengeDraft draft;
    if (!offer_names_.insert(node.key()).second) {
        findings_.error_at_key(node, {DiagnosticCode::bad_key, finding::named_like_an_offer(node.key()), hint::name_another()});
        return;
    }
    draft.offer.id = node.key();
    draft.offer.line = node.key_line();
    draft.offer.clause = "9." + std::to_string(plan_.challenges.size() + 1);
    draft.offer.needs_member = true;
    draft.offer.challenge = static_cast<std::uint32_t>(plan_.challenges.size());
    if (const auto title = fields.get("title")) draft.offer.title = localised(*title);
    if (const auto when = fields.get("when")) {
        compile_when(*when, draft.common);
        refuse_referral(*when, draft.common);
        if (draft.common.lines) {
            findings_.error_at_key(*when,
                                   {DiagnosticCode::condition_not_allowed, finding::goods_of_challenge(), hint::goods_under_of()});
        }
    }
    compile_challenge_dates(fields, draft);
    compile_challenge_kind(fields, draft);
    check_challenge_keys(fields, draft);
    if (const auto again = fields.get("again")) {
        draft.challenge.is_again = take(*again, parse_yes_no(again->text())).value_or(false);
    }
    if (const auto within = fields.get("within")) draft.challenge.within = take(*within, parse_period(within->text(), false));
    if (const auto order = fields.get("in_order")) {
        draft.challenge.is_in_order = take(*order, parse_yes_no(order->text())).value_or(false);
    }
    const auto give = fields.get("give");
    if (!give) return;
    compile_reward(*give, draft);
    if (const auto limit = fields.get("limit")) compile_limits(*limit, draft.offer);
    if (!draft.is_good || draft.parts.empty()) return;
    check_streak_length(node, draft);
    draft.challenge.offer = static_cast<std::uint32_t>(plan_.offers.size());
    draft.challenge.first_part = static_cast<std::uint32_t>(plan_.challenge_parts.size());
    draft.challenge.common_count = static_cast<std::uint32_t>(draft.common.conditions.size());
    draft.challenge.part_count = static_cast<std::uint32_t>(draft.parts.size());
    for (ChallengePart& part : draft.parts) {
        part.challenge = *draft.offer.challenge;
        part.key = part.id.empty() ? draft.offer.id : draft.offer.id + "/" + part.id;
        auto& asked = part.asked;
        asked.id = part.key;
        asked.needs_member = true;
        asked.give = DiscountAmount{};
        asked.conditions.insert(asked.conditions.begin(), draft.common.conditions.begin(), draft.common.conditions.end());
        check_offer_can_apply(asked, node);
        plan_.challenge_parts.push_back(std::move(part));
    }
    plan_.challenges.push_back(std::move(draft.challenge));
    plan_.offers.push_back(std::move(draft.offer));
    offer_nodes_.push_back(node);
}

void Compiler::compile_challenge_kind(const Fields& fields, ChallengeDraft& draft) {
    const auto named = std::count_if(std::begin(kKinds), std::end(kKinds), [&](std::string_view key) { return fields.has(key); });
    if (named != 1) {
        draft.is_good = false;
        findings_.error(fields.node(), {named == 0 ? DiagnosticCode::missing_key : DiagnosticCode::several_gives,
                                        named == 0 ? finding::challenge_of_no_kind() : finding::challenge_of_two_kinds(),
                                        hint::kinds_of_challenges()});
        return;
    }
    if (const auto collect = fields.get("collect")) {
        compile_collect({keys::collect, *collect, findings_}, {}, draft);
        return;
    }
    if (const auto streak = fields.get("streak")) return compile_streak(*streak, draft);
    const auto set = fields.get("set");
    const auto steps = fields.get("steps");
    if (!set && !steps) return;
    draft.challenge.kind = set ? ChallengeKind::set : ChallengeKind::steps;
    const NodeRef entries = set ? *set : *steps;
    if (!check_entry_count(entries, limits::parts_per_challenge)) return;
    if (entries.child_count() < 2) {
        draft.is_good = false;
        findings_.error(entries, {DiagnosticCode::out_of_range, finding::set_of_one(), hint::two_of_a_set()});
    }
    for (const NodeRef entry : entries.children()) {
        if (!check_word(entry, entry.key(), true) || !has_right_shape(entry, Kind::map, findings_)) continue;
        ChallengePart part;
        part.id = entry.key();
        if (steps) {
            const Fields step{keys::challenge_step, entry, findings_};
            if (const auto title = step.get("title")) part.title = localised(*title);
            compile_collect(step, std::move(part), draft);
            continue;
        }
        part.stamping = Stamping::item;
        compile_asked(entry, part);
        draft.parts.push_back(std::move(part));
    }
}

/// `fields` of a step or of the only one.
void Compiler::compile_collect(const Fields& fields, ChallengePart part, ChallengeDraft& draft) {
    part.stamping = Stamping::item;
    if (const auto stamp = fields.get("stamp")) compile_stamp(*stamp, part, draft);
    compile_need(fields.get("need"), part, draft);
    compile_asked(fields.get("of"), part);
    draft.parts.push_back(std::move(part));
}

void Compiler::compile_streak(NodeRef node, ChallengeDraft& draft) {
    const Fields fields{keys::streak, node, findings_};
    Challenge& challenge = draft.challenge;
    challenge.kind = ChallengeKind::streak;
    ChallengePart part;
    if (const auto every = fields.get("every")) {
        const auto known = find_key(keys::streak, "every")->choices;
        if (std::find(known.begin(), known.end(), every->text()) == known.end()) report_choice(*every, known);
        challenge.every = period_named(every->text());
    }
    if (const auto at_least = fields.get("at_least")) {
        challenge.at_least = take(*at_least, parse_positive_count(at_least->text())).value_or(1);
    }
    if (const auto forgive = fields.get("forgive")) challenge.forgive = take(*forgive, parse_count(forgive->text())).value_or(0);
    compile_need(fields.get("for"), part, draft);
    compile_asked(fields.get("of"), part);
    draft.parts.push_back(std::move(part));
}

/// `per item`, `per receipt`, `per day`, `per 10 BYN`.
void Compiler::compile_stamp(NodeRef node, ChallengePart& part, ChallengeDraft& draft) {
    constexpr std::string_view kPer = "per ";
    std::string_view text = node.text();
    if (text == "per item") return;
    if (text == "per receipt") {
        part.stamping = Stamping::receipt;
        return;
    }
    if (text == "per day") {
        part.stamping = Stamping::day;
        return;
    }
    draft.is_good = false;
    if (!text.starts_with(kPer)) {
        findings_.error(node, {DiagnosticCode::not_a_choice, finding::not_a_stamp(node.text()), hint::like_stamp()});
        return;
    }
    text.remove_prefix(kPer.size());
    if (split_words(text).size() != 2) {
        findings_.error(node, {DiagnosticCode::not_a_choice, finding::not_a_stamp(node.text()), hint::like_stamp()});
        return;
    }
    const auto money = take(node, parse_money(text, currency_));
    if (!money) return;
    if (money->is_zero()) {
        findings_.error(node, {DiagnosticCode::out_of_range, finding::stamp_of_zero(), hint::like_stamp()});
        return;
    }
    draft.is_good = true;
    part.stamping = Stamping::amount;
    part.per = money->minor();
}

void Compiler::compile_need(std::optional<NodeRef> node, ChallengePart& part, ChallengeDraft& draft) {
    if (!node) return;
    const auto need = take(*node, parse_positive_count(node->text()));
    if (need && *need > limits::stamps_per_challenge) {
        draft.is_good = false;
        findings_.error(*node, {DiagnosticCode::out_of_range, finding::too_many_stamps(limits::stamps_per_challenge)});
    }
    part.need = need.value_or(1);
}

void Compiler::compile_asked(std::optional<NodeRef> of, ChallengePart& part) {
    if (!of) return;
    compile_when(*of, part.asked);
    refuse_referral(*of, part.asked);
    // Of all lines is as good as of the receipt.
    if (part.asked.lines && part.asked.lines->is_all()) part.asked.lines.reset();
}

void Compiler::compile_challenge_dates(const Fields& fields, ChallengeDraft& draft) {
    const auto date_of = [&](std::string_view key) -> std::optional<Date> {
        const auto node = fields.get(key);
        if (!node) return std::nullopt;
        if (const auto date = parse_date(node->text())) return *date;
        findings_.error(*node, {DiagnosticCode::bad_date, finding::not_a_date(node->text()), hint::like_date()});
        return std::nullopt;
    };
    const auto from = date_of("from");
    const auto to = date_of("to");
    if (!from && !to) return;
    const DateRange open{from.value_or(*make_date(kYearMin, 1, 1)), to ? add_days(*to, 1) : *make_date(kYearMax, 12, 31)};
    if (from && to && *to < *from) {
        draft.is_good = false;
        findings_.error(*fields.get("to"), {DiagnosticCode::bad_range, finding::ends_before_it_begins()});
        return;
    }
    draft.challenge.open = open;
    draft.common.conditions.emplace_back(DatesCondition{.any_of = {open}});
}

void Compiler::compile_reward(NodeRef node, ChallengeDraft& draft) {
    const Fields fields{keys::reward, node, findings_, &unit_names_};
    Offer& offer = draft.offer;
    offer.give = PointsFixed{};
    offer.stage = Stage::points;
    if (node.child_count() != 1) {
        const bool is_empty = node.child_count() == 0;
        draft.is_good = false;
        findings_.error(node, {is_empty ? DiagnosticCode::empty : DiagnosticCode::several_gives,
                               is_empty ? finding::gives_nothing() : finding::gives_several(), hint::what_challenges_give()});
        return;
    }
    if (const auto free = fields.get("free")) {
        if (free->text() != "cheapest") report_choice(*free, find_key(keys::reward, "free")->choices);
        offer.give = FreeItems{.free = 1, .per = 1, .cheapest = true};
        offer.stage = Stage::line;
        const bool is_by_item = draft.challenge.kind == ChallengeKind::collect && !draft.parts.empty() &&
                                draft.parts.front().stamping == Stamping::item;
        if (!is_by_item && draft.is_good) {
            draft.is_good = false;
            findings_.error(*free, {DiagnosticCode::condition_not_allowed, finding::free_without_items(), hint::stamp_per_item()});
        }
        return;
    }
    if (fields.others().empty()) {
        draft.is_good = false;
        return;
    }
    const NodeRef points = fields.others().front();
    const auto unit = unit_named(points, points.key());
    const auto count = take(points, parse_positive_count(points.text()));
    draft.is_good = draft.is_good && unit && count;
    offer.unit = unit.value_or(0);
    offer.give = PointsFixed{count.value_or(0)};
}

void Compiler::check_challenge_keys(const Fields& fields, ChallengeDraft& draft) {
    const auto refuse = [&](std::string_view key) {
        const auto node = fields.get(key);
        if (!node) return;
        findings_.error_at_key(*node,
                               {DiagnosticCode::condition_not_allowed, finding::not_of_this_challenge(key), hint::leave_it_out()});
        draft.is_good = false;
    };
    if (draft.parts.empty()) return;
    if (draft.challenge.kind == ChallengeKind::streak) refuse("within");
    if (draft.challenge.kind != ChallengeKind::steps) refuse("in_order");
}

/// Of four weeks in a row there must be four.
void Compiler::check_streak_length(NodeRef node, const ChallengeDraft& draft) {
    const Challenge& challenge = draft.challenge;
    if (challenge.kind != ChallengeKind::streak || !challenge.open) return;
    const std::int64_t first = period_number(challenge.every, challenge.open->starts_on);
    const std::int64_t last = period_number(challenge.every, add_days(challenge.open->ends_on, -1));
    if (last - first + 1 >= draft.parts.front().need) return;
    findings_.warning(node, {DiagnosticCode::offer_never_applies, finding::streak_too_long(), hint::shorter_streak()});
}

}  // namespace suki::programme
