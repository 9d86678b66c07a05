#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/app.h"
#include "engine/count.h"
#include "engine/evaluate.h"
#include "store/store.h"

/// What every command reads and few change: organisations, their programmes and editions, and the keys. A World is immutable; a
/// command that changes it puts a changed copy in its place, which others see once it is durable.
namespace suki::app {

using EvaluatorPointer = std::shared_ptr<const engine::Evaluator>;

struct Edition {
    EditionView view;
    programme::PlanPointer plan;
    EvaluatorPointer evaluator;
    /// The same plan without offers: receipts of history, and those before the first edition.
    EvaluatorPointer bare;
};

/// Immutable.
struct Programme {
    std::string organisation;
    std::string id;
    std::vector<Edition> editions;  // by number, and thereby by effective_on; never empty
    engine::Counted counted;

    [[nodiscard]] const programme::Plan& latest() const { return *editions.back().plan; }
    [[nodiscard]] const Edition* in_force(Date date) const;  // null before the first
    [[nodiscard]] const Edition* edition(int number) const;  // null when there is none
    /// The plan by which a receipt of that edition is judged; the first one's for edition 0.
    [[nodiscard]] const Edition& judging(int number) const;
    [[nodiscard]] const engine::Evaluator& evaluator(int number, bool is_history) const;
    /// What the receipt adds to the counters of all editions; `person` as in engine::own_key.
    [[nodiscard]] std::vector<engine::CounterChange> figures_of(const engine::StoredReceipt& stored,
                                                                const std::string& person = {}) const;
    /// The number of the last edition: all its counters, and those of the editions before it, are known here.
    [[nodiscard]] int last_edition() const { return editions.back().view.edition; }
    /// Whether a state whose `counted_to` this is keeps that counter.
    [[nodiscard]] bool is_kept(std::string_view key, int counted_to) const;
};
using ProgrammePointer = std::shared_ptr<const Programme>;

struct World {
    std::map<std::string, store::OrganisationRow> organisations;
    std::map<std::pair<std::string, std::string>, ProgrammePointer> programmes;  // by (organisation, id)
    std::map<std::string, store::ApiKeyRow> api_keys;                            // by id
    std::map<std::pair<std::string, std::string>, catalogue::Store> places;      // by (organisation, id)
    std::map<std::string, ZonePointer> zones;                                    // of the places
    std::vector<store::SecretRow> mac_keys;                                      // newest first
    bool has_users = false;

    /// By id; an empty id is the organisation's only programme. Null when there is none, or several and none named.
    [[nodiscard]] ProgrammePointer programme(const std::string& organisation, const std::string& id) const;
    /// The number of the last edition of a programme that is named in full; 0 when there is none.
    [[nodiscard]] int last_edition(const std::string& organisation, const std::string& programme) const;
    [[nodiscard]] const catalogue::Store* place(const std::string& organisation, const std::string& id) const;
};
using WorldPointer = std::shared_ptr<const World>;

/// Makes an edition ready to judge by. `effective_on` replaces the document's.
Edition make_edition(const EditionView& view, const programme::PlanPointer& compiled);
/// A document on its way to be an edition. Made before its turn comes: it takes long, and needs nothing of what is stored.
struct PreparedEdition {
    programme::Diagnostics errors;
    std::optional<Edition> edition;  // without its view; none where there are errors
    programme::Diagnostics failing;  // examples that come out otherwise
};
std::shared_ptr<const PreparedEdition> prepare(const PublishEdition& command, const programme::ZoneLoader& zones);
/// The programme with one edition more.
ProgrammePointer with_edition(const ProgrammePointer& before, const std::string& organisation, Edition edition);

/// Reads everything, in one picture. Editions that `before` has are taken from there: they never change, and compiling is dear.
/// Throws what the store throws, and a StoreFault for a stored document that no longer compiles.
WorldPointer load_world(store::Store& store, const programme::ZoneLoader& zones, const World* before = nullptr);

}  // namespace suki::app
