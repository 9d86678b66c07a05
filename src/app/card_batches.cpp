#include "app/card_batches.h"

#include "app/cards.h"
#include "app/core.h"
#include "app/decide.h"
#include "app/guard.h"
#include "app/resolve.h"
#include "base/limits.h"

/// Blank cards for printing. A batch is one record with the numbers of all its cards; each card stands by itself as well, and knows
/// its batch.
namespace suki::app {

namespace {

constexpr std::string_view kMade = "made";
constexpr std::string_view kBlocked = "blocked";

CardBatchView view_of(const store::RecordRow& row, const CardBatch& batch) {
    return {.id = id_text(kCardBatchPrefix, row.id),
            .kind = batch.kind,
            .category = batch.category,
            .count = static_cast<std::int64_t>(batch.numbers.size()),
            .made_at = row.created_at,
            .author = batch.author,
            .note = batch.note,
            .is_blocked = row.status == kBlocked};
}

std::optional<store::RecordRow> find_batch(const Desk& desk, const Programme& programme, const std::string& text) {
    const auto id = parse_id(kCardBatchPrefix, text);
    auto row = id ? desk.record({.org = programme.organisation, .account = {}, .id = *id}) : std::nullopt;
    if (!row || row->programme != programme.id || row->kind != store::RecordKind::card_batch) return std::nullopt;
    return row;
}

}  // namespace

Answered<CardBatchView> decide(Desk& desk, const Ask& ask, const MakeCards& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    programme::CardShown shown{.kind = command.kind, .category = command.category};
    if (shown.kind == programme::CardKind::none) {
        shown.kind = shown.category.empty() ? programme::CardKind::bearer : programme::CardKind::category;
    }
    if (auto refusal = refused_card(*programme, shown)) {
        return Unexpected<Refusal>{*std::move(refusal)};
    }
    if (command.count < 1 || command.count > static_cast<std::int64_t>(limits::cards_per_batch)) {
        return refuse(CardRejection::card_count_out_of_range, "/count", {{"most", std::to_string(limits::cards_per_batch)}});
    }
    if (!is_good_text(command.note)) return refuse(CardRejection::card_batch_malformed, "/note");
    CardBatch batch{.kind = shown.kind, .category = command.category, .author = author_of(ask.caller), .note = command.note};
    const std::string id = own_cause(desk, ask, kCardBatchPrefix);
    batch.numbers.reserve(static_cast<std::size_t>(command.count));
    for (std::int64_t i = 0; i < command.count; ++i) {
        auto number = new_card_number(desk, ask, *programme, "/count");
        if (!number) return Unexpected<Refusal>{std::move(number).error()};
        desk.put_card({.org = programme->organisation,
                       .number = *number,
                       .programme = programme->id,
                       .kind = shown.kind,
                       .issued_at = desk.accepted_at(),
                       .category = command.category,
                       .batch = id});
        batch.numbers.push_back(*std::move(number));
    }
    const store::RecordRow row{.org = programme->organisation,
                               .id = *parse_id(kCardBatchPrefix, id),
                               .programme = programme->id,
                               .kind = store::RecordKind::card_batch,
                               .subject = std::string{command.category.empty() ? name_of(shown.kind) : command.category},
                               .status = std::string{kMade},
                               .created_at = desk.accepted_at(),
                               .packed = pack_record(batch)};
    desk.put_record(row);
    return view_of(row, batch);
}

Answered<CardBatchView> decide(Desk& desk, const Ask& ask, const BlockCardBatch& command) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
    auto row = find_batch(desk, *programme, command.batch);
    if (!row) return refuse(CardRejection::card_batch_not_found, "/id");
    const auto batch = unpack_record<CardBatch>(*row);
    const auto from = command.is_blocked ? store::CardStatus::active : store::CardStatus::blocked;
    const auto to = command.is_blocked ? store::CardStatus::blocked : store::CardStatus::active;
    for (const std::string& number : batch.numbers) {
        const auto claim = desk.claim(card_claim(programme->organisation, number));
        auto card = claim ? desk.card(*claim) : std::nullopt;
        if (!card || !card->member.is_nil() || card->status != from) continue;
        card->status = to;
        desk.put_card(*card);
    }
    const std::string_view status = command.is_blocked ? kBlocked : kMade;
    if (row->status != status) {
        row->status = status;
        ++row->version;
        desk.put_record(*row);
    }
    return view_of(*row, batch);
}

Answered<CardBatchList> App::card_batches(const std::string& organisation, const std::string& programme, const Page& page) const {
    return guarded_on_replica<CardBatchList>(*core_, [&]() -> Answered<CardBatchList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        CardBatchList list;
        auto rows = page_of_records(core_->store, {.org = organisation, .programme = found->id}, page, list.next_cursor);
        if (!rows) return Unexpected<Refusal>{std::move(rows).error()};
        for (const store::RecordRow& row : *rows) list.batches.push_back(view_of(row, unpack_record<CardBatch>(row)));
        return list;
    });
}

Answered<CardBatchState> App::card_batch(const std::string& organisation, const std::string& programme,
                                         const std::string& id) const {
    return guarded<CardBatchState>(*core_, [&]() -> Answered<CardBatchState> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto row = find_batch(desk, *found, id);
        if (!row) return refuse(CardRejection::card_batch_not_found, "/id");
        auto batch = unpack_record<CardBatch>(*row);
        CardBatchState state{.batch = view_of(*row, batch), .numbers = std::move(batch.numbers)};
        store::Wanted wanted;
        for (const std::string& number : state.numbers) wanted.claims.push_back(card_claim(organisation, number));
        for (const store::ClaimRow& claim : core_->store.look_up(wanted).claims) {
            if (claim.account) {
                ++state.given;
            } else if (const auto card = desk.card(claim)) {
                ++(card->status == store::CardStatus::active ? state.blank : state.blocked);
            }
        }
        return state;
    });
}

}  // namespace suki::app
