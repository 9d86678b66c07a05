#include "server/encode.h"
#include "server/handlers.h"
#include "server/lookups.h"
#include "words/words.h"

/// Rebates: what an edition promises, and how far each period of a member is.
namespace suki::server {

namespace {

void write_fields(JsonWriter& out, const programme::Plan& plan, const programme::Rebate& rebate, const std::string& language) {
    out.field("rebate", rebate.id);
    out.field("title", words::rebate_title(language, plan, rebate.id));
    out.field("clause", rebate.clause);
    out.field("by", name_of(rebate.by));
    out.field("unit", plan.units[rebate.unit].id);
    out.field("text", words::say_rebate(language, plan, rebate));
}

/// A rate in millionths, which percents of documents are whole in.
std::int64_t millionths(Ratio rate) { return rate.numerator * (1'000'000 / rate.denominator); }

void write_next(JsonWriter& out, const std::optional<engine::RebateOutlook::Next>& next) {
    if (!next) return out.field_null("next");
    out.begin_object("next");
    out.field("rate_millionths", millionths(next->rate));
    out.field("from", next->from);
    out.field("missing", next->missing);
    out.field("points", next->points.minor());
    out.end_object();
}

void write_period(JsonWriter& out, const app::RebatePeriodView& view, const std::string& language) {
    const programme::Plan& plan = *view.plan;
    const engine::RebateOutlook& outlook = view.outlook;
    const programme::Rebate& rebate = plan.rebates[outlook.rebate];
    out.begin_object();
    write_fields(out, plan, rebate, language);
    out.field("edition", view.edition);
    out.field("starts_on", date_text(outlook.period.starts_on));
    out.field("last_on", date_text(add_days(outlook.period.ends_on, -1)));
    out.field("is_open", view.is_open);
    out.field("bought", outlook.figures.bought);
    if (rebate.by == programme::RebateBy::growth) {
        out.field("bought_before", outlook.figures.before);
    } else {
        out.field_null("bought_before");
    }
    out.field("accrued", view.accrued.minor());
    if (outlook.rate) {
        out.field("rate_millionths", millionths(*outlook.rate));
    } else {
        out.field_null("rate_millionths");
    }
    write_instant(out, "spendable_at", view.spendable_at);
    write_next(out, outlook.next);
    words::RebateProgress progress{.bought = Money{outlook.figures.bought}, .points = outlook.points.minor(), .next_rate = {}};
    progress.has_base = rebate.by != programme::RebateBy::growth || outlook.figures.before > 0;
    if (outlook.next && view.is_open) {
        progress.next_rate = outlook.next->rate;
        progress.missing = outlook.next->missing;
        progress.next_points = outlook.next->points.minor();
    }
    out.field("progress", words::say_rebate_progress(language, plan, rebate, progress));
    out.end_object();
}

}  // namespace

void write_rebates(JsonWriter& out, const Speech& speech) {
    out.begin_array("rebates");
    if (speech.plan != nullptr) {
        for (const programme::Rebate& rebate : speech.plan->rebates) {
            out.begin_object();
            write_fields(out, *speech.plan, rebate, speech.language);
            out.end_object();
        }
    }
    out.end_array();
}

void list_member_rebates(const CallPointer& call) {
    const auto id = member_of_path(*call);
    if (!id) return;
    const auto found = call->app().rebates(call->organisation, call->programme, named(*id));
    if (!found) return call->refuse(found.error());
    call->count_guess(true);
    const programme::Plan* plan = found->periods.empty() ? nullptr : found->periods.front().plan.get();
    const std::string language = call->language_for(plan);
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    out.field("member", found->member.text());
    out.begin_array("items");
    for (const app::RebatePeriodView& view : found->periods) write_period(out, view, language);
    out.end_array();
    out.end_object();
    call->send_json(200, std::move(body));
}

}  // namespace suki::server
