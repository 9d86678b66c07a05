#include "store/postgres/bulk_writer.h"

#include <libpq-fe.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/check.h"
#include "store/postgres/dialect.h"

namespace suki::store::postgres {

BulkWriter::~BulkWriter() {
    // After a fault answers may still be under way: they are read and forgotten, so that the connection can roll back.
    if (!is_started_ || !is_pipelined_ || !connection_.is_usable()) return;
    if (!sent_.empty()) PQpipelineSync(connection_.handle());
    int ends = 0;
    while (ends < 2 && connection_.is_usable() && PQexitPipelineMode(connection_.handle()) == 0) {
        pg_result* result = PQgetResult(connection_.handle());
        ends = result == nullptr ? ends + 1 : 0;
        PQclear(result);
    }
}

bool BulkWriter::step() { SUKI_CHECK(false); }
std::int64_t BulkWriter::run() { SUKI_CHECK(false); }

Cursor& BulkWriter::begin(const Sql&) {
    row_ = {};
    return *this;
}

void BulkWriter::end(const Sql& sql, const char* table, const std::function<std::string()>&) {
    Form& form = forms_[sql.text];
    if (form.text.empty()) form = {many_form(sql, row_.letters()), key_parameters(sql)};
    std::string key = row_.key(std::max<std::size_t>(form.keys, 1));
    if (sql_ != &sql || group_.size() >= rows_most_ || group_.contains(key)) flush();
    sql_ = &sql;
    table_ = table;
    group_.emplace(std::move(key), std::move(row_));
}

void BulkWriter::flush() {
    if (group_.empty()) return;
    std::vector<BoundRow> rows;
    rows.reserve(group_.size());
    for (auto& [key, row] : group_) rows.push_back(std::move(row));
    group_.clear();
    Parameters arrays;
    add_arrays(arrays, rows);
    send(*sql_, forms_.at(sql_->text).text, arrays, static_cast<std::int64_t>(rows.size()));
}

void BulkWriter::start() {
    connection_.failure().count("begin");
    connection_.settle();
    is_started_ = true;
    if (is_pipelined_ && PQenterPipelineMode(connection_.handle()) == 0) connection_.fail("pipeline");
    static constexpr Sql kBegin{"begin", relational::Reach::one_owner, "begin isolation level read committed, read write"};
    static constexpr Sql kRelaxed{"relaxed", relational::Reach::one_owner, "set local synchronous_commit = off"};
    // Nothing is thought about in between: a server that lost its wire, and whom nobody will tell, gives its locks back soon.
    static constexpr Sql kLetGo{"let_go", relational::Reach::one_owner, "set local idle_in_transaction_session_timeout = 10000"};
    Parameters none;
    send(kBegin, kBegin.text, none, -1);
    send(kLetGo, kLetGo.text, none, -1);
    if (!connection_.options().is_durable) send(kRelaxed, kRelaxed.text, none, -1);
}

void BulkWriter::send(const Sql& sql, const std::string& text, Parameters& parameters, std::int64_t rows) {
    if (rows >= 0) connection_.failure().count(sql.name);
    Sent sent{.sql = &sql, .text = text, .table = rows >= 0 ? table_ : nullptr, .rows = rows};
    if (!is_pipelined_) {
        const ResultPointer result = connection_.execute(text, parameters, true);
        take(sent, result.get());
        return;
    }
    const Parameters::Arrays& arrays = parameters.arrays(true);
    const int count = static_cast<int>(parameters.size());
    const auto [name, is_new] = connection_.statement_name(text);
    bool is_sent = true;
    if (is_new) {
        is_sent = PQsendPrepare(connection_.handle(), name.c_str(), text.c_str(), count, arrays.types.data()) == 1;
        if (is_sent) sent_.push_back({.sql = &sql, .text = text, .is_prepare = true});
    }
    if (is_sent && name.empty()) {
        is_sent = PQsendQueryParams(connection_.handle(), text.c_str(), count, arrays.types.data(), arrays.values.data(),
                                    arrays.lengths.data(), arrays.formats.data(), 1) == 1;
    } else if (is_sent) {
        is_sent = PQsendQueryPrepared(connection_.handle(), name.c_str(), count, arrays.values.data(), arrays.lengths.data(),
                                      arrays.formats.data(), 1) == 1;
    }
    if (!is_sent) {
        connection_.forget(text);
        connection_.fail(sql.name);
    }
    sent_.push_back(std::move(sent));
}

void BulkWriter::take(const Sent& sent, const pg_result* result) {
    connection_.check(result, sent.sql->name);
    if (sent.table == nullptr || sent.is_prepare) return;
    const std::int64_t changed = std::strtoll(PQcmdTuples(const_cast<pg_result*>(result)), nullptr, 10);
    if (changed != sent.rows) {
        throw Conflict{sent.table, std::to_string(sent.rows - changed) + " of " + std::to_string(sent.rows) +
                                       " rows are not as expected: " + sent.sql->name};
    }
}

/// Reads all answers, also those after the first failure: a prepared statement counts only when the server said so.
void BulkWriter::receive() {
    if (PQpipelineSync(connection_.handle()) == 0) connection_.fail("send a batch");
    std::optional<StoreFault> fault;
    std::optional<Conflict> conflict;
    for (const Sent& sent : sent_) {
        connection_.wait(connection_.options().answer_within_ms);
        ResultPointer result{PQgetResult(connection_.handle())};
        if (sent.is_prepare && PQresultStatus(result.get()) != PGRES_COMMAND_OK) connection_.forget(sent.text);
        if (!fault && !conflict) {
            try {
                take(sent, result.get());
            } catch (const Conflict& thrown) {
                conflict = thrown;
            } catch (const StoreFault& thrown) {
                fault = thrown;
            }
        }
        while (result && connection_.is_usable()) result.reset(PQgetResult(connection_.handle()));
    }
    sent_.clear();
    connection_.wait(connection_.options().answer_within_ms);
    ResultPointer end{PQgetResult(connection_.handle())};
    if (conflict) throw Conflict{*conflict};
    if (fault) throw StoreFault{*fault};
    connection_.check(end.get(), "end a batch");
    if (PQexitPipelineMode(connection_.handle()) == 0) connection_.fail("end a batch");
}

void BulkWriter::finish() {
    flush();
    if (is_pipelined_) receive();
    is_started_ = false;
}

}  // namespace suki::store::postgres
