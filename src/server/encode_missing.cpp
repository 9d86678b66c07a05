#include "base/decimal.h"
#include "programme/scalars.h"
#include "server/encode.h"
#include "server/phrases.h"
#include "words/words.h"

namespace suki::server {

namespace {

/// What is counted, where the offer is known.
struct Measured {
    bool is_money = true;
    std::optional<QuantityUnit> unit;  // of a quantity
    const programme::CounterWindow* read = nullptr;
    const programme::Counter* counter = nullptr;
    std::optional<Ratio> rate;  // of the step, where it gives a percent
};

/// What a step gives as a share of the price; nothing where it gives something else.
std::optional<Ratio> percent_at(const programme::Scale& scale, std::size_t step) {
    const auto* percent = step < scale.steps.size() ? std::get_if<programme::DiscountPercent>(&scale.steps[step].give) : nullptr;
    return percent == nullptr ? std::nullopt : std::optional{percent->rate};
}

Measured measured(const programme::Plan& plan, const programme::Offer& offer, const engine::Missing& missing) {
    Measured found;
    if (missing.kind == "quantity") {
        found.is_money = false;
        for (const programme::Condition& condition : offer.conditions) {
            if (const auto* quantity = std::get_if<programme::QuantityCondition>(&condition)) found.unit = quantity->unit;
        }
        return found;
    }
    const auto* scale = std::get_if<programme::Scale>(&offer.give);
    if (scale == nullptr || !missing.kind.ends_with("_step")) return found;
    found.rate = percent_at(*scale, missing.step);
    if (scale->by == programme::ScaleBy::quantity) {
        found.is_money = false;
        found.unit = scale->unit;
    }
    if (scale->by != programme::ScaleBy::window) return found;
    found.read = &plan.windows.at(scale->window);
    found.counter = &plan.counters.at(found.read->counter);
    found.is_money = found.counter->measure == programme::Measure::spend;
    if (found.counter->measure == programme::Measure::quantity) found.unit = found.counter->unit;
    return found;
}

std::string percent_text(Ratio rate) {
    // Rates come from decimal text, so a few decimals hold them exactly.
    const auto millionths = divide(static_cast<__int128>(rate.numerator) * 100'000'000, rate.denominator, Rounding::half_even);
    return decimal_text(millionths.value_or(0), 6);
}

/// Fields of an object: `money`, `quantity` with its `unit`, or `count`.
void write_figure(JsonWriter& out, const Measured& what, std::int64_t figure) {
    if (what.is_money) {
        out.field("money", figure);
    } else {
        out.field_null("money");
    }
    write_text_or_null(out, "quantity", what.unit ? decimal_text(figure, 3) : std::string{});
    write_text_or_null(out, "unit", what.unit ? name_of(*what.unit) : std::string_view{});
    if (what.is_money || what.unit) {
        out.field_null("count");
    } else {
        out.field("count", figure);
    }
}

}  // namespace

void write_missing(JsonWriter& out, const engine::Missing& missing, const Speech& speech) {
    const std::shared_ptr<Phrases> phrases = speech.plan == nullptr ? nullptr : Phrases::of(speech.plan, speech.language);
    const programme::Offer* offer = phrases == nullptr ? nullptr : phrases->offer(missing.offer);
    const Measured what = offer == nullptr ? Measured{} : measured(*speech.plan, *offer, missing);
    out.begin_object();
    out.field("offer", missing.offer);
    out.field("title", phrases == nullptr ? std::string_view{missing.offer} : phrases->title(missing.offer));
    out.field("kind", missing.kind);
    write_figure(out, what, missing.missing);
    write_text_or_null(out, "measure", what.counter == nullptr ? std::string_view{} : name_of(what.counter->measure));
    write_text_or_null(out, "over", what.read == nullptr ? std::string{} : programme::window_text(what.read->window));
    write_text_or_null(out, "percent", what.rate ? percent_text(*what.rate) : std::string{});
    const bool is_step = offer != nullptr && missing.kind.ends_with("_step");
    write_text_or_null(out, "gives",
                       is_step ? words::say_step(speech.language, *speech.plan, *offer, missing.step) : std::string{});
    out.field("text", offer == nullptr
                          ? missing.offer
                          : words::say_missing(speech.language, *speech.plan, *offer, missing.kind, missing.missing, missing.step));
    out.end_object();
}

void write_scale(JsonWriter& out, const engine::ScaleOutlook& outlook, const Speech& speech) {
    const std::shared_ptr<Phrases> phrases = speech.plan == nullptr ? nullptr : Phrases::of(speech.plan, speech.language);
    const programme::Offer* offer = phrases == nullptr ? nullptr : phrases->offer(outlook.offer);
    const auto* scale = offer == nullptr ? nullptr : std::get_if<programme::Scale>(&offer->give);
    if (scale == nullptr) return out.null();
    const Measured what = measured(*speech.plan, *offer, {.offer = outlook.offer, .kind = "scale_step"});
    out.begin_object();
    out.field("offer", outlook.offer);
    out.field("title", phrases->title(outlook.offer));
    const programme::Measure of_receipt =
        scale->by == programme::ScaleBy::quantity ? programme::Measure::quantity : programme::Measure::spend;
    out.field("measure", name_of(what.counter == nullptr ? of_receipt : what.counter->measure));
    write_text_or_null(out, "over", what.read == nullptr ? std::string{} : programme::window_text(what.read->window));
    write_figure(out, what, outlook.figure);
    out.field("as", scale->slices == programme::Slices::none ? "whole" : "slices");
    const std::optional<Ratio> rate = outlook.reached ? percent_at(*scale, *outlook.reached) : std::nullopt;
    write_text_or_null(out, "percent", rate ? percent_text(*rate) : std::string{});
    write_text_or_null(out, "gives",
                       outlook.reached ? words::say_step(speech.language, *speech.plan, *offer, *outlook.reached) : std::string{});
    out.field("text", words::say_standing(speech.language, *speech.plan, *offer, outlook.figure, outlook.reached));
    if (outlook.next) {
        out.key("next");
        write_missing(out, *outlook.next, speech);
    } else {
        out.field_null("next");
    }
    out.end_object();
}

void write_scales(JsonWriter& out, const std::vector<engine::ScaleOutlook>& scales, const Speech& speech) {
    out.begin_array("scales");
    for (const engine::ScaleOutlook& outlook : scales) write_scale(out, outlook, speech);
    out.end_array();
}

}  // namespace suki::server
