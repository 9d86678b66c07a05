#include "house/http_calls.h"

#include <cctype>

namespace suki::house {

std::string escaped(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) != 0 || c == '-' || c == '_' || c == '.' || c == '~')
            result += c;
        else
            (((result += '%') += kHex[byte >> 4]) += kHex[byte & 15]);
    }
    return result;
}

void write_given(JsonWriter& out, std::string_view name, const std::string& text) {
    if (!text.empty()) out.field(name, text);
}

void write_given(JsonWriter& out, std::string_view name, const std::optional<Money>& money) {
    if (money) out.field(name, money->minor());
}

void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts) {
    out.begin_array(name);
    for (const std::string& text : texts) out.value(text);
    out.end_array();
}

void write_name(JsonWriter& out, const app::MemberName& member) {
    if (member.by == app::NamedBy::nobody) return;
    out.begin_object("member");
    out.field(member.by == app::NamedBy::card ? "card" : "external_id", member.value);
    out.end_object();
}

void write_lines(JsonWriter& out, const std::vector<event::Line>& lines) {
    out.begin_array("lines");
    for (const event::Line& line : lines) {
        out.begin_object();
        out.field("number", line.number);
        write_given(out, "sku", line.sku);
        write_given(out, "category", line.category);
        write_given(out, "brand", line.brand);
        write_given(out, "batch", line.batch);
        if (line.has_tags) write_texts(out, "tags", line.tags);
        write_quantity(out, line);
        out.field("amount", line.amount.minor());
        out.field("tax", line.tax.minor());
        out.field("till_discount", line.till_discount.minor());
        write_given(out, "charged", line.charged);
        out.field("is_deposit", line.is_deposit);
        out.field("no_discount", line.no_discount);
        out.field("no_points", line.no_points);
        out.end_object();
    }
    out.end_array();
}

void write_basket(JsonWriter& out, const app::MemberName& member, const event::Receipt& receipt) {
    write_given(out, "store", receipt.store);
    write_given(out, "channel", receipt.channel);
    write_name(out, member);
    write_lines(out, receipt.lines);
    out.field("till_discount", receipt.till_discount.minor());
    out.begin_array("points_paid");
    for (const event::PointsPayment& payment : receipt.points_paid) {
        out.begin_object();
        out.field("unit", payment.unit);
        out.field("points", payment.points.minor());
        if (payment.hold) out.field("hold", payment.hold->text());
        out.end_object();
    }
    out.end_array();
}

void write_attributes(JsonWriter& out, const Action& action) {
    out.begin_object("attributes");
    for (const Word& word : action.words) {
        if (word.name.substr(0, 5) == "attr.") out.field(word.name.substr(5), word.value);
    }
    out.end_object();
}

}  // namespace suki::house
