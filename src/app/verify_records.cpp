#include "app/verify_records.h"

#include "app/benefits.h"
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

/// What was used of a grant is as many uses as speak of it and count.
void check_grant(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    const auto grant = unpack_record<BenefitGrant>(row);
    const std::string id = id_text(kGrantPrefix, row.id);
    std::int64_t counted = 0;
    const store::OwnerKey key{.org = row.org, .account = row.account.value_or(AccountId{}), .programme = row.programme};
    for (const auto& [use_row, use] : benefit_records(desk, standing(desk, key)).uses) {
        if (is_counted(use_row) && use.grant == id) ++counted;
    }
    if (counted != grant.used || grant.used > grant.count) {
        breach("grant_differs_from_uses", id, std::to_string(grant.used) + " of " + std::to_string(grant.count) +
                                                  " used, there are " + std::to_string(counted) + " uses of it");
    }
}

}  // namespace

void check_record(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    if (row.account && desk.account(row.org, *row.account) == std::nullopt) {
        breach("record_of_nobody", id_text("rec", row.id), row.account->text());
    }
    switch (row.kind) {
        case store::RecordKind::card_batch: return check_batch(desk, row, breach);
        case store::RecordKind::benefit_use: (void)unpack_record<BenefitUse>(row); return;
        case store::RecordKind::benefit_grant: return check_grant(desk, row, breach);
    }
}

}  // namespace suki::app
