#include "app/recognition.h"

#include <algorithm>

#include "app/announce.h"
#include "app/benefits.h"
#include "app/core.h"
#include "app/earn_apart.h"
#include "app/guard.h"
#include "app/person_records.h"
#include "engine/settle.h"

namespace suki::app {

namespace {

bool is_of(const store::RecordRow& row, RecognitionSide side) { return row.status == name_of(side); }
bool is_givers(const store::RecordRow& row) { return is_of(row, RecognitionSide::given) || is_of(row, RecognitionSide::withdrawn); }

using Recognitions = std::vector<std::pair<store::RecordRow, RecognitionBody>>;

/// What a person gave and has, newest first.
Recognitions recognitions_of(const Desk& desk, const Named& named) {
    Recognitions all;
    for (store::RecordRow& row : records_of_person(desk, named.key, named.member, store::RecordKind::recognition)) {
        auto body = unpack_record<RecognitionBody>(row);
        all.emplace_back(std::move(row), std::move(body));
    }
    return all;
}

/// A recognition while it is given.
struct Giving {
    ProgrammePointer programme;
    const Edition* edition = nullptr;  // in force today; its plan is the next
    programme::PlanPointer plan;
    Date today;
    Named from;
    Named to;
    const programme::Recognition* kind = nullptr;
    Recognitions of_giver;
};

/// What the giver has given in the window that the day is in; `to`: to that colleague alone.
std::int64_t given_in(const Desk& desk, const Giving& giving, const programme::Window& window, const Named* to) {
    const DateRange dates = programme::dates_of(window, giving.today);
    std::int64_t given = 0;
    for (const auto& [row, body] : giving.of_giver) {
        if (row.subject != giving.kind->id || !is_of(row, RecognitionSide::given)) continue;
        const Date day = local_date(*giving.programme->latest().zone, row.created_at);
        if (day < dates.starts_on || dates.ends_on <= day) continue;
        if (to != nullptr && body.other != to->member) {
            // They may have been somebody else when they had it.
            const store::OwnerKey key{.org = row.org, .account = body.other_account, .programme = row.programme};
            const auto person = person_of(desk, key, body.other);
            if (!person || person->member != to->member || person->key != to->key) continue;
        }
        given += body.points.minor();
    }
    return given;
}

std::int64_t left_of(const Desk& desk, const Giving& giving, const programme::Allowance& allowance, const Named* to = nullptr) {
    return std::max<std::int64_t>(0, *allowance.count - given_in(desk, giving, allowance.window, to));
}

/// Whether the giver has one from that colleague that is too young to give one back.
bool is_back_too_soon(const Desk& desk, const Giving& giving) {
    if (giving.kind->not_back.is_zero()) return false;
    return std::any_of(giving.of_giver.begin(), giving.of_giver.end(), [&](const auto& one) {
        const auto& [row, body] = one;
        if (row.subject != giving.kind->id || !is_of(row, RecognitionSide::received)) return false;
        const Date day = local_date(*giving.programme->latest().zone, row.created_at);
        if (add(day, giving.kind->not_back) <= giving.today) return false;
        const store::OwnerKey key{.org = row.org, .account = body.other_account, .programme = row.programme};
        const auto person = person_of(desk, key, body.other);
        return person && person->member == giving.to.member && person->key == giving.to.key;
    });
}

/// What speaks against it, beside who is named.
std::optional<Refusal> against_rules(const Desk& desk, const Giving& giving, const GiveRecognition& command) {
    const programme::Recognition& kind = *giving.kind;
    if (giving.from.key == giving.to.key && giving.from.member == giving.to.member) {
        return refuse(RecognitionRejection::recognition_of_oneself, "/to").error;
    }
    const bool is_known = std::find(kind.reasons.begin(), kind.reasons.end(), command.reason) != kind.reasons.end();
    if (kind.reasons.empty() ? !command.reason.empty() : !is_known) {
        return refuse(RecognitionRejection::recognition_reason_unknown, "/reason").error;
    }
    if (kind.message == programme::RecognitionMessage::required &&
        command.message.find_first_not_of(" \t\r\n\u00a0") == std::string::npos) {
        return refuse(RecognitionRejection::recognition_message_missing, "/message").error;
    }
    if (command.points <= Points{0} || command.points > Points{kind.at_most}) {
        return refuse(RecognitionRejection::recognition_points_out_of_range, "/points", {{"most", std::to_string(kind.at_most)}})
            .error;
    }
    if (is_back_too_soon(desk, giving)) return refuse(RecognitionRejection::recognition_not_back_yet, "/to").error;
    if (kind.to_one) {
        const std::int64_t left = left_of(desk, giving, *kind.to_one, &giving.to);
        if (left < command.points.minor()) {
            return refuse(RecognitionRejection::recognition_to_one_reached, "/points", {{"left", std::to_string(left)}}).error;
        }
    }
    const std::int64_t left = left_of(desk, giving, kind.allowance);
    if (left < command.points.minor()) {
        return refuse(RecognitionRejection::recognition_allowance_used, "/points", {{"left", std::to_string(left)}}).error;
    }
    return std::nullopt;
}

const programme::Recognition* kind_of(const programme::Plan& plan, std::string_view id) {
    for (const programme::Recognition& kind : plan.recognitions) {
        if (kind.id == id) return &kind;
    }
    return nullptr;
}

/// Where the points went: the account may have been merged since.
store::OwnerKey holder_of(const Desk& desk, const store::RecordRow& row) {
    SUKI_CHECK(row.account.has_value());
    return standing(desk, {.org = row.org, .account = *row.account, .programme = row.programme});
}

/// Takes the points back that have not expired; how many, owed ones included.
Result<Points, Refusal> take_back(Desk& desk, const Programme& programme, const store::RecordRow& row, const RecognitionBody& body,
                                  const std::string& reason, const std::string& author) {
    const programme::Plan& plan = programme.latest();
    const programme::Unit* unit = unit_of(programme, body.unit);
    if (unit == nullptr) return refuse(ReferenceRejection::unit_not_found, "/unit");
    const std::string id = id_text(kRecognitionPrefix, row.id);
    const store::OwnerKey key = holder_of(desk, row);
    desk.sweep(key, programme);
    const store::OwnerKey first{.org = row.org, .account = *row.account, .programme = row.programme};
    engine::LotFate fate = desk.fate_of(first, body.lot, id);
    if (key != first) fate.add(desk.fate_of(key, body.lot, id));
    const Points wanted = minus(body.points, std::min(fate.expired, body.points));
    if (wanted.is_zero()) return Points{0};
    store::StateRow& state = *desk.edit(key).state;
    const std::uint32_t wallet = wallet_index(state, unit->id);
    auto reversed = ledger::reverse_earn(state.wallets[wallet],
                                         {.lot = body.lot,
                                          .parts = {{.offer = row.subject, .clause = body.clause, .points = wanted}},
                                          .may_owe = plan.debt == programme::DebtPolicy::below_zero,
                                          .recorded_at = row.created_at},
                                         engine::stamp_of(cause_now(desk, programme, id), unit->clause));
    if (!reversed) return refuse_as(RefusalKind::unprocessable, reversed.error(), "/recognition");
    Points taken;
    for (const ledger::Part& part : reversed->taken) taken = plus(taken, part.points);
    for (ledger::Entry& entry : reversed->posting.entries) {
        if (entry.kind != ledger::EntryKind::return_earn) continue;
        entry.author = author;
        entry.reason = reason;
    }
    desk.post(key, wallet, std::move(reversed->posting));
    announce_points(desk, {.programme = programme, .key = key, .member = row.member, .cause = id}, "points.taken_back", unit->id,
                    taken);
    return taken;
}

void put(Desk& desk, store::RecordRow& row, const RecognitionBody& body, RecognitionSide side) {
    row.status = name_of(side);
    row.packed = pack_record(body);
    desk.put_record(row);
}

}  // namespace

RecognitionView view_of(const store::RecordRow& row, const RecognitionBody& body) {
    const bool is_of_giver = is_givers(row);
    const bool stands = is_of(row, RecognitionSide::given) || is_of(row, RecognitionSide::received);
    const MemberId own = row.member.value_or(MemberId{});
    return {.id = is_of_giver ? body.other_record : id_text(kRecognitionPrefix, row.id),
            .kind = row.subject,
            .member = is_of_giver ? body.other : own,
            .from = is_of_giver ? own : body.other,
            .status = stands ? RecognitionStatus::given : RecognitionStatus::withdrawn,
            .unit = body.unit,
            .points = body.points,
            .reason = body.reason,
            .message = body.message,
            .clause = body.clause,
            .author = body.author,
            .given_at = row.created_at,
            .ended_at = body.ended_at,
            .ended_by = body.ended_by,
            .ended_because = body.ended_because,
            .taken_back = body.taken_back};
}

Answered<RecognitionView> decide(Desk& desk, const Ask& ask, const GiveRecognition& command) {
    Giving giving{.programme = desk.world()->programme(ask.caller.organisation, command.programme)};
    if (giving.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto from = find_named(desk, *giving.programme, command.member);
    if (!from) return refuse(from.error(), "/member");
    auto to = find_named(desk, *giving.programme, command.to);
    if (!to) return refuse(to.error(), "/to");
    giving.from = *std::move(from);
    giving.to = *std::move(to);
    (void)desk.edit(giving.from.key);
    (void)desk.edit(giving.to.key);
    giving.today = local_date(*giving.programme->latest().zone, desk.recorded_at());
    giving.edition = giving.programme->in_force(giving.today);
    if (giving.edition != nullptr) giving.plan = giving.edition->plan;
    giving.kind = giving.plan == nullptr ? nullptr : kind_of(*giving.plan, command.kind);
    if (giving.kind == nullptr) return refuse(RecognitionRejection::recognition_not_offered, "/kind");
    if (!is_good_text(command.message)) return refuse(RecognitionRejection::recognition_malformed, "/message");
    giving.of_giver = recognitions_of(desk, giving.from);
    if (auto refusal = against_rules(desk, giving, command)) return Unexpected<Refusal>{*std::move(refusal)};

    const std::string id = own_cause(desk, ask, kRecognitionPrefix);
    const std::string givers_id = own_cause(desk, ask, kRecognitionPrefix, "given");
    auto lot = earn_apart(desk, *giving.programme, *giving.edition, giving.to,
                          {.id = giving.kind->id,
                           .clause = giving.kind->clause,
                           .unit = giving.kind->unit,
                           .points = command.points,
                           .day = giving.today,
                           .cause = id,
                           .author = giving.from.member.text(),
                           .reason = command.reason.empty() ? command.message : command.reason});
    if (!lot) return Unexpected<Refusal>{std::move(lot).error()};
    RecognitionBody body{.points = command.points,
                         .unit = giving.plan->units[giving.kind->unit].id,
                         .clause = giving.kind->clause,
                         .reason = command.reason,
                         .message = command.message,
                         .other_account = giving.to.key.account,
                         .other = giving.to.member,
                         .other_record = id,
                         .lot = *lot,
                         .author = author_of(ask.caller)};
    store::RecordRow row{.org = giving.programme->organisation,
                         .id = *parse_id(kRecognitionPrefix, givers_id),
                         .programme = giving.programme->id,
                         .kind = store::RecordKind::recognition,
                         .account = giving.from.key.account,
                         .member = giving.from.member,
                         .subject = command.kind,
                         .created_at = desk.accepted_at()};
    put(desk, row, body, RecognitionSide::given);
    row.id = *parse_id(kRecognitionPrefix, id);
    row.account = giving.to.key.account;
    row.member = giving.to.member;
    body.other_account = giving.from.key.account;
    body.other = giving.from.member;
    body.other_record = givers_id;
    put(desk, row, body, RecognitionSide::received);
    return view_of(row, body);
}

Answered<RecognitionView> decide(Desk& desk, const Ask& ask, const WithdrawRecognition& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    const auto author = author_with_reason(ask, command.reason);
    if (!author) return Unexpected<Refusal>{author.error()};
    const auto named = find_named(desk, *programme, command.member);
    if (!named) return refuse(named.error(), "/member");
    (void)desk.edit(named->key);
    Recognitions all = recognitions_of(desk, *named);
    const auto id = parse_id(kRecognitionPrefix, command.recognition);
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return id && one.first.id == *id && !is_givers(one.first); });
    if (found == all.end()) return refuse(RecognitionRejection::recognition_not_found, "/recognition");
    auto& [row, body] = *found;
    if (is_of(row, RecognitionSide::taken_back)) return refuse(RecognitionRejection::recognition_withdrawn, "/recognition");
    const auto givers_id = parse_id(kRecognitionPrefix, body.other_record);
    auto givers = givers_id ? desk.record({.org = row.org, .account = body.other_account, .id = *givers_id}) : std::nullopt;
    if (!givers) return refuse(RecognitionRejection::recognition_not_found, "/recognition");
    (void)desk.edit(holder_of(desk, *givers));

    const auto taken = take_back(desk, *programme, row, body, command.reason, *author);
    if (!taken) return Unexpected<Refusal>{taken.error()};
    auto givers_body = unpack_record<RecognitionBody>(*givers);
    for (RecognitionBody* one : {&body, &givers_body}) {
        one->ended_at = desk.accepted_at();
        one->ended_by = *author;
        one->ended_because = command.reason;
        one->taken_back = *taken;
    }
    ++givers->version;
    put(desk, *givers, givers_body, RecognitionSide::withdrawn);
    ++row.version;
    put(desk, row, body, RecognitionSide::taken_back);
    return view_of(row, body);
}

Answered<MemberRecognitions> App::recognitions_of(const std::string& organisation, const std::string& programme,
                                                  const MemberName& name) const {
    return guarded<MemberRecognitions>(*core_, [&]() -> Answered<MemberRecognitions> {
        const Desk desk{core_->source};
        Giving giving{.programme = desk.world()->programme(organisation, programme)};
        if (giving.programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        auto named = find_named(desk, *giving.programme, name);
        if (!named) return refuse(named.error(), "/member");
        giving.from = *std::move(named);
        giving.today = local_date(*giving.programme->latest().zone, core_->wiring.now());
        if (const Edition* edition = giving.programme->in_force(giving.today)) giving.plan = edition->plan;
        giving.of_giver = app::recognitions_of(desk, giving.from);
        MemberRecognitions found{.member = giving.from.member, .plan = giving.plan};
        for (const auto& [row, body] : giving.of_giver) {
            (is_givers(row) ? found.given : found.received).push_back(view_of(row, body));
        }
        if (giving.plan == nullptr) return found;
        for (const programme::Recognition& kind : giving.plan->recognitions) {
            giving.kind = &kind;
            found.left.push_back(left_of(desk, giving, kind.allowance));
        }
        return found;
    });
}

Answered<RecognitionList> App::recognitions(const std::string& organisation, const std::string& programme,
                                            const RecognitionQuery& query) const {
    return guarded_on_replica<RecognitionList>(*core_, [&]() -> Answered<RecognitionList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        // Of either side one list is enough.
        const bool is_withdrawn = query.status == RecognitionStatus::withdrawn;
        const RecognitionSide side = is_withdrawn ? RecognitionSide::taken_back : RecognitionSide::received;
        RecognitionList list;
        auto rows = page_of_records(core_->store,
                                    {.org = organisation,
                                     .programme = found->id,
                                     .kind = store::RecordKind::recognition,
                                     .status = std::string{name_of(side)},
                                     .subject = query.kind},
                                    query.page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (const store::RecordRow& row : *rows) list.recognitions.push_back(view_of(row, unpack_record<RecognitionBody>(row)));
        return list;
    });
}

// -- Verify -------------------------------------------------------------------------------------------------------------------

void RecognitionsGiven::take(const store::EntryRow& row) {
    issued_.add(row.entry.cause, row.entry.legs[static_cast<std::size_t>(ledger::Book::issued)].negated());
}

void RecognitionsGiven::take(const store::RecordRow& row, const BreachFound& breach) {
    if (row.kind != store::RecordKind::recognition) return;
    const auto body = unpack_record<RecognitionBody>(row);
    const RecognitionView view = view_of(row, body);
    const std::string said = view.kind + " " + std::string{name_of(view.status)} + " " + view.from.text() + " " +
                             view.member.text() + " " + std::to_string(view.points.minor()) + " " + view.unit + " " +
                             std::to_string(view.taken_back.minor());
    const auto [found, is_new] = unpaired_.emplace(std::pair{view.id, said}, is_givers(row));
    if (!is_new && found->second != is_givers(row)) unpaired_.erase(found);
    if (!is_givers(row)) issued_.compare(view.id, minus(view.points, view.taken_back), breach);
}

void RecognitionsGiven::finish(const BreachFound& breach) const {
    issued_.finish(breach);
    for (const auto& [what, is_of_giver] : unpaired_) {
        breach(is_of_giver ? "recognition_of_nobody" : "recognition_by_nobody", what.first, what.second);
    }
}

}  // namespace suki::app
