#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/context.h"
#include "engine/outcome.h"
#include "engine/payment.h"
#include "event/decision.h"
#include "event/receipt.h"
#include "programme/diagnostic.h"
#include "programme/plan.h"

namespace suki::engine {

/// `receipt_step`, `amount` and `quantity`: what is missing on this receipt, to the next step of a scale by it or to the one
/// condition that alone keeps an offer from applying. `scale_step`: what is missing once this receipt is paid, to the next step of
/// a scale over time.
struct Missing {
    std::string offer;
    std::string kind;
    std::int64_t missing = 0;  // minor units, thousandths or a count; of a step by what its scale counts
    std::uint32_t step = 0;    // receipt_step and scale_step: the step of the scale that it leads to
    friend bool operator==(const Missing&, const Missing&) = default;
};

/// A scale by receipt as a receipt found it, or a scale over time as a day finds it.
struct ScaleOutlook {
    std::string offer;
    std::int64_t figure = 0;               // minor units or thousandths of the receipt; over time, of the counter
    std::optional<std::uint32_t> reached;  // the step that a purchase gets
    std::optional<Missing> next;
    friend bool operator==(const ScaleOutlook&, const ScaleOutlook&) = default;
};

/// What `explain` says of one condition of one offer.
struct ConditionResult {
    programme::ConditionKind kind{};
    bool is_met = false;
    std::string seen;  // canonical text: minor units, thousandths, dates, ids; words.h makes sentences of it
    std::string wanted;
    /// Of a challenge: the part that asks it, index into Plan::challenge_parts. What a part needs comes last, of kind `counter`.
    std::optional<std::uint32_t> part = {};
    friend bool operator==(const ConditionResult&, const ConditionResult&) = default;
};
/// A limit of an offer, or its budget, as the receipt found it.
struct LimitResult {
    std::optional<std::uint32_t> limit;  // into Offer::limits; none: the budget
    std::int64_t left = 0;               // uses; of a budget minor units or points
    friend bool operator==(const LimitResult&, const LimitResult&) = default;
};
struct Explained {
    event::Decision decision;
    std::vector<ConditionResult> conditions;  // all of the offer's, in its order, met or not
    std::vector<LimitResult> limits;          // likewise
    std::optional<ScaleOutlook> scale;        // of a discount by steps
    friend bool operator==(const Explained&, const Explained&) = default;
};

/// A plan made ready: postings by sku, category, brand, tag, store, …, so that the cost follows the offers that can match.
/// Immutable and safe to share between threads.
class Evaluator {
public:
    struct Options {
        bool use_indexes = true;  // off only in tests: must change no byte of any Outcome
    };
    explicit Evaluator(programme::PlanPointer plan) : Evaluator(std::move(plan), Options{}) {}
    Evaluator(programme::PlanPointer plan, Options options);
    ~Evaluator();
    Evaluator(Evaluator&&) noexcept;
    Evaluator& operator=(Evaluator&&) noexcept;

    [[nodiscard]] const programme::Plan& plan() const;

    /// Decides a receipt that is within its limits (event::check_receipt passed). Total: it never refuses. Points that the receipt
    /// says were paid are taken as paid, up to what remains. `payables`, where it is wanted, gets what each unit may pay (as
    /// Plan::units), and must be empty.
    [[nodiscard]] Outcome evaluate(const Context& context, const event::Receipt& receipt,
                                   std::vector<Payable>* payables = nullptr) const;

    /// The decisions on all offers of the plan, with each condition, by offer id. Same inputs, same bytes, whenever.
    [[nodiscard]] std::vector<Explained> explain(const Context& context, const event::Receipt& receipt,
                                                 std::vector<Payable>* payables = nullptr) const;

private:
    friend std::vector<Missing> missing_steps(const Evaluator& evaluator, const Context& context, const event::Receipt& receipt,
                                              const Outcome& outcome, bool has_visited);
    struct Index;
    std::unique_ptr<const Index> index_;
};

/// The same plan without offers: by which history, and receipts before the first edition, are judged.
programme::PlanPointer without_offers(const programme::Plan& plan);

/// Runs the document's `examples:`, in their order: an `example_failed` at the place of each that comes out otherwise than it says,
/// or that no till could record.
programme::Diagnostics failing_examples(const Evaluator& evaluator);

}  // namespace suki::engine
