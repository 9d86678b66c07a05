#include "store/postgres/database.h"

#include <libpq-fe.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>

#include "base/check.h"
#include "store/postgres/arrays.h"
#include "store/postgres/dialect.h"

namespace suki::store::postgres {

namespace {

// Of the catalogue pg_type, fixed for ever.
constexpr Oid kBytea = 17, kBigint = 20, kText = 25, kByteaList = 1001, kTextList = 1009, kBigintList = 1016;
// A streamed reading holds this many rows at a time: receipts are some kilobytes each.
constexpr int kRowsFetched = 256;
constexpr const char* kBeginReading = "begin isolation level repeatable read, read only";

Oid type_of(Kind kind, bool is_list) {
    switch (kind) {
        case Kind::integer: return is_list ? kBigintList : kBigint;
        case Kind::text: return is_list ? kTextList : kText;
        case Kind::blob: return is_list ? kByteaList : kBytea;
    }
    return 0;
}

std::string state_of(const pg_result* result) {
    const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state == nullptr ? std::string{} : std::string{state};
}

/// Asks the server to cancel what it does. That may hang as the server does, so a thread of its own asks, and is not waited for
/// longer.
bool cancel_within(pg_conn* handle, int within_ms) {
    const std::shared_ptr<PGcancel> cancel{PQgetCancel(handle), PQfreeCancel};
    if (cancel == nullptr) return false;
    const auto asked = std::make_shared<std::promise<bool>>();
    std::future<bool> answer = asked->get_future();
    try {
        std::thread([cancel, asked] {
            std::array<char, 256> why{};
            asked->set_value(PQcancel(cancel.get(), why.data(), static_cast<int>(why.size())) == 1);
        }).detach();
    } catch (const std::system_error&) {
        return false;
    }
    return answer.wait_for(std::chrono::milliseconds{within_ms}) == std::future_status::ready && answer.get();
}

void remember_warning(void* flag, const pg_result* result) {
    const char* severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    if (severity != nullptr && std::strcmp(severity, "WARNING") == 0) *static_cast<bool*>(flag) = true;
}

}  // namespace

void ClearResult::operator()(pg_result* result) const noexcept { PQclear(result); }

bool is_retryable_state(std::string_view state) {
    const std::string_view kind = state.substr(0, 2);
    // Lost connections, resources (a full disk too: the operator makes room), operators (also a right that one took away), the
    // machine below, and serialisation. XX000 is how Citus says several of them.
    return kind == "08" || kind == "53" || kind == "57" || kind == "58" || state == "40001" || state == "40P01" ||
           state == "55P03" || state == "XX000" || state == "25006" || state == "26000" || state == "0A000" || state == "42501" ||
           state.empty();
}

bool has_several_hosts(const std::string& url) {
    PQconninfoOption* const parsed = PQconninfoParse(url.c_str(), nullptr);
    bool has = false;
    for (const PQconninfoOption* one = parsed; one != nullptr && one->keyword != nullptr; ++one) {
        const std::string_view name = one->keyword;
        if ((name == "host" || name == "hostaddr") && one->val != nullptr) has = has || std::strchr(one->val, ',') != nullptr;
    }
    PQconninfoFree(parsed);
    return has;
}

bool is_unknown_at_commit(std::string_view state) {
    return state.empty() || state.substr(0, 2) == "08" || state.substr(0, 2) == "57" || state == "40003" || state == "XX000";
}

void Parameters::clear() {
    bytes_.clear();
    begins_.clear();
    lengths_.clear();
    kinds_.clear();
}

void Parameters::add_integer(std::int64_t value) {
    std::array<char, 8> bytes{};
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(static_cast<std::uint64_t>(value) >> (56 - 8 * i));
    add(Kind::integer, {bytes.data(), bytes.size()});
}

void Parameters::add(Kind kind, std::string_view bytes) {
    begins_.push_back(bytes_.size());
    lengths_.push_back(static_cast<int>(bytes.size()));
    kinds_.push_back(kind);
    bytes_.append(bytes);
    bytes_ += '\0';  // so that also an empty value has an address of its own
}

void Parameters::add_null(Kind kind) {
    add(kind, {});
    lengths_.back() = -1;
}

const Parameters::Arrays& Parameters::arrays(bool are_lists) {
    const std::size_t count = size();
    arrays_.types.resize(count);
    arrays_.values.resize(count);
    arrays_.lengths.resize(count);
    arrays_.formats.assign(count, 1);
    for (std::size_t i = 0; i < count; ++i) {
        arrays_.types[i] = type_of(kinds_[i], are_lists);
        arrays_.values[i] = lengths_[i] < 0 ? nullptr : bytes_.data() + begins_[i];
        arrays_.lengths[i] = lengths_[i] < 0 ? 0 : lengths_[i];
    }
    return arrays_;
}

/// One execution after the other. Streamed statements go through a cursor of the server's, so that its rows come in pieces and
/// other statements may run between them.
class PostgresCursor final : public Cursor {
public:
    PostgresCursor(Connection& connection, const Sql& sql, bool takes_many)
        : is_many(takes_many),
          connection_(connection),
          sql_(sql),
          text_(takes_many ? std::string{} : single_form(sql)),
          parameters_of_a_key_(takes_many ? count_parameters(sql) : 0) {}

    void bind_integer(std::int64_t value) override { is_many ? row().add_integer(value) : parameters_.add_integer(value); }
    void bind_text(std::string_view text) override { add(Kind::text, text); }
    void bind_blob(std::string_view blob) override { add(Kind::blob, blob); }
    void bind_null(Kind kind) override { is_many ? row().add_null(kind) : parameters_.add_null(kind); }

    bool step() override {
        if (!is_running_) start();
        if (++row_ < PQntuples(result_.get())) return true;
        if (name_.empty() || PQntuples(result_.get()) < kRowsFetched) return false;
        fetch();
        row_ = 0;
        return PQntuples(result_.get()) > 0;
    }
    std::int64_t run() override {
        start();
        return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
    }

    [[nodiscard]] bool is_null(int column) const override { return PQgetisnull(result_.get(), row_, column) != 0; }
    [[nodiscard]] std::int64_t integer(int column) const override {
        const std::string_view bytes = blob(column);
        if (bytes.size() != 8) throw StoreFault{"damaged value in column " + column_name(column) + " read by " + sql_.name, false};
        std::uint64_t value = 0;
        for (const char byte : bytes) value = (value << 8) | static_cast<unsigned char>(byte);
        return static_cast<std::int64_t>(value);
    }
    [[nodiscard]] std::string_view text(int column) const override { return blob(column); }
    [[nodiscard]] std::string_view blob(int column) const override {
        return {PQgetvalue(result_.get(), row_, column), static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))};
    }
    [[nodiscard]] std::string column_name(int column) const override { return PQfname(result_.get(), column); }
    [[nodiscard]] Kind kind(int column) const override {
        const Oid type = PQftype(result_.get(), column);
        SUKI_CHECK(type == kBigint || type == kText || type == kBytea);
        return type == kBigint ? Kind::integer : type == kText ? Kind::text : Kind::blob;
    }

    void close() noexcept override {
        if (!name_.empty() && connection_.is_usable()) {
            if (is_transaction_ours_) {
                connection_.roll_back();
            } else {
                try {
                    connection_.ask("close " + name_);
                } catch (const StoreFault&) {  // the transaction is broken, and its cursors with it
                }
            }
        }
        result_.reset();
        parameters_.clear();
        keys_.clear();
        name_.clear();
        is_running_ = is_transaction_ours_ = false;
        is_in_use = false;
    }

    bool is_in_use = false;
    const bool is_many;

    /// For who sends it together with others: what to send, and the answer.
    const std::string& ready_text() {
        if (text_.empty()) text_ = many_form(sql_, keys_.front().letters());
        add_arrays(parameters_, keys_);
        return text_;
    }
    [[nodiscard]] const std::string& ready() const { return text_; }
    Parameters& parameters() { return parameters_; }
    [[nodiscard]] const char* name() const { return sql_.name; }
    void take(ResultPointer result) {
        result_ = std::move(result);
        row_ = -1;
        is_running_ = true;
    }

private:
    void add(Kind kind, std::string_view bytes) { is_many ? row().add(kind, bytes) : parameters_.add(kind, bytes); }
    /// The key being bound.
    BoundRow& row() {
        if (keys_.empty() || keys_.back().values.size() == parameters_of_a_key_) keys_.emplace_back();
        return keys_.back();
    }
    void start() {
        row_ = -1;
        if (is_many) {
            const std::string& text = ready_text();
            return take(connection_.execute(text, parameters_, true));
        }
        if (sql_.reading == relational::Reading::streamed) {
            if (!connection_.is_in_transaction()) {
                connection_.begin_reading();
                is_transaction_ours_ = true;
            }
            name_ = connection_.next_name('c');
            connection_.execute("declare " + name_ + " no scroll cursor for " + text_, parameters_);
            fetch();
        } else {
            // What looks at whole tables takes as long as they are large.
            result_ = connection_.execute(text_, parameters_, false, sql_.reach == relational::Reach::report);
        }
        is_running_ = true;
    }
    void fetch() {
        const std::string text = "fetch " + std::to_string(kRowsFetched) + " from " + name_;
        result_.reset(PQexecParams(connection_.handle(), text.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
        connection_.check(result_.get(), sql_.name);
    }

    Connection& connection_;
    const Sql& sql_;
    std::string text_;
    const std::size_t parameters_of_a_key_;
    Parameters parameters_;
    std::vector<BoundRow> keys_;
    ResultPointer result_;
    int row_ = -1;
    std::string name_;  // of the server's cursor
    bool is_running_ = false;
    bool is_transaction_ours_ = false;
};

Connection::Connection(const Options& options, Failure& failure) : relational::Connection(failure), options_(options) {
    // What the address says itself comes later and wins. A server that went away without a word is noticed within seconds. Of
    // several hosts only the primary serves, for reading too: a standby may not have yet what was acknowledged, and is asked for
    // that before it is read (replica.h).
    const std::array<const char*, 10> keywords{"application_name", "connect_timeout",
                                               "keepalives_idle",  "keepalives_interval",
                                               "keepalives_count", "tcp_user_timeout",
                                               "client_encoding",  "target_session_attrs",
                                               "dbname",           nullptr};
    const std::array<const char*, 10> values{"suki",
                                             "3",
                                             "5",
                                             "1",
                                             "3",
                                             "4000",
                                             "UTF8",
                                             has_several_hosts(options_.url) && !options_.may_be_standby ? "read-write" : "any",
                                             options_.url.c_str(),
                                             nullptr};
    handle_ = PQconnectdbParams(keywords.data(), values.data(), 1);
    if (handle_ == nullptr || PQstatus(handle_) != CONNECTION_OK) {
        const std::string why = handle_ == nullptr ? "out of memory" : PQerrorMessage(handle_);
        PQfinish(handle_);
        throw StoreFault{"cannot connect to the database: " + why, true};
    }
    PQsetNoticeReceiver(handle_, remember_warning, &has_warning_);
}

Connection::~Connection() {
    kept_.clear();
    PQfinish(handle_);
}

Cursor& Connection::open(const Sql& sql) { return free_cursor(sql, false); }

Cursor* Connection::open_many(const Sql& sql) { return &free_cursor(sql, true); }

Cursor& Connection::free_cursor(const Sql& sql, bool is_many) {
    failure().count(sql.name);
    auto& kept = kept_[sql.text];
    for (const auto& cursor : kept) {
        if (cursor->is_in_use || cursor->is_many != is_many) continue;
        cursor->is_in_use = true;
        return *cursor;
    }
    kept.push_back(std::make_unique<PostgresCursor>(*this, sql, is_many));
    kept.back()->is_in_use = true;
    return *kept.back();
}

bool Connection::is_in_transaction() const {
    if (is_begin_due_) return true;
    if (is_rolling_back_) return false;
    const PGTransactionStatusType status = PQtransactionStatus(handle_);
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR || status == PQTRANS_ACTIVE;
}

void Connection::begin_reading() {
    failure().count("begin");
    is_begin_due_ = is_reading_ = true;
}

void Connection::roll_back() noexcept {
    if (std::exchange(is_begin_due_, false)) {
        is_reading_ = false;
        return;
    }
    if (!is_usable() || !is_in_transaction()) return;
    if (!std::exchange(is_reading_, false)) {
        if (PQsendQuery(handle_, "rollback") == 0) return;
        wait(options_.answer_within_ms);
        return read_to_end();
    }
    // Nobody waits for this: the next statement finds it done, or the connection lost.
    is_rolling_back_ = PQsendQuery(handle_, "rollback") == 1;
}

void Connection::wait(int within_ms) {
    if (!has_answer(within_ms)) drop();
}

ResultPointer Connection::last_result(int within_ms) {
    ResultPointer result;
    wait(within_ms);
    while (ResultPointer next{PQgetResult(handle_)}) {
        result = std::move(next);
        wait(within_ms);
    }
    return result;
}

void Connection::read_to_end() {
    while (const ResultPointer result{PQgetResult(handle_)}) {
        if (!is_usable()) return;
    }
}

void Connection::settle() {
    if (std::exchange(is_rolling_back_, false)) read_to_end();
    if (!std::exchange(is_begin_due_, false)) return;
    if (PQsendQuery(handle_, kBeginReading) == 0) fail(kBeginReading);
    const ResultPointer result = last_result(options_.answer_within_ms);
    check(result.get(), kBeginReading);
}

bool Connection::send(PostgresCursor& cursor, std::vector<bool>& are_preparations) {
    const std::string& text = cursor.ready_text();
    const Parameters::Arrays& arrays = cursor.parameters().arrays(true);
    const int count = static_cast<int>(cursor.parameters().size());
    const auto [name, is_new] = statement_name(text);
    if (is_new) {
        if (PQsendPrepare(handle_, name.c_str(), text.c_str(), count, arrays.types.data()) == 0) return false;
        are_preparations.push_back(true);
    }
    are_preparations.push_back(false);
    if (name.empty()) {
        return PQsendQueryParams(handle_, text.c_str(), count, arrays.types.data(), arrays.values.data(), arrays.lengths.data(),
                                 arrays.formats.data(), 1) == 1;
    }
    return PQsendQueryPrepared(handle_, name.c_str(), count, arrays.values.data(), arrays.lengths.data(), arrays.formats.data(),
                               1) == 1;
}

void Connection::start_together(const std::vector<Cursor*>& cursors) {
    if (!options_.is_pipelined || cursors.empty()) return;
    const bool has_begun = std::exchange(is_begin_due_, false);
    settle();
    bool is_sent = PQenterPipelineMode(handle_) == 1;
    if (is_sent && has_begun) is_sent = PQsendQueryParams(handle_, kBeginReading, 0, nullptr, nullptr, nullptr, nullptr, 1) == 1;
    std::vector<bool> are_preparations;
    for (Cursor* cursor : cursors) is_sent = is_sent && send(static_cast<PostgresCursor&>(*cursor), are_preparations);
    is_sent = is_sent && PQpipelineSync(handle_) == 1;
    if (!is_sent) {
        // What stands half-way in a pipeline is of no use any more, nor is what was to be prepared in it.
        drop();
        fail("ask for several things");
    }
    read_answers(cursors, are_preparations, has_begun);
}

void Connection::read_answers(const std::vector<Cursor*>& cursors, const std::vector<bool>& are_preparations, bool has_begun) {
    std::exception_ptr fault;  // which may be a Conflict
    const auto read = [&](const char* doing) {
        wait(options_.answer_within_ms);
        ResultPointer result{PQgetResult(handle_)};
        if (result) read_to_end();
        if (fault) return result;
        try {
            check(result.get(), doing);
        } catch (const StoreFault&) {
            fault = std::current_exception();
        }
        return result;
    };
    if (has_begun) (void)read(kBeginReading);
    std::size_t at = 0;
    for (Cursor* cursor : cursors) {
        auto& postgres = static_cast<PostgresCursor&>(*cursor);
        if (are_preparations[at++]) {
            (void)read(postgres.name());
            if (fault) forget(postgres.ready());
            ++at;
        }
        ResultPointer result = read(postgres.name());
        if (!fault) postgres.take(std::move(result));
    }
    wait(options_.answer_within_ms);
    const ResultPointer end{PQgetResult(handle_)};
    if (PQexitPipelineMode(handle_) == 0) drop();
    if (fault) std::rethrow_exception(fault);
    check(end.get(), "ask for several things");
}

bool Connection::is_usable() const { return !is_dropped_ && PQstatus(handle_) == CONNECTION_OK; }

ResultPointer Connection::execute(const std::string& text) {
    settle();
    ResultPointer result{PQexec(handle_, text.c_str())};
    check(result.get(), text.c_str());
    return result;
}

ResultPointer Connection::ask(const std::string& text) {
    settle();
    if (PQsendQuery(handle_, text.c_str()) == 0) fail(text.c_str());
    ResultPointer result = last_result(options_.answer_within_ms);
    check(result.get(), text.c_str());
    return result;
}

bool Connection::has_answer(int within_ms) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{within_ms};
    while (PQisBusy(handle_) != 0) {
        int left_ms = -1;
        if (within_ms >= 0) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            if (left.count() <= 0) return false;
            left_ms = static_cast<int>(left.count());
        }
        pollfd socket{PQsocket(handle_), POLLIN, 0};
        if (::poll(&socket, 1, left_ms) > 0 && PQconsumeInput(handle_) == 0) return true;  // lost: the result says so
    }
    return true;
}

void Connection::drop() noexcept {
    is_dropped_ = true;
    if (PQsocket(handle_) >= 0) ::shutdown(PQsocket(handle_), SHUT_RDWR);
}

ResultPointer Connection::execute_within(const std::string& text, int within_ms) {
    settle();
    if (PQsendQuery(handle_, text.c_str()) == 0) fail(text.c_str());
    // A COMMIT that waits for its standby ends with a warning when it is cancelled, and holds no locks any more.
    if (!has_answer(within_ms) && (!cancel_within(handle_, within_ms) || !has_answer(within_ms))) drop();
    ResultPointer result;
    while (ResultPointer next{PQgetResult(handle_)}) result = std::move(next);
    check(result.get(), text.c_str());
    return result;
}

std::pair<std::string, bool> Connection::statement_name(const std::string& text) {
    if (!options_.prepares || text.starts_with("declare ")) return {};
    const auto [place, is_new] = prepared_.try_emplace(text);
    if (is_new) place->second = next_name('s');
    return {place->second, is_new};
}

ResultPointer Connection::execute(const std::string& text, Parameters& parameters, bool are_lists, bool takes_long) {
    settle();
    const int within_ms = takes_long ? -1 : options_.answer_within_ms;
    const Parameters::Arrays& arrays = parameters.arrays(are_lists);
    const int count = static_cast<int>(parameters.size());
    const auto [name, is_new] = statement_name(text);
    if (is_new) {
        ResultPointer prepared;
        if (PQsendPrepare(handle_, name.c_str(), text.c_str(), count, arrays.types.data()) == 1) prepared = last_result(within_ms);
        if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
            forget(text);
            fail(text.c_str(), prepared.get());
        }
    }
    const int is_sent = name.empty() ? PQsendQueryParams(handle_, text.c_str(), count, arrays.types.data(), arrays.values.data(),
                                                         arrays.lengths.data(), arrays.formats.data(), 1)
                                     : PQsendQueryPrepared(handle_, name.c_str(), count, arrays.values.data(),
                                                           arrays.lengths.data(), arrays.formats.data(), 1);
    if (is_sent == 0) fail(text.c_str());
    ResultPointer result = last_result(within_ms);
    check(result.get(), text.c_str());
    return result;
}

std::string Connection::next_name(char prefix) { return prefix + std::to_string(++names_); }

void Connection::check(const pg_result* result, const char* doing) {
    switch (PQresultStatus(result)) {
        case PGRES_COMMAND_OK:
        case PGRES_TUPLES_OK:
        case PGRES_PIPELINE_SYNC: return;
        default: fail(doing, result);
    }
}

void Connection::fail(const char* doing, const pg_result* result) {
    const std::string state = state_of(result);
    // A changed table makes what was prepared useless; prepared anew it works.
    if (state == "26000" || state == "0A000") prepared_.clear();
    // Also, a standby says so to who wants to write. The next connection looks for the primary anew.
    if (state == "25006" || state == "0A000") drop();
    // Only the main sentence: details quote values, and those may be personal.
    const char* main = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const std::string what =
        std::string{main != nullptr ? main : PQerrorMessage(handle_)} + " (" + state + "), when about to: " + doing;
    // Others write these rows: that is nobody else's trouble, and the database is well.
    if (state == "40001" || state == "40P01" || state == "55P03") {
        Conflict conflict{"", what};
        conflict.state = state;
        throw conflict;
    }
    StoreFault fault{what, !is_usable() || is_retryable_state(state)};
    fault.state = state;
    throw fault;
}

bool Connection::take_warning() { return std::exchange(has_warning_, false); }

}  // namespace suki::store::postgres
