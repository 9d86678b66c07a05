#include <algorithm>

#include "base/limits.h"
#include "programme/compiler.h"

namespace suki::programme {

void Compiler::compile_recognition(NodeRef node) {
    if (!check_word(node, node.key(), true) || !has_right_shape(node, Kind::map, findings_)) return;
    const Fields fields{keys::recognition, node, findings_};
    Recognition recognition;
    recognition.id = node.key();
    recognition.clause = "14." + std::to_string(plan_.recognitions.size() + 1);
    if (const auto title = fields.get("title")) recognition.title = localised(*title);
    if (const auto allowance = fields.get("allowance")) {
        const auto words = split_words(allowance->text());
        const auto unit = words.size() > 1 ? unit_named(*allowance, words[1]) : std::nullopt;
        const auto points = compile_recognition_points(*allowance, words.size() > 1 ? words[1] : std::string_view{});
        if (unit) recognition.unit = *unit;
        if (points) recognition.allowance = *points;
    }
    const std::int64_t allowed = recognition.allowance.count.value_or(kCountMax);
    const auto check_allowed = [&](NodeRef at, std::int64_t count, std::string_view key) {
        if (count > allowed) findings_.error(at, {DiagnosticCode::out_of_range, finding::more_than_allowance(key)});
    };
    recognition.at_most = allowed;
    if (const auto most = fields.get("at_most")) {
        recognition.at_most = take(*most, parse_positive_count(most->text())).value_or(allowed);
        check_allowed(*most, recognition.at_most, "at_most");
    }
    if (const auto to_one = fields.get("to_one")) {
        recognition.to_one = compile_recognition_points(*to_one, {});
        if (recognition.to_one) check_allowed(*to_one, *recognition.to_one->count, "to_one");
    }
    if (const auto reasons = fields.get("reasons")) {
        for (const NodeRef reason : scalars_of(*reasons)) {
            if (check_word(reason, reason.text(), false)) recognition.reasons.emplace_back(reason.text());
        }
    }
    if (const auto message = fields.get("message")) {
        recognition.message = choice<RecognitionMessage>(*message).value_or(recognition.message);
    }
    if (const auto not_back = fields.get("not_back")) {
        recognition.not_back = take(*not_back, parse_period(not_back->text(), true)).value_or(Period{});
    }
    plan_.recognitions.push_back(std::move(recognition));
}

/// `100 points per calendar month`, or without a unit `60 per calendar month`.
std::optional<Allowance> Compiler::compile_recognition_points(NodeRef node, std::string_view unit) {
    const auto words = split_words(node.text());
    const std::size_t per = unit.empty() ? 1 : 2;
    const bool is_of_form = words.size() > per + 1 && words[per] == "per";
    const auto count = is_of_form ? parse_positive_count(words[0]) : Parsed<std::int64_t>{Unexpected<Fault>{Fault{}}};
    if (!count) {
        const auto advice = unit.empty() ? hint::like_recognition_to_one() : hint::like_recognition_allowance();
        findings_.error(node, {DiagnosticCode::bad_limit, finding::not_recognition_points(node.text()), advice});
        return std::nullopt;
    }
    std::string rest;
    for (std::size_t i = per + 1; i < words.size(); ++i) rest += (i > per + 1 ? " " : "") + std::string{words[i]};
    const auto window = take(node, parse_limit_window(rest, hint::like_recognition_allowance));
    if (!window) return std::nullopt;
    return Allowance{.count = *count, .window = *window};
}

}  // namespace suki::programme
