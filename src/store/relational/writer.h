#pragma once

#include <functional>
#include <string>

#include "store/relational/connection.h"

/// The writes of one database transaction, whatever executes them: one by one, or many rows of a statement together.
namespace suki::store::relational {

/// Takes writes in their order. A statement that must change a row and does not is a Conflict: thrown at once, or by the end of the
/// transaction at the latest.
class Writer {
public:
    virtual ~Writer() = default;

    /// `bind(Binder&)` binds the parameters. `table` is null where it does not matter whether a row changes, else what the conflict
    /// names, with `why` for the one row.
    template <class Bind>
    void write(const Sql& sql, const Bind& bind, const char* table = nullptr, const std::function<std::string()>& why = {}) {
        Binder binder{begin(sql)};
        bind(binder);
        end(sql, table, why);
    }

private:
    virtual Cursor& begin(const Sql& sql) = 0;
    virtual void end(const Sql& sql, const char* table, const std::function<std::string()>& why) = 0;
};

/// All of a batch. Throws Conflict and what the writer throws.
void write_batch(Writer& writer, const Batch& batch);

}  // namespace suki::store::relational
