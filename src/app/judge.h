#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "app/desk.h"
#include "app/resolve.h"
#include "engine/evaluate.h"
#include "engine/settle.h"

/// From a receipt as it was sent to a decision: the edition, the context, the outcome. The same for a quote and a commit.
namespace suki::app {

struct Question {
    const Programme& programme;
    const event::Receipt& receipt;  // `occurred_at` is the instant to judge at
    const Buyer& buyer;
    int edition = 0;  // 0: by the civil date
    bool is_history = false;
    Instant now;  // balances and pools are as of it
};

struct Judged {
    int edition = 0;  // 0: before the first
    bool is_history = false;
    const Edition* judging = nullptr;
    engine::Context context;
    engine::Outcome outcome;
    std::vector<engine::Payable> payables;   // what each unit may pay, as Plan::units of the edition that says so
    std::vector<account::LevelSpan> levels;  // of the member, up to and with today and the day of the receipt

    [[nodiscard]] const engine::Evaluator& evaluator() const {
        return edition == 0 || is_history ? *judging->bare : *judging->evaluator;
    }
};
Judged judge(const Desk& desk, const Question& question);

/// Lines without a unit get the catalogue's.
void complete_units(const Desk& desk, const std::string& organisation, std::vector<event::Line>& lines);

/// The row from which a pool of the plan is drawn on a day.
store::PoolKey pool_name(const Programme& programme, const programme::Pool& pool, Date date);

std::vector<std::string> unit_names(const programme::Plan& plan);

}  // namespace suki::app
