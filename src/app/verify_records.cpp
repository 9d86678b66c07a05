#include "app/verify_records.h"

#include "app/benefits.h"
#include "app/card_batches.h"
#include "app/gifts.h"
#include "app/levels.h"
#include "app/occasions.h"
#include "app/resolve.h"
#include "app/signing_keys.h"
#include "base/ed25519.h"

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
    const auto person = person_of(desk, key, row.member.value_or(MemberId{}));
    if (!person) return breach("grant_of_nobody", id, key.account.text());
    for (const auto& [use_row, use] : benefit_records(desk, person->key, person->member).uses) {
        if (is_counted(use_row) && use.grant == id) ++counted;
    }
    if (counted != grant.used || grant.used > grant.count) {
        breach("grant_differs_from_uses", id,
               std::to_string(grant.used) + " of " + std::to_string(grant.count) + " used, there are " + std::to_string(counted) +
                   " uses of it");
    }
}

/// A key that may still sign has its private half, and it is that of the public one.
void check_signing_keys(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    for (const SigningKey& key : unpack_record<SigningKeys>(row).keys) {
        if (key.is_erased) continue;
        const auto secret = desk.source().store().find_secret(secret_of(key));
        const bool is_whole =
            secret && secret->value.size() == kEd25519KeyBytes && ed25519_public_key(secret->value) == key.public_key;
        if (!is_whole) breach("signing_key_lost", row.org, thumbprint(key.public_key));
    }
}

void check_stock(const store::RecordRow& row, const BreachFound& breach) {
    const auto stock = unpack_record<GiftStock>(row);
    if (stock.received < stock.written_off) {
        breach("stock_below_zero", row.subject + "@" + row.place,
               std::to_string(stock.received) + " received, " + std::to_string(stock.written_off) + " written off");
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
        case store::RecordKind::signing_keys: return check_signing_keys(desk, row, breach);
        case store::RecordKind::gift_stock: return check_stock(row, breach);
        case store::RecordKind::gift_order: (void)unpack_record<GiftOrder>(row); return;
        case store::RecordKind::level_grant: (void)unpack_record<LevelGrantRecord>(row); return;  // see check_level_grants
        case store::RecordKind::occasion: (void)unpack_record<Occasion>(row); return;
        case store::RecordKind::seat: (void)unpack_record<Seat>(row); return;
    }
}

void GiftPoints::take(const store::EntryRow& row) {
    if (!parse_id(kGiftOrderPrefix, row.entry.cause)) return;
    const Points gone = row.entry.legs[static_cast<std::size_t>(ledger::Book::spent)];
    if (!gone.is_zero()) spent_[row.entry.cause] = plus(spent_[row.entry.cause], gone);
}

void GiftPoints::take(const store::RecordRow& row, const BreachFound& breach) {
    if (row.kind != store::RecordKind::gift_order) return;
    const std::string id = id_text(kGiftOrderPrefix, row.id);
    const Points kept = points_kept(row, unpack_record<GiftOrder>(row));
    const auto spent = spent_.find(id);
    const Points posted = spent == spent_.end() ? Points{0} : spent->second;
    if (posted != kept) {
        breach("gift_differs_from_journal", id,
               std::to_string(kept.minor()) + " by the order, " + std::to_string(posted.minor()) + " by the journal");
    }
    if (spent != spent_.end()) spent_.erase(spent);
}

void GiftPoints::finish(const BreachFound& breach) const {
    for (const auto& [id, points] : spent_) {
        if (!points.is_zero())
            breach("gift_differs_from_journal", id, "no order, " + std::to_string(points.minor()) + " by the journal");
    }
}

}  // namespace suki::app
