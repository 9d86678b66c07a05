#include "words/words.h"

#include <unicode/currunit.h>
#include <unicode/datefmt.h>
#include <unicode/fmtable.h>
#include <unicode/gregocal.h>
#include <unicode/messagepattern.h>
#include <unicode/msgfmt.h>
#include <unicode/numberformatter.h>
#include <unicode/plurrule.h>
#include <unicode/smpdtfmt.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "base/check.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/embedded.h"

namespace suki::words {

namespace {

using Patterns = std::map<std::string, std::string, std::less<>>;

/// `key = pattern` lines; a line that starts with a space goes on with the one before; `#` begins a comment line.
Patterns read_patterns(std::string_view text) {
    Patterns patterns;
    std::string* open = nullptr;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == ' ' && open != nullptr) {
            *open += line;
            continue;
        }
        const std::size_t equals = line.find(" = ");
        if (equals == std::string_view::npos) continue;
        open = &patterns[std::string{line.substr(0, equals)}];
        *open = line.substr(equals + 3);
    }
    return patterns;
}

struct Language {
    std::string code;
    icu::Locale locale;
    Patterns patterns;
};

const std::vector<Language>& all_languages() {
    static const std::vector<Language> all = [] {
        std::vector<Language> read;
        for (const embedded::EmbeddedFile* file : embedded::list("words/")) {
            std::string code{file->path.substr(6)};
            code.resize(code.find('.'));
            read.push_back({code, icu::Locale(code.c_str()), read_patterns(file->bytes)});
        }
        // English is the first, as it is the one that others fall back to.
        std::stable_partition(read.begin(), read.end(), [](const Language& language) { return language.code == "en"; });
        return read;
    }();
    return all;
}

const Language* find_language(std::string_view code) {
    for (const Language& language : all_languages()) {
        if (language.code == code) return &language;
    }
    return all_languages().empty() ? nullptr : &all_languages().front();
}

std::string utf8(const icu::UnicodeString& text) {
    std::string bytes;
    text.toUTF8String(bytes);
    return bytes;
}

/// Parsed patterns are kept: making one costs six times what using one does. Formatting is guarded too, since ICU promises safety
/// only for separate objects.
class Formats {
public:
    std::string format(const Language& language, std::string_view key, std::string_view pattern, const Arguments& arguments) {
        std::vector<icu::UnicodeString> names;
        std::vector<icu::Formattable> values;
        for (const auto& [name, value] : arguments) {
            names.push_back(icu::UnicodeString::fromUTF8(name));
            UErrorCode status = U_ZERO_ERROR;
            if (const auto* number = std::get_if<std::int64_t>(&value))
                values.emplace_back(*number);
            else if (const auto* decimal = std::get_if<Decimal>(&value))
                values.emplace_back(icu::StringPiece(decimal->text), status);
            else
                values.emplace_back(icu::UnicodeString::fromUTF8(std::get<std::string>(value)));
        }
        const std::lock_guard lock(mutex_);
        icu::MessageFormat* format = find(language, key, pattern);
        if (format == nullptr) return std::string{key};
        UErrorCode status = U_ZERO_ERROR;
        icu::UnicodeString text;
        format->format(names.data(), values.data(), static_cast<int32_t>(values.size()), text, status);
        return U_FAILURE(status) ? std::string{key} : utf8(text);
    }

private:
    icu::MessageFormat* find(const Language& language, std::string_view key, std::string_view pattern) {
        auto& slot = formats_[language.code + "/" + std::string{key}];
        if (!slot) {
            UErrorCode status = U_ZERO_ERROR;
            UParseError where;
            slot = std::make_unique<icu::MessageFormat>(
                icu::UnicodeString::fromUTF8(icu::StringPiece(pattern.data(), static_cast<int32_t>(pattern.size()))),
                language.locale, where, status);
            if (U_FAILURE(status)) slot.reset();
        }
        return slot.get();
    }

    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<icu::MessageFormat>> formats_;
};

Formats& formats() {
    static Formats kept;
    return kept;
}

}  // namespace

const std::vector<std::string>& languages() {
    static const std::vector<std::string> codes = [] {
        std::vector<std::string> list;
        for (const Language& language : all_languages()) list.push_back(language.code);
        return list;
    }();
    return codes;
}

bool speaks(std::string_view language) { return std::find(languages().begin(), languages().end(), language) != languages().end(); }

std::string choose_language(std::string_view wanted) {
    // The header lists languages with weights (`ru-BY;q=0.9`); the heaviest that is spoken wins, the earlier of equals.
    std::string best = "en";
    int best_weight = -1;
    for (std::size_t at = 0; at < wanted.size();) {
        const std::size_t end = std::min(wanted.find(',', at), wanted.size());
        std::string_view item = wanted.substr(at, end - at);
        at = end + 1;
        while (!item.empty() && item.front() == ' ') item.remove_prefix(1);
        int weight = 1000;
        if (const std::size_t q = item.find(";q="); q != std::string_view::npos) {
            const auto decimal = parse_decimal(item.substr(q + 3));
            const auto thousandths = decimal ? at_decimals(*decimal, 3) : std::nullopt;
            weight = static_cast<int>(thousandths.value_or(0));
        }
        const std::string code{item.substr(0, item.find_first_of("-_;"))};
        if (weight > best_weight && weight > 0 && speaks(code)) {
            best = code;
            best_weight = weight;
        }
    }
    return best;
}

bool has_pattern(std::string_view language, std::string_view key) {
    const Language* found = find_language(language);
    return found != nullptr && found->code == language && found->patterns.find(key) != found->patterns.end();
}

std::vector<std::string> pattern_keys(std::string_view language) {
    std::vector<std::string> keys;
    const Language* found = find_language(language);
    if (found == nullptr || found->code != language) return keys;
    for (const auto& [key, pattern] : found->patterns) keys.push_back(key);
    return keys;
}

std::optional<std::vector<std::string>> pattern_names(std::string_view language, std::string_view key) {
    const Language* found = find_language(language);
    if (found == nullptr || found->code != language) return std::nullopt;
    const auto text = found->patterns.find(key);
    if (text == found->patterns.end()) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    const icu::MessagePattern pattern(icu::UnicodeString::fromUTF8(text->second), nullptr, status);
    if (U_FAILURE(status)) return std::nullopt;
    std::set<std::string> names;
    for (int32_t i = 0; i < pattern.countParts(); ++i) {
        const icu::MessagePattern::Part& part = pattern.getPart(i);
        if (part.getType() == UMSGPAT_PART_TYPE_ARG_NAME) names.insert(utf8(pattern.getSubstring(part)));
    }
    return std::vector<std::string>(names.begin(), names.end());
}

std::string say(std::string_view language, std::string_view key, const Arguments& arguments) {
    const Language* found = find_language(language);
    if (found == nullptr) return std::string{key};
    auto pattern = found->patterns.find(key);
    if (pattern == found->patterns.end()) {
        found = &all_languages().front();
        pattern = found->patterns.find(key);
        if (pattern == found->patterns.end()) return std::string{key};
    }
    return formats().format(*found, key, pattern->second, arguments);
}

std::string say_money(std::string_view language, Money money, std::string_view currency, int exponent) {
    const Language* found = find_language(language);
    UErrorCode status = U_ZERO_ERROR;
    const std::string exact = money_text(money, exponent);
    if (found == nullptr) return exact;
    const icu::CurrencyUnit unit(icu::StringPiece(currency.data(), static_cast<int32_t>(currency.size())), status);
    const auto formatted = icu::number::NumberFormatter::withLocale(found->locale)
                               .unit(unit)
                               .precision(icu::number::Precision::fixedFraction(exponent))
                               .formatDecimal(exact, status);
    const icu::UnicodeString text = formatted.toString(status);
    return U_FAILURE(status) ? exact : utf8(text);
}

std::string say_date(std::string_view language, Date date) {
    const Language* found = find_language(language);
    if (found == nullptr) return date_text(date);
    const std::unique_ptr<icu::DateFormat> format(icu::DateFormat::createDateInstance(icu::DateFormat::kLong, found->locale));
    if (!format) return date_text(date);
    // A civil date has no zone: it is formatted as midnight UTC, in UTC.
    format->adoptTimeZone(icu::TimeZone::createTimeZone("Etc/UTC"));
    icu::UnicodeString text;
    format->format(static_cast<UDate>(midnight_utc(date).us) / 1000, text);
    return utf8(text);
}

std::string say_day_of_year(std::string_view language, int month, int day) {
    // A leap year has every day that there is.
    const auto date = make_date(2000, month, day);
    const Language* found = find_language(language);
    if (!date || found == nullptr) return {};
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::DateFormat> format(icu::DateFormat::createInstanceForSkeleton("MMMMd", found->locale, status));
    if (U_FAILURE(status)) return date_text(*date).substr(5);
    format->adoptTimeZone(icu::TimeZone::createTimeZone("Etc/UTC"));
    icu::UnicodeString text;
    format->format(static_cast<UDate>(midnight_utc(*date).us) / 1000, text);
    return utf8(text);
}

std::string say_decimal(std::string_view language, const std::string& exact) {
    const Language* found = find_language(language);
    if (found == nullptr) return exact;
    UErrorCode status = U_ZERO_ERROR;
    const auto formatted = icu::number::NumberFormatter::withLocale(found->locale)
                               .precision(icu::number::Precision::unlimited())
                               .formatDecimal(exact, status);
    const icu::UnicodeString number = formatted.toString(status);
    return U_FAILURE(status) ? exact : utf8(number);
}

std::string say_quantity(std::string_view language, Quantity quantity) {
    const std::string exact = decimal_text(quantity.milli, 3);
    return say(language, "quantity." + std::string{name_of(quantity.unit)},
               {{"number", say_decimal(language, exact)}, {"count", Decimal{exact}}});
}

std::string continued(std::string_view text) {
    auto letters = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
    if (letters.isEmpty()) return {};
    const UChar32 first = letters.char32At(0);
    letters.replace(0, U16_LENGTH(first), u_tolower(first));
    return utf8(letters);
}

namespace {

/// The form of a whole number in any language that ICU knows; the document may speak more of them than we do.
PluralForm form_of(std::string_view language, std::int64_t count) {
    struct Rules {
        std::string language;
        std::unique_ptr<icu::PluralRules> rules;
    };
    static std::mutex mutex;
    static std::vector<Rules> kept;
    const std::lock_guard lock(mutex);
    auto found = std::find_if(kept.begin(), kept.end(), [&](const Rules& one) { return one.language == language; });
    if (found == kept.end()) {
        UErrorCode status = U_ZERO_ERROR;
        const std::string code{language};
        kept.push_back({code, std::unique_ptr<icu::PluralRules>(icu::PluralRules::forLocale(icu::Locale(code.c_str()), status))});
        found = kept.end() - 1;
    }
    if (!found->rules) return PluralForm::other;
    const double magnitude = std::abs(static_cast<double>(count));
    return from_name<PluralForm>(utf8(found->rules->select(magnitude))).value_or(PluralForm::other);
}

}  // namespace

std::string say_points(std::string_view language, const programme::Plan* plan, std::string_view unit, std::int64_t count) {
    const programme::Unit* known = nullptr;
    if (plan != nullptr) {
        for (const programme::Unit& one : plan->units) {
            if (one.id == unit) known = &one;
        }
    }
    if (known != nullptr) {
        if (const CountedText::Forms* forms = known->counted.in(language)) {
            const std::string& form = (*forms)[static_cast<std::size_t>(form_of(language, count))];
            const std::string& other = (*forms)[static_cast<std::size_t>(PluralForm::other)];
            if (!form.empty() || !other.empty()) {
                return say(language, "points.counted", {{"count", count}, {"noun", form.empty() ? other : form}});
            }
        }
        if (!known->title.is_empty()) {
            return say(language, "points.titled", {{"count", count}, {"title", std::string{known->title.in(language)}}});
        }
    }
    if (unit == "points") return say(language, "points", {{"count", count}});
    return say(language, "points.titled", {{"count", count}, {"title", std::string{unit}}});
}

}  // namespace suki::words
