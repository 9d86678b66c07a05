#include "app/gifts.h"
#include "base/limits.h"

namespace suki::app {

namespace {

constexpr std::string_view kStockPrefix = "gst";

/// The same for the same gift in the same store, so that it is found without a list.
IdBits stock_id(const Programme& programme, std::string_view gift, std::string_view store) {
    const std::string name = programme.organisation + '\n' + programme.id + '\n' + std::string{gift} + '\n' + std::string{store};
    return derived_id(Instant{0}, name, kStockPrefix, 0);
}

}  // namespace

store::PoolKey gift_pool(const std::string& organisation, const std::string& programme, std::string_view gift,
                         std::string_view store) {
    std::string key = "gift:" + std::string{gift};
    if (!store.empty()) key += "@" + std::string{store};
    return {.org = organisation, .programme = programme, .key = std::move(key), .period_start = Date{0}};
}

StockFound gift_stock(const Desk& desk, const Programme& programme, const programme::Gift& gift, std::string_view store) {
    const bool is_of_all = gift.stocked == programme::GiftStocked::in_all;
    StockFound found{.pool = gift_pool(programme.organisation, programme.id, gift.id, is_of_all ? std::string_view{} : store)};
    if (is_of_all) {
        found.stock.received = gift.stock;
    } else {
        found.row = desk.record({.org = programme.organisation, .account = {}, .id = stock_id(programme, gift.id, store)});
        if (found.row) found.stock = unpack_record<GiftStock>(*found.row);
    }
    found.left = std::max<std::int64_t>(0, found.stock.received - desk.pool_drawn(found.pool));
    return found;
}

std::optional<StockDrawn> stock_drawn_by(const store::RecordRow& row) {
    if (row.kind == store::RecordKind::gift_stock) {
        const auto stock = unpack_record<GiftStock>(row);
        return StockDrawn{gift_pool(row.org, row.programme, row.subject, row.place), stock.written_off, stock.received};
    }
    if (row.kind != store::RecordKind::gift_order) return std::nullopt;
    const auto order = unpack_record<GiftOrder>(row);
    if (order.drawn.empty()) return std::nullopt;
    return StockDrawn{gift_pool(row.org, row.programme, order.drawn, order.is_of_all ? std::string_view{} : row.place),
                      order.count};
}

Answered<GiftStockView> decide(Desk& desk, const Ask& ask, const MoveGiftStock& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    if (command.move == StockMove::written_off) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return Unexpected<Refusal>{author.error()};
    } else if (!is_good_text(command.reason)) {
        return refuse(GiftRejection::gift_malformed, "/reason");
    }
    // What will be given from some day on is delivered before.
    const programme::Plan& plan = programme->latest();
    const auto gift = std::find_if(plan.gifts.begin(), plan.gifts.end(), [&](const auto& one) { return one.id == command.gift; });
    if (gift == plan.gifts.end()) return refuse(GiftRejection::gift_not_found, "/gift");
    if (command.count < 1 || command.count > limits::gifts_per_delivery) {
        return refuse(GiftRejection::gift_count_out_of_range, "/count", {{"most", std::to_string(limits::gifts_per_delivery)}});
    }
    if (command.store.empty()) return refuse(GiftRejection::gift_store_missing, "/store");
    if (gift->stocked != programme::GiftStocked::by_store) return refuse(GiftRejection::gift_not_counted, "/gift");
    StockFound found = gift_stock(desk, *programme, *gift, command.store);
    if (command.move == StockMove::written_off && found.left < command.count) {
        return refuse(GiftRejection::gift_out_of_stock, "/count", {{"left", std::to_string(found.left)}});
    }
    if (!found.row) {
        found.row = store::RecordRow{.org = programme->organisation,
                                     .id = stock_id(*programme, command.gift, command.store),
                                     .programme = programme->id,
                                     .kind = store::RecordKind::gift_stock,
                                     .subject = command.gift,
                                     .place = command.store,
                                     .status = "kept",
                                     .created_at = desk.accepted_at()};
    } else {
        ++found.row->version;
    }
    if (command.move == StockMove::received) {
        found.stock.received += command.count;
        found.left += command.count;
    } else {
        found.stock.written_off += command.count;
        found.left -= command.count;
        desk.change_pool(found.pool, command.count, found.stock.received);
    }
    found.row->packed = pack_record(found.stock);
    desk.put_record(*found.row);
    return GiftStockView{.gift = command.gift,
                         .store = command.store,
                         .received = found.stock.received,
                         .written_off = found.stock.written_off,
                         .left = found.left};
}

}  // namespace suki::app
