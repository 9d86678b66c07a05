#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/relational/connection.h"

struct pg_conn;
struct pg_result;

/// A thin cover over libpq: one connection, its prepared statements, its errors.
namespace suki::store::postgres {

using relational::Cursor;
using relational::Failure;
using relational::Kind;
using relational::Sql;

/// Frees a result at the end.
struct ClearResult {
    void operator()(pg_result* result) const noexcept;
};
using ResultPointer = std::unique_ptr<pg_result, ClearResult>;

/// What is bound to a statement: binary values one after the other, with their kinds.
class Parameters {
public:
    void clear();
    void add_integer(std::int64_t value);
    void add(Kind kind, std::string_view bytes);
    void add_null(Kind kind);

    [[nodiscard]] std::size_t size() const { return kinds_.size(); }
    [[nodiscard]] const std::vector<Kind>& kinds() const { return kinds_; }
    /// As libpq wants them; valid until the next change.
    struct Arrays {
        std::vector<unsigned> types;
        std::vector<const char*> values;
        std::vector<int> lengths;
        std::vector<int> formats;
    };
    [[nodiscard]] const Arrays& arrays(bool are_lists = false);

private:
    std::string bytes_;
    std::vector<std::size_t> begins_;
    std::vector<int> lengths_;  // -1: null
    std::vector<Kind> kinds_;
    Arrays arrays_;
};

class PostgresCursor;

class Connection final : public relational::Connection {
public:
    struct Options {
        std::string url;
        bool prepares = true;  // off behind a pooler that hands a session to many (POSTGRES rule 31)
        bool is_durable = true;
        bool may_be_standby = false;
        bool is_pipelined = true;   // asks for several things in one round trip
        int answer_within_ms = -1;  // see PostgresOptions; negative: whatever it takes
    };
    Connection(const Options& options, Failure& failure);
    ~Connection() override;

    Cursor& open(const Sql& sql) override;
    Cursor* open_many(const Sql& sql) override;
    void start_together(const std::vector<Cursor*>& cursors) override;
    [[nodiscard]] bool is_in_transaction() const override;
    /// Said with the first statement, and only then: it costs no round trip of its own.
    void begin_reading() override;
    void roll_back() noexcept override;
    [[nodiscard]] bool is_usable() const override;

    /// Says the BEGIN that is due, and waits for what was said without waiting. Before anything is said through `handle`.
    void settle();
    /// Without parameters, however long it takes. Not counted.
    ResultPointer execute(const std::string& text);
    /// The same of what takes no time: the connection is dropped where it is not answered within Options::answer_within_ms.
    ResultPointer ask(const std::string& text);
    /// The same, but what lasts longer is cancelled, and the connection dropped where even that is not answered in time.
    ResultPointer execute_within(const std::string& text, int within_ms);
    /// Prepares `text` where that is wanted and not done yet, and runs it.
    /// Where the server has no answer within Options::answer_within_ms the connection is dropped, and a fault thrown; `takes_long`:
    /// it is waited for.
    ResultPointer execute(const std::string& text, Parameters& parameters, bool are_lists = false, bool takes_long = false);
    /// Waits for what was sent to be answered, and drops the connection where it is not within the time.
    void wait(int within_ms);
    /// A new name for a cursor of the server's.
    std::string next_name(char prefix);
    /// Throws what the result says, with whether trying again may help.
    void check(const pg_result* result, const char* doing);
    [[noreturn]] void fail(const char* doing, const pg_result* result = nullptr);
    /// Whether the server warned since the last call: after COMMIT that means that the standby may not have it.
    bool take_warning();

    [[nodiscard]] pg_conn* handle() const { return handle_; }
    [[nodiscard]] const Options& options() const { return options_; }
    /// The name under which the text is prepared, and whether that was still to be sent; empty where nothing is prepared.
    std::pair<std::string, bool> statement_name(const std::string& text);
    void forget(const std::string& text) { prepared_.erase(text); }

private:
    Cursor& free_cursor(const Sql& sql, bool is_many);
    /// Whether an answer is there within the time.
    bool has_answer(int within_ms);
    void drop() noexcept;
    void read_to_end();
    /// Of all that was sent; within the time between two of them.
    ResultPointer last_result(int within_ms);
    /// Sends a statement with its parameters, its preparation before it where that is due, in a pipeline.
    bool send(PostgresCursor& cursor, std::vector<bool>& are_preparations);
    void read_answers(const std::vector<Cursor*>& cursors, const std::vector<bool>& are_preparations, bool has_begun);

    Options options_;
    pg_conn* handle_ = nullptr;
    bool has_warning_ = false;
    bool is_dropped_ = false;
    bool is_begin_due_ = false;
    bool is_reading_ = false;       // the transaction only reads
    bool is_rolling_back_ = false;  // sent, and not answered yet
    std::uint64_t names_ = 0;
    std::unordered_map<std::string, std::string> prepared_;  // text → name; never iterated
    // By the text's address. More than one where a callback reads while its rows are being read.
    std::unordered_map<const char*, std::vector<std::unique_ptr<PostgresCursor>>> kept_;
};

/// Whether the same may succeed later without anyone's help (POSTGRES rule 26).
bool is_retryable_state(std::string_view sqlstate);
/// Whether a connection string names more than one server.
bool has_several_hosts(const std::string& url);
/// Whether a COMMIT that ended so may be durable all the same.
bool is_unknown_at_commit(std::string_view sqlstate);

}  // namespace suki::store::postgres
