#pragma once

#include <string>
#include <vector>

#include "app/app.h"

/// Answers in words that a failing test can show: all but the moment of recording.
namespace suki::app {

inline std::string text_of(const std::vector<UnitPoints>& points) {
    std::string text;
    for (const UnitPoints& one : points) text += one.unit + "=" + std::to_string(one.points.minor()) + " ";
    return text;
}
inline std::string text_of(const std::vector<UnitBalance>& balances) {
    std::string text;
    for (const UnitBalance& one : balances) {
        text += one.unit + "=" + std::to_string(one.pending.minor()) + "/" + std::to_string(one.available.minor()) + "/" +
                std::to_string(one.held.minor()) + "/" + std::to_string(one.owed.minor()) + " ";
    }
    return text;
}
inline std::string text_of(const std::vector<Discrepancy>& discrepancies) {
    std::string text;
    for (const Discrepancy& one : discrepancies) {
        text += std::string{name_of(one.kind)} + ":" + std::to_string(one.line) + ":" + std::to_string(one.stated) + ":" +
                std::to_string(one.decided) + ":" + one.what + " ";
    }
    return text;
}
inline std::string text_of(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& one : words) text += one + " ";
    return text;
}

/// All that is answered but the moment of recording, in words that a failing test can show.
inline std::string text_of(const ReturnAnswer& a) {
    return a.return_id + " of " + a.receipt + " refund " + std::to_string(a.refund.minor()) + " withheld " +
           std::to_string(a.withheld.minor()) + " back " + text_of(a.taken_back) + "left " + text_of(a.left) + "owed " +
           text_of(a.owed) + "given " + text_of(a.given_back) + "has " + text_of(a.balances) + "level " + a.level + " relied " +
           text_of(a.relied_on) + text_of(a.discrepancies) + (a.is_repeat ? "again" : "");
}
inline std::string text_of(const ReceiptAnswer& a) {
    std::string text = a.receipt + " edition " + std::to_string(a.edition) + " at " + instant_text(a.judged_at) + " total " +
                       std::to_string(a.outcome.total.minor()) + " paid " + std::to_string(a.outcome.paid.minor()) + " earned ";
    for (const Points& points : a.outcome.points) text += std::to_string(points.minor()) + " ";
    text += "uncovered " + text_of(a.uncovered) + "has " + text_of(a.balances) + "level " + a.level_before + ">" + a.level + " " +
            text_of(a.discrepancies) + (a.is_repeat ? "again" : "");
    for (const ReturnAnswer& one : a.returns) text += " [" + text_of(one) + "]";
    return text;
}
template <class A>
std::string text_of(const Answered<A>& answer) {
    if (answer) return text_of(*answer);
    std::string text = "refused " + answer.error().code + " at " + answer.error().pointer;
    for (const event::Problem& problem : answer.error().problems) {
        text += ", " + std::string{name_of(problem.code)} + " at " + problem.pointer;
    }
    return text;
}

}  // namespace suki::app
