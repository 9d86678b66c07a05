#include "app/core.h"
#include "app/guard.h"
#include "app/person_records.h"
#include "app/trade_in.h"
#include "base/limits.h"

/// What members have handed in, as of now; and whether the departments that sell it again pay for themselves.
namespace suki::app {

namespace {

/// What the report asks of a thing; nothing of one that was never the shop's or the member's to be sold.
std::optional<engine::TradedItem> traded(const store::RecordRow& row, const TradeItem& item, const Zone& zone) {
    using Status = engine::TradeItemStatus;
    const auto status = from_name<Status>(row.status);
    const bool is_in = status == Status::accepted || status == Status::sold || status == Status::written_off;
    if (!is_in) return std::nullopt;
    const auto day_of = [&](const std::optional<Instant>& at) { return at ? std::optional{local_date(zone, *at)} : std::nullopt; };
    return engine::TradedItem{.department = item.department,
                              .bought_on = item.is_on_consignment ? std::nullopt : day_of(item.accepted_at),
                              .paid = item.paid,
                              .sold_on = day_of(item.sold_at),
                              .sold_for = item.sold_for,
                              .written_off_on = day_of(item.written_off_at)};
}

}  // namespace

Answered<programme::PlanPointer> App::trade_ins(const std::string& organisation, const std::string& programme) const {
    return guarded_on_replica<programme::PlanPointer>(*core_, [&]() -> Answered<programme::PlanPointer> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const Edition* edition = found->in_force(local_date(*found->latest().zone, core_->wiring.now()));
        return edition == nullptr ? nullptr : edition->plan;
    });
}

Answered<TradeItemList> App::trade_items_of(const std::string& organisation, const std::string& programme,
                                            const MemberName& name) const {
    return guarded<TradeItemList>(*core_, [&]() -> Answered<TradeItemList> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        TradeItemList list;
        for (const store::RecordRow& row : records_of_person(desk, named->key, named->member, store::RecordKind::trade_in)) {
            list.items.push_back(view_of(row, unpack_record<TradeItem>(row), core_->wiring.now()));
        }
        return list;
    });
}

Answered<TradeItemList> App::trade_items(const std::string& organisation, const std::string& programme,
                                         const TradeItemQuery& query) const {
    return guarded_on_replica<TradeItemList>(*core_, [&]() -> Answered<TradeItemList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const Instant now = core_->wiring.now();
        TradeItemList list;
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::trade_in,
                                     .status = query.status ? std::string{name_of(*query.status)} : std::string{},
                                     .subject = query.trade_in,
                                     .place = query.store},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (const store::RecordRow& row : *rows) {
            TradeItemView view = view_of(row, unpack_record<TradeItem>(row), now);
            if (!query.status || view.status == *query.status) list.items.push_back(std::move(view));
        }
        return list;
    });
}

Answered<TradeInReport> App::trade_in_report(const std::string& organisation, const std::string& programme,
                                             const std::string& department) const {
    return guarded_on_replica<TradeInReport>(*core_, [&]() -> Answered<TradeInReport> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const programme::Plan& plan = found->latest();
        store::RecordQuery query{
            .org = organisation, .programme = found->id, .kind = store::RecordKind::trade_in, .limit = limits::page_rows_max};
        std::vector<engine::TradedItem> items;
        for (bool is_more = true; is_more;) {
            const std::vector<store::RecordRow> rows = core_->store.list_records(query);
            is_more = rows.size() == query.limit;
            if (is_more) query.before = {.created_at = rows.back().created_at, .id = rows.back().id};
            for (const store::RecordRow& row : rows) {
                auto item = traded(row, unpack_record<TradeItem>(row), *plan.zone);
                if (item && (department.empty() || item->department == department)) items.push_back(*std::move(item));
            }
        }
        auto months = engine::trade_in_report(items);
        if (!months) return refuse_as(RefusalKind::unprocessable, ledger::LedgerRejection::points_out_of_range);
        return TradeInReport{.currency = plan.currency, .months = *std::move(months)};
    });
}

}  // namespace suki::app
