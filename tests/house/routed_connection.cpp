#include "house/routed_connection.h"

#include <algorithm>
#include <map>
#include <utility>

#include "store/postgres/dialect.h"

namespace suki::house {

using store::StoreFault;
using store::relational::Reach;

namespace {

/// How the answers of all databases become one.
SUKI_ENUM(Together, first_alone, one_after_the_other, merged, added)
struct By {
    int column = 0;
    bool is_descending = false;
};
struct Report {
    Together together{};
    std::vector<By> order;  // merged
    int limit = -1;         // the parameter that says how many rows are wanted, from 0; -1: all
    int keys = 0;           // added: so many columns before the sums name a row
    int least = -1;         // added: the column that is the least of those with a row, and no sum
};

/// What a statement over all buckets wants that is not simply ordered by them. Columns are those of statements.h.
const std::map<std::string, Report, std::less<>>& reports() {
    static const std::map<std::string, Report, std::less<>> all{
        {"list_members", {.together = Together::merged, .order = {{2, true}}, .limit = 3}},
        {"find_by_word", {.together = Together::merged, .order = {{0, true}, {1}}, .limit = 9}},
        {"due_owners", {.together = Together::merged, .order = {{3}, {0}, {1}, {2}}, .limit = 5}},
        {"list_receipts", {.together = Together::merged, .order = {{7, true}, {2, true}}, .limit = 4}},
        {"read_outbox", {.together = Together::merged, .order = {{5}, {0}}, .limit = 0}},
        {"list_discrepancies", {.together = Together::merged, .order = {{8, true}, {2, true}}, .limit = 4}},
        {"list_open_discrepancies", {.together = Together::merged, .order = {{8, true}, {2, true}}, .limit = 4}},
        {"list_records", {.together = Together::merged, .order = {{9, true}, {1, true}}, .limit = 7}},
        {"list_records_of_status", {.together = Together::merged, .order = {{9, true}, {1, true}}, .limit = 8}},
        {"due_records", {.together = Together::merged, .order = {{10}}, .limit = 1}},
        {"accounts_counted_below", {.together = Together::one_after_the_other, .limit = 5}},
        {"find_discrepancy", {.together = Together::one_after_the_other}},
        {"all_quarantine", {.together = Together::merged, .order = {{4, true}, {0}, {1}}}},
        {"all_suspects", {.together = Together::merged, .order = {{6, true}, {0}, {1}}}},
        {"pools_of", {.together = Together::merged, .order = {{2}, {3}}}},
        // Then by bucket: which is by database, the earlier one first.
        {"portions_touched_before", {.together = Together::merged, .order = {{6}}, .limit = 1}},
        {"list_audit", {.together = Together::merged, .order = {{3, true}, {0, true}, {2, true}}, .limit = 6}},
        {"count_members", {.together = Together::added}},
        {"count_words", {.together = Together::added}},
        {"count_receipts", {.together = Together::added}},
        {"count_open_discrepancies", {.together = Together::added}},
        {"outbox_backlog", {.together = Together::added, .least = 1}},
        {"unit_totals", {.together = Together::added, .keys = 1}},
        {"daily_totals", {.together = Together::added, .keys = 1}},
    };
    return all;
}
/// Columns of what is added, by statement: one for the counts.
int columns_of(std::string_view name) {
    return name == "unit_totals" ? 6 : name == "daily_totals" ? 3 : name == "outbox_backlog" ? 2 : 1;
}

const Report& report_of(const Sql& sql) {
    static const Report by_bucket{.together = Together::one_after_the_other};
    static const Report first{.together = Together::first_alone};
    if (sql.reach == Reach::reference) return first;
    const auto found = reports().find(sql.name);
    if (found != reports().end()) return found->second;
    // Each database has one range of buckets.
    if (std::string_view{sql.text}.find("order by bucket") != std::string_view::npos) return by_bucket;
    throw StoreFault{"the emulated cluster can't put together the answers of several databases to: " + std::string{sql.name},
                     false};
}

}  // namespace

void Bound::replay(store::relational::Binder& binder, std::size_t begin, std::size_t count) const {
    for (std::size_t i = begin; i < begin + count; ++i) {
        const Value& value = values_[i];
        if (value.is_null) {
            binder.bind_null(value.kind);
            continue;
        }
        switch (value.kind) {
            case Kind::integer: binder.bind(value.number); break;
            case Kind::text: binder.bind(std::string_view{value.bytes}); break;
            case Kind::blob: binder.bind_blob(value.bytes); break;
        }
    }
}

std::int64_t Bound::number(std::size_t place, const Sql& sql) const {
    const bool is_there = place < values_.size() && values_[place].kind == Kind::integer && !values_[place].is_null;
    if (!is_there) throw StoreFault{"no bucket is bound first to " + std::string{sql.name}, false};
    return values_[place].number;
}

std::string table_of(const Sql& sql) {
    const std::string_view text = sql.text;
    for (const std::string_view before : {"insert into ", "update ", "delete from ", " from "}) {
        const std::size_t at = text.find(before);
        if (at == std::string_view::npos || (before != " from " && at != 0)) continue;
        const std::string_view rest = text.substr(at + before.size());
        return std::string{rest.substr(0, rest.find_first_of(" ,("))};
    }
    return {};
}

/// One statement in as many databases as it reaches.
class RoutedCursor final : public Cursor {
public:
    RoutedCursor(RoutedConnection& connection, const Sql& sql, bool takes_many)
        : is_many(takes_many), connection_(connection), sql_(&sql) {}

    void bind_integer(std::int64_t value) override { bound_.bind_integer(value); }
    void bind_text(std::string_view text) override { bound_.bind_text(text); }
    void bind_blob(std::string_view blob) override { bound_.bind_blob(blob); }
    void bind_null(Kind kind) override { bound_.bind_null(kind); }

    bool step() override {
        if (!is_started_) start();
        if (rows_left_ == 0) return false;
        const bool has = has_sums_ ? ++sum_ < sums_.size() : report_->together == Together::merged ? step_merged() : step_next();
        if (has) --rows_left_;
        return has;
    }
    std::int64_t run() override { throw StoreFault{"written outside a commit: " + std::string{sql_->name}, false}; }

    [[nodiscard]] bool is_null(int column) const override { return !has_sums_ && current().is_null(column); }
    [[nodiscard]] std::int64_t integer(int column) const override {
        if (!has_sums_) return current().integer(column);
        return sums_[sum_].numbers[static_cast<std::size_t>(column)];
    }
    [[nodiscard]] std::string_view text(int column) const override { return blob(column); }
    [[nodiscard]] std::string_view blob(int column) const override {
        if (!has_sums_) return current().blob(column);
        return sums_[sum_].key;
    }
    [[nodiscard]] std::string column_name(int column) const override { return current().column_name(column); }
    [[nodiscard]] Kind kind(int column) const override { return current().kind(column); }
    void close() noexcept override {
        for (Cursor* part : parts_) part->close();
        parts_.clear();
        has_row_.clear();
        sums_.clear();
        bound_.clear();
        is_started_ = has_sums_ = is_in_use = false;
    }

    /// Opens what it reaches, and binds it; nothing runs yet.
    std::vector<std::pair<std::size_t, Cursor*>> send() {
        std::map<std::size_t, std::vector<std::size_t>> keys;  // of each database: where the keys begin
        const std::size_t width = is_many ? store::postgres::count_parameters(*sql_) : bound_.size();
        report_ = sql_->reach == Reach::one_owner ? &kOneAfterTheOther : &report_of(*sql_);
        if (sql_->reach == Reach::one_owner) {
            for (std::size_t at = 0; at < bound_.size(); at += width) {
                const std::int64_t bucket = bound_.number(at, *sql_);
                note(static_cast<int>(bucket));
                keys[connection_.cluster().database_of(bucket)].push_back(at);
            }
        } else {
            note(Touch::kEverywhere);
            const std::size_t count = report_->together == Together::first_alone ? 1 : connection_.cluster().size();
            for (std::size_t database = 0; database < count; ++database) keys[database].push_back(0);
        }
        std::vector<std::pair<std::size_t, Cursor*>> opened;
        for (const auto& [database, begins] : keys) {
            Cursor& part = is_many ? *connection_.in(database).open_many(*sql_) : connection_.in(database).open(*sql_);
            parts_.push_back(&part);
            opened.emplace_back(database, &part);
            store::relational::Binder binder{part};
            for (const std::size_t begin : begins) bound_.replay(binder, begin, width);
        }
        is_started_ = true;
        row_ = 0;
        has_row_.clear();
        rows_left_ = report_->limit < 0 ? -1 : bound_.number(static_cast<std::size_t>(report_->limit), *sql_);
        return opened;
    }

    void use(const Sql& sql) {
        sql_ = &sql;
        is_in_use = true;
    }
    bool is_in_use = false;
    const bool is_many;

private:
    struct Sum {
        std::string key;  // where it is a text
        std::vector<std::int64_t> numbers;
    };
    static inline const Report kOneAfterTheOther{.together = Together::one_after_the_other};

    [[nodiscard]] Cursor& current() const { return *parts_[std::min(row_, parts_.size() - 1)]; }
    void note(int bucket) { connection_.cluster().note({.table = table_of(*sql_), .statement = sql_->name, .bucket = bucket}); }

    void start() {
        (void)send();
        if (report_->together == Together::added) add();
    }
    bool step_next() {
        for (; row_ < parts_.size(); ++row_) {
            if (parts_[row_]->step()) return true;
        }
        return false;
    }
    bool step_merged() {
        if (has_row_.empty()) {
            for (Cursor* part : parts_) has_row_.push_back(part->step());
        } else if (row_ < parts_.size()) {
            has_row_[row_] = parts_[row_]->step();
        }
        std::size_t first = parts_.size();
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            if (has_row_[i] && (first == parts_.size() || is_before(*parts_[i], *parts_[first]))) first = i;
        }
        row_ = first;
        return first < parts_.size();
    }
    [[nodiscard]] bool is_before(const Cursor& one, const Cursor& other) const {
        for (const By& by : report_->order) {
            const bool is_number = one.kind(by.column) == Kind::integer;
            const auto compare = [&by](const auto& a, const auto& b) { return a == b ? 0 : (a < b) != by.is_descending ? -1 : 1; };
            const int order = is_number ? compare(one.integer(by.column), other.integer(by.column))
                                        : compare(one.blob(by.column), other.blob(by.column));
            if (order != 0) return order < 0;
        }
        return false;
    }
    void add() {
        std::map<std::pair<std::string, std::int64_t>, std::vector<std::int64_t>> sums;
        const int columns = columns_of(sql_->name);
        for (Cursor* part : parts_) {
            while (part->step()) {
                std::pair<std::string, std::int64_t> key;
                if (report_->keys > 0) {
                    part->kind(0) == Kind::integer ? void(key.second = part->integer(0)) : void(key.first = part->blob(0));
                }
                auto& sum = sums.try_emplace(key, std::vector<std::int64_t>(static_cast<std::size_t>(columns))).first->second;
                if (report_->keys > 0) sum[0] = key.second;
                const bool is_first = report_->least >= 0 && sum[0] == 0;
                if (report_->least >= 0 && part->integer(0) == 0) continue;
                for (int column = report_->keys; column < columns; ++column) {
                    std::int64_t& number = sum[static_cast<std::size_t>(column)];
                    const std::int64_t found = part->integer(column);
                    if (column == report_->least) {
                        number = is_first ? found : std::min(number, found);
                    } else {
                        number += found;
                    }
                }
            }
        }
        for (auto& [key, numbers] : sums) sums_.push_back({.key = key.first, .numbers = std::move(numbers)});
        has_sums_ = true;
        sum_ = static_cast<std::size_t>(-1);
    }

    RoutedConnection& connection_;
    const Sql* sql_;
    Bound bound_;
    bool is_started_ = false;
    const Report* report_ = nullptr;
    std::vector<Cursor*> parts_;  // one a database
    std::vector<bool> has_row_;   // merged: whether each stands on a row
    std::size_t row_ = 0;         // the part that has the current one
    std::int64_t rows_left_ = -1;
    bool has_sums_ = false;
    std::vector<Sum> sums_;
    std::size_t sum_ = 0;
};

RoutedConnection::RoutedConnection(Cluster& cluster, store::postgres::Failure& failure)
    : store::relational::Connection(failure), cluster_(cluster), parts_(cluster.size()) {}
RoutedConnection::~RoutedConnection() = default;

store::postgres::Connection& RoutedConnection::in(std::size_t database) {
    auto& part = parts_[database];
    if (!part) part = cluster_.connect(database, failure());
    if (is_reading_ && !part->is_in_transaction()) part->begin_reading();
    return *part;
}

Cursor& RoutedConnection::free_cursor(const Sql& sql, bool is_many) {
    for (const auto& cursor : cursors_) {
        if (cursor->is_in_use || cursor->is_many != is_many) continue;
        cursor->use(sql);
        return *cursor;
    }
    cursors_.push_back(std::make_unique<RoutedCursor>(*this, sql, is_many));
    cursors_.back()->use(sql);
    return *cursors_.back();
}

Cursor& RoutedConnection::open(const Sql& sql) { return free_cursor(sql, false); }
Cursor* RoutedConnection::open_many(const Sql& sql) { return &free_cursor(sql, true); }

void RoutedConnection::start_together(const std::vector<Cursor*>& cursors) {
    std::map<std::size_t, std::vector<Cursor*>> of_database;
    for (Cursor* cursor : cursors) {
        for (const auto& [database, part] : static_cast<RoutedCursor*>(cursor)->send()) of_database[database].push_back(part);
    }
    for (const auto& [database, parts] : of_database) in(database).start_together(parts);
}

void RoutedConnection::roll_back() noexcept {
    is_reading_ = false;
    for (const auto& part : parts_) {
        if (part) part->roll_back();
    }
}

bool RoutedConnection::is_usable() const {
    return std::all_of(parts_.begin(), parts_.end(), [](const auto& part) { return !part || part->is_usable(); });
}

}  // namespace suki::house
