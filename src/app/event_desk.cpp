#include "app/event_desk.h"

#include <algorithm>

#include "app/codec.h"
#include "app/event_sheet.h"
#include "app/judge.h"
#include "app/profile.h"
#include "app/resolve.h"
#include "app/sale.h"
#include "event/check.h"

namespace suki::app {

EventDesk::EventDesk(programme::PlanPointer plan)
    : plan_(std::move(plan)),
      evaluator_(std::make_unique<engine::Evaluator>(plan_)),
      bare_(std::make_unique<engine::Evaluator>(engine::without_offers(*plan_))) {
    counted_.add(plan_, 1);
}
EventDesk::~EventDesk() = default;

namespace {

/// One spelling of a name, so that a telephone number names the same person however it is written.
std::string key_of(const MemberName& name) {
    std::optional<std::string> value;
    if (name.by == NamedBy::phone) value = canonical_phone(name.value);
    if (name.by == NamedBy::email) value = canonical_email(name.value);
    return std::string{name_of(name.by)} + ":" + value.value_or(name.value);
}

}  // namespace

// -- The sheet --------------------------------------------------------------------------------------------------------------

EventDesk::Sheet EventDesk::sheet_at(Instant occurred_at) const {
    Sheet sheet;
    // As the committer stamps: no two events share their moment.
    sheet.recorded_at = clock_ ? std::max(occurred_at, Instant{clock_->us + 1}) : occurred_at;
    sheet.today = local_date(*plan_->zone, sheet.recorded_at);
    return sheet;
}

void EventDesk::commit(Sheet sheet) {
    clock_ = sheet.recorded_at;
    for (auto& [owner, books] : sheet.books) owner->books = std::move(books);
    if (sheet.newcomer != nullptr) {
        const std::string key = key_of(sheet.newcomer->name);
        owners_[key] = std::move(sheet.newcomer);
    }
    for (auto& [owner, matured] : sheet.matured) owner->matured.push_back(std::move(matured));
    for (auto& [node, packed] : sheet.receipts) node->second.packed = std::move(packed);
    for (auto& [id, kept] : sheet.returns) returns_.emplace(std::move(id), std::move(kept));
    for (const auto& [pool, change] : sheet.drawn) drawn_[pool] += change;
    first_.merge(sheet.first);
    for (const auto& [lot, fate] : sheet.fates) fates_[lot].add(fate);
}

EventDesk::Owner& EventDesk::owner_of(Sheet& sheet, const MemberName& name) const {
    const auto known = owners_.find(key_of(name));
    if (known != owners_.end()) return *known->second;
    sheet.newcomer = std::make_unique<Owner>();
    sheet.newcomer->name = name;
    // Who is named by a card has it: a personal one, unless told otherwise.
    if (name.by == NamedBy::card) sheet.newcomer->card = {.kind = programme::CardKind::personal, .category = {}};
    return *sheet.newcomer;
}

void EventDesk::note_fates(Sheet& sheet, Owner& owner, const ledger::Entry& entry) {
    if (entry.kind != ledger::EntryKind::expire && entry.kind != ledger::EntryKind::mature) return;
    for (const ledger::LotChange& change : entry.lots) sheet.fates.emplace_back(change.lot, engine::fate_in(entry, change.lot));
    if (entry.kind == ledger::EntryKind::expire) return;
    sheet.matured.emplace_back(
        &owner, Matured{.at = entry.effective_at, .unit = entry.unit, .receipt = entry.cause, .repaid = ledger::repaid_by(entry)});
}

/// The owner's own copy in the sheet, with everything written down that fell due by its moment.
EventDesk::Books& EventDesk::books_of(Sheet& sheet, Owner& owner) const {
    for (auto& [there, books] : sheet.books) {
        if (there == &owner) return books;
    }
    Books& books = sheet.books.emplace_back(&owner, owner.books).second;
    for (ledger::Wallet& wallet : books.wallets) {
        std::string_view clause;
        for (const programme::Unit& unit : plan_->units) {
            if (unit.id == wallet.unit) clause = unit.clause;
        }
        ledger::Posting swept = ledger::sweep(std::move(wallet), sheet.recorded_at, clause, 1);
        for (const ledger::Entry& entry : swept.entries) {
            note_fates(sheet, owner, entry);
        }
        wallet = std::move(swept.wallet);
    }
    return books;
}

void EventDesk::post(Sheet& sheet, Books& books, std::vector<engine::UnitPosting> postings) const {
    const auto owner = std::find_if(sheet.books.begin(), sheet.books.end(), [&](const auto& one) { return &one.second == &books; });
    SUKI_CHECK(owner != sheet.books.end());
    for (engine::UnitPosting& one : postings) {
        const bool is_kept = std::any_of(plan_->units.begin(), plan_->units.end(), [&](const programme::Unit& unit) {
            return unit.id == one.unit && engine::is_kept_by_activity(unit);
        });
        for (const ledger::Entry& entry : one.posting.entries) {
            if (is_kept) engine::note_first(sheet.first, entry);
            note_fates(sheet, *owner->first, entry);
        }
        const auto there = std::find_if(books.wallets.begin(), books.wallets.end(),
                                        [&](const ledger::Wallet& wallet) { return wallet.unit == one.unit; });
        if (there == books.wallets.end())
            books.wallets.push_back(std::move(one.posting.wallet));
        else
            *there = std::move(one.posting.wallet);
    }
}

std::vector<UnitBalance> EventDesk::balances_of(const Books& books, Instant at) const {
    std::vector<UnitBalance> balances;
    for (const programme::Unit& unit : plan_->units) {
        const ledger::Wallet* wallet = engine::find_wallet(books.wallets, unit.id);
        const ledger::Balance balance = wallet == nullptr ? ledger::Balance{} : ledger::balance(*wallet, at);
        balances.push_back({.unit = unit.id,
                            .pending = balance.pending,
                            .available = balance.available,
                            .held = balance.held,
                            .owed = balance.owed});
    }
    return balances;
}

std::vector<UnitBalance> EventDesk::balances(const MemberName& member) const {
    const auto known = owners_.find(key_of(member));
    if (known == owners_.end() || !clock_) return balances_of({}, {});
    return balances_of(known->second->books, *clock_);
}

EventDesk::Remembered EventDesk::remembered(const MemberName& member) const {
    const auto known = owners_.find(key_of(member));
    if (known == owners_.end() || !clock_) return {};
    const Books& books = known->second->books;
    Remembered all{.state = books.state, .wallets = books.wallets};
    for (ledger::Wallet& wallet : all.wallets) wallet = ledger::sweep(std::move(wallet), *clock_, {}, 1).wallet;
    all.state.levels = engine::derive_levels(all.state, counted_.ladder, local_date(*plan_->zone, *clock_));
    std::sort(all.wallets.begin(), all.wallets.end(), [](const auto& a, const auto& b) { return a.unit < b.unit; });
    return all;
}

// -- Sales ------------------------------------------------------------------------------------------------------------------

Answered<ReceiptAnswer> EventDesk::repeated(const RecordReceipt& command, const ReceiptNode& kept) const {
    auto stored = engine::unpack_receipt(kept.second.packed);
    SUKI_CHECK(stored.has_value());  // packed by us, and never left memory
    RecordReceipt before = command;
    before.receipt = std::move(stored->receipt);
    before.member = kept.second.owner == nullptr ? MemberName{} : kept.second.owner->name;
    const auto exchange = exchanges_.find(kept.first);
    before.returns = exchange == exchanges_.end() ? std::vector<event::Return>{} : exchange->second;
    if (packed(before) != packed(command)) return refuse(ReceiptRejection::receipt_already_recorded);
    auto answer = unpacked<ReceiptAnswer>(kept.second.answer);
    SUKI_CHECK(answer.has_value());
    answer->outcome = std::move(stored->decided);
    answer->is_repeat = true;
    return *std::move(answer);
}

Answered<ReceiptAnswer> EventDesk::decide(RecordReceipt command) {
    const auto known = receipts_.find(command.receipt.id);
    if (known != receipts_.end()) return repeated(command, *known);
    if (auto refusal = refused(command, *plan_, true)) return Unexpected<Refusal>{*std::move(refusal)};
    Sheet sheet = sheet_at(command.receipt.occurred_at);
    ReceiptAnswer answer{.receipt = command.receipt.id,
                         .recorded_at = sheet.recorded_at,
                         .judged_at = command.receipt.occurred_at,
                         .programme = plan_->id,
                         .currency = plan_->currency,
                         .units = unit_names(*plan_)};
    // Goods brought back come first, as in the application.
    for (std::size_t i = 0; i < command.returns.size(); ++i) {
        auto taken = take_back(sheet, command.returns[i]);
        if (!taken) {
            Refusal refusal = std::move(taken).error();
            refusal.pointer = "/returns/" + std::to_string(i) + refusal.pointer;
            return Unexpected<Refusal>{std::move(refusal)};
        }
        answer.returns.push_back(*std::move(taken));
    }
    return sell(sheet, std::move(command), std::move(answer));
}

engine::Context EventDesk::context_of(const Sheet& sheet, const event::Receipt& receipt, const Owner* owner, const Books* books,
                                      Date date) const {
    engine::Surroundings around;
    around.lines.reserve(receipt.lines.size());
    for (const event::Line& line : receipt.lines) around.lines.push_back({line.category, line.brand, line.tags, line.cost});
    for (std::uint32_t i = 0; i < plan_->pools.size(); ++i) {
        const PoolKey key{i, engine::period_of(plan_->pools[i], date)};
        const auto drawn = drawn_.find(key);
        std::int64_t left = plan_->pools[i].total - (drawn == drawn_.end() ? 0 : drawn->second);
        for (const auto& [pool, change] : sheet.drawn) left -= pool == key ? change : 0;
        around.pools.push_back(std::max<std::int64_t>(0, left));
    }
    if (owner == nullptr) return engine::gather(*plan_, receipt, around, nullptr, nullptr, {});
    around.card = owner->card;
    return engine::gather(*plan_, receipt, around, &books->state, &owner->facts,
                          engine::available_of(*plan_, books->wallets, receipt.points_paid, sheet.recorded_at));
}

Answered<ReceiptAnswer> EventDesk::sell(Sheet& sheet, RecordReceipt command, ReceiptAnswer answer) {
    engine::StoredReceipt stored;
    stored.receipt = std::move(command.receipt);
    stored.recorded_at = sheet.recorded_at;
    stored.semantics = plan_->semantics;
    const event::Receipt& receipt = stored.receipt;
    const Date date = local_date(*plan_->zone, receipt.occurred_at);
    const Date until = std::max(sheet.today, date);
    stored.edition = answer.edition = date < plan_->effective_on ? 0 : 1;

    Owner* owner = command.member.by == NamedBy::nobody ? nullptr : &owner_of(sheet, command.member);
    Books* books = owner == nullptr ? nullptr : &books_of(sheet, *owner);
    if (books != nullptr) {
        if (owner == sheet.newcomer.get()) books->state.joined_on = date;
        // The purchase that is judged may itself be the one with which levels begin.
        account::State with_it = books->state;
        with_it.joined_on = std::min(date, with_it.joined_on);
        books->state.levels = engine::derive_levels(with_it, counted_.ladder, until);
        answer.level_before = level_text(books->state, sheet.today);
    }
    stored.context = context_of(sheet, receipt, owner, books, date);
    if (stored.edition == 0) stored.context.pools.clear();  // no offers, nothing to draw from
    std::vector<engine::Payable> payables;
    stored.decided = evaluator(stored.edition).evaluate(stored.context, receipt, &payables);
    stored.current = stored.decided;
    if (stored.edition == 0) answer.discrepancies.push_back({.kind = DiscrepancyKind::before_first_edition});
    if (!command.quote_token.empty()) {
        // It has no keys.
        answer.discrepancies.push_back(
            {.kind = DiscrepancyKind::quote_not_honoured, .what = std::string{name_of(QuoteFault::unreadable)}});
    }
    compare_charged(receipt, stored.decided, answer.discrepancies);
    tell_of_points_cut(stored.decided, answer.discrepancies);

    static const Books nobody;
    const Books& holdings = books == nullptr ? nobody : *books;
    auto settled = engine::settle_sale(*plan_, {.wallets = holdings.wallets, .state = holdings.state}, stored, payables);
    if (!settled) return refuse_as(RefusalKind::unprocessable, settled.error());
    tell_of_faults(settled->faults, answer.uncovered, answer.discrepancies);
    stored.spent = std::move(settled->spent);
    stored.earned = std::move(settled->earned);
    for (const engine::PoolDraw& draw : stored.decided.pools) {
        sheet.drawn.emplace_back(PoolKey{draw.pool, engine::period_of(plan_->pools[draw.pool], date)}, draw.amount);
    }
    if (books != nullptr) {
        post(sheet, *books, std::move(settled->postings));
        engine::change_counters(books->state, date, {}, engine::figures_of(counted_, *plan_, stored));
        books->state.levels = engine::derive_levels(books->state, counted_.ladder, until);
        answer.level = level_text(books->state, sheet.today);
        answer.balances = balances_of(*books, sheet.recorded_at);
    }

    answer.challenges = engine::challenge_moves(*plan_, stored.context, stored.decided);
    KeptReceipt kept{.packed = engine::pack(stored),
                     .answer = packed(answer),
                     .owner = owner,
                     .before = owner == nullptr ? nullptr : owner->latest,
                     .occurred_at = receipt.occurred_at,
                     .recorded_at = sheet.recorded_at,
                     .date = date};
    commit(std::move(sheet));
    if (!command.returns.empty()) exchanges_.emplace(receipt.id, std::move(command.returns));
    ReceiptNode& node = *receipts_.emplace(receipt.id, std::move(kept)).first;
    if (owner != nullptr) owner->latest = &node;
    answer.outcome = std::move(stored.decided);
    return answer;
}

ReceiptExplanation EventDesk::explain(const std::string& receipt) const {
    auto stored = engine::unpack_receipt(receipts_.at(receipt).packed);
    SUKI_CHECK(stored.has_value());
    ReceiptExplanation explanation;
    explanation.offers = evaluator(stored->edition).explain(stored->context, stored->receipt, &explanation.payments);
    std::erase_if(explanation.payments, [](const engine::Payable& payable) { return payable.stated == 0; });
    if (stored->edition != 0) explanation.plan = plan_;
    explanation.receipt = {
        .programme = plan_->id, .currency = plan_->currency, .units = unit_names(*plan_), .stored = *std::move(stored)};
    return explanation;
}

// -- Activities and people --------------------------------------------------------------------------------------------------

Answered<ActivityAnswer> EventDesk::decide(const RecordActivity& command) {
    const auto known = visits_.find(command.activity.id);
    if (known != visits_.end()) {
        if (known->second.command != packed(command)) return refuse(ActivityRejection::activity_already_recorded);
        auto before = unpacked<ActivityAnswer>(known->second.answer);
        SUKI_CHECK(before.has_value());
        before->is_repeat = true;
        return *std::move(before);
    }
    if (auto checked = event::check_activity(command.activity); !checked) return refuse_malformed(std::move(checked).error(), {});
    if (command.member.by == NamedBy::nobody) return refuse(ReferenceRejection::member_not_found, "/member");

    // From here on nothing may refuse.
    Sheet sheet = sheet_at(command.activity.occurred_at);
    const Date date = local_date(*plan_->zone, command.activity.occurred_at);
    Owner& owner = owner_of(sheet, command.member);
    Books& books = books_of(sheet, owner);
    if (&owner == sheet.newcomer.get()) books.state.joined_on = date;
    auto figures = engine::figures_of_activity(command.activity.kind);
    engine::change_counters(books.state, date, {}, figures);
    owner.visits.push_back({.recorded_at = sheet.recorded_at, .date = date, .figures = std::move(figures)});
    books.state.levels = engine::derive_levels(books.state, counted_.ladder, std::max(sheet.today, date));
    ActivityAnswer answer{
        .activity = command.activity.id, .recorded_at = sheet.recorded_at, .level = level_text(books.state, sheet.today)};
    if (date >= plan_->effective_on) {
        const engine::Cause cause{
            .id = command.activity.id, .occurred_at = command.activity.occurred_at, .recorded_at = sheet.recorded_at, .edition = 1};
        post(sheet, books, engine::extend_expiry(*plan_, books.wallets, date, cause));
    }
    visits_.emplace(command.activity.id, KeptVisit{.command = packed(command), .answer = packed(answer)});
    commit(std::move(sheet));
    return answer;
}

Answered<LearnedMember> EventDesk::decide(const LearnMember& command) {
    if (command.member.by == NamedBy::nobody) return refuse(ReferenceRejection::member_not_found, "/member");
    const Instant begins_at = start_of(*plan_->zone, plan_->effective_on);
    Sheet sheet = sheet_at(command.occurred_at.value_or(clock_.value_or(begins_at)));
    Owner& owner = owner_of(sheet, command.member);
    MemberProfile profile{.facts = owner.facts};
    change_facts(profile.facts, command.facts);
    if (auto refusal = canonicalise(profile)) return Unexpected<Refusal>{*std::move(refusal)};
    if (command.facts.birthday) {
        if (auto refusal = birthday_to_come(*command.facts.birthday, sheet.today)) return Unexpected<Refusal>{*std::move(refusal)};
    }

    Books& books = books_of(sheet, owner);
    LearnedMember answer{.has_joined = &owner == sheet.newcomer.get(), .recorded_at = sheet.recorded_at};
    if (answer.has_joined) {
        books.state.joined_on = sheet.today;
        if (sheet.today >= plan_->effective_on) {
            const engine::Cause cause{
                .id = key_of(command.member), .occurred_at = sheet.recorded_at, .recorded_at = sheet.recorded_at, .edition = 1};
            auto gifts = engine::welcome(*plan_, books.wallets, sheet.today, cause);
            if (!gifts) return refuse_as(RefusalKind::unprocessable, gifts.error());
            post(sheet, books, *std::move(gifts));
        }
    }
    // From here on nothing may refuse.
    owner.facts = std::move(profile.facts);
    if (command.card) owner.card = *command.card;
    books.state.levels = engine::derive_levels(books.state, counted_.ladder, std::max(sheet.today, books.state.joined_on));
    answer.level = level_text(books.state, sheet.today);
    answer.balances = balances_of(books, sheet.recorded_at);
    commit(std::move(sheet));
    return answer;
}

}  // namespace suki::app
