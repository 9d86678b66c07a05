#pragma once

#include "store/store.h"

/// What a store offers beside the rest where its tables are spread over nodes.
namespace suki::store {

/// On spread tables there is no moment of which everything is read: each node answers as of its own, and one may show a commit of
/// several that another does not show yet. Whatever is written follows versions and keys, so a decision that rests on such a
/// reading is a Conflict when it is written. One that writes nothing has to be tried in the same way.
class SpreadTables {
public:
    virtual ~SpreadTables() = default;

    /// False where a database that could be spread is not.
    [[nodiscard]] virtual bool is_spread() const = 0;
    /// Does all of a commit but the last step, and undoes it. When it returns, every row that the batch writes was, at one moment,
    /// as the batch expects it, and nobody was half-way through writing it: on no node was a commit still to be finished. Throws
    /// what `Store::commit` throws; what is told by it never counts as an unknown outcome.
    virtual void rehearse(const Batch& batch) = 0;

protected:
    SpreadTables() = default;
    SpreadTables(const SpreadTables&) = default;
    SpreadTables& operator=(const SpreadTables&) = default;
};

/// Null where all that is read in one picture is of one moment.
inline SpreadTables* spread_tables(Store& store) {
    auto* spread = dynamic_cast<SpreadTables*>(&store);
    return spread != nullptr && spread->is_spread() ? spread : nullptr;
}

}  // namespace suki::store
