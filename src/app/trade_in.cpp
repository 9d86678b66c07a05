#include "app/trade_in.h"

#include <algorithm>

#include "app/announce.h"
#include "app/household.h"
#include "app/person_records.h"
#include "engine/payment.h"
#include "engine/settle.h"

namespace suki::app {

using engine::TradeItemStatus;
using engine::TradeItemStep;

namespace {

/// Somebody with all that they ever handed in. Their account's version keeps two commands apart that change any of it.
struct Trading {
    ProgrammePointer programme;
    Named named;
    Date today;
    std::vector<store::RecordRow> rows;  // newest first
};

Answered<Trading> find(Desk& desk, const Ask& ask, const std::string& programme, const MemberName& member) {
    Trading trading{.programme = desk.world()->programme(ask.caller.organisation, programme)};
    if (trading.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto named = find_named(desk, *trading.programme, member);
    if (!named) return refuse(named.error(), "/member");
    trading.named = *std::move(named);
    (void)desk.edit(trading.named.key);
    trading.today = local_date(*trading.programme->latest().zone, desk.recorded_at());
    trading.rows = records_of_person(desk, trading.named.key, trading.named.member, store::RecordKind::trade_in);
    return trading;
}

const programme::TradeIn* list_of(const programme::Plan& plan, std::string_view id) {
    for (const programme::TradeIn& list : plan.trade_ins) {
        if (list.id == id) return &list;
    }
    return nullptr;
}

TradeItemStatus status_of(const store::RecordRow& row) {
    return from_name<TradeItemStatus>(row.status).value_or(TradeItemStatus::handed_in);
}

/// Whether it counts for how many a member may hand in: what they had back does not.
bool is_counted(TradeItemStatus status) {
    switch (status) {
        case TradeItemStatus::handed_in:
        case TradeItemStatus::offered:
        case TradeItemStatus::accepted:
        case TradeItemStatus::consigned:
        case TradeItemStatus::sold:
        case TradeItemStatus::written_off: return true;
        case TradeItemStatus::refused:
        case TradeItemStatus::lapsed:
        case TradeItemStatus::given_back:
        case TradeItemStatus::undone: return false;
    }
    return false;
}

std::optional<Refusal> against_limit(const Trading& trading, const programme::TradeIn& list, Instant now) {
    if (!list.limit || !list.limit->count) return std::nullopt;
    const DateRange window = programme::dates_of(list.limit->window, trading.today);
    const auto had = std::count_if(trading.rows.begin(), trading.rows.end(), [&](const store::RecordRow& row) {
        const Date day = local_date(*trading.programme->latest().zone, row.created_at);
        const bool is_over = row.due_at && *row.due_at <= now;
        return row.subject == list.id && !is_over && is_counted(status_of(row)) && window.starts_on <= day && day < window.ends_on;
    });
    if (had < *list.limit->count) return std::nullopt;
    return refuse(TradeInRejection::trade_in_limit_reached, "/trade_in", {{"allowed", std::to_string(*list.limit->count)}}).error;
}

void write(Desk& desk, const Programme& programme, const store::OwnerKey& key, store::RecordRow& row, TradeItem& item,
           TradeItemStatus status, TradeItemNote note) {
    row.status = name_of(status);
    note.at = desk.accepted_at();
    note.what = row.status;
    item.notes.push_back(std::move(note));
    row.packed = pack_record(item);
    ++row.version;
    desk.put_record(row);
    const std::string cause = id_text(kTradeItemPrefix, row.id);
    announce_plain(desk, {.programme = programme, .key = key, .member = row.member, .cause = cause}, "trade_in." + row.status);
}

void lapse(Desk& desk, const Programme& programme, const store::OwnerKey& key, store::RecordRow& row, TradeItem& item) {
    row.due_at.reset();
    write(desk, programme, key, row, item, TradeItemStatus::lapsed, {});
}

/// The offer is made by the list of today, and stands however that changes.
std::optional<Refusal> offer(const Trading& trading, const ChangeTradeItem& command, store::RecordRow& row, TradeItem& item) {
    const Edition* edition = trading.programme->in_force(trading.today);
    const programme::TradeIn* list = edition == nullptr ? nullptr : list_of(*edition->plan, row.subject);
    if (list == nullptr) return refuse(TradeInRejection::trade_in_not_found, "/item").error;
    const programme::TradeInPrice* price = engine::price_of(*list, item.article, command.grade);
    if (price == nullptr) {
        return refuse(TradeInRejection::trade_in_not_priced, "/grade", {{"article", item.article}, {"grade", command.grade}}).error;
    }
    const Date lapses_on = add(trading.today, list->offer_valid);
    item.department = list->department;
    item.is_on_consignment = list->share.has_value();
    item.grade = price->grade;
    item.price = price->price;
    item.unit = edition->plan->units[list->unit].id;
    item.points = item.is_on_consignment ? Points{} : Points{price->points};
    item.clause = list->clause;
    item.edition = edition->view.edition;
    item.offered_until = add_days(lapses_on, -1);
    row.due_at = start_of(*trading.programme->latest().zone, lapses_on);
    return std::nullopt;
}

/// Points mature, expire and are worth what the edition in force says; before the first, the newest.
const programme::Plan& plan_today(const Trading& trading) {
    const Edition* edition = trading.programme->in_force(trading.today);
    return edition == nullptr ? trading.programme->latest() : *edition->plan;
}

const programme::Unit* unit_today(const Trading& trading, const std::string& id) {
    for (const programme::Unit& unit : plan_today(trading).units) {
        if (unit.id == id) return &unit;
    }
    return nullptr;
}

/// What was offered, in points of today's worth.
std::optional<Points> points_offered(const Trading& trading, const TradeItem& item) {
    const programme::Unit* unit = unit_today(trading, item.unit);
    return unit == nullptr ? std::nullopt : engine::points_for(*unit, item.price);
}

/// The points are the member's from now on, in whatever account they are.
std::optional<Refusal> credit(Desk& desk, const Trading& trading, const store::RecordRow& row, TradeItem& item, Points points) {
    item.points = points;
    if (points.is_zero()) return std::nullopt;
    const Programme& programme = *trading.programme;
    const store::OwnerKey& key = trading.named.key;
    const programme::Plan& plan = plan_today(trading);
    const programme::Unit* unit = unit_today(trading, item.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/item").error;
    desk.sweep(key, programme);
    store::StateRow& state = *desk.edit(key).state;
    const std::uint32_t wallet = wallet_index(state, unit->id);
    const std::string cause = id_text(kTradeItemPrefix, row.id);
    ledger::Stamp stamp = engine::stamp_of(cause_now(desk, programme, cause), unit->clause);
    // The clause is that of the edition by which it was offered.
    stamp.edition = item.edition;
    auto earned = ledger::earn(state.wallets[wallet],
                               {.kind = ledger::EntryKind::earn,
                                .parts = {{.offer = row.subject, .clause = item.clause, .points = points}},
                                .matures_at = engine::matures_at(plan, *unit, trading.today),
                                .expires_at = engine::expires_at(plan, *unit, trading.today)},
                               stamp);
    if (!earned) return refuse_as(RefusalKind::unprocessable, earned.error(), "/item").error;
    desk.post(key, wallet, std::move(earned->posting));
    item.credited = points;
    item.paid = engine::worth_of(*unit, points);
    item.lot = earned->lot.id;
    item.credited_to = key.account;
    announce_points(desk, {.programme = programme, .key = key, .member = trading.named.member, .cause = cause}, "points.earned",
                    unit->id, points);
    return std::nullopt;
}

/// Takes the credit back: from its own lot, then from others. What was spent meanwhile refuses it.
std::optional<Refusal> undo(Desk& desk, const Trading& trading, const store::RecordRow& row, TradeItem& item) {
    const Programme& programme = *trading.programme;
    const store::OwnerKey key = standing(desk, {.org = row.org, .account = item.credited_to, .programme = row.programme});
    const programme::Unit* unit = unit_of(programme, item.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/item").error;
    desk.sweep(key, programme);
    store::StateRow& state = *desk.edit(key).state;
    const std::uint32_t wallet = wallet_index(state, unit->id);
    const std::string cause = id_text(kTradeItemPrefix, row.id);
    // What has expired is gone already, here or in an account that became this one; nobody need give it back.
    engine::LotFate fate = desk.fate_of(key, item.lot, cause);
    for (const store::Merged& merged : state.merged)
        fate.add(desk.fate_of({key.org, merged.account, key.programme}, item.lot, cause));
    const Points wanted = minus(item.credited, std::min(fate.expired, item.credited));
    if (wanted <= Points{0}) return std::nullopt;
    ledger::Stamp stamp = engine::stamp_of(cause_now(desk, programme, cause), unit->clause);
    stamp.edition = item.edition;
    auto reversed = ledger::reverse_earn(state.wallets[wallet],
                                         {.lot = item.lot,
                                          .parts = {{.offer = row.subject, .clause = item.clause, .points = wanted}},
                                          .recorded_at = item.accepted_at.value_or(row.created_at)},
                                         stamp);
    if (!reversed) return refuse_as(RefusalKind::unprocessable, reversed.error(), "/item").error;
    if (!reversed->uncovered.is_zero()) {
        return refuse_as(RefusalKind::unprocessable, ledger::LedgerRejection::insufficient_points, "/item").error;
    }
    desk.post(key, wallet, std::move(reversed->posting));
    item.taken_back = wanted;
    announce_points(desk, {.programme = programme, .key = key, .member = row.member, .cause = cause}, "points.taken_back", unit->id,
                    wanted);
    return std::nullopt;
}

std::optional<Refusal> sell(Desk& desk, const Trading& trading, const ChangeTradeItem& command, const store::RecordRow& row,
                            TradeItem& item) {
    item.sold_at = desk.accepted_at();
    item.sold_for = command.price;
    item.receipt = command.receipt;
    if (!item.is_on_consignment) return std::nullopt;
    const programme::Plan& plan = *trading.programme->judging(item.edition).plan;
    const programme::TradeIn* list = list_of(plan, row.subject);
    const programme::Unit* unit = unit_today(trading, item.unit);
    const auto share = list == nullptr || unit == nullptr ? std::nullopt : engine::share_of(*list, *unit, command.price);
    if (!share) return refuse_as(RefusalKind::unprocessable, ledger::LedgerRejection::points_out_of_range, "/price").error;
    return credit(desk, trading, row, item, *share);
}

/// What the step does beside the status.
std::optional<Refusal> take_step(Desk& desk, const Trading& trading, const ChangeTradeItem& command, store::RecordRow& row,
                                 TradeItem& item) {
    if (command.step != TradeItemStep::offer) row.due_at.reset();
    switch (command.step) {
        case TradeItemStep::offer: return offer(trading, command, row, item);
        case TradeItemStep::accept:
            item.accepted_at = desk.accepted_at();
            if (item.is_on_consignment) return std::nullopt;
            if (const auto points = points_offered(trading, item)) return credit(desk, trading, row, item, *points);
            return refuse_as(RefusalKind::unprocessable, ledger::LedgerRejection::points_out_of_range, "/item").error;
        case TradeItemStep::sell: return sell(desk, trading, command, row, item);
        case TradeItemStep::write_off: item.written_off_at = desk.accepted_at(); return std::nullopt;
        case TradeItemStep::undo: return undo(desk, trading, row, item);
        case TradeItemStep::refuse:
        case TradeItemStep::give_back:
        case TradeItemStep::lapse: return std::nullopt;
    }
    return std::nullopt;
}

std::optional<Refusal> refused_texts(const Ask& ask, const ChangeTradeItem& command) {
    if (command.step == TradeItemStep::write_off || command.step == TradeItemStep::undo) {
        if (const auto author = author_with_reason(ask, command.reason); !author) return author.error();
    } else if (!is_good_text(command.reason)) {
        return refuse(TradeInRejection::trade_in_malformed, "/reason").error;
    }
    if (!is_good_text(command.receipt)) return refuse(TradeInRejection::trade_in_malformed, "/receipt").error;
    if (command.price < Money{} || !is_in_range(command.price)) {
        return refuse(TradeInRejection::trade_in_price_malformed, "/price").error;
    }
    return std::nullopt;
}

}  // namespace

TradeItemView view_of(const store::RecordRow& row, const TradeItem& item, Instant now) {
    const bool is_late = row.due_at && *row.due_at <= now;
    return {.id = id_text(kTradeItemPrefix, row.id),
            .member = row.member.value_or(MemberId{}),
            .trade_in = row.subject,
            .department = item.department,
            .article = item.article,
            .grade = item.grade,
            .status = is_late ? TradeItemStatus::lapsed : status_of(row),
            .store = row.place,
            .note = item.note,
            .is_on_consignment = item.is_on_consignment,
            .price = item.price,
            .unit = item.unit,
            .points = item.points,
            .offered_until = item.offered_until,
            .clause = item.clause,
            .handed_in_at = row.created_at,
            .accepted_at = item.accepted_at,
            .credited = item.credited,
            .paid = item.paid,
            .sold_at = item.sold_at,
            .sold_for = item.sold_for,
            .receipt = item.receipt,
            .notes = item.notes};
}

Answered<TradeItemView> decide(Desk& desk, const Ask& ask, const HandInItem& command) {
    auto trading = find(desk, ask, command.programme, command.member);
    if (!trading) return Unexpected<Refusal>{std::move(trading).error()};
    const Edition* edition = trading->programme->in_force(trading->today);
    const programme::TradeIn* list = edition == nullptr ? nullptr : list_of(*edition->plan, command.trade_in);
    if (list == nullptr) return refuse(TradeInRejection::trade_in_not_found, "/trade_in");
    if (!is_good_text(command.note)) return refuse(TradeInRejection::trade_in_malformed, "/note");
    const bool is_taken = std::any_of(list->prices.begin(), list->prices.end(),
                                      [&](const programme::TradeInPrice& one) { return one.article == command.article; });
    if (!is_taken) return refuse(TradeInRejection::trade_in_not_priced, "/article", {{"article", command.article}});
    if (auto refusal = against_limit(*trading, *list, desk.recorded_at())) return Unexpected<Refusal>{*std::move(refusal)};
    store::RecordRow row{.org = trading->programme->organisation,
                         .id = *parse_id(kTradeItemPrefix, own_cause(desk, ask, kTradeItemPrefix)),
                         .programme = trading->programme->id,
                         .kind = store::RecordKind::trade_in,
                         .account = trading->named.key.account,
                         .member = trading->named.member,
                         .subject = list->id,
                         .place = command.store,
                         .created_at = desk.accepted_at(),
                         .version = 0};
    TradeItem item{.article = command.article,
                   .note = command.note,
                   .department = list->department,
                   .is_on_consignment = list->share.has_value(),
                   .unit = edition->plan->units[list->unit].id,
                   .clause = list->clause};
    write(desk, *trading->programme, trading->named.key, row, item, TradeItemStatus::handed_in, {.by = author_of(ask.caller)});
    return view_of(row, item, desk.recorded_at());
}

Answered<TradeItemView> decide(Desk& desk, const Ask& ask, const ChangeTradeItem& command) {
    auto trading = find(desk, ask, command.programme, command.member);
    if (!trading) return Unexpected<Refusal>{std::move(trading).error()};
    const auto id = parse_id(kTradeItemPrefix, command.item);
    const auto found =
        std::find_if(trading->rows.begin(), trading->rows.end(), [&](const store::RecordRow& row) { return id && row.id == *id; });
    const std::string& own_store = ask.caller.store;
    const bool is_elsewhere =
        found != trading->rows.end() && !own_store.empty() && !found->place.empty() && found->place != own_store;
    if (found == trading->rows.end() || is_elsewhere) return refuse(TradeInRejection::trade_item_not_found, "/item");
    if (auto refusal = refused_texts(ask, command)) return Unexpected<Refusal>{*std::move(refusal)};
    store::RecordRow& row = *found;
    auto item = unpack_record<TradeItem>(row);
    // Whether a sweep ran or not: an offer that nobody answered in time is none.
    if (row.due_at && *row.due_at <= desk.recorded_at()) lapse(desk, *trading->programme, trading->named.key, row, item);
    const auto status =
        command.step == TradeItemStep::lapse ? std::nullopt : engine::after(status_of(row), command.step, item.is_on_consignment);
    if (!status) return refuse(TradeInRejection::trade_item_status_differs, "/item", {{"status", row.status}});
    if (auto refusal = take_step(desk, *trading, command, row, item)) return Unexpected<Refusal>{*std::move(refusal)};
    write(desk, *trading->programme, trading->named.key, row, item, *status,
          {.by = author_of(ask.caller), .reason = command.reason});
    return view_of(row, item, desk.recorded_at());
}

bool lapse_offer(Desk& desk, const Programme& programme, store::RecordRow row) {
    if (!row.account || status_of(row) != TradeItemStatus::offered) return false;
    const store::OwnerKey key = standing(desk, {.org = row.org, .account = *row.account, .programme = row.programme});
    (void)desk.edit(key);
    auto item = unpack_record<TradeItem>(row);
    lapse(desk, programme, key, row, item);
    return true;
}

}  // namespace suki::app
