#include <iostream>
#include <sstream>

#include "base/bytes.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/limits.h"
#include "cli/import_common.h"

namespace suki::cli {

namespace {

constexpr std::size_t kRowsAtOnce = 1'000;

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::istringstream in(text);
    for (std::string part; std::getline(in, part, separator);) {
        if (const auto word = trimmed(part); !word.empty()) parts.emplace_back(word);
    }
    return parts;
}

/// Reads the file row by row into commands of one kind, `kRowsAtOnce` at a time. `read_row` gives the reason why a row can't be
/// used, or nothing; `flush` sends what was gathered.
template <class ReadRow, class Flush>
int import_rows(const ImportOptions& options, OpenImport& file, const char* what, ReadRow read_row, Flush flush) {
    Progress progress("reading " + options.file, file.reader.bytes_total());
    std::uint64_t rows = 0;
    std::size_t waiting = 0;
    while (const CsvRow* row = file.reader.next()) {
        ++rows;
        std::string reason = is_valid_text(row->text) ? read_row(*row, rows) : "the row is not UTF-8 text";
        if (!reason.empty()) {
            file.rejects.add(row->line, reason, row->text);
        } else if (++waiting == kRowsAtOnce) {
            flush();
            waiting = 0;
        }
        progress.at(file.reader.bytes_read(), rows);
    }
    must_be_read(file.reader, options.file);
    flush();
    progress.finish(rows);
    std::cout << rows << " rows, " << rows - file.rejects.count() << " " << what << '\n';
    if (file.rejects.count() > 0) std::cout << file.rejects.count() << " rows rejected: " << file.rejects.path() << '\n';
    return file.rejects.count() == 0 ? 0 : 1;
}

void must(const app::Answered<app::CatalogueAnswer>& answer) {
    if (!answer) throw UsageError{"refused: " + sentence(answer.error())};
}

}  // namespace

int import_products(const ImportOptions& options) {
    Opened opened = open_place(options.place, true);
    OpenImport file = open_import(options, {"sku", "title", "category", "brand", "unit", "cost", "tags"}, {"sku"});
    int exponent = 2;
    const auto programmes = opened.app->programmes(options.place.organisation);
    if (!programmes.empty()) exponent = currency_exponent(programmes.front().currency).value_or(2);
    app::ImportProducts command;
    const auto read_row = [&](const CsvRow& row, std::uint64_t number) -> std::string {
        const Mapping& map = file.mapping;
        catalogue::Product product;
        product.sku = map.text("sku", row, number);
        if (product.sku.empty() || product.sku.size() > limits::code_bytes) return "the sku is empty or too long";
        product.title.any = map.text("title", row, number);
        // Files separate levels by > or /; empty levels are left out.
        std::string path = map.text("category", row, number);
        for (char& c : path) c = c == '>' ? '/' : c;
        for (const std::string& part : split(path, '/')) product.category += (product.category.empty() ? "" : "/") + part;
        if (!product.category.empty() && !catalogue::is_valid_category(product.category))
            return "the category has more than 8 levels";
        product.brand = map.text("brand", row, number);
        product.tags = split(map.text("tags", row, number), '|');
        if (const std::string unit = map.text("unit", row, number); !unit.empty()) {
            const auto known = from_name<QuantityUnit>(unit);
            if (!known) return "`" + unit.substr(0, 40) + "` is not a unit (piece, kg, l, m)";
            product.unit = *known;
        }
        const auto cost = map.number("cost", row, exponent, file.rounding);
        if (!cost) return cost.error();
        if (*cost) product.cost = Money{**cost};
        command.products.push_back(std::move(product));
        return {};
    };
    return import_rows(options, file, "products", read_row, [&] {
        if (command.products.empty()) return;
        must(opened.app->run(caller_of(options.place), std::exchange(command, {})));
    });
}

int import_stores(const ImportOptions& options) {
    Opened opened = open_place(options.place, true);
    OpenImport file = open_import(options, {"id", "title", "region", "zone", "place"}, {"id"});
    app::ImportStores command;
    const auto read_row = [&](const CsvRow& row, std::uint64_t number) -> std::string {
        const auto text = [&](std::string_view field) { return file.mapping.text(field, row, number); };
        catalogue::Store store{text("id"), text("title"), text("region"), text("zone"), text("place")};
        if (store.id.empty() || store.id.size() > limits::code_bytes) return "the id is empty or too long";
        command.stores.push_back(std::move(store));
        return {};
    };
    return import_rows(options, file, "stores", read_row, [&] {
        if (command.stores.empty()) return;
        must(opened.app->run(caller_of(options.place), std::exchange(command, {})));
    });
}

int import_members(const ImportOptions& options) {
    Opened opened = open_place(options.place, false);
    const std::string programme = programme_of(options.place, *opened.app);
    OpenImport file = open_import(
        options, {"member", "name", "phone", "email", "language", "birthday", "card", "joined", "segments", "attributes"}, {});
    std::vector<app::Command> commands;
    struct Waiting {
        std::uint64_t line;
        std::string text;
    };
    std::vector<Waiting> sources;
    const auto read_row = [&](const CsvRow& row, std::uint64_t number) -> std::string {
        const auto text = [&](std::string_view field) { return file.mapping.text(field, row, number); };
        app::CreateMember command;
        command.programme = programme;
        command.is_import = true;
        command.profile = {text("name"), text("phone"), text("email"), text("member"), text("language"), {}};
        command.card = text("card");
        if (const std::string birthday = text("birthday"); !birthday.empty()) {
            const auto date = parse_date(birthday);
            if (!date) return "the birthday is not a date such as 1980-05-17";
            command.profile.facts.birthday = civil(*date);
        }
        if (const std::string joined = text("joined"); !joined.empty()) {
            command.joined_on = parse_date(joined);
            if (!command.joined_on) return "`joined` is not a date such as 2024-05-17";
        }
        command.profile.facts.segments = split(text("segments"), '|');
        for (const std::string& pair : split(text("attributes"), '|')) {
            const std::size_t equals = pair.find('=');
            if (equals == std::string::npos) return "attributes are written name=value|name=value";
            command.profile.facts.attributes.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
        }
        commands.emplace_back(std::move(command));
        sources.push_back({row.line, std::string{row.text}});
        return {};
    };
    return import_rows(options, file, "members read", read_row, [&] {
        const auto answers = opened.app->run_many(caller_of(options.place), std::exchange(commands, {}));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (!answers[i]) file.rejects.add(sources[i].line, sentence(answers[i].error()), sources[i].text);
        }
        sources.clear();
    });
}

}  // namespace suki::cli
