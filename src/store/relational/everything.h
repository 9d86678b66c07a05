#pragma once

#include <string>
#include <vector>

#include "store/contents.h"
#include "store/relational/connection.h"
#include "store/relational/writer.h"

/// Reading and loading whole databases, as they stand, without a look at what the values mean.
namespace suki::store::relational {

/// A table as the statement that inserts its rows names it; all but those that say how the database itself was made.
struct Table {
    std::string name;
    std::vector<std::string> columns;
    std::vector<std::string> key;  // the columns that order its rows, none of them null
};
/// In an order in which each refers only to those before it.
const std::vector<Table>& tables();
/// The statements that read them whole, count their rows, and look whether there are any. They live for ever.
std::vector<const Sql*> whole_statements();

/// Everything into a sink, in one picture. With `shapes` only those tables and columns.
void read_everything(Connection& connection, ContentSink& sink, const ContentProgress& told,
                     const std::vector<TableShape>& shapes = {});
/// The name of a table that has rows; empty when none has.
std::string table_with_rows(Connection& connection);

/// Writes a content into a database that is empty. Commits nothing. Throws StoreFault where the content has tables or columns that
/// this Suki does not know.
class Loader final : public ContentSink {
public:
    explicit Loader(Writer& writer) : writer_(writer) {}

    void begin(const std::vector<TableShape>& tables) override;
    void row(std::size_t table, std::span<const Value> values) override;
    void end() override {}

    [[nodiscard]] const std::vector<TableShape>& shapes() const { return shapes_; }

private:
    Writer& writer_;
    std::vector<TableShape> shapes_;
    std::vector<const Sql*> inserts_;
};
/// Throws StoreFault where what the database now holds is not `wanted`, in its shapes.
void require_contents(Connection& connection, const std::vector<TableShape>& shapes, const Contents& wanted);

}  // namespace suki::store::relational
