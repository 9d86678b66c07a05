#include "app/sale.h"

#include <algorithm>
#include <set>

#include "base/limits.h"
#include "event/check.h"

namespace suki::app {

std::optional<Refusal> refused(const RecordReceipt& command, const programme::Plan& latest, bool knows_edition) {
    if (auto checked = event::check_receipt(command.receipt); !checked) {
        return refuse_malformed(std::move(checked).error(), {}).error;
    }
    if (command.returns.size() > limits::returns_per_receipt) return refuse(ReceiptRejection::too_many_returns, "/returns").error;
    if (!knows_edition) return refuse(ReceiptRejection::edition_not_found, "/edition").error;
    for (std::size_t i = 0; i < command.receipt.points_paid.size(); ++i) {
        const std::string& unit = command.receipt.points_paid[i].unit;
        if (std::none_of(latest.units.begin(), latest.units.end(), [&](const programme::Unit& u) { return u.id == unit; })) {
            return refuse(ReferenceRejection::unit_not_found, "/points_paid/" + std::to_string(i) + "/unit").error;
        }
    }
    return std::nullopt;
}

void compare_charged(const event::Receipt& receipt, const engine::Outcome& outcome, std::vector<Discrepancy>& discrepancies) {
    const auto differs = [&](std::uint32_t line, const std::optional<Money>& charged, Money decided) {
        if (!charged || *charged == decided) return;
        discrepancies.push_back(
            {.kind = DiscrepancyKind::charged_differs, .line = line, .stated = charged->minor(), .decided = decided.minor()});
    };
    differs(0, receipt.charged, outcome.total);
    for (std::size_t i = 0; i < receipt.lines.size() && i < outcome.lines.size(); ++i) {
        differs(receipt.lines[i].number, receipt.lines[i].charged, outcome.lines[i].total);
    }
}

void tell_of_points_cut(const engine::Outcome& outcome, std::vector<Discrepancy>& discrepancies) {
    std::set<std::string> units;
    for (const event::Decision& decision : outcome.decisions) {
        if (decision.winner == event::kPointsPerReceipt) units.insert(decision.unit);
    }
    for (const std::string& unit : units) {
        discrepancies.push_back({.kind = DiscrepancyKind::points_cut, .decided = limits::points_per_receipt, .what = unit});
    }
}

Unexpected<Refusal> refuse_payment(engine::PaymentRejection rejection, const engine::Payable& payable, std::string pointer) {
    std::vector<std::pair<std::string, std::string>> arguments{{"unit", payable.unit}, {"stated", std::to_string(payable.stated)}};
    if (const auto bound = engine::bound_of(rejection, payable)) {
        arguments.emplace_back("bound", bound->name);
        arguments.emplace_back("value", std::to_string(bound->value));
    }
    return refuse_as(RefusalKind::unprocessable, rejection, std::move(pointer), std::move(arguments));
}

namespace {

std::optional<DiscrepancyKind> kind_of(engine::PaymentRejection broken) {
    switch (broken) {
        case engine::PaymentRejection::points_below_minimum: return DiscrepancyKind::points_below_minimum;
        case engine::PaymentRejection::points_not_whole_steps: return DiscrepancyKind::points_not_whole_steps;
        case engine::PaymentRejection::points_above_share: return DiscrepancyKind::points_above_share;
        case engine::PaymentRejection::points_need_member:
        case engine::PaymentRejection::unit_can_not_pay:
        case engine::PaymentRejection::insufficient_points: return std::nullopt;  // points_uncovered
    }
    return std::nullopt;
}

}  // namespace

void tell_of_faults(const std::vector<engine::PaymentFault>& faults, std::vector<UnitPoints>& uncovered,
                    std::vector<Discrepancy>& discrepancies) {
    for (const engine::PaymentFault& fault : faults) {
        if (fault.broken) {
            const auto kind = kind_of(*fault.broken);
            if (!kind) continue;
            discrepancies.push_back(
                {.kind = *kind, .stated = fault.stated.minor(), .decided = fault.taken.minor(), .what = fault.unit});
            continue;
        }
        if (fault.hold) {
            discrepancies.push_back(
                {.kind = DiscrepancyKind::hold_not_found, .stated = fault.stated.minor(), .what = fault.hold->text()});
            continue;
        }
        uncovered.push_back({.unit = fault.unit, .points = minus(fault.stated, fault.taken)});
        discrepancies.push_back({.kind = DiscrepancyKind::points_uncovered,
                                 .stated = fault.stated.minor(),
                                 .decided = fault.taken.minor(),
                                 .what = fault.unit});
    }
}

void date_return(event::Return& what, Instant purchased_at, Instant recorded_at, std::vector<Discrepancy>& discrepancies) {
    const Instant stated = what.occurred_at;
    std::optional<DiscrepancyKind> wrong;
    if (stated.us - recorded_at.us > limits::clock_ahead_max_us) {
        wrong = DiscrepancyKind::clock_ahead;
        what.occurred_at = recorded_at;
    }
    if (what.occurred_at < purchased_at) {
        // The purchase may itself be a few minutes ahead of now, within what is allowed to a clock: that is no second mistake.
        if (!wrong) wrong = DiscrepancyKind::return_before_purchase;
        what.occurred_at = purchased_at;
    }
    if (wrong) discrepancies.push_back({.kind = *wrong, .stated = stated.us, .decided = what.occurred_at.us});
}

void answer_with(const engine::SettledReturn& settled, ReturnAnswer& answer) {
    answer.refund = settled.refund;
    answer.withheld = settled.withheld;
    answer.taken_back = settled.taken_back;
    answer.left = settled.left;
    answer.owed = settled.owed;
    answer.given_back = settled.given_back;
}

void compare_refunded(const event::Return& what, ReturnAnswer& answer) {
    if (!what.refunded || *what.refunded == answer.refund) return;
    answer.discrepancies.push_back(
        {.kind = DiscrepancyKind::refund_differs, .stated = what.refunded->minor(), .decided = answer.refund.minor()});
}

bool is_void(const engine::StoredReceipt& stored) {
    return std::any_of(stored.returns.begin(), stored.returns.end(), [](const event::Return& back) { return back.is_void; });
}

}  // namespace suki::app
