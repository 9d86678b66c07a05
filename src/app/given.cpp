#include "app/given.h"

#include <algorithm>

#include "app/announce.h"
#include "app/benefits.h"
#include "app/gifts.h"

namespace suki::app {

namespace {

/// What one offer gave, and which record that is: the same whenever it is asked.
struct Given {
    const programme::Offer* offer = nullptr;
    programme::GiveThing what;
    IdBits id;
};

bool is_applied(const engine::Outcome& outcome, const std::string& offer) {
    return std::any_of(outcome.decisions.begin(), outcome.decisions.end(), [&](const event::Decision& decision) {
        return decision.offer == offer && decision.verdict == event::Verdict::applied;
    });
}

/// Of the decision as it was first made, in the order of the document. A plan may have thousands of offers of which a receipt has a
/// few: only what gave neither money nor points is looked up.
std::vector<Given> things_of(const programme::Plan& plan, const engine::StoredReceipt& stored) {
    std::vector<Given> things;
    for (const event::Decision& decision : stored.decided.decisions) {
        if (decision.verdict != event::Verdict::applied || !decision.discount.is_zero() || !decision.points.is_zero()) continue;
        const programme::Offer* offer = programme::find_offer(plan, decision.offer);
        const auto* what = offer == nullptr ? nullptr : std::get_if<programme::GiveThing>(&offer->give);
        if (what != nullptr) things.push_back({offer, *what, derived_id(stored.recorded_at, stored.receipt.id, offer->id, 0)});
    }
    std::sort(things.begin(), things.end(), [](const Given& a, const Given& b) { return a.offer < b.offer; });
    return things;
}

const std::string& name_of_thing(const programme::Plan& plan, const programme::GiveThing& what) {
    return what.is_gift ? plan.gifts.at(what.thing).id : plan.benefits.at(what.thing).id;
}

ThingGiven told(const programme::Plan& plan, const Given& given) {
    return {.id = id_text(given.what.is_gift ? kGiftOrderPrefix : kGrantPrefix, given.id),
            .thing = name_of_thing(plan, given.what),
            .offer = given.offer->id,
            .is_gift = given.what.is_gift};
}

std::string packed(const programme::Plan& plan, const Given& given, const engine::StoredReceipt& stored) {
    if (given.what.is_gift) {
        GiftOrder order{.clause = given.offer->clause, .is_present = true};
        order.offer = given.offer->id;
        order.given_for = stored.receipt.id;
        return pack_record(order);
    }
    const programme::Benefit& benefit = plan.benefits.at(given.what.thing);
    const Date from = stored.context.date;
    BenefitGrant grant{.count = 1, .from = from};
    if (benefit.lasts) grant.until = add_days(add(from, *benefit.lasts), -1);
    grant.offer = given.offer->id;
    grant.given_for = stored.receipt.id;
    return pack_record(grant);
}

template <class T>
void put_again(Desk& desk, store::RecordRow& row, const T& body) {
    row.packed = pack_record(body);
    ++row.version;
    desk.put_record(row);
}

/// Whether it is kept though it is given no more.
bool withdraw_gift(Desk& desk, store::RecordRow& row) {
    auto order = unpack_record<GiftOrder>(row);
    const bool is_kept = row.status == name_of(GiftOrderStatus::handed_over);
    if (is_kept) {
        order.is_owed_back = true;
    } else if (row.status == name_of(GiftOrderStatus::promised)) {
        row.status = name_of(GiftOrderStatus::withdrawn);
        order.ended_at = desk.accepted_at();
    } else {
        return false;
    }
    put_again(desk, row, order);
    return is_kept;
}

/// Withdrawn, given up or brought back already, or known to be owed back: a return changes nothing about it.
bool is_over(const store::RecordRow& row, bool is_gift) {
    if (!is_gift) {
        return row.status == name_of(BenefitGrantStatus::revoked) || !unpack_record<BenefitGrant>(row).ended_because.empty();
    }
    if (row.status == name_of(GiftOrderStatus::promised)) return false;
    return row.status != name_of(GiftOrderStatus::handed_over) || unpack_record<GiftOrder>(row).is_owed_back;
}

/// Handed over, or used: nobody can take it.
bool is_gone(const store::RecordRow& row, bool is_gift) {
    return is_gift ? row.status == name_of(GiftOrderStatus::handed_over) : unpack_record<BenefitGrant>(row).used > 0;
}

bool withdraw_benefit(Desk& desk, store::RecordRow& row, const std::string& cause) {
    auto grant = unpack_record<BenefitGrant>(row);
    if (row.status == name_of(BenefitGrantStatus::open)) row.status = name_of(BenefitGrantStatus::revoked);
    grant.ended_because = cause;
    put_again(desk, row, grant);
    return grant.used > 0;
}

void announce(Desk& desk, const Programme& programme, const store::OwnerKey& key, const std::optional<MemberId>& member,
              const ThingGiven& thing, std::string_view what) {
    const std::string topic = std::string{thing.is_gift ? "gift." : "benefit."} + std::string{what};
    announce_plain(desk, {.programme = programme, .key = key, .member = member, .cause = thing.id}, topic);
}

}  // namespace

std::vector<ThingGiven> give_things(Desk& desk, const Programme& programme, const Named& buyer, const programme::Plan& plan,
                                    const engine::StoredReceipt& stored) {
    std::vector<ThingGiven> things;
    for (const Given& given : things_of(plan, stored)) {
        const bool is_gift = given.what.is_gift;
        ThingGiven thing = told(plan, given);
        const std::string_view status = is_gift ? name_of(GiftOrderStatus::promised) : name_of(BenefitGrantStatus::open);
        desk.put_record({.org = programme.organisation,
                         .id = given.id,
                         .programme = programme.id,
                         .kind = is_gift ? store::RecordKind::gift_order : store::RecordKind::benefit_grant,
                         .account = buyer.key.account,
                         .member = buyer.member,
                         .subject = thing.thing,
                         .place = {},
                         .status = std::string{status},
                         .created_at = desk.accepted_at(),
                         .due_at = {},
                         .packed = packed(plan, given, stored)});
        announce(desk, programme, buyer.key, buyer.member, thing, is_gift ? "promised" : "granted");
        things.push_back(std::move(thing));
    }
    return things;
}

std::vector<std::string> offers_that_stay(const Desk& desk, const store::OwnerKey& bought_by, const programme::Plan& plan,
                                          const engine::StoredReceipt& stored, const engine::Outcome& after) {
    std::vector<std::string> offers;
    for (const Given& given : things_of(plan, stored)) {
        if (is_applied(after, given.offer->id)) continue;
        const auto row = desk.record({.org = bought_by.org, .account = bought_by.account, .id = given.id});
        if (row && is_gone(*row, given.what.is_gift)) offers.push_back(given.offer->id);
    }
    return offers;
}

std::vector<ThingGiven> withdraw_things(Desk& desk, const Programme& programme, const store::OwnerKey& bought_by,
                                        const programme::Plan& plan, const engine::StoredReceipt& stored,
                                        const std::vector<std::string>& staying) {
    std::vector<ThingGiven> things;
    for (const Given& given : things_of(plan, stored)) {
        const bool is_staying = std::find(staying.begin(), staying.end(), given.offer->id) != staying.end();
        if (!is_staying && is_applied(stored.current, given.offer->id)) continue;
        auto row = desk.record({.org = programme.organisation, .account = bought_by.account, .id = given.id});
        if (!row) continue;  // an import gives nothing
        if (is_over(*row, given.what.is_gift)) continue;
        ThingGiven thing = told(plan, given);
        thing.is_kept = given.what.is_gift ? withdraw_gift(desk, *row) : withdraw_benefit(desk, *row, stored.receipt.id);
        announce(desk, programme, bought_by, row->member, thing, thing.is_kept ? "owed_back" : "withdrawn");
        things.push_back(std::move(thing));
    }
    return things;
}

}  // namespace suki::app
