#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/commands.h"
#include "base/decimal.h"
#include "base/json_writer.h"
#include "house/answers.h"
#include "house/story.h"

/// Requests of the interface as stories write them, and their answers.
namespace suki::house {

/// A call's answer: the status, whether it was remembered, and the body, which `root` looks into.
struct HttpAnswer {
    int status = 0;
    bool is_repeat = false;
    std::shared_ptr<const std::string> body;  // the document looks into it, wherever the answer is moved to
    json::Document document;

    [[nodiscard]] bool is_good() const { return status >= 200 && status < 300; }
    [[nodiscard]] json::Value root() const { return document.root(); }
};

template <class Write>
std::string object_of(Write&& write) {
    std::string body;
    JsonWriter out{body};
    out.begin_object();
    write(out);
    out.end_object();
    return body;
}

template <class Line>
void write_quantity(JsonWriter& out, const Line& line) {
    out.field("quantity", decimal_text(line.quantity.milli, 3));
    if (line.has_unit) out.field("unit", name_of(line.quantity.unit));
}

std::string escaped(std::string_view text);
void write_given(JsonWriter& out, std::string_view name, const std::string& text);
void write_given(JsonWriter& out, std::string_view name, const std::optional<Money>& money);
void write_texts(JsonWriter& out, std::string_view name, const std::vector<std::string>& texts);
void write_name(JsonWriter& out, const app::MemberName& member);
void write_lines(JsonWriter& out, const std::vector<event::Line>& lines);
/// What a quote and a receipt have in common.
void write_basket(JsonWriter& out, const app::MemberName& member, const event::Receipt& receipt);
void write_attributes(JsonWriter& out, const Action& action);

}  // namespace suki::house
