#include "store/postgres/dialect.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "base/check.h"

namespace suki::store::postgres {

namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// Words that a table's name follows.
bool precedes_table(std::string_view word) { return word == "into" || word == "from" || word == "update" || word == "join"; }

/// Rewrites parameters by `parameter(number)` and puts the schema before tables. Statements hold no text with a question mark or a
/// keyword in it, which is why this needs no real parser; a test looks at every statement.
template <class Parameter>
std::string rewrite(std::string_view text, const Parameter& parameter) {
    std::string out;
    std::string_view previous;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == '?') {
            std::size_t end = i + 1;
            std::size_t number = 0;
            while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) {
                number = number * 10 + static_cast<std::size_t>(text[end++] - '0');
            }
            out += parameter(number);
            previous = {};
            i = end;
            continue;
        }
        if (text[i] == '\'') {
            const std::size_t end = text.find('\'', i + 1);
            SUKI_CHECK(end != std::string_view::npos);
            out += text.substr(i, end + 1 - i);
            i = end + 1;
            continue;
        }
        if (!is_word(text[i])) {
            out += text[i++];
            continue;
        }
        std::size_t end = i;
        while (end < text.size() && is_word(text[end])) ++end;
        const std::string_view word = text.substr(i, end - i);
        const bool is_set = word == "set";  // `do update set`
        if (precedes_table(previous) && !is_set && out.back() == ' ') {
            out += kSchema;
            out += '.';
        }
        out += word;
        previous = word;
        i = end;
        if (i < text.size() && text[i] == '(') previous = {};
        if (i + 1 < text.size() && text[i] == ' ' && (text[i + 1] == '(' || text[i + 1] == '?')) previous = {};
    }
    return out;
}

std::string_view text_of(const relational::Sql& sql) { return sql.postgres != nullptr ? sql.postgres : sql.text; }

std::string arrays(const std::string& kinds) {
    std::string list;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (i > 0) list += ", ";
        list += '$' + std::to_string(i + 1) + "::" + (kinds[i] == 'i' ? "bigint" : kinds[i] == 't' ? "text" : "bytea") + "[]";
    }
    return list;
}

std::string placed(std::size_t number) { return "p.c" + std::to_string(number); }

}  // namespace

std::string single_form(const relational::Sql& sql) {
    return rewrite(text_of(sql), [](std::size_t number) { return '$' + std::to_string(number); });
}

std::string many_form(const relational::Sql& sql, const std::string& kinds) {
    const std::string_view text = text_of(sql);
    const std::string unnested = "unnest(" + arrays(kinds) + ")";
    if (text.starts_with("insert into ")) {
        const std::size_t values = text.find(" values (");
        SUKI_CHECK(values != std::string_view::npos);
        const std::size_t end = text.find(')', values);
        const auto never = [](std::size_t) -> std::string { SUKI_CHECK(false); };
        return rewrite(text.substr(0, values), never) + " select * from " + unnested + rewrite(text.substr(end + 1), never);
    }
    std::string names;
    for (std::size_t i = 0; i < kinds.size(); ++i) names += (i > 0 ? ", c" : "c") + std::to_string(i + 1);
    const std::size_t where = text.find(" where ");
    SUKI_CHECK(where != std::string_view::npos);
    const bool is_delete = text.starts_with("delete from ");
    const bool is_select = text.starts_with("select ");
    SUKI_CHECK(is_delete || is_select || text.starts_with("update "));
    return rewrite(text.substr(0, where), placed) +
           (is_delete   ? " using "
            : is_select ? ", "
                        : " from ") +
           unnested + " as p(" + names + ")" + rewrite(text.substr(where), placed);
}

std::size_t count_parameters(const relational::Sql& sql) {
    std::size_t highest = 0;
    rewrite(text_of(sql), [&highest](std::size_t number) {
        highest = std::max(highest, number);
        return std::string{};
    });
    return highest;
}

std::size_t key_parameters(const relational::Sql& sql) {
    const std::string_view text = text_of(sql);
    if (text.starts_with("insert into ")) {
        constexpr std::string_view kConflict = "on conflict (";
        const std::size_t begin = text.find(kConflict);
        SUKI_CHECK(begin != std::string_view::npos);
        std::size_t count = 1;
        for (std::size_t i = begin; text[i] != ')' || i < begin + kConflict.size(); ++i) count += text[i] == ',' ? 1 : 0;
        return count;
    }
    const std::string_view where = text.substr(text.find(" where "));
    std::size_t count = 0;
    while (where.find("= ?" + std::to_string(count + 1)) != std::string_view::npos) ++count;
    return count;
}

}  // namespace suki::store::postgres
