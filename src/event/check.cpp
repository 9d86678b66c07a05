#include "event/check.h"

#include <set>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "catalogue/catalogue.h"

namespace suki::event {

namespace {

/// No clock of the world is further from UTC than this.
constexpr int kOffsetMaxS = 18 * 3600;

class Checker {
public:
    void found(ProblemCode code, std::string_view field) {
        if (problems_.size() < kProblemsMax) problems_.push_back({place_ + "/" + std::string{field}, code});
    }
    void at(std::string place) { place_ = std::move(place); }

    void text(std::string_view text, std::string_view field, std::size_t bytes_max) {
        if (!is_valid_text(text)) return found(ProblemCode::bad_text, field);
        if (text.size() > bytes_max) found(ProblemCode::text_too_long, field);
    }
    void name(std::string_view value, std::string_view field, std::size_t bytes_max) {
        if (value.empty()) return found(ProblemCode::missing_text, field);
        text(value, field, bytes_max);
    }
    void instant(Instant at, std::string_view field) {
        // A day less at both ends, so that the date is an accepted one in every zone.
        static const Instant first{midnight_utc(*make_date(kYearMin, 1, 2)).us};
        static const Instant last{midnight_utc(*make_date(kYearMax, 12, 31)).us};
        if (at < first || at >= last) found(ProblemCode::occurred_at_out_of_range, field);
    }
    void quantity(const Quantity& quantity, std::string_view field) {
        if (quantity.milli <= 0) return found(ProblemCode::quantity_must_be_positive, field);
        if (quantity.milli > kQuantityMilliMax) found(ProblemCode::quantity_out_of_range, field);
    }
    /// True when it can be compared with others.
    bool money(Money money, std::string_view field) {
        if (money < Money{0}) {
            found(ProblemCode::negative_amount, field);
            return false;
        }
        if (is_in_range(money)) return true;
        found(ProblemCode::amount_out_of_range, field);
        return false;
    }
    void money(const std::optional<Money>& stated, std::string_view field) {
        if (stated) money(*stated, field);
    }

    Result<Done, std::vector<Problem>> result() && {
        if (problems_.empty()) return Done{};
        return Unexpected{std::move(problems_)};
    }

private:
    std::string place_;
    std::vector<Problem> problems_;
};

/// Whether the line's amount can be added up.
bool check_line(Checker& check, const Line& line) {
    if (line.number == 0) check.found(ProblemCode::line_number_out_of_range, "number");
    check.text(line.sku, "sku", limits::code_bytes);
    check.text(line.title, "title", limits::text_bytes);
    if (!line.category.empty() && (line.category.size() > limits::text_bytes || !catalogue::is_valid_category(line.category))) {
        check.found(ProblemCode::bad_category, "category");
    }
    check.text(line.brand, "brand", limits::code_bytes);
    check.text(line.batch, "batch", limits::code_bytes);
    if (line.tags.size() > limits::tags_per_product) {
        check.found(ProblemCode::too_many_tags, "tags");
    } else {
        for (std::size_t i = 0; i < line.tags.size(); ++i) check.name(line.tags[i], "tags/" + std::to_string(i), limits::key_bytes);
    }
    check.quantity(line.quantity, "quantity");
    const bool has_amount = check.money(line.amount, "amount");
    if (check.money(line.tax, "tax") && has_amount && line.tax > line.amount)
        check.found(ProblemCode::tax_larger_than_amount, "tax");
    check.money(line.cost, "cost");
    if (check.money(line.till_discount, "till_discount") && has_amount && line.till_discount > line.amount) {
        check.found(ProblemCode::till_discount_larger_than_amount, "till_discount");
    }
    check.money(line.charged, "charged");
    return has_amount;
}

void check_lines(Checker& check, const Receipt& receipt) {
    if (receipt.lines.empty()) return check.found(ProblemCode::no_lines, "lines");
    if (receipt.lines.size() > limits::lines_per_receipt) return check.found(ProblemCode::too_many_lines, "lines");
    std::set<std::uint32_t> numbers;
    __int128 total = 0;
    bool has_total = true;
    for (std::size_t i = 0; i < receipt.lines.size(); ++i) {
        const Line& line = receipt.lines[i];
        check.at("/lines/" + std::to_string(i));
        if (check_line(check, line)) {
            total += line.amount.minor();
        } else {
            has_total = false;
        }
        if (!numbers.insert(line.number).second) check.found(ProblemCode::duplicate_line_number, "number");
    }
    check.at({});
    if (total > kAmountMax) check.found(ProblemCode::total_out_of_range, "lines");
    if (check.money(receipt.till_discount, "till_discount") && has_total && receipt.till_discount.minor() > total) {
        check.found(ProblemCode::till_discount_larger_than_amount, "till_discount");
    }
}

void check_payments(Checker& check, const Receipt& receipt) {
    // A tender of points is a tender too.
    if (receipt.points_paid.size() > limits::tenders_per_receipt) {
        check.found(ProblemCode::too_many_tenders, "points_paid");
    } else {
        __int128 total = 0;
        for (std::size_t i = 0; i < receipt.points_paid.size(); ++i) {
            const PointsPayment& payment = receipt.points_paid[i];
            check.at("/points_paid/" + std::to_string(i));
            check.name(payment.unit, "unit", limits::key_bytes);
            if (payment.points <= Points{0}) {
                check.found(ProblemCode::points_must_be_positive, "points");
            } else if (!is_in_range(payment.points)) {
                check.found(ProblemCode::points_out_of_range, "points");
            }
            total += payment.points.minor();
        }
        check.at({});
        if (total > kAmountMax) check.found(ProblemCode::points_out_of_range, "points_paid");
    }
    if (receipt.tenders.size() > limits::tenders_per_receipt) return check.found(ProblemCode::too_many_tenders, "tenders");
    __int128 total = 0;
    for (std::size_t i = 0; i < receipt.tenders.size(); ++i) {
        check.at("/tenders/" + std::to_string(i));
        check.name(receipt.tenders[i].kind, "kind", limits::key_bytes);
        check.money(receipt.tenders[i].amount, "amount");
        total += receipt.tenders[i].amount.minor();
    }
    check.at({});
    if (total > kAmountMax) check.found(ProblemCode::total_out_of_range, "tenders");
}

}  // namespace

Result<Done, std::vector<Problem>> check_receipt(const Receipt& receipt) {
    Checker check;
    check.name(receipt.id, "id", limits::code_bytes);
    check.text(receipt.store, "store", limits::key_bytes);
    check.text(receipt.till, "till", limits::key_bytes);
    check.text(receipt.number, "number", limits::code_bytes);
    check.instant(receipt.occurred_at, "occurred_at");
    if (receipt.offset_s && (*receipt.offset_s < -kOffsetMaxS || *receipt.offset_s > kOffsetMaxS)) {
        check.found(ProblemCode::offset_out_of_range, "occurred_at");
    }
    check.text(receipt.channel, "channel", limits::key_bytes);
    check.text(receipt.card, "card", limits::code_bytes);
    check_lines(check, receipt);
    check.money(receipt.charged, "charged");
    check_payments(check, receipt);
    return std::move(check).result();
}

Result<Done, std::vector<Problem>> check_return(const Return& request) {
    Checker check;
    check.name(request.id, "id", limits::code_bytes);
    check.name(request.receipt, "receipt", limits::code_bytes);
    check.instant(request.occurred_at, "occurred_at");
    if (request.is_void && !request.lines.empty()) check.found(ProblemCode::lines_in_a_void, "lines");
    if (!request.is_void && request.lines.empty()) check.found(ProblemCode::no_lines, "lines");
    if (request.lines.size() > limits::lines_per_receipt) {
        check.found(ProblemCode::too_many_lines, "lines");
    } else {
        for (std::size_t i = 0; i < request.lines.size(); ++i) {
            check.at("/lines/" + std::to_string(i));
            if (request.lines[i].line == 0) check.found(ProblemCode::line_number_out_of_range, "line");
            check.quantity(request.lines[i].quantity, "quantity");
        }
        check.at({});
    }
    check.text(request.reason, "reason", limits::text_bytes);
    check.money(request.refunded, "refunded");
    return std::move(check).result();
}

Result<Done, std::vector<Problem>> check_activity(const Activity& activity) {
    Checker check;
    check.name(activity.id, "id", limits::code_bytes);
    check.name(activity.kind, "kind", limits::key_bytes);
    check.instant(activity.occurred_at, "occurred_at");
    check.text(activity.store, "store", limits::key_bytes);
    return std::move(check).result();
}

}  // namespace suki::event
