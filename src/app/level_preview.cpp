#include <algorithm>
#include <map>
#include <tuple>

#include "app/core.h"
#include "app/fill_counters.h"
#include "app/guard.h"
#include "app/page.h"
#include "app/resolve.h"

/// What a changed ladder would do to those who are members today.
namespace suki::app {

namespace {

struct Compared {
    ProgrammePointer before;
    ProgrammePointer after;
    Date date;  // on which the draft would take effect
};

/// The programme with the draft as its next edition, from the day that the draft says, or today where that is over.
Answered<Compared> compare(const App::Core& core, const World& world, const std::string& organisation,
                           const std::string& document) {
    const auto prepared = prepare({.document = document}, core.wiring.zones);
    if (!prepared->edition) {
        auto refusal = refuse(EditionRejection::document_invalid);
        refusal.error.diagnostics = prepared->errors;
        return refusal;
    }
    const programme::Plan& draft = *prepared->edition->plan;
    Compared compared{.before = world.programme(organisation, draft.id), .after = {}, .date = {}};
    if (compared.before == nullptr) return refuse(ReferenceRejection::programme_not_found, "/document");
    const EditionView& latest = compared.before->editions.back().view;
    const Date today = local_date(*compared.before->latest().zone, core.wiring.now());
    compared.date = std::max({draft.effective_on, today, latest.effective_on});
    compared.after =
        with_edition(compared.before, organisation,
                     make_edition({.programme = draft.id, .edition = latest.edition + 1, .effective_on = compared.date},
                                  prepared->edition->plan));
    return compared;
}

std::string level_by(const Programme& programme, account::State state, Date date) {
    derive_levels(programme, state, date);
    return level_text(state, date);
}

std::size_t rank_in(const programme::Plan& plan, const std::string& level) {
    const auto found = std::find_if(plan.levels.begin(), plan.levels.end(), [&](const auto& one) { return one.id == level; });
    return static_cast<std::size_t>(found - plan.levels.begin());
}

LevelMoveKind kind_of_move(const programme::Plan& after, const std::string& from, const std::string& to) {
    if (from == to) return LevelMoveKind::stays;
    const std::size_t before = rank_in(after, from);
    if (from.empty() || to.empty() || before == after.levels.size()) return LevelMoveKind::changes;
    return before < rank_in(after, to) ? LevelMoveKind::rises : LevelMoveKind::falls;
}

}  // namespace

Answered<LevelPreview> App::preview_levels(const std::string& organisation, const std::string& document, const Page& page) const {
    return guarded_on_replica<LevelPreview>(*core_, [&]() -> Answered<LevelPreview> {
        const Desk desk{core_->source};
        const auto limit = limit_of(page);
        if (!limit) return Unexpected<Refusal>{limit.error()};
        const auto compared = compare(*core_, *desk.world(), organisation, document);
        if (!compared) return Unexpected<Refusal>{compared.error()};
        const auto& [before, after, date] = *compared;
        store::MemberQuery query{.org = organisation, .programme = before->id, .text = {}, .limit = *limit + 1};
        if (!page.cursor.empty()) {
            const auto parts = read_cursor(page.cursor, 1);
            query.before = parts ? MemberId::parse(parts->front()) : std::nullopt;
            if (!query.before) return refuse(QueryRejection::cursor_malformed, "/cursor");
        }
        LevelPreview preview{
            .programme = before->id, .effective_on = date, .members = 0, .moves = {}, .plan = {}, .next_cursor = {}};
        preview.plan = after->editions.back().plan;
        std::vector<store::MemberRow> rows = core_->store.list_members(query);
        if (rows.size() > *limit) {
            rows.resize(*limit);
            preview.next_cursor = cursor_of({rows.back().id.text()});
        }
        const std::vector<engine::LadderEdition> always{{*make_date(kYearMin, 1, 1), preview.plan}};
        std::map<std::tuple<std::string, std::string, std::string>, LevelMove> moves;
        for (const store::MemberRow& row : rows) {
            if (row.status == store::MemberStatus::moved || row.status == store::MemberStatus::erased) continue;
            const store::OwnerKey key{.org = organisation, .account = row.account, .programme = before->id};
            const OwnerPointer known = desk.owner(key);
            if (known == nullptr || known->account.merged_into) continue;
            store::Owner owner = *known;
            if (!owner.state) owner.state = desk.new_state(key);
            const std::string from = level_by(*before, owner.state->state, date);
            fill_counters(core_->store, *after, owner);
            const std::string to = level_by(*after, owner.state->state, date);
            owner.state->state.levels = engine::derive_levels(owner.state->state, always, date);
            const std::string settled = level_text(owner.state->state, date);
            LevelMove& move = moves[{from, to, settled}];
            move.from = from;
            move.to = to;
            move.settled = settled;
            move.kind = kind_of_move(*preview.plan, from, to);
            move.later = kind_of_move(*preview.plan, from, settled);
            ++move.members;
            constexpr std::size_t kExamples = 5;
            const bool stays = move.kind == LevelMoveKind::stays && move.later == LevelMoveKind::stays;
            if (!stays && move.examples.size() < kExamples) move.examples.push_back(row.id);
            ++preview.members;
        }
        for (auto& [levels, move] : moves) preview.moves.push_back(std::move(move));
        return preview;
    });
}

}  // namespace suki::app
