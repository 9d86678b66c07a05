#include "app/verify_records.h"

#include "app/benefits.h"
#include "app/card_batches.h"
#include "app/gifts.h"
#include "app/levels.h"
#include "app/memberships.h"
#include "app/milestones.h"
#include "app/occasions.h"
#include "app/recognition.h"
#include "app/resolve.h"
#include "app/signing_keys.h"
#include "app/trade_in.h"
#include "app/verify_referrals.h"
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

/// What its requests say of a membership: each period of it but the trial is paid by one, no two that stand are for the same time,
/// and the one that is open is the one that the membership waits for.
void check_payments(const Desk& desk, const store::RecordRow& row, const engine::MembershipState& state,
                    const BreachFound& breach) {
    const std::string id = id_text(kMembershipPrefix, row.id);
    std::map<std::int64_t, store::RecordRow> requests;
    std::vector<DateRange> standing;
    std::vector<std::int64_t> open;
    for (store::RecordRow& found : desk.records_of({row.org, *row.account, row.programme}, store::RecordKind::payment_request)) {
        const auto request = unpack_record<PaymentRequest>(found);
        if (request.membership != id) continue;
        const auto status = from_name<PaymentRequestStatus>(found.status);
        const bool is_open = status == PaymentRequestStatus::asked || status == PaymentRequestStatus::failed;
        if (is_open) open.push_back(request.number);
        if (is_open || status == PaymentRequestStatus::paid) standing.push_back({request.from, request.until});
        requests.emplace(request.number, std::move(found));
    }
    std::vector<std::int64_t> awaited;
    if (state.asked) awaited.push_back(state.asked->request);
    if (open != awaited) breach("payment_request_left_open", id, std::to_string(open.size()) + " open requests");
    std::sort(standing.begin(), standing.end(), [](DateRange a, DateRange b) { return a.starts_on < b.starts_on; });
    for (std::size_t i = 1; i < standing.size(); ++i) {
        if (standing[i].starts_on < standing[i - 1].ends_on) {
            breach("period_asked_for_twice", id, date_text(standing[i].starts_on));
        }
    }
    for (const engine::MembershipPeriod& period : state.periods) {
        if (period.request == 0) continue;
        const auto request = requests.find(period.request);
        const auto status = request == requests.end() ? std::nullopt : from_name<PaymentRequestStatus>(request->second.status);
        const bool is_paid = status == PaymentRequestStatus::paid || status == PaymentRequestStatus::refund_asked ||
                             status == PaymentRequestStatus::refunded;
        if (!is_paid) breach("membership_period_not_paid", id, date_text(period.from));
    }
}

/// The periods of a membership, what was paid for them, and what the account says for sales.
void check_membership(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    const std::string id = id_text(kMembershipPrefix, row.id);
    const engine::MembershipState state = unpack_record<MembershipBody>(row).state;
    const store::OwnerKey key{.org = row.org, .account = row.account.value_or(AccountId{}), .programme = row.programme};
    const auto person = person_of(desk, key, row.member.value_or(MemberId{}));
    if (!person) return breach("membership_of_nobody", id, key.account.text());
    if (row.status != name_of(state.status)) breach("membership_status_differs", id, row.status);
    for (std::size_t i = 0; i < state.periods.size(); ++i) {
        const bool is_long = state.periods[i].from < state.periods[i].until;
        const bool is_after = i == 0 || state.periods[i - 1].until <= state.periods[i].from;
        if (!is_long || !is_after) breach("membership_periods_overlap", id, date_text(state.periods[i].from));
    }
    check_payments(desk, row, state, breach);
    std::vector<engine::MembershipHad> had;
    const OwnerPointer owner = desk.owner(person->key);
    if (owner != nullptr && owner->state) {
        for (const store::MembershipSpan& span : owner->state->memberships) {
            if (span.membership == row.id && span.member == person->member && span.plan == row.subject)
                had.push_back({.from = span.from, .until = span.until});
        }
    }
    if (had != state.had) breach("membership_differs_from_account", id, std::to_string(had.size()) + " spans there");
}

void check_payment_request(const Desk& desk, const store::RecordRow& row, const BreachFound& breach) {
    const auto request = unpack_record<PaymentRequest>(row);
    const auto membership = parse_id(kMembershipPrefix, request.membership);
    const bool is_there = membership && desk.record({.org = row.org, .account = row.account, .id = *membership});
    if (!is_there) breach("payment_request_of_nothing", id_text(kPaymentRequestPrefix, row.id), request.membership);
    if (request.amount < request.refund) breach("more_owed_back_than_paid", id_text(kPaymentRequestPrefix, row.id), {});
}

/// What the thing says of itself fits together; its credit is compared with the journal.
void check_trade_item(const store::RecordRow& row, const BreachFound& breach) {
    using Status = engine::TradeItemStatus;
    const std::string id = id_text(kTradeItemPrefix, row.id);
    const auto item = unpack_record<TradeItem>(row);
    const auto status = from_name<Status>(row.status);
    if (!status) return breach("trade_item_status_unknown", id, row.status);
    const bool is_had = status == Status::accepted || status == Status::sold || status == Status::written_off;
    const bool is_whole = (status == Status::sold) == item.sold_at.has_value() &&
                          (status == Status::offered) == row.due_at.has_value() &&
                          (status == Status::undone || item.taken_back.is_zero()) && item.taken_back <= item.credited &&
                          (is_had || status == Status::undone || item.credited.is_zero()) &&
                          (item.is_on_consignment || !is_had || item.credited == item.points);
    if (!is_whole) breach("trade_item_differs_from_status", id, row.status);
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
        case store::RecordKind::milestone: (void)unpack_record<MilestoneBody>(row); return;  // see MilestonesGiven
        case store::RecordKind::milestone_roll: (void)unpack_record<MilestoneRoll>(row); return;
        case store::RecordKind::recognition: (void)unpack_record<RecognitionBody>(row); return;   // see RecognitionsGiven
        case store::RecordKind::level_grant: (void)unpack_record<LevelGrantRecord>(row); return;  // see check_level_grants
        case store::RecordKind::occasion: (void)unpack_record<Occasion>(row); return;
        case store::RecordKind::seat: (void)unpack_record<Seat>(row); return;
        case store::RecordKind::membership: return check_membership(desk, row, breach);
        case store::RecordKind::payment_request: return check_payment_request(desk, row, breach);
        case store::RecordKind::trade_in: return check_trade_item(row, breach);
        case store::RecordKind::referral: return check_referral(desk, row, breach);
    }
}

void PointsByCause::add(const std::string& cause, Points points) {
    if (!points.is_zero()) points_[cause] = plus(points_[cause], points);
}

void PointsByCause::compare(const std::string& id, Points kept, const BreachFound& breach) {
    const auto found = points_.find(id);
    const Points posted = found == points_.end() ? Points{0} : found->second;
    if (posted != kept) {
        breach(what_, id, std::to_string(kept.minor()) + " by the record, " + std::to_string(posted.minor()) + " by the journal");
    }
    if (found != points_.end()) points_.erase(found);
}

void PointsByCause::finish(const BreachFound& breach) const {
    for (const auto& [id, points] : points_) {
        if (!points.is_zero()) breach(what_, id, "no record, " + std::to_string(points.minor()) + " by the journal");
    }
}

void GiftPoints::take(const store::EntryRow& row) {
    spent_.add(row.entry.cause, row.entry.legs[static_cast<std::size_t>(ledger::Book::spent)]);
}

void GiftPoints::take(const store::RecordRow& row, const BreachFound& breach) {
    if (row.kind != store::RecordKind::gift_order) return;
    spent_.compare(id_text(kGiftOrderPrefix, row.id), points_kept(row, unpack_record<GiftOrder>(row)), breach);
}

void TradeInCredit::take(const store::EntryRow& row) {
    issued_.add(row.entry.cause, row.entry.legs[static_cast<std::size_t>(ledger::Book::issued)].negated());
}

void TradeInCredit::take(const store::RecordRow& row, const BreachFound& breach) {
    if (row.kind != store::RecordKind::trade_in) return;
    const auto item = unpack_record<TradeItem>(row);
    issued_.compare(id_text(kTradeItemPrefix, row.id), minus(item.credited, item.taken_back), breach);
}

}  // namespace suki::app
