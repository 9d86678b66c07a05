#include "store/relational/everything.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "base/check.h"
#include "store/relational/statements.h"

namespace suki::store::relational {

namespace {

/// The statements that insert, one a table. `migration` and `bulletin` are the database's own, and no content.
constexpr const Sql* kInserts[] = {
    &sql::put_organisation, &sql::put_programme,     &sql::insert_edition,     &sql::insert_account,  &sql::insert_member,
    &sql::put_member_word,  &sql::put_card,          &sql::insert_claim,       &sql::insert_state,    &sql::put_wallet,
    &sql::insert_entry,     &sql::insert_receipt,    &sql::insert_idempotency, &sql::insert_activity, &sql::insert_outbox,
    &sql::put_discrepancy,  &sql::put_quarantine,    &sql::put_suspect,        &sql::insert_pool,     &sql::put_product,
    &sql::put_place,        &sql::put_api_key,       &sql::put_console_user,   &sql::put_session,     &sql::put_secret,
    &sql::insert_audit,     &sql::insert_audit_root, &sql::insert_portion,     &sql::insert_record,
};

/// Connections know statements by the address of their text, so that those that are made here stay.
const Sql& kept(const std::string& name, const std::string& text, Reading reading = Reading::whole) {
    struct Made {
        std::string name;
        std::string text;
        Sql sql;
    };
    static std::mutex mutex;
    static std::map<std::string, Made> all;
    const std::lock_guard lock{mutex};
    const auto [place, is_new] = all.try_emplace(text, Made{.name = name, .text = text});
    Made& made = place->second;
    if (is_new) made.sql = {.name = made.name.c_str(), .reach = Reach::report, .text = made.text.c_str(), .reading = reading};
    return made.sql;
}

std::string joined(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

/// The names in the first parentheses at or after `begin`.
std::vector<std::string> names_in(std::string_view text, std::size_t begin) {
    const std::size_t open = text.find('(', begin);
    const std::size_t close = text.find(')', open);
    SUKI_CHECK(open != std::string_view::npos && close != std::string_view::npos);
    std::vector<std::string> names;
    for (std::size_t at = open + 1; at < close;) {
        const std::size_t end = std::min(text.find(',', at), close);
        names.emplace_back(text.substr(at, end - at));
        at = end + 2;
    }
    return names;
}

Table table_of(const Sql& insert) {
    const std::string_view text = insert.text;
    constexpr std::string_view kInto = "insert into ";
    SUKI_CHECK(text.starts_with(kInto));
    const std::string_view rest = text.substr(kInto.size());
    return {.name = std::string{rest.substr(0, rest.find(' '))},
            .columns = names_in(text, 0),
            .key = names_in(text, text.find(" on conflict "))};
}

const Table* find_table(const std::string& name) {
    const auto found = std::find_if(tables().begin(), tables().end(), [&name](const Table& table) { return table.name == name; });
    return found == tables().end() ? nullptr : &*found;
}

const Sql& reading(const Table& table, const std::vector<std::string>& columns) {
    return kept("whole_" + table.name, "select " + joined(columns) + " from " + table.name + " order by " + joined(table.key),
                Reading::streamed);
}
const Sql& counting(const Table& table) { return kept("count_of_" + table.name, "select count(*) from " + table.name); }
const Sql& any_row(const Table& table) { return kept("any_" + table.name, "select 1 from " + table.name + " limit 1"); }
const Sql& inserting(const Table& table, const std::vector<Column>& columns) {
    std::string names;
    std::string places;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        names += (i == 0 ? "" : ", ") + columns[i].name;
        places += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
    }
    return kept("load_" + table.name, "insert into " + table.name + " (" + names + ") values (" + places + ") on conflict (" +
                                          joined(table.key) + ") do nothing");
}

std::uint64_t count_rows(Connection& connection, const Table& table) {
    const Sql& sql = counting(table);
    Statement statement{connection, sql};
    std::int64_t rows = 0;
    if (statement.step()) statement.read(rows);
    return static_cast<std::uint64_t>(rows);
}

/// Names of the columns to read, in their order.
std::vector<std::string> names_of(const std::vector<Column>& columns) {
    std::vector<std::string> names;
    for (const Column& column : columns) names.push_back(column.name);
    return names;
}

TableShape shape_of(Connection& connection, const Table& table) {
    const Sql& sql = reading(table, table.columns);
    Cursor& cursor = connection.open(sql);
    const Statement closing{cursor, sql};
    cursor.step();
    TableShape shape{.name = table.name, .rows = count_rows(connection, table)};
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        shape.columns.push_back({.name = table.columns[i], .kind = cursor.kind(static_cast<int>(i))});
    }
    return shape;
}

}  // namespace

const std::vector<Table>& tables() {
    static const std::vector<Table> all = [] {
        std::vector<Table> made;
        for (const Sql* insert : kInserts) made.push_back(table_of(*insert));
        return made;
    }();
    return all;
}

std::vector<const Sql*> whole_statements() {
    std::vector<const Sql*> all;
    for (const Table& table : tables()) {
        for (const Sql* sql : {&reading(table, table.columns), &counting(table), &any_row(table)}) all.push_back(sql);
    }
    return all;
}

void read_everything(Connection& connection, ContentSink& sink, const ContentProgress& told,
                     const std::vector<TableShape>& wanted) {
    const Snapshot snapshot{connection};
    std::vector<TableShape> shapes = wanted;
    if (shapes.empty()) {
        for (const Table& table : tables()) shapes.push_back(shape_of(connection, table));
    }
    std::uint64_t total = 0;
    for (const TableShape& shape : shapes) total += shape.rows;
    sink.begin(shapes);
    std::uint64_t rows = 0;
    for (std::size_t index = 0; index < shapes.size(); ++index) {
        const Table* table = find_table(shapes[index].name);
        SUKI_CHECK(table != nullptr);
        const std::vector<Column>& columns = shapes[index].columns;
        const Sql& sql = reading(*table, names_of(columns));
        Cursor& cursor = connection.open(sql);
        const Statement closing{cursor, sql};
        std::vector<Value> values(columns.size());
        while (cursor.step()) {
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const int column = static_cast<int>(i);
                values[i] = {.kind = columns[i].kind, .is_null = cursor.is_null(column)};
                if (values[i].is_null) continue;
                switch (columns[i].kind) {
                    case Kind::integer: values[i].integer = cursor.integer(column); break;
                    case Kind::text: values[i].bytes = cursor.text(column); break;
                    case Kind::blob: values[i].bytes = cursor.blob(column); break;
                }
            }
            sink.row(index, values);
            if (told) told(++rows, total);
        }
    }
    sink.end();
}

std::string table_with_rows(Connection& connection) {
    for (const Table& table : tables()) {
        const Sql& sql = any_row(table);
        Statement statement{connection, sql};
        if (statement.step()) return table.name;
    }
    return {};
}

void Loader::begin(const std::vector<TableShape>& shapes) {
    shapes_ = shapes;
    std::set<std::string> seen;
    for (const TableShape& shape : shapes) {
        const Table* table = find_table(shape.name);
        if (table == nullptr) {
            throw StoreFault{"the content is of a newer version of Suki: it has the table " + shape.name, false};
        }
        if (!seen.insert(shape.name).second) throw StoreFault{"the content has the table " + shape.name + " twice", false};
        std::set<std::string> columns;
        for (const Column& column : shape.columns) {
            if (std::find(table->columns.begin(), table->columns.end(), column.name) == table->columns.end()) {
                throw StoreFault{
                    "the content is of a newer version of Suki: its table " + shape.name + " has the column " + column.name, false};
            }
            columns.insert(column.name);
        }
        const bool has_key =
            std::all_of(table->key.begin(), table->key.end(), [&](const auto& name) { return columns.contains(name); });
        if (!has_key || columns.size() != shape.columns.size()) {
            throw StoreFault{"the content's table " + shape.name + " lacks its key, or has a column twice", false};
        }
        inserts_.push_back(&inserting(*table, shape.columns));
    }
}

void Loader::row(std::size_t table, std::span<const Value> values) {
    const std::string& name = shapes_[table].name;
    writer_.write(
        *inserts_[table],
        [values](Binder& binder) {
            for (const Value& value : values) {
                if (value.is_null) {
                    binder.bind_null(value.kind);
                } else if (value.kind == Kind::integer) {
                    binder.bind(value.integer);
                } else if (value.kind == Kind::text) {
                    binder.bind(value.bytes);
                } else {
                    binder.bind_blob(value.bytes);
                }
            }
        },
        name.c_str(), [&name] { return "a row of " + name + " is there twice"; });
}

void require_contents(Connection& connection, const std::vector<TableShape>& shapes, const Contents& wanted) {
    ContentDigest digest;
    read_everything(connection, digest, {}, shapes);
    if (digest.contents() == wanted) return;
    throw StoreFault{"what was loaded is not what was read: " + std::to_string(digest.contents().rows) + " rows, " +
                         to_hex(digest.contents().digest) + " instead of " + std::to_string(wanted.rows) + ", " +
                         to_hex(wanted.digest),
                     false};
}

}  // namespace suki::store::relational
