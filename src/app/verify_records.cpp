#include "app/verify_records.h"

#include "app/card_batches.h"
#include "app/resolve.h"

namespace suki::app {

namespace {

void check_batch(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    const std::string id = id_text(kCardBatchPrefix, row.id);
    store::Wanted wanted;
    const auto batch = unpack_record<CardBatch>(row);
    for (const std::string& number : batch.numbers) wanted.claims.push_back(card_claim(row.org, number));
    std::size_t known = 0;
    for (const store::ClaimRow& claim : desk.source().store().look_up(wanted).claims) {
        const auto card = desk.card(claim);
        if (card && card->batch == id) ++known;
    }
    if (known != batch.numbers.size()) {
        breach("card_of_batch_lost", id, std::to_string(known) + " of " + std::to_string(batch.numbers.size()) + " are there");
    }
}

}  // namespace

void check_record(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    if (row.account && desk.account(row.org, *row.account) == std::nullopt) {
        breach("record_of_nobody", id_text("rec", row.id), row.account->text());
    }
    switch (row.kind) {
        case store::RecordKind::card_batch: return check_batch(desk, row, breach);
    }
}

}  // namespace suki::app
