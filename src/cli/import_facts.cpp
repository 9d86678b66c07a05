#include <algorithm>
#include <iostream>
#include <utility>

#include "app/profile.h"
#include "base/currency.h"
#include "base/decimal.h"
#include "base/limits.h"
#include "cli/import_common.h"

namespace suki::cli {

namespace {

/// Reads the file row by row into items of one kind, `Sender::kAtOnce` at a time. `read_row` gives the reason why a row can't be
/// used, or nothing; `send` takes what was gathered, with the rows that it came from, and rejects what is refused.
template <class ReadRow, class Send>
std::uint64_t import_rows(const ImportOptions& options, OpenImport& file, ReadRow read_row, Send send) {
    Progress progress("reading " + options.file, file.reader.bytes_total());
    std::uint64_t rows = 0;
    std::vector<SourceRow> sources;
    while (const CsvRow* row = file.reader.next()) {
        ++rows;
        std::string reason = flaw_of(*row, file.reader);
        if (reason.empty()) reason = read_row(*row, rows);
        if (reason.empty()) {
            sources.push_back({row->line, std::string{row->text}});
        } else {
            file.rejects.add(*row, reason);
        }
        if (sources.size() == Sender::kAtOnce) send(std::exchange(sources, {}));
        progress.at(file.reader.bytes_read(), rows);
    }
    send(std::exchange(sources, {}));
    file.rejects.finish();
    if (file.reader.problem() != CsvReader::Problem::none) {
        throw UsageError{options.file + ": " + file.reader.problem_text() + "; what stands before it is recorded"};
    }
    progress.finish(rows);
    return rows;
}

int report(const std::string& counted, const OpenImport& file) {
    std::cout << counted << '\n';
    if (file.rejects.count() > 0) std::cout << file.rejects.count() << " rows rejected: " << file.rejects.path() << '\n';
    return file.rejects.count() == 0 ? 0 : 1;
}
int report(std::uint64_t rows, const char* what, const OpenImport& file) {
    return report(std::to_string(rows) + " rows, " + std::to_string(rows - file.rejects.count()) + " " + what, file);
}

/// The number in `/products/17/cost`.
std::optional<std::size_t> index_in(std::string_view pointer) {
    const std::size_t begin = pointer.find('/', 1);
    if (begin == std::string_view::npos) return std::nullopt;
    const auto number = parse_integer(pointer.substr(begin + 1, pointer.find('/', begin + 1) - begin - 1));
    return number && *number >= 0 ? std::optional{static_cast<std::size_t>(*number)} : std::nullopt;
}

/// Writes all items of the command that can be written: what is refused goes to the rejects, and the rest is sent again.
template <class C, class Item>
void send_each(Sender& sender, std::vector<Item> C::* items, std::vector<Item> gathered, std::vector<SourceRow> sources,
               Rejects& rejects) {
    C command;
    command.*items = std::move(gathered);
    while (!sources.empty()) {
        const auto answer = sender.send(1, [&](std::size_t) { return command; }).front();
        if (answer) return;
        app::Refusal refusal = answer.error();
        const auto at = index_in(refusal.pointer);
        if (!at || *at >= sources.size()) throw UsageError{"refused: " + sentence(refusal)};
        // Its place in what was sent tells nobody anything; the field does.
        const std::size_t field = refusal.pointer.find('/', refusal.pointer.find('/', 1) + 1);
        refusal.pointer = field == std::string::npos ? std::string{} : refusal.pointer.substr(field);
        rejects.add(sources[*at], sentence(refusal));
        sources.erase(sources.begin() + static_cast<std::ptrdiff_t>(*at));
        (command.*items).erase((command.*items).begin() + static_cast<std::ptrdiff_t>(*at));
    }
}

/// By what a row names its member, the surest first.
app::MemberName name_of_member(const app::CreateMember& command) {
    const app::MemberProfile& profile = command.profile;
    if (!profile.external_id.empty()) return {app::NamedBy::external, profile.external_id};
    if (!command.card.empty()) return {app::NamedBy::card, command.card};
    if (!profile.phone.empty()) return {app::NamedBy::phone, profile.phone};
    if (!profile.email.empty()) return {app::NamedBy::email, profile.email};
    return {};
}

/// Whether the member is known just as the row says, so that a second run finds nothing wrong. Joining may be known to be earlier,
/// from a receipt.
bool is_known_alike(const app::App& app, const Place& place, app::CreateMember command) {
    const auto there = app.find_member(place.organisation, command.programme, name_of_member(command));
    if (!there || app::canonicalise(command.profile)) return false;
    if (command.account) {
        const auto account = app.account(place.organisation, *command.account);
        if (!account || account->merged_into.value_or(account->account) != there->account) return false;
    }
    const bool has_card = command.card.empty() || std::any_of(there->cards.begin(), there->cards.end(),
                                                              [&](const auto& card) { return card.number == command.card; });
    return there->profile == command.profile && has_card && (!command.joined_on || there->joined_on <= *command.joined_on);
}

/// Products belong to the organisation and not to a programme, so their costs are in the currency of all its programmes, or else of
/// the one that is named.
int decimals_of_costs(const Place& place, const app::App& app) {
    std::optional<int> decimals;
    for (const app::ProgrammeView& programme : app.programmes(place.organisation)) {
        if (!place.programme.empty() && programme.id != place.programme) continue;
        const int own = currency_exponent(programme.currency).value_or(2);
        if (decimals && *decimals != own) {
            throw UsageError{
                "the programmes count in currencies of different decimals: say with --programme in whose the costs are"};
        }
        decimals = own;
    }
    if (decimals) return *decimals;
    if (!place.programme.empty()) throw UsageError{"--programme: there is no programme " + shown(place.programme)};
    throw UsageError{"costs are in the currency of a programme, and none is published yet: suki publish FILE --db …"};
}

}  // namespace

int import_products(const ImportOptions& options) {
    Opened opened = open_place(options.place, true);
    Sender sender(*opened.app, caller_of(options.place));
    OpenImport file =
        open_import(options, {{"sku"}, {"title"}, {"category"}, {"brand"}, {"unit"}, {"cost", true}, {"tags"}}, {"sku"});
    // Where there are no costs, nobody need say in which currency they are.
    const int exponent = file.mapping.has("cost") ? decimals_of_costs(options.place, *opened.app) : 0;
    std::vector<catalogue::Product> products;
    const auto read_row = [&](const CsvRow& row, std::uint64_t number) -> std::string {
        const Mapping& map = file.mapping;
        catalogue::Product product;
        product.sku = map.text("sku", row, number);
        if (product.sku.empty() || product.sku.size() > limits::code_bytes) return "the sku is empty or too long";
        product.title.any = map.text("title", row, number);
        product.category = category_path(map.text("category", row, number));
        if (!product.category.empty() && !catalogue::is_valid_category(product.category))
            return "the category has more than 8 levels";
        product.brand = map.text("brand", row, number);
        product.tags = split(map.text("tags", row, number), '|');
        if (const std::string unit = map.text("unit", row, number); !unit.empty()) {
            const auto known = from_name<QuantityUnit>(unit);
            if (!known) return shown(unit) + " is not a unit (piece, kg, l, m)";
            product.unit = *known;
        }
        const auto cost = map.number("cost", row, number, exponent, file.rounding);
        if (!cost) return cost.error();
        if (*cost) product.cost = Money{**cost};
        products.push_back(std::move(product));
        return {};
    };
    const std::uint64_t rows = import_rows(options, file, read_row, [&](std::vector<SourceRow> sources) {
        send_each(sender, &app::ImportProducts::products, std::exchange(products, {}), std::move(sources), file.rejects);
    });
    return report(rows, "products", file);
}

int import_stores(const ImportOptions& options) {
    Opened opened = open_place(options.place, true);
    Sender sender(*opened.app, caller_of(options.place));
    OpenImport file = open_import(options, {{"id"}, {"title"}, {"region"}, {"zone"}, {"place"}}, {"id"});
    std::vector<catalogue::Store> stores;
    const auto read_row = [&](const CsvRow& row, std::uint64_t number) -> std::string {
        const auto text = [&](std::string_view field) { return file.mapping.text(field, row, number); };
        catalogue::Store store{text("id"), text("title"), text("region"), text("zone"), text("place")};
        if (store.id.empty() || store.id.size() > limits::code_bytes) return "the id is empty or too long";
        stores.push_back(std::move(store));
        return {};
    };
    const std::uint64_t rows = import_rows(options, file, read_row, [&](std::vector<SourceRow> sources) {
        send_each(sender, &app::ImportStores::stores, std::exchange(stores, {}), std::move(sources), file.rejects);
    });
    return report(rows, "stores", file);
}

int import_members(const ImportOptions& options) {
    Opened opened = open_place(options.place, false);
    const std::string programme = programme_of(options.place, *opened.app);
    if (!options.people_of.empty() && !opened.app->plan(options.place.organisation, options.people_of)) {
        throw UsageError{"--people-of: there is no programme " + shown(options.people_of)};
    }
    Sender sender(*opened.app, caller_of(options.place));
    OpenImport file = open_import(options,
                                  {{"member"},
                                   {"name"},
                                   {"phone"},
                                   {"email"},
                                   {"language"},
                                   {"birthday"},
                                   {"card"},
                                   {"joined"},
                                   {"segments"},
                                   {"attributes"},
                                   {"account"}},
                                  {});
    std::vector<app::CreateMember> members;
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
        if (const std::string account = text("account"); !account.empty()) {
            command.account = AccountId::parse(account);
            if (!command.account) return "the account is not an id such as " + AccountId{}.text();
        } else if (!options.people_of.empty() && !command.profile.external_id.empty()) {
            const auto elsewhere = opened.app->find_member(options.place.organisation, options.people_of,
                                                           {app::NamedBy::external, command.profile.external_id});
            if (elsewhere) command.account = elsewhere->account;
        }
        command.profile.facts.segments = split(text("segments"), '|');
        for (const std::string& pair : split(text("attributes"), '|')) {
            const std::size_t equals = pair.find('=');
            if (equals == std::string::npos) return "attributes are written name=value|name=value";
            command.profile.facts.attributes.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
        }
        if (name_of_member(command).by == app::NamedBy::nobody) {
            return "the row has no member, card, phone or email to know the person by";
        }
        members.push_back(std::move(command));
        return {};
    };
    std::uint64_t made = 0;
    std::uint64_t known = 0;
    const std::uint64_t rows = import_rows(options, file, read_row, [&](const std::vector<SourceRow>& sources) {
        const std::vector<app::CreateMember> sent = std::exchange(members, {});
        const auto answers = sender.send(sent.size(), [&](std::size_t i) { return sent[i]; });
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (answers[i]) {
                ++made;
            } else if (is_known_alike(*opened.app, options.place, sent[i])) {
                ++known;
            } else {
                file.rejects.add(sources[i], sentence(answers[i].error()));
            }
        }
    });
    const auto plan = opened.app->plan(options.place.organisation, programme);
    const bool has_welcome = plan && !(*plan)->welcome.empty();
    return report(std::to_string(rows) + " rows, " + std::to_string(made) + " new members" +
                      (has_welcome ? ", without welcome points, " : ", ") + std::to_string(known) + " already there",
                  file);
}

}  // namespace suki::cli
