#include "app/world.h"

#include <algorithm>

namespace suki::app {

const Edition* Programme::in_force(Date date) const {
    const Edition* found = nullptr;
    for (const Edition& edition : editions) {
        if (edition.view.effective_on <= date) found = &edition;
    }
    return found;
}

const Edition* Programme::edition(int number) const {
    for (const Edition& edition : editions) {
        if (edition.view.edition == number) return &edition;
    }
    return nullptr;
}

const Edition& Programme::judging(int number) const {
    const Edition* found = edition(number);
    return found != nullptr ? *found : editions.front();
}

const engine::Evaluator& Programme::evaluator(int number, bool is_history) const {
    const Edition& edition = judging(number);
    return number == 0 || is_history ? *edition.bare : *edition.evaluator;
}

std::vector<engine::CounterChange> Programme::figures_of(const engine::StoredReceipt& stored, const std::string& person) const {
    return engine::figures_of(counted, *judging(stored.edition).plan, stored, person);
}

bool Programme::is_kept(std::string_view key, int counted_to) const {
    const std::string_view counter = engine::shared_key(key);
    // These are kept for every member from the beginning.
    if (counter == "purchases" || counter == "visits") return true;
    // What is collected for challenges is counted by the edition that judged the receipt, never later.
    if (engine::counts_for_challenge(counter)) return true;
    // What was accrued is no figure of purchases: it is there from the first entry on.
    if (engine::counts_rebate(counter)) return true;
    const auto& known = counted.counters;
    const auto at =
        std::lower_bound(known.begin(), known.end(), counter,
                         [](const engine::KeptCounter& kept, std::string_view name) { return kept.counter.key < name; });
    return at != known.end() && at->counter.key == counter && at->since <= counted_to;
}

int World::last_edition(const std::string& organisation, const std::string& programme) const {
    const auto found = programmes.find({organisation, programme});
    return found == programmes.end() ? 0 : found->second->last_edition();
}

ProgrammePointer World::programme(const std::string& organisation, const std::string& id) const {
    if (!id.empty()) {
        const auto found = programmes.find({organisation, id});
        return found == programmes.end() ? nullptr : found->second;
    }
    const auto first = programmes.lower_bound({organisation, std::string{}});
    if (first == programmes.end() || first->first.first != organisation) return nullptr;
    const auto second = std::next(first);
    if (second != programmes.end() && second->first.first == organisation) return nullptr;
    return first->second;
}

const catalogue::Store* World::place(const std::string& organisation, const std::string& id) const {
    const auto found = places.find({organisation, id});
    return found == places.end() ? nullptr : &found->second;
}

Edition make_edition(const EditionView& view, const programme::PlanPointer& compiled) {
    auto plan = std::make_shared<programme::Plan>(*compiled);
    plan->effective_on = view.effective_on;
    return {.view = view,
            .plan = plan,
            .evaluator = std::make_shared<const engine::Evaluator>(programme::PlanPointer{plan}),
            .bare = std::make_shared<const engine::Evaluator>(engine::without_offers(*plan))};
}

ProgrammePointer with_edition(const ProgrammePointer& before, const std::string& organisation, Edition edition) {
    auto after = std::make_shared<Programme>();
    if (before != nullptr) *after = *before;
    after->organisation = organisation;
    after->id = edition.plan->id;
    after->counted.add(edition.plan, edition.view.edition);
    after->editions.push_back(std::move(edition));
    return after;
}

namespace {

/// The programme with those editions that `before` has not.
ProgrammePointer load_programme(store::Store& store, const programme::ZoneLoader& zones, const store::ProgrammeRow& row,
                                ProgrammePointer before) {
    for (const store::EditionRow& edition : store.editions(row.org, row.id)) {
        if (before != nullptr && before->edition(edition.number) != nullptr) continue;
        auto compiled = programme::compile(edition.document, zones, edition.semantics);
        if (!compiled) {
            throw store::StoreFault(
                "edition " + std::to_string(edition.number) + " of " + row.id + " does not compile by this version of Suki", false);
        }
        if (compiled->plan->document_hash != edition.hash) {
            throw store::StoreFault("edition " + std::to_string(edition.number) + " of " + row.id +
                                        " is damaged: its document is not the one published",
                                    false);
        }
        const EditionView view{.programme = row.id,
                               .edition = edition.number,
                               .effective_on = edition.effective_on,
                               .published_at = edition.published_at,
                               .author = edition.published_by,
                               .document_hash = edition.hash,
                               .semantics = edition.semantics};
        before = with_edition(before, row.org, make_edition(view, compiled->plan));
    }
    return before;
}

void read_world(store::Store& store, const programme::ZoneLoader& zones, const World* before, World& world) {
    for (const store::OrganisationRow& organisation : store.organisations()) {
        world.organisations.emplace(organisation.id, organisation);
        for (const store::ProgrammeRow& row : store.programmes(organisation.id)) {
            ProgrammePointer known;
            if (before != nullptr) {
                const auto found = before->programmes.find({row.org, row.id});
                if (found != before->programmes.end()) known = found->second;
            }
            const ProgrammePointer programme = load_programme(store, zones, row, std::move(known));
            if (programme != nullptr) world.programmes[{row.org, row.id}] = programme;
        }
        for (const store::ApiKeyRow& key : store.api_keys(organisation.id)) world.api_keys.emplace(key.id, key);
        for (const catalogue::Store& place : store.places(organisation.id)) {
            if (!place.zone.empty() && !world.zones.contains(place.zone)) {
                const bool is_known = before != nullptr && before->zones.contains(place.zone);
                world.zones[place.zone] = is_known ? before->zones.at(place.zone) : zones(place.zone);
            }
            world.places[{organisation.id, place.id}] = place;
        }
        if (!store.console_users(organisation.id).empty()) world.has_users = true;
    }
    if (!store.console_users(std::string{}).empty()) world.has_users = true;
    for (const store::SecretRow& secret : store.secrets()) {
        if (secret.name.starts_with("mac/")) world.mac_keys.push_back(secret);
    }
    std::sort(world.mac_keys.begin(), world.mac_keys.end(), [](const store::SecretRow& a, const store::SecretRow& b) {
        return a.created_at != b.created_at ? a.created_at > b.created_at : a.name > b.name;
    });
}

}  // namespace

WorldPointer load_world(store::Store& store, const programme::ZoneLoader& zones, const World* before) {
    auto world = std::make_shared<World>();
    store.in_one_picture([&] { read_world(store, zones, before, *world); });
    return world;
}

}  // namespace suki::app
