#include "app/gifts.h"

#include <algorithm>

#include "app/announce.h"
#include "app/benefits.h"
#include "app/core.h"
#include "app/given.h"
#include "app/guard.h"
#include "app/household.h"
#include "app/person_records.h"
#include "base/limits.h"
#include "engine/kept.h"
#include "engine/settle.h"

namespace suki::app {

namespace {

const programme::Gift* gift_of(const programme::Plan& plan, std::string_view id) {
    for (const programme::Gift& gift : plan.gifts) {
        if (gift.id == id) return &gift;
    }
    return nullptr;
}

using Orders = std::vector<std::pair<store::RecordRow, GiftOrder>>;

struct Buying {
    ProgrammePointer programme;
    Named named;
    DayStanding standing;
    Date today;
    const programme::Gift* gift = nullptr;
    const programme::GiftPrice* price = nullptr;  // null: a present
    const Orders* orders = nullptr;               // where they were read already
};

/// A person's own, newest first.
Orders orders_of(const Desk& desk, const Named& named) {
    Orders orders;
    for (store::RecordRow& row : records_of_person(desk, named.key, named.member, store::RecordKind::gift_order)) {
        auto order = unpack_record<GiftOrder>(row);
        orders.emplace_back(std::move(row), std::move(order));
    }
    return orders;
}

/// The account that paid for it: merged since, or shared with others whom its owner has left.
store::OwnerKey payer_of(const Desk& desk, const store::RecordRow& row) {
    SUKI_CHECK(row.account.has_value());
    return standing(desk, {.org = row.org, .account = *row.account, .programme = row.programme});
}

bool stands(const store::RecordRow& row) {
    return row.status == name_of(GiftOrderStatus::reserved) || row.status == name_of(GiftOrderStatus::handed_over);
}

/// How many more the member may buy so in the window that the day is in; none: as many as they like.
std::optional<std::int64_t> left_of_limit(const Desk& desk, const Buying& buying) {
    const auto& limit = buying.price->limit;
    if (!limit || !limit->count) return std::nullopt;
    const DateRange window = programme::dates_of(limit->window, buying.today);
    std::int64_t had = 0;
    const Orders read = buying.orders == nullptr ? orders_of(desk, buying.named) : Orders{};
    for (const auto& [row, order] : buying.orders == nullptr ? read : *buying.orders) {
        const Date day = local_date(*buying.programme->latest().zone, row.created_at);
        const bool counts = order.price == buying.price->id && stands(row) && window.starts_on <= day && day < window.ends_on;
        if (counts) had += order.count;
    }
    return std::max<std::int64_t>(0, *limit->count - had);
}

bool reaches(const Buying& buying) {
    const std::vector<std::uint32_t>& levels = buying.price->levels;
    return levels.empty() || std::any_of(levels.begin(), levels.end(), [&](std::uint32_t level) {
               return buying.standing.plan->levels[level].id == buying.standing.level;
           });
}

/// What speaks against a gift that is bought.
std::optional<Refusal> against_rules(const Desk& desk, const Buying& buying, std::int64_t count) {
    if (!reaches(buying)) {
        return refuse(GiftRejection::gift_level_not_reached, "/gift", {{"level", buying.standing.level}}).error;
    }
    const auto left = left_of_limit(desk, buying);
    if (left && *left < count) {
        return refuse(GiftRejection::gift_limit_reached, "/count",
                      {{"allowed", std::to_string(*buying.price->limit->count)}, {"left", std::to_string(*left)}})
            .error;
    }
    return std::nullopt;
}

/// Takes them from the stock; a refusal where there are not so many.
std::optional<Refusal> take(Desk& desk, const Programme& programme, const programme::Gift& gift, const store::RecordRow& row,
                            GiftOrder& order) {
    order.drawn.clear();
    if (gift.stocked == programme::GiftStocked::always) return std::nullopt;
    const StockFound found = gift_stock(desk, programme, gift, row.place);
    if (found.left < order.count) {
        return refuse(GiftRejection::gift_out_of_stock, "/gift", {{"left", std::to_string(found.left)}}).error;
    }
    desk.change_pool(found.pool, order.count, found.stock.received);
    order.drawn = gift.id;
    order.is_of_all = gift.stocked == programme::GiftStocked::in_all;
    return std::nullopt;
}

/// On the shelf again, also of a gift that the programme has no more.
void put_back(Desk& desk, const Programme& programme, const store::RecordRow& row, GiftOrder& order) {
    if (order.drawn.empty()) return;
    const store::PoolKey pool =
        gift_pool(programme.organisation, programme.id, order.drawn, order.is_of_all ? std::string_view{} : row.place);
    const programme::Gift* gift = gift_of(programme.latest(), order.drawn);
    const std::int64_t total =
        gift == nullptr ? desk.pool_drawn(pool) : gift_stock(desk, programme, *gift, row.place).stock.received;
    desk.change_pool(pool, -order.count, total);
    order.drawn.clear();
}

void announce_order(Desk& desk, const Programme& programme, const store::OwnerKey& key, const store::RecordRow& row) {
    const std::string cause = id_text(kGiftOrderPrefix, row.id);
    announce_plain(desk, {.programme = programme, .key = key, .member = row.member, .cause = cause}, "gift." + row.status);
}

/// Gives the points back to the lots that they came from.
std::optional<Refusal> repay(Desk& desk, const Programme& programme, const store::OwnerKey& key, const store::RecordRow& row,
                             const GiftOrder& order) {
    if (order.points.is_zero()) return std::nullopt;
    const programme::Plan& plan = programme.latest();
    const programme::Unit* unit = unit_of(programme, order.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit").error;
    desk.sweep(key, programme);
    store::StateRow& state = *desk.edit(key).state;
    const Date today = local_date(*plan.zone, desk.recorded_at());
    ledger::RestoreRequest request{.draws = order.draws,
                                   .points = order.points,
                                   .uncovered = {},
                                   .offer = order.price,
                                   .clause = order.clause,
                                   .fresh_matures_at = desk.recorded_at(),
                                   .fresh_expires_at = engine::expires_at(plan, *unit, today)};
    if (engine::is_kept_by_activity(*unit)) {
        const engine::KeptUnit kept(plan, *unit, engine::activities_of(state.state, {}, today));
        for (ledger::Draw& draw : request.draws) {
            if (draw.lot.expires_at) draw.lot.expires_at = kept.keep(*draw.lot.expires_at);
        }
    }
    const std::string cause = id_text(kGiftOrderPrefix, row.id);
    const std::uint32_t wallet = wallet_index(state, unit->id);
    auto restored =
        ledger::restore_spend(state.wallets[wallet], request, engine::stamp_of(cause_now(desk, programme, cause), unit->clause));
    if (!restored) return refuse_as(RefusalKind::unprocessable, restored.error(), "/order").error;
    desk.post(key, wallet, std::move(restored->posting));
    announce_points(desk, {.programme = programme, .key = key, .member = row.member, .cause = cause}, "points.given_back", unit->id,
                    order.points);
    return std::nullopt;
}

/// Pays for what is ordered.
std::optional<Refusal> pay(Desk& desk, const Buying& buying, const std::string& cause, GiftOrder& order) {
    const programme::Plan& plan = *buying.standing.plan;
    const programme::GiftPrice& price = *buying.price;
    const programme::Unit& unit = plan.units[price.unit];
    const auto points = scale(Points{price.points}, {order.count, 1}, Rounding::down);
    const auto money = scale(price.money, {order.count, 1}, Rounding::down);
    if (!points || !money) {
        return refuse_as(RefusalKind::unprocessable, ledger::LedgerRejection::points_out_of_range, "/count").error;
    }
    desk.sweep(buying.named.key, *buying.programme);
    store::StateRow& state = *desk.edit(buying.named.key).state;
    const std::uint32_t wallet = wallet_index(state, unit.id);
    auto spent = ledger::spend(state.wallets[wallet], {.points = *points, .offer = price.id, .clause = price.clause},
                               engine::stamp_of(cause_now(desk, *buying.programme, cause), unit.clause));
    if (!spent) return refuse_as(RefusalKind::unprocessable, spent.error(), "/gift").error;
    desk.post(buying.named.key, wallet, std::move(spent->posting));
    order.price = price.id;
    order.unit = unit.id;
    order.points = *points;
    order.money = *money;
    order.clause = price.clause;
    order.draws = std::move(spent->draws);
    announce_points(desk, {.programme = *buying.programme, .key = buying.named.key, .member = buying.named.member, .cause = cause},
                    "points.spent", unit.id, *points);
    return std::nullopt;
}

/// The way to buy it that is asked for, or the first; null where there is none.
const programme::GiftPrice* price_of(const programme::Plan& plan, const programme::Gift& gift, std::string_view id) {
    for (const programme::GiftPrice& price : plan.gift_prices) {
        if (&plan.gifts[price.gift] == &gift && (id.empty() || price.id == id)) return &price;
    }
    return nullptr;
}

std::optional<Refusal> refused_order(const Ask& ask, const OrderGift& command, const programme::Gift* gift) {
    if (gift == nullptr) return refuse(GiftRejection::gift_not_found, "/gift").error;
    if (command.is_present) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return author.error();
    } else if (!is_good_text(command.reason)) {
        return refuse(GiftRejection::gift_malformed, "/reason").error;
    }
    if (!is_good_text(command.note)) return refuse(GiftRejection::gift_malformed, "/note").error;
    if (!is_good_text(command.receipt)) return refuse(GiftRejection::gift_malformed, "/receipt").error;
    if (command.count < 1 || command.count > limits::gifts_per_order) {
        return refuse(GiftRejection::gift_count_out_of_range, "/count", {{"most", std::to_string(limits::gifts_per_order)}}).error;
    }
    if (gift->stocked == programme::GiftStocked::by_store && command.store.empty())
        return refuse(GiftRejection::gift_store_missing, "/store").error;
    return std::nullopt;
}

/// What the member lacks for it; nothing is said without one.
GiftAsked asked(const Desk& desk, Buying& buying, const programme::GiftPrice& price, const std::vector<UnitBalance>& balances) {
    GiftAsked asked{.price = static_cast<std::uint32_t>(&price - buying.standing.plan->gift_prices.data())};
    if (buying.named.member.is_nil()) return asked;
    buying.price = &price;
    const std::string& unit = buying.standing.plan->units[price.unit].id;
    std::int64_t available = 0;
    for (const UnitBalance& balance : balances) {
        if (balance.unit == unit) available = balance.available.minor();
    }
    asked.missing = std::max<std::int64_t>(0, price.points - available);
    if (const auto refusal = against_rules(desk, buying, 1)) asked.refusal = refusal->code;
    return asked;
}

/// What becomes of an order; none: that can't be done to it.
std::optional<GiftOrderStatus> after(GiftOrderEnd end, std::string_view status) {
    const bool is_reserved = status == name_of(GiftOrderStatus::reserved) || status == name_of(GiftOrderStatus::promised);
    const bool is_handed_over = status == name_of(GiftOrderStatus::handed_over);
    switch (end) {
        case GiftOrderEnd::hand_over: return is_reserved ? std::optional{GiftOrderStatus::handed_over} : std::nullopt;
        case GiftOrderEnd::cancel: return is_reserved ? std::optional{GiftOrderStatus::cancelled} : std::nullopt;
        case GiftOrderEnd::take_back: return is_handed_over ? std::optional{GiftOrderStatus::taken_back} : std::nullopt;
    }
    return std::nullopt;
}

/// By the edition in force, or else by the newest that knows it: what was promised once is handed over, whatever was published
/// since.
const programme::Gift* promised_gift(const Programme& programme, const store::RecordRow& row, Date today) {
    const Edition* in_force = programme.in_force(today);
    const programme::Gift* now = in_force == nullptr ? nullptr : gift_of(*in_force->plan, row.subject);
    if (now != nullptr) return now;
    for (auto edition = programme.editions.rbegin(); edition != programme.editions.rend(); ++edition) {
        if (const programme::Gift* gift = gift_of(*edition->plan, row.subject)) return gift;
    }
    return nullptr;
}

/// The other gift instead: it is taken from the stock, and the one that was set aside is on the shelf again.
std::optional<Refusal> substitute(Desk& desk, const Programme& programme, const EndGiftOrder& command, store::RecordRow& row,
                                  GiftOrder& order) {
    const Date today = local_date(*programme.latest().zone, desk.recorded_at());
    const Edition* edition = programme.in_force(today);
    const programme::Plan& plan = edition == nullptr ? programme.latest() : *edition->plan;
    const programme::Gift* ordered = promised_gift(programme, row, today);
    const programme::Gift* other = gift_of(plan, command.substitute);
    const bool may = ordered != nullptr && other != nullptr &&
                     std::find(ordered->substitutes.begin(), ordered->substitutes.end(), other->id) != ordered->substitutes.end();
    if (!may) return refuse(GiftRejection::gift_not_a_substitute, "/substitute").error;
    GiftOrder taken = order;
    if (auto refusal = take(desk, programme, *other, row, taken)) return refusal;
    put_back(desk, programme, row, order);
    order.drawn = taken.drawn;
    order.is_of_all = taken.is_of_all;
    order.substitute = other->id;
    return std::nullopt;
}

/// What was promised is taken from the stock where it is handed over.
std::optional<Refusal> fetch(Desk& desk, const Programme& programme, const EndGiftOrder& command, store::RecordRow& row,
                             GiftOrder& order) {
    row.place = command.store;
    if (!command.substitute.empty()) return substitute(desk, programme, command, row, order);
    const programme::Gift* gift = promised_gift(programme, row, local_date(*programme.latest().zone, desk.recorded_at()));
    if (gift == nullptr) return refuse(GiftRejection::gift_not_found, "/order").error;
    if (gift->stocked == programme::GiftStocked::by_store && row.place.empty()) {
        return refuse(GiftRejection::gift_store_missing, "/store").error;
    }
    return take(desk, programme, *gift, row, order);
}

void end_order(Desk& desk, store::RecordRow& row, const GiftOrder& order, GiftOrderStatus status) {
    row.status = name_of(status);
    row.due_at.reset();
    row.packed = pack_record(order);
    ++row.version;
    desk.put_record(row);
}

}  // namespace

Points points_kept(const store::RecordRow& row, const GiftOrder& order) { return stands(row) ? order.points : Points{0}; }

GiftOrderView view_of(const store::RecordRow& row, const GiftOrder& order) {
    return {.id = id_text(kGiftOrderPrefix, row.id),
            .member = row.member.value_or(MemberId{}),
            .gift = row.subject,
            .count = order.count,
            .status = from_name<GiftOrderStatus>(row.status).value_or(GiftOrderStatus::reserved),
            .store = row.place,
            .price = order.price,
            .unit = order.unit,
            .points = order.points,
            .money = order.money,
            .author = order.author,
            .note = order.note,
            .ordered_at = row.created_at,
            .held_until = order.held_until,
            .ended_at = order.ended_at,
            .ended_by = order.ended_by,
            .reason = order.reason,
            .substitute = order.substitute,
            .receipt = order.receipt,
            .is_present = order.is_present,
            .is_damaged = order.is_damaged,
            .offer = order.offer,
            .given_for = order.given_for,
            .is_owed_back = order.is_owed_back};
}

Answered<GiftOrderView> decide(Desk& desk, const Ask& ask, const OrderGift& command) {
    Buying buying{.programme = desk.world()->programme(ask.caller.organisation, command.programme)};
    if (buying.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto named = find_named(desk, *buying.programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    buying.named = *std::move(named);
    (void)desk.edit(buying.named.key);
    const ZonePointer& zone = buying.programme->latest().zone;
    buying.today = local_date(*zone, desk.recorded_at());
    buying.standing = standing_on(desk, *buying.programme, buying.named.key, buying.today);
    buying.gift = buying.standing.plan == nullptr ? nullptr : gift_of(*buying.standing.plan, command.gift);
    if (auto refusal = refused_order(ask, command, buying.gift)) return Unexpected<Refusal>{*std::move(refusal)};
    if (!command.is_present) {
        buying.price = price_of(*buying.standing.plan, *buying.gift, command.price);
        if (buying.price == nullptr) return refuse(GiftRejection::gift_not_for_sale, "/gift");
        if (auto refusal = against_rules(desk, buying, command.count)) return Unexpected<Refusal>{*std::move(refusal)};
        if (!may_pay(*desk.owner(buying.named.key), buying.named.member)) {
            return refuse(HouseholdRejection::household_owner_pays, "/member");
        }
    }
    const std::string id = own_cause(desk, ask, kGiftOrderPrefix);
    GiftOrder order{
        .count = command.count, .author = author_of(ask.caller), .note = command.note, .is_present = command.is_present};
    store::RecordRow row{.org = buying.programme->organisation,
                         .id = *parse_id(kGiftOrderPrefix, id),
                         .programme = buying.programme->id,
                         .kind = store::RecordKind::gift_order,
                         .account = buying.named.key.account,
                         .member = buying.named.member,
                         .subject = command.gift,
                         .place = command.store,
                         .status = std::string{name_of(GiftOrderStatus::reserved)},
                         .created_at = desk.accepted_at()};
    if (auto refusal = take(desk, *buying.programme, *buying.gift, row, order)) return Unexpected<Refusal>{*std::move(refusal)};
    if (!command.is_present) {
        if (auto refusal = pay(desk, buying, id, order)) return Unexpected<Refusal>{*std::move(refusal)};
    }
    order.reason = command.reason;
    order.receipt = command.receipt;
    if (command.is_handed_over) {
        row.status = name_of(GiftOrderStatus::handed_over);
        order.ended_at = desk.accepted_at();
        order.ended_by = order.author;
    } else {
        const Date lapses_on = add(buying.today, buying.gift->held);
        order.held_until = add_days(lapses_on, -1);
        row.due_at = start_of(*zone, lapses_on);
    }
    row.packed = pack_record(order);
    desk.put_record(row);
    announce_order(desk, *buying.programme, buying.named.key, row);
    return view_of(row, order);
}

Answered<GiftOrderView> decide(Desk& desk, const Ask& ask, const EndGiftOrder& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    (void)desk.edit(named->key);
    Orders orders = orders_of(desk, *named);
    const auto id = parse_id(kGiftOrderPrefix, command.order);
    const auto found = std::find_if(orders.begin(), orders.end(), [&](const auto& one) { return id && one.first.id == *id; });
    const std::string& own_store = ask.caller.store;
    const bool is_elsewhere =
        found != orders.end() && !own_store.empty() && !found->first.place.empty() && found->first.place != own_store;
    if (found == orders.end() || is_elsewhere) return refuse(GiftRejection::gift_order_not_found, "/order");
    auto& [row, order] = *found;
    const bool is_taking_back = command.end == GiftOrderEnd::take_back;
    if (is_taking_back) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return Unexpected<Refusal>{author.error()};
    } else if (!is_good_text(command.reason)) {
        return refuse(GiftRejection::gift_malformed, "/reason");
    }
    if (!is_good_text(command.receipt)) return refuse(GiftRejection::gift_malformed, "/receipt");
    const auto status = after(command.end, row.status);
    if (!status) return refuse(GiftRejection::gift_order_ended, "/order", {{"status", row.status}});
    if (command.end == GiftOrderEnd::hand_over) {
        if (row.status == name_of(GiftOrderStatus::promised)) {
            if (auto refusal = fetch(desk, *programme, command, row, order)) return Unexpected<Refusal>{*std::move(refusal)};
        } else if (!command.substitute.empty()) {
            if (auto refusal = substitute(desk, *programme, command, row, order)) return Unexpected<Refusal>{*std::move(refusal)};
        }
        if (!command.receipt.empty()) order.receipt = command.receipt;
    } else {
        if (auto refusal = repay(desk, *programme, payer_of(desk, row), row, order))
            return Unexpected<Refusal>{*std::move(refusal)};
        order.is_damaged = is_taking_back && command.is_damaged;
        if (!order.is_damaged) put_back(desk, *programme, row, order);
    }
    order.ended_at = desk.accepted_at();
    order.ended_by = author_of(ask.caller);
    if (is_taking_back && order.is_owed_back) {
        let_go(desk, programme, {row.org, *row.account, row.programme}, {.receipt = order.given_for, .offer = order.offer});
        order.is_owed_back = false;
    }
    if (!command.reason.empty()) order.reason = command.reason;
    end_order(desk, row, order, *status);
    announce_order(desk, *programme, named->key, row);
    return view_of(row, order);
}

bool lapse(Desk& desk, const Programme& programme, store::RecordRow row) {
    if (!row.account || row.status != name_of(GiftOrderStatus::reserved)) return false;
    const store::OwnerKey key = payer_of(desk, row);
    (void)desk.edit(key);
    auto order = unpack_record<GiftOrder>(row);
    // A wallet may have no room for them now; then the next sweep asks again.
    if (repay(desk, programme, key, row, order)) return false;
    put_back(desk, programme, row, order);
    order.ended_at = desk.accepted_at();
    end_order(desk, row, order, GiftOrderStatus::lapsed);
    announce_order(desk, programme, key, row);
    return true;
}

Answered<GiftOrderList> App::gift_orders_of(const std::string& organisation, const std::string& programme,
                                            const MemberName& name) const {
    return guarded<GiftOrderList>(*core_, [&]() -> Answered<GiftOrderList> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        GiftOrderList list;
        for (const auto& [row, order] : orders_of(desk, *named)) list.orders.push_back(view_of(row, order));
        return list;
    });
}

Answered<GiftOrderList> App::gift_orders(const std::string& organisation, const std::string& programme,
                                         const GiftOrderQuery& query) const {
    return guarded_on_replica<GiftOrderList>(*core_, [&]() -> Answered<GiftOrderList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        GiftOrderList list;
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::gift_order,
                                     .status = query.status ? std::string{name_of(*query.status)} : std::string{},
                                     .subject = query.gift,
                                     .place = query.store},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (const store::RecordRow& row : *rows) list.orders.push_back(view_of(row, unpack_record<GiftOrder>(row)));
        return list;
    });
}

Answered<GiftCatalogue> App::gifts(const std::string& organisation, const std::string& programme, const std::string& store,
                                   const MemberName& name) const {
    return guarded<GiftCatalogue>(*core_, [&]() -> Answered<GiftCatalogue> {
        const Desk desk{core_->source};
        Buying buying{.programme = desk.world()->programme(organisation, programme)};
        if (buying.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const programme::Plan& latest = buying.programme->latest();
        buying.today = local_date(*latest.zone, core_->wiring.now());
        GiftCatalogue catalogue;
        Orders orders;
        std::vector<UnitBalance> balances;
        if (name.by == NamedBy::nobody) {
            const Edition* edition = buying.programme->in_force(buying.today);
            if (edition != nullptr) buying.standing.plan = edition->plan;
        } else {
            auto named = find_named(desk, *buying.programme, name);
            if (!named) return refuse(named.error(), "/member");
            buying.named = *std::move(named);
            buying.standing = standing_on(desk, *buying.programme, buying.named.key, buying.today);
            balances = balances_of(*buying.programme, desk.owner(buying.named.key)->state, core_->wiring.now());
            catalogue.member = buying.named.member;
            orders = orders_of(desk, buying.named);
            buying.orders = &orders;
        }
        catalogue.plan = buying.standing.plan;
        if (catalogue.plan == nullptr) return catalogue;
        for (std::uint32_t index = 0; index < catalogue.plan->gifts.size(); ++index) {
            buying.gift = &catalogue.plan->gifts[index];
            GiftOffered offered{.gift = index};
            const bool is_by_store = buying.gift->stocked == programme::GiftStocked::by_store;
            if (buying.gift->stocked == programme::GiftStocked::in_all || (is_by_store && !store.empty())) {
                const StockFound stock = gift_stock(desk, *buying.programme, *buying.gift, store);
                offered.left = stock.left;
                offered.received = stock.stock.received;
                offered.written_off = stock.stock.written_off;
            }
            for (const programme::GiftPrice& price : catalogue.plan->gift_prices) {
                if (price.gift == index) offered.prices.push_back(asked(desk, buying, price, balances));
            }
            catalogue.gifts.push_back(std::move(offered));
        }
        return catalogue;
    });
}

}  // namespace suki::app
