#include <algorithm>

#include "app/core.h"
#include "app/gifts.h"
#include "app/guard.h"
#include "app/milestones.h"
#include "app/page.h"
#include "app/recognition.h"
#include "app/referrals.h"
#include "app/resolve.h"
#include "app/trade_in.h"
#include "base/decimal.h"
#include "base/limits.h"

namespace suki::app {

namespace {

ReceiptView view_of_receipt(const Programme& programme, const store::ReceiptRow& row, engine::StoredReceipt stored) {
    const programme::Plan& plan = *programme.judging(stored.edition).plan;
    std::vector<engine::ChallengeMove> challenges = engine::challenge_moves(plan, stored.context, stored.decided);
    return {.programme = programme.id,
            .currency = plan.currency,
            .units =
                [&] {
                    std::vector<std::string> names;
                    for (const programme::Unit& unit : plan.units) names.push_back(unit.id);
                    return names;
                }(),
            .member = row.member,
            .stored = std::move(stored),
            .discrepancies = {},
            .challenges = std::move(challenges)};
}

Answered<ReceiptView> find_receipt(const Desk& desk, const Programme& programme, const std::string& id) {
    const auto claim = desk.claim(programme_claim(programme, store::ClaimKind::receipt, id));
    if (!claim) return refuse(ReceiptRejection::receipt_not_found, "/id");
    const auto row = desk.receipt(programme.organisation, programme.id, claim->account, id);
    if (!row) return refuse(ReceiptRejection::receipt_not_found, "/id");
    auto stored = engine::unpack_receipt(row->packed);
    if (!stored) return refuse(CommandRejection::internal_inconsistency);
    ReceiptView view = view_of_receipt(programme, *row, *std::move(stored));
    // What was found when it was recorded stands in its remembered answer.
    if (const auto remembered = unpack_remembered(claim->other)) {
        if (auto answer = unpacked<ReceiptAnswer>(remembered->answer)) view.discrepancies = std::move(answer->discrepancies);
    }
    return view;
}

}  // namespace

Answered<MemberView> App::find_member(const std::string& organisation, const std::string& programme, const MemberName& name) const {
    return guarded<MemberView>(*core_, [&]() -> Answered<MemberView> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_as_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const OwnerPointer owner = desk.owner(named->key);
        return view_of(desk, *found, *owner, *member_of(*owner, named->member), core_->wiring.now());
    });
}

Answered<CardView> App::find_card(const std::string& organisation, const std::string& programme, const std::string& number) const {
    return guarded<CardView>(*core_, [&]() -> Answered<CardView> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto claim = desk.claim(card_claim(organisation, number));
        const auto card = claim ? desk.card(*claim) : std::nullopt;
        if (!card || card->programme != found->id) return refuse(ReferenceRejection::card_not_found, "/number");
        const CardView view = view_of(desk, *card);
        const auto holder = view.member ? find_named(desk, *found, {.by = NamedBy::member, .value = view.member->text()})
                                        : Result<Named, ReferenceRejection>{Named{}};
        if (!holder) return refuse(holder.error(), "/number");
        return view;
    });
}

Answered<MemberList> App::members(const std::string& organisation, const std::string& programme, const std::string& text,
                                  const Page& page) const {
    return guarded_on_replica<MemberList>(*core_, [&]() -> Answered<MemberList> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto limit = limit_of(page);
        if (!limit) return Unexpected<Refusal>{limit.error()};
        if (MemberId::parse(text)) {
            // Looking for somebody who is not there is no mistake: the list is empty.
            const auto named = find_named(desk, *found, {.by = NamedBy::member, .value = text});
            if (!named) return MemberList{};
            const OwnerPointer owner = desk.owner(named->key);
            return MemberList{.members = {view_of(desk, *found, *owner, *member_of(*owner, named->member), core_->wiring.now())},
                              .next_cursor = {}};
        }
        store::MemberQuery query{.org = organisation, .programme = found->id, .text = text, .limit = *limit + 1};
        if (!page.cursor.empty()) {
            const auto parts = read_cursor(page.cursor, 1);
            query.before = parts ? MemberId::parse(parts->front()) : std::nullopt;
            if (!query.before) return refuse(QueryRejection::cursor_malformed, "/cursor");
        }
        MemberList list;
        std::vector<store::MemberRow> rows = core_->store.list_members(query);
        if (rows.size() > *limit) {
            rows.resize(*limit);
            list.next_cursor = cursor_of({rows.back().id.text()});
        }
        for (const store::MemberRow& row : rows) {
            store::OwnerKey key{.org = organisation, .account = row.account, .programme = found->id};
            if (row.status == store::MemberStatus::moved) {
                // Found by a card that they had there.
                const auto person = person_of(desk, key, row.id);
                if (!person) continue;
                key = person->key;
            }
            if (!list.members.empty() && list.members.back().member == row.id) continue;
            const OwnerPointer owner = desk.owner(key);
            if (owner == nullptr) continue;
            const store::MemberRow* member = member_of(*owner, row.id);
            if (member != nullptr) list.members.push_back(view_of(desk, *found, *owner, *member, core_->wiring.now()));
        }
        return list;
    });
}

Answered<AccountView> App::account(const std::string& organisation, AccountId id) const {
    return guarded<AccountView>(*core_, [&]() -> Answered<AccountView> {
        const Desk desk{core_->source};
        const auto row = desk.account(organisation, id);
        if (!row) return refuse(ReferenceRejection::account_not_found, "/account");
        AccountView view{.account = row->id};
        if (row->merged_into) view.merged_into = standing_account(desk, organisation, id)->id;
        for (const store::MemberRow& member : desk.members_of(organisation, id)) {
            const ProgrammePointer programme = desk.world()->programme(organisation, member.programme);
            // Of a programme that another process made just now, this one does not know yet.
            const bool is_gone = member.status == store::MemberStatus::erased || member.status == store::MemberStatus::moved;
            if (programme == nullptr || is_gone) continue;
            const OwnerPointer owner = desk.owner({.org = organisation, .account = id, .programme = member.programme});
            view.members.push_back(view_of(desk, *programme, *owner, member, core_->wiring.now()));
        }
        return view;
    });
}

Answered<ReceiptView> App::receipt(const std::string& organisation, const std::string& programme, const std::string& id) const {
    return guarded<ReceiptView>(*core_, [&]() -> Answered<ReceiptView> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        return find_receipt(desk, *found, id);
    });
}

Answered<ReceiptExplanation> App::explain(const std::string& organisation, const std::string& programme,
                                          const std::string& id) const {
    return guarded<ReceiptExplanation>(*core_, [&]() -> Answered<ReceiptExplanation> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        auto view = find_receipt(desk, *found, id);
        if (!view) return Unexpected<Refusal>{std::move(view).error()};
        ReceiptExplanation explanation{.receipt = *std::move(view)};
        const engine::StoredReceipt& stored = explanation.receipt.stored;
        if (stored.edition != 0) explanation.plan = found->judging(stored.edition).plan;
        explanation.offers =
            found->evaluator(stored.edition, stored.is_history).explain(stored.context, stored.receipt, &explanation.payments);
        std::erase_if(explanation.payments, [](const engine::Payable& payable) { return payable.stated == 0; });
        return explanation;
    });
}

Answered<ReceiptList> App::receipts(const std::string& organisation, const std::string& programme, const MemberName& name,
                                    const Page& page) const {
    return guarded_on_replica<ReceiptList>(*core_, [&]() -> Answered<ReceiptList> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto limit = limit_of(page);
        if (!limit) return Unexpected<Refusal>{limit.error()};
        store::ReceiptQuery query{.org = organisation, .programme = found->id, .limit = *limit + 1};
        if (name.by != NamedBy::nobody) {
            const auto named = find_as_named(desk, *found, name);
            if (!named) return refuse(named.error(), "/member");
            query.account = named->key.account;
        }
        if (!page.cursor.empty()) {
            const auto parts = read_cursor(page.cursor, 2);
            const auto at = parts ? parse_integer(parts->front()) : std::nullopt;
            if (!at) return refuse(QueryRejection::cursor_malformed, "/cursor");
            query.before = store::ReceiptCursor{.at = {*at}, .id = parts->back()};
        }
        ReceiptList list;
        std::vector<store::ReceiptRow> rows = core_->store.list_receipts(query);
        if (rows.size() > *limit) {
            rows.resize(*limit);
            const Instant at = query.account ? rows.back().occurred_at : rows.back().recorded_at;
            list.next_cursor = cursor_of({std::to_string(at.us), rows.back().id});
        }
        for (const store::ReceiptRow& row : rows) {
            auto stored = engine::unpack_receipt(row.packed);
            if (stored) list.receipts.push_back(view_of_receipt(*found, row, *std::move(stored)));
        }
        return list;
    });
}

Answered<DiscrepancyList> App::discrepancies(const std::string& organisation, const std::string& programme, const Page& page,
                                             DiscrepancyFilter filter) const {
    return guarded_on_replica<DiscrepancyList>(*core_, [&]() -> Answered<DiscrepancyList> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto limit = limit_of(page);
        if (!limit) return Unexpected<Refusal>{limit.error()};
        store::DiscrepancyQuery query{
            .org = organisation, .programme = found->id, .is_open_only = filter == DiscrepancyFilter::open, .limit = *limit + 1};
        if (!page.cursor.empty()) {
            const auto parts = read_cursor(page.cursor, 2);
            const auto at = parts ? parse_integer(parts->front()) : std::nullopt;
            const auto id = parts ? parse_id("dsc", parts->back()) : std::nullopt;
            if (!at || !id) return refuse(QueryRejection::cursor_malformed, "/cursor");
            query.before = store::DiscrepancyCursor{.recorded_at = {*at}, .id = *id};
        }
        DiscrepancyList list;
        std::vector<store::DiscrepancyRow> rows = core_->store.list_discrepancies(query);
        if (rows.size() > *limit) {
            rows.resize(*limit);
            list.next_cursor = cursor_of({std::to_string(rows.back().recorded_at.us), id_text("dsc", rows.back().id)});
        }
        for (const store::DiscrepancyRow& row : rows) list.discrepancies.push_back(view_of(row));
        return list;
    });
}

Answered<Overview> App::overview(const std::string& organisation, const std::string& programme) const {
    return guarded_on_replica<Overview>(*core_, [&]() -> Answered<Overview> {
        const ProgrammePointer found = core_->source.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const Date today = local_date(*found->latest().zone, core_->wiring.now());
        const store::Overview totals = core_->store.overview(organisation, found->id, today);
        Overview overview{.members = totals.members,
                          .receipts = totals.receipts,
                          .receipts_today = totals.today.receipts,
                          .sales_today = Money{std::clamp(totals.today.paid.minor(), -kAmountMax, kAmountMax)}};
        for (const store::UnitTotals& unit : totals.units) {
            overview.outstanding.push_back(
                {.unit = unit.unit, .pending = unit.pending, .available = unit.available, .held = unit.held, .owed = unit.owed});
        }
        return overview;
    });
}

// -- Statement --------------------------------------------------------------------------------------------------------------

namespace {

Points change_of(const ledger::Entry& entry) {
    std::int64_t sum = 0;
    for (const ledger::Book book : {ledger::Book::pending, ledger::Book::available, ledger::Book::held, ledger::Book::debt}) {
        sum += entry.legs[static_cast<std::size_t>(book)].minor();
    }
    return Points{sum};
}

Points moved_by(const ledger::Entry& entry) {
    const Points change = change_of(entry);
    if (!change.is_zero()) return change;
    // Nothing came or went: what moved between the member's own books.
    std::int64_t most = 0;
    for (const Points leg : entry.legs) most = std::max(most, leg.minor());
    return Points{most};
}

Reason reason_of(const ledger::Entry& entry) {
    Reason reason{.key = "reason." + std::string{name_of(entry.kind)}};
    const bool is_transfer = entry.kind == ledger::EntryKind::transfer_out || entry.kind == ledger::EntryKind::transfer_in;
    if (is_transfer && entry.cause.starts_with("mrg_")) reason.key += ".merge";
    if (is_transfer && entry.cause.starts_with("hsh_")) reason.key += ".household";
    // What is confirmed by itself is named by its hold.
    if (entry.kind == ledger::EntryKind::confirm && !HoldId::parse(entry.cause)) reason.key += ".receipt";
    if (parse_id(kGiftOrderPrefix, entry.cause)) reason.key += ".gift";
    const bool is_earning = entry.kind == ledger::EntryKind::earn || entry.kind == ledger::EntryKind::return_earn;
    if (is_earning && parse_id(kRecognitionPrefix, entry.cause)) reason.key += ".recognition";
    if (entry.kind == ledger::EntryKind::earn && parse_id(kMilestonePrefix, entry.cause)) reason.key += ".milestone";
    if (is_earning && parse_id(kTradeItemPrefix, entry.cause)) reason.key += ".trade_in";
    if (parse_id(kReferralPrefix, entry.cause)) reason.key += ".referral";
    const std::optional<std::string> accrued_by = engine::accrued_by(entry.offer, entry.cause);
    if (accrued_by) reason.key += ".rebate";
    const bool is_without_receipt = entry.kind == ledger::EntryKind::adjust && entry.reason == engine::kWithoutReceipt;
    if (is_without_receipt && entry.author == engine::kOwnAuthor) reason.key += ".without_receipt";
    reason.arguments = {{"unit", entry.unit},
                        {"points", std::to_string(moved_by(entry).minor())},
                        {"cause", accrued_by.value_or(entry.cause)},
                        {"offer", entry.offer},
                        {"clause", entry.clause},
                        {"edition", std::to_string(entry.edition)},
                        {"reason", entry.reason},
                        {"author", entry.author}};
    return reason;
}

/// A promise is kept as it was published, so a line speaks of the edition that gave its points and not of today's.
StatementLine line_of(const Programme& programme, const ledger::Entry& entry, bool is_projected) {
    return {.entry = entry,
            .change = change_of(entry),
            .reason = reason_of(entry),
            .plan = programme.judging(entry.edition).plan,
            .is_projected = is_projected};
}

/// The wallets as of `at`, with what fell due and is not written down.
std::vector<StatementLine> project(const Programme& programme, std::vector<ledger::Wallet>& wallets, Instant at) {
    std::vector<StatementLine> lines;
    const Edition* in_force = programme.in_force(local_date(*programme.latest().zone, at));
    const Edition& edition = in_force != nullptr ? *in_force : programme.editions.front();
    for (ledger::Wallet& wallet : wallets) {
        std::string_view clause;
        for (const programme::Unit& unit : edition.plan->units) {
            if (unit.id == wallet.unit) clause = unit.clause;
        }
        ledger::Posting posting = ledger::sweep(wallet, at, clause, edition.view.edition);
        for (const ledger::Entry& entry : posting.entries) lines.push_back(line_of(programme, entry, true));
        wallet = std::move(posting.wallet);
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const StatementLine& a, const StatementLine& b) { return a.entry.effective_at < b.entry.effective_at; });
    std::reverse(lines.begin(), lines.end());
    return lines;
}

/// The wallets as they stood when the entries recorded by `at` had been posted: replayed from the journal.
std::vector<ledger::Wallet> wallets_at(store::Store& store, const store::OwnerKey& key, Instant at) {
    std::vector<store::EntryRow> entries;
    std::optional<store::EntryCursor> before;
    while (true) {
        auto page = store.list_entries(
            {.org = key.org, .account = key.account, .programme = key.programme, .before = before, .limit = limits::page_rows_max});
        if (page.empty()) break;
        before = store::EntryCursor{.effective_at = page.back().entry.effective_at, .sequence = page.back().sequence};
        for (store::EntryRow& row : page) {
            if (row.entry.recorded_at <= at) entries.push_back(std::move(row));
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const store::EntryRow& a, const store::EntryRow& b) { return a.sequence < b.sequence; });
    store::StateRow state;
    for (const store::EntryRow& row : entries) {
        ledger::Wallet& wallet = state.wallets[wallet_index(state, row.entry.unit)];
        if (!ledger::replay(wallet, row.entry)) throw store::StoreFault("an entry does not fit its wallet", false);
    }
    return std::move(state.wallets);
}

/// Where the member stands on the scales of the edition in force then.
void add_scales(Statement& statement, const Programme& programme, const store::Owner& owner, MemberId member, Instant at) {
    const Date date = local_date(*programme.latest().zone, at);
    const Edition* edition = programme.in_force(date);
    if (edition == nullptr || !owner.state) return;
    statement.plan = edition->plan;
    account::State state = owner.state->state;
    derive_levels(programme, state, date);
    event::Receipt nothing;
    nothing.occurred_at = at;
    const account::Facts& facts = member_of(owner, member)->facts;
    const engine::Surroundings around{.person = own_name(*owner.state, member)};
    statement.scales = engine::scale_outlooks(*edition->plan, engine::gather(*edition->plan, nothing, around, &state, &facts, {}));
}

}  // namespace

Answered<Statement> App::statement(const std::string& organisation, const std::string& programme, const MemberName& name,
                                   const Page& page, std::optional<Instant> at) const {
    return guarded_on_replica<Statement>(*core_, [&]() -> Answered<Statement> {
        const Desk desk{core_->source};
        const ProgrammePointer found = desk.world()->programme(organisation, programme);
        if (found == nullptr) return refuse(ReferenceRejection::programme_not_found, "/programme");
        const auto named = find_as_named(desk, *found, name);
        if (!named) return refuse(named.error(), "/member");
        const auto limit = limit_of(page);
        if (!limit) return Unexpected<Refusal>{limit.error()};
        const Instant asked = at.value_or(core_->wiring.now());
        store::EntryQuery query{.org = organisation, .account = named->key.account, .programme = found->id, .limit = *limit + 1};
        if (!page.cursor.empty()) {
            const auto parts = read_cursor(page.cursor, 2);
            const auto when = parts ? parse_integer(parts->front()) : std::nullopt;
            const auto sequence = parts ? parse_integer(parts->back()) : std::nullopt;
            if (!when || !sequence) return refuse(QueryRejection::cursor_malformed, "/cursor");
            query.before = store::EntryCursor{.effective_at = {*when}, .sequence = *sequence};
        }

        const OwnerPointer owner = desk.owner(named->key);
        store::Owner then = *owner;
        Statement statement;
        if (then.state) {
            if (at && *at < core_->wiring.now()) then.state->wallets = wallets_at(core_->store, named->key, *at);
            std::vector<StatementLine> projected = project(*found, then.state->wallets, asked);
            if (page.cursor.empty()) statement.lines = std::move(projected);
        }
        statement.member = view_of(desk, *found, then, *member_of(then, named->member), asked);
        add_scales(statement, *found, then, named->member, asked);
        if (then.state) {
            for (const ledger::Wallet& wallet : then.state->wallets) {
                for (const ledger::Lot& lot : wallet.lots) {
                    statement.lots.push_back({.unit = wallet.unit,
                                              .remaining = lot.remaining,
                                              .earned_at = lot.earned_at,
                                              .matures_at = lot.matures_at,
                                              .expires_at = lot.expires_at,
                                              .is_mature = lot.is_mature,
                                              .earned_by = lot.earned_by});
                }
                for (const ledger::Hold& hold : wallet.holds) statement.holds.push_back({.unit = wallet.unit, .hold = hold});
            }
        }
        std::vector<store::EntryRow> rows = core_->store.list_entries(query);
        if (rows.size() > *limit) {
            rows.resize(*limit);
            statement.next_cursor =
                cursor_of({std::to_string(rows.back().entry.effective_at.us), std::to_string(rows.back().sequence)});
        }
        for (const store::EntryRow& row : rows) {
            if (!at || row.entry.recorded_at <= *at) statement.lines.push_back(line_of(*found, row.entry, false));
        }
        return statement;
    });
}

}  // namespace suki::app
