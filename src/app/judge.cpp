#include "app/judge.h"

#include <algorithm>

#include "app/memberships.h"
#include "app/referrals.h"

namespace suki::app {

namespace {

engine::LineFacts facts_of(const event::Line& line, const ProductPointer& product) {
    engine::LineFacts facts{.category = line.category, .brand = line.brand, .tags = line.tags, .cost = line.cost};
    if (product == nullptr) return facts;
    if (facts.category.empty()) facts.category = product->category;
    if (facts.brand.empty()) facts.brand = product->brand;
    if (facts.tags.empty() && !line.has_tags) facts.tags = product->tags;
    if (!facts.cost && product->cost && line.quantity.unit == product->unit) {
        facts.cost = scale(*product->cost, Ratio{line.quantity.milli, 1000}, Rounding::half_up);
    }
    return facts;
}

engine::Surroundings around(const Desk& desk, const World& world, const Question& question) {
    engine::Surroundings found;
    std::vector<std::string> skus;
    skus.reserve(question.receipt.lines.size());
    for (const event::Line& line : question.receipt.lines) skus.push_back(line.sku);
    const std::vector<ProductPointer> products = desk.products(question.programme.organisation, skus);
    found.lines.reserve(skus.size());
    for (std::size_t i = 0; i < skus.size(); ++i) found.lines.push_back(facts_of(question.receipt.lines[i], products[i]));
    if (const catalogue::Store* place = world.place(question.programme.organisation, question.receipt.store)) {
        found.region = place->region;
        const auto zone = world.zones.find(place->zone);
        if (zone != world.zones.end()) found.store_zone = zone->second;
    }
    found.card = question.buyer.card;
    return found;
}

}  // namespace

void complete_units(const Desk& desk, const std::string& organisation, std::vector<event::Line>& lines) {
    if (std::all_of(lines.begin(), lines.end(), [](const event::Line& line) { return line.has_unit; })) return;
    std::vector<std::string> skus;
    for (const event::Line& line : lines) skus.push_back(line.has_unit ? std::string{} : line.sku);
    const std::vector<ProductPointer> products = desk.products(organisation, skus);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (products[i] != nullptr) lines[i].quantity.unit = products[i]->unit;
        lines[i].has_unit = true;
    }
}

store::PoolKey pool_name(const Programme& programme, const programme::Pool& pool, Date date) {
    return {
        .org = programme.organisation, .programme = programme.id, .key = pool.key, .period_start = engine::period_of(pool, date)};
}

std::vector<std::string> unit_names(const programme::Plan& plan) {
    std::vector<std::string> names;
    for (const programme::Unit& unit : plan.units) names.push_back(unit.id);
    return names;
}

Judged judge(const Desk& desk, const Question& question) {
    const Programme& programme = question.programme;
    const Date date = local_date(*programme.latest().zone, question.receipt.occurred_at);
    Judged judged{.edition = question.edition, .is_history = question.is_history};
    if (judged.edition == 0) {
        const Edition* in_force = programme.in_force(date);
        judged.edition = in_force == nullptr ? 0 : in_force->view.edition;
    }
    judged.judging = &programme.judging(judged.edition);
    const engine::Evaluator& evaluator = judged.evaluator();
    const programme::Plan& plan = evaluator.plan();

    const WorldPointer world = desk.world();
    engine::Surroundings surroundings = around(desk, *world, question);
    for (const programme::Pool& pool : plan.pools) {
        surroundings.pools.push_back(std::max<std::int64_t>(0, pool.total - desk.pool_drawn(pool_name(programme, pool, date))));
    }

    std::vector<std::int64_t> available(plan.units.size(), 0);
    const account::State* state = nullptr;
    const account::Facts* facts = nullptr;
    account::State derived;
    OwnerPointer owner;
    if (question.buyer.named) {
        owner = desk.owner(question.buyer.named->key);
        const store::MemberRow* member = member_of(*owner, question.buyer.named->member);
        facts = &member->facts;
        derived = owner->state ? owner->state->state : account::State{.joined_on = member->joined_on};
        // The purchase that is judged may itself be the one with which levels begin.
        derived.joined_on = std::min(derived.joined_on, date);
        derive_levels(programme, derived, std::max(date, local_date(*programme.latest().zone, question.now)));
        state = &derived;
        if (owner->state) {
            surroundings.person = own_name(*owner->state, question.buyer.named->member);
            available = engine::available_of(plan, owner->state->wallets, question.receipt.points_paid, question.now);
        }
    }
    if (question.buyer.is_newcomer && state == nullptr) {
        derived.joined_on = date;
        derive_levels(programme, derived, std::max(date, local_date(*programme.latest().zone, question.now)));
        state = &derived;
    }
    judged.context = engine::gather(plan, question.receipt, surroundings, state, facts, std::move(available));
    if (!plan.memberships.empty() && owner != nullptr && owner->state) {
        judged.context.memberships = memberships_at(*owner->state, question.buyer.named->member, question.receipt.occurred_at);
    }
    if (!plan.referrals.empty() && owner != nullptr && !question.is_history) {
        judged.context.is_brought = is_brought(desk, *owner, question.buyer.named->member, date);
    }
    judged.outcome = evaluator.evaluate(judged.context, question.receipt, &judged.payables);
    judged.levels = std::move(derived.levels);
    return judged;
}

}  // namespace suki::app
