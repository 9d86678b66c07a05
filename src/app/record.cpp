#include "app/record.h"

#include "base/decimal.h"

namespace suki::app {

Result<std::vector<store::RecordRow>, Refusal> page_of_records(store::Store& store, store::RecordQuery query, const Page& page,
                                                               std::string& next_cursor) {
    const auto limit = limit_of(page);
    if (!limit) return Unexpected<Refusal>{limit.error()};
    query.limit = *limit + 1;
    if (!page.cursor.empty()) {
        const auto parts = read_cursor(page.cursor, 2);
        const auto at = parts ? parse_integer(parts->front()) : std::nullopt;
        const auto id = parts ? parse_id("rec", parts->back()) : std::nullopt;
        if (!at || !id) return Unexpected<Refusal>{refuse(QueryRejection::cursor_malformed, "/cursor").error};
        query.before = store::RecordCursor{.created_at = {*at}, .id = *id};
    }
    std::vector<store::RecordRow> rows = store.list_records(query);
    if (rows.size() > *limit) {
        rows.resize(*limit);
        next_cursor = cursor_of({std::to_string(rows.back().created_at.us), id_text("rec", rows.back().id)});
    }
    return rows;
}

}  // namespace suki::app
