#include <algorithm>

#include "app/desk.h"
#include "base/limits.h"

/// Records on a sheet.
namespace suki::app {

std::optional<store::RecordRow> Desk::record(const store::RecordKey& key) const {
    for (const Desk* desk = this; desk != nullptr; desk = desk->below_) {
        const auto found = desk->records_.find({key.org, key.id});
        if (found != desk->records_.end()) return found->second;
    }
    return source_->store().find_record(key);
}

std::vector<store::RecordRow> Desk::records_of(const store::OwnerKey& key, store::RecordKind kind) const {
    std::map<IdBits, store::RecordRow> found;
    store::RecordQuery query{
        .org = key.org, .programme = key.programme, .kind = kind, .account = key.account, .limit = limits::page_rows_max};
    for (bool is_more = true; is_more;) {
        std::vector<store::RecordRow> page = source_->store().list_records(query);
        is_more = page.size() == query.limit;
        if (is_more) query.before = {.created_at = page.back().created_at, .id = page.back().id};
        for (store::RecordRow& row : page) found.emplace(row.id, std::move(row));
    }
    for (const Desk* desk : sheets()) {
        for (const auto& [id, row] : desk->records_) {
            if (row.org != key.org || row.programme != key.programme || row.kind != kind) continue;
            if (row.account == key.account) found[row.id] = row;
        }
    }
    std::vector<store::RecordRow> list;
    for (auto& [id, row] : found) list.push_back(std::move(row));
    std::sort(list.begin(), list.end(), [](const store::RecordRow& a, const store::RecordRow& b) {
        return std::tie(b.created_at, b.id) < std::tie(a.created_at, a.id);
    });
    return list;
}

std::vector<store::RecordRow> Desk::records_about(const store::RecordQuery& asked, std::size_t most) const {
    std::map<IdBits, store::RecordRow> changed;  // as the sheets have them: perhaps not of that status any more
    for (const Desk* desk : sheets()) {
        for (const auto& [id, row] : desk->records_) {
            if (row.org == asked.org && row.programme == asked.programme && row.kind == asked.kind && row.subject == asked.subject)
                changed[row.id] = row;
        }
    }
    std::vector<store::RecordRow> list;
    for (const auto& [id, row] : changed) {
        if (row.status == asked.status) list.push_back(row);
    }
    store::RecordQuery query = asked;
    query.limit = limits::page_rows_max;
    for (bool is_more = true; is_more && list.size() < most;) {
        std::vector<store::RecordRow> page = source_->store().list_records(query);
        is_more = page.size() == query.limit;
        if (is_more) query.before = {.created_at = page.back().created_at, .id = page.back().id};
        for (store::RecordRow& row : page) {
            if (!changed.contains(row.id)) list.push_back(std::move(row));
        }
    }
    return list;
}

void Desk::put_record(store::RecordRow row) {
    records_[{row.org, row.id}] = row;
    rows.records.push_back(std::move(row));
}

}  // namespace suki::app
