// `verify`: everything that is stored, checked against what it was made from, by passes over the tables in the order of their keys.
// What is remembered between rows is one account's wallets or counters at a time, the sums of pools, the ids of all returns, and
// which accounts were merged into which.

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <set>

#include "app/core.h"
#include "app/fill_counters.h"
#include "app/gifts.h"
#include "app/guard.h"
#include "app/judge.h"
#include "app/levels.h"
#include "app/memberships.h"
#include "app/milestones.h"
#include "app/rebates.h"
#include "app/recognition.h"
#include "app/resolve.h"
#include "app/trade_in.h"
#include "app/verify_guests.h"
#include "app/verify_records.h"
#include "app/verify_referrals.h"
#include "store/audit.h"
#include "store/packing.h"

namespace suki::app {

namespace {

constexpr std::size_t kBreachesKept = 100;

struct Verification {
    const App::Core& core;
    WorldPointer world;
    VerifyReport report;

    // The account whose entries are being replayed.
    std::optional<store::OwnerKey> owner;
    store::StateRow replayed;
    std::int64_t next_sequence = 0;
    bool is_broken = false;

    // The account whose receipts and activities are being counted.
    std::optional<store::OwnerKey> counted;
    account::State counters;

    std::map<store::PoolKey, std::int64_t> drawn;     // by receipts, orders of gifts and what was written off
    std::map<store::PoolKey, std::int64_t> undrawn;   // in portions
    std::map<store::PoolKey, std::int64_t> received;  // of gifts, by store
    /// Of all receipts, by organisation, programme and id. There are few.
    std::set<std::array<std::string, 3>> returns;
    /// By organisation and account. There are few.
    std::map<std::pair<std::string, AccountId>, AccountId> merged_into;

    GiftPoints gifts;
    RecognitionsGiven recognitions;
    MilestonesGiven milestones;
    TradeInCredit credit;
    ReferralPoints referrals;
    GuestLists guests;
    AccruedSums accrued;

    // How many claims of a kind there are, and how many the rows ask for. Every row was seen to have its claim, so where the
    // numbers agree no claim is left over.
    using ByKind = std::array<std::uint64_t, count_of<store::ClaimKind>>;
    ByKind claimed{};
    ByKind asked_for{};

    const BreachFound to_breach = [this](std::string what, std::string where, std::string details) {
        breach(std::move(what), std::move(where), std::move(details));
    };
    void breach(std::string what, std::string where, std::string details) {
        ++report.breach_count;
        if (report.breaches.size() < kBreachesKept) {
            report.breaches.push_back({.what = std::move(what), .where = std::move(where), .details = std::move(details)});
        }
    }

    /// Does it, and says so where it met a damaged row: the others are still worth reading.
    template <class Work>
    void guarded(const Work& work) {
        try {
            work();
        } catch (const store::StoreFault& fault) {
            breach("row_damaged", {}, fault.what());
        }
    }

    // -- The journal
    /// A receipt may be called so as well.
    bool is_caused_by(std::string_view prefix, const store::EntryRow& row) const {
        return parse_id(prefix, row.entry.cause) &&
               !core.store.find_claim(
                   {.org = row.org, .kind = store::ClaimKind::receipt, .programme = row.programme, .value = row.entry.cause});
    }
    void take(const store::EntryRow& row) {
        const store::OwnerKey key{.org = row.org, .account = row.account, .programme = row.programme};
        if (!owner || *owner != key) {
            guarded([this] { finish_owner(); });
            owner = key;
            replayed = {};
            next_sequence = 0;
            is_broken = false;
        }
        ++report.entries;
        if (is_caused_by(kGiftOrderPrefix, row)) gifts.take(row);
        if (is_caused_by(kRecognitionPrefix, row)) recognitions.take(row);
        if (is_caused_by(kMilestonePrefix, row)) milestones.take(row);
        if (is_caused_by(kTradeItemPrefix, row)) credit.take(row);
        if (is_caused_by(kReferralPrefix, row)) referrals.take(row);
        accrued.take(row);
        if (is_broken) return;
        replayed.recorded_at = std::max(replayed.recorded_at, row.entry.recorded_at);
        if (row.sequence != next_sequence++) return broken("entry_missing", "sequence " + std::to_string(row.sequence));
        const std::uint32_t index = wallet_index(replayed, row.entry.unit);
        const ledger::Wallet before = replayed.wallets[index];
        if (!ledger::replay(replayed.wallets[index], row.entry)) return broken("entry_does_not_fit", row.entry.id.text());
        for (const ledger::Breach& found : ledger::check_posting(before, {row.entry}, replayed.wallets[index])) {
            breach(std::string{name_of(found.invariant)}, key.account.text(), found.what);
        }
    }
    void broken(const std::string& what, const std::string& details) {
        breach(what, owner->account.text(), details);
        is_broken = true;
    }
    void finish_owner() {
        if (!owner || is_broken) return;
        const auto state = core.store.find_state(*owner);
        if (!state) return breach("state_missing", owner->account.text(), owner->programme);
        if (state->entries != next_sequence) breach("entry_missing", owner->account.text(), std::to_string(next_sequence));
        // An import would date what it brings before it.
        if (state->recorded_at.us >= 0 && state->recorded_at < replayed.recorded_at) {
            breach("account_dated_before_journal", owner->account.text(), owner->programme);
        }
        for (ledger::Wallet wallet : state->wallets) {
            wallet.is_frozen = false;  // no entry says so
            const ledger::Wallet* made = engine::find_wallet(replayed.wallets, wallet.unit);
            if (!(made == nullptr ? wallet == ledger::Wallet{.unit = wallet.unit} : wallet == *made)) {
                breach("wallet_differs_from_journal", owner->account.text(), wallet.unit);
            }
        }
    }

    // -- States and wallets
    void take(const store::AccountRow& row) {
        ++report.accounts;
        if (row.merged_into) merged_into.emplace(std::pair{row.org, row.id}, *row.merged_into);
    }
    void take(const store::StateRow& row) {
        const bool has_something = std::any_of(row.wallets.begin(), row.wallets.end(), [](const ledger::Wallet& wallet) {
            return !wallet.lots.empty() || !wallet.holds.empty() || !wallet.owed.is_zero();
        });
        if (row.entries == 0 && has_something) breach("wallet_without_journal", row.account.text(), row.programme);
        if (has_something && merged_into.contains({row.org, row.account})) {
            breach("merged_account_has_points", row.account.text(), row.programme);
        }
        const auto balances = core.store.wallets({.org = row.org, .account = row.account, .programme = row.programme});
        for (const ledger::Wallet& wallet : row.wallets) {
            const bool is_there = std::any_of(balances.begin(), balances.end(),
                                              [&](const store::WalletRow& balance) { return balance.unit == wallet.unit; });
            if (!is_there) breach("balance_missing", row.account.text(), wallet.unit);
        }
        const ProgrammePointer programme = world->programme(row.org, row.programme);
        if (programme == nullptr) return breach("programme_missing", row.account.text(), row.programme);
        check_counters(*programme, row);
    }
    void take(const store::WalletRow& row) {
        ++report.wallets;
        const auto state = core.store.find_state({.org = row.org, .account = row.account, .programme = row.programme});
        const ledger::Wallet* wallet = find_wallet(state, row.unit);
        const store::StateRow owner_row{.org = row.org, .account = row.account, .programme = row.programme};
        const ledger::Wallet none{.unit = row.unit};
        if (store::wallet_row(owner_row, wallet == nullptr ? none : *wallet) != row) {
            breach("balance_differs_from_wallet", row.account.text(), row.unit);
        }
    }

    /// Counters rebuilt from what was bought, brought back and done. Levels are derived from them whenever they are asked for.
    void check_counters(const Programme& programme, const store::StateRow& row) {
        const store::OwnerKey key{.org = row.org, .account = row.account, .programme = row.programme};
        if (row.counted_to > programme.last_edition()) {
            return breach("edition_missing", row.account.text(), std::to_string(row.counted_to));
        }
        account::State rebuilt;
        const auto account = core.store.find_account(row.org, row.account);
        // What a merged account bought counts where it went.
        if (!account || !account->merged_into) {
            count_receipts(core.store, programme, row, [&](Date day, const engine::CounterChange& figure) {
                account::add_to_counter(rebuilt, figure.key, day, figure.change);
            });
            count_activities(key, rebuilt);
            check_household(row, account);
            check_level_grants(Desk{core.source}, row,
                               [&](const std::string& what) { breach("level_grants_differ", row.account.text(), what); });
        } else {
            const auto there =
                core.store.find_state({.org = row.org, .account = *account->merged_into, .programme = row.programme});
            const bool is_known = there && std::any_of(there->merged.begin(), there->merged.end(), [&](const store::Merged& one) {
                                      return one.account == row.account && one.into == *account->merged_into;
                                  });
            if (!is_known) breach("merged_account_lost", row.account.text(), account->merged_into->text());
        }
        for (const store::Merged& merged : row.merged) {
            // Merged on, they count there.
            if (!account || !account->merged_into) {
                count_activities({.org = row.org, .account = merged.account, .programme = row.programme}, rebuilt);
            }
            const auto gone = core.store.find_account(row.org, merged.account);
            if (!gone || gone->merged_into != merged.into) {
                breach("merged_account_stands", row.account.text(), merged.account.text());
            }
        }
        // A counter of a later edition is filled from the same receipts by whoever reads the account next.
        const auto is_to_come = [&](const account::Counter& counter) { return !programme.is_kept(counter.key, row.counted_to); };
        std::erase_if(rebuilt.counters, is_to_come);
        account::State kept = row.state;
        // What was written before `counted_to` was noted holds them all.
        if (row.counted_to == 0) std::erase_if(kept.counters, is_to_come);
        // Accrued by the rules of rebates, not counted in receipts.
        if (!account || !account->merged_into) accrued.take(programme, row, to_breach);
        std::erase_if(kept.counters, [](const account::Counter& counter) { return engine::counts_rebate(counter.key); });
        if (rebuilt.counters != kept.counters)
            breach("counters_differ_from_receipts", row.account.text(), difference(rebuilt, kept));
    }
    void count_activities(const store::OwnerKey& key, account::State& rebuilt) {
        for (const store::ActivityRow& activity : core.store.activities_of(key, std::numeric_limits<std::int32_t>::max())) {
            engine::change_counters(rebuilt, activity.date, {}, engine::figures_of_activity(activity.kind));
        }
    }
    /// Who shares an account has an owner, each one's uses by themselves, and an account that says so.
    void check_household(const store::StateRow& row, const std::optional<store::AccountRow>& account) {
        const auto there = core.store.load_owner({.org = row.org, .account = row.account, .programme = row.programme});
        if (!there || !account) return;
        const auto people = people_of(*there);
        const bool has_owner = row.household && std::any_of(people.begin(), people.end(), [&](const store::MemberRow* person) {
                                   return person->id == row.household->owner;
                               });
        const bool are_several = people.size() > 1;
        if (are_several && !has_owner) breach("household_without_owner", row.account.text(), row.programme);
        if (are_several && account->kind != store::AccountKind::household) {
            breach("household_not_noted", row.account.text(), row.programme);
        }
    }
    static std::string difference(const account::State& rebuilt, const account::State& kept) {
        for (const account::Counter& counter : rebuilt.counters) {
            const account::Counter* there = account::find_counter(kept, counter.key);
            if (there == nullptr || *there != counter) return counter.key;
        }
        return kept.counters.empty() ? std::string{} : kept.counters.front().key;
    }

    // -- Receipts
    void take(const store::ReceiptRow& row) {
        ++report.receipts;
        const auto stored = engine::unpack_receipt(row.packed);
        if (!stored) return breach("receipt_damaged", row.id, "its checksum does not fit");
        const ProgrammePointer programme = world->programme(row.org, row.programme);
        if (programme == nullptr) return breach("programme_missing", row.id, row.programme);
        if (stored->receipt.id != row.id || stored->edition != row.edition || stored->recorded_at != row.recorded_at ||
            stored->context.date != row.date || stored->context.is_member != row.account.has_value()) {
            breach("receipt_differs_from_its_row", row.id, "id, edition, dates or member");
        }
        if (!adds_up(*stored)) breach("receipt_does_not_add_up", row.id, "the sums of its lines are not its totals");
        const programme::Plan& plan = programme->evaluator(stored->edition, stored->is_history).plan();
        if (stored->semantics != plan.semantics) {
            breach("receipt_differs_from_its_edition", row.id, "semantics " + std::to_string(stored->semantics));
        }
        const auto draw = [&](const std::vector<engine::PoolDraw>& draws, std::int64_t sign) {
            for (const engine::PoolDraw& one : draws) {
                if (one.pool < plan.pools.size()) {
                    drawn[pool_name(*programme, plan.pools[one.pool], stored->context.date)] += sign * one.amount;
                }
            }
        };
        draw(stored->decided.pools, 1);
        draw(stored->put_back, -1);
        if (!has_claim(programme_claim(*programme, store::ClaimKind::receipt, row.id), row.account)) {
            breach("receipt_without_claim", row.id, row.programme);
        }
        for (const event::Return& back : stored->returns) {
            returns.insert({row.org, row.programme, back.id});
            if (!has_claim(programme_claim(*programme, store::ClaimKind::return_, back.id), row.account)) {
                breach("return_without_claim", back.id, row.id);
            }
        }
    }
    static bool adds_up(const engine::StoredReceipt& stored) {
        for (const engine::Outcome* outcome : {&stored.decided, &stored.current}) {
            std::int64_t total = 0;
            std::int64_t paid = 0;
            for (const engine::LineOutcome& line : outcome->lines) {
                total += line.total.minor();
                paid += line.paid.minor();
                if (line.list_total.minor() - line.line_discount.minor() - line.receipt_discount.minor() -
                        line.till_discount.minor() !=
                    line.total.minor()) {
                    return false;
                }
            }
            if (total != outcome->total.minor() || paid != outcome->paid.minor()) return false;
        }
        return true;
    }

    // -- Pools and claims
    void take(const store::PortionRow& row) {
        if (row.undrawn < 0) breach("portion_overdrawn", row.key, std::to_string(row.undrawn) + " undrawn at " + row.holder);
        undrawn[{row.org, row.programme, row.key, row.period_start}] += row.undrawn;
    }
    void take(const store::PoolRow& row) {
        ++report.pools;
        const store::PoolKey name{.org = row.org, .programme = row.programme, .key = row.key, .period_start = row.period_start};
        const auto sum = drawn.find(name);
        const std::int64_t wanted = sum == drawn.end() ? 0 : sum->second;
        const auto held = undrawn.find(name);
        const std::int64_t in_portions = held == undrawn.end() ? 0 : held->second;
        if (wanted != row.drawn - in_portions) {
            breach("pool_differs_from_receipts", row.key,
                   std::to_string(row.drawn) + " drawn, " + std::to_string(in_portions) + " of it in portions, receipts say " +
                       std::to_string(wanted));
        }
        const auto there = received.find(name);
        if (there != received.end() && wanted > there->second) {
            breach("stock_below_zero", row.key, std::to_string(wanted) + " drawn of " + std::to_string(there->second));
        }
        if (held != undrawn.end()) undrawn.erase(held);
        if (sum != drawn.end()) drawn.erase(sum);
    }
    void take(const store::ClaimRow& row) {
        ++report.claims;
        // A bearer's card is in its claim and has no row.
        if (row.account || row.key.kind != store::ClaimKind::card) ++claimed[static_cast<std::size_t>(row.key.kind)];
        if (!row.account) return;
        if (!core.store.find_account(row.key.org, *row.account)) {
            return breach("claim_of_nobody", std::string{name_of(row.key.kind)} + " " + row.key.value, row.account->text());
        }
        if (row.member && !core.store.find_member(row.key.org, *row.account, *row.member)) {
            breach("claim_of_nobody", std::string{name_of(row.key.kind)} + " " + row.key.value, row.member->text());
        }
    }
    void take(const store::MemberRow& row) {
        if (row.status == store::MemberStatus::erased) return;
        if (row.status == store::MemberStatus::moved) return check_moved(row);
        if (const auto into = merged_into.find({row.org, row.account}); into != merged_into.end()) {
            const auto there = core.store.members_of(row.org, into->second);
            const bool is_there = std::any_of(there.begin(), there.end(),
                                              [&](const store::MemberRow& other) { return other.programme == row.programme; });
            if (!is_there) breach("merged_member_lost", row.id.text(), row.programme);
        }
        if (!has_claim(member_claim(row.org, row.id), row.account, row.id)) {
            breach("member_without_claim", row.id.text(), row.programme);
        }
        for (const auto& [kind, value] : names_of(row)) {
            if (value->empty()) continue;
            const store::ClaimKey key{.org = row.org, .kind = kind, .programme = row.programme, .value = *value};
            if (!has_claim(key, row.account, row.id)) {
                breach("member_without_claim", row.id.text(), std::string{name_of(kind)});
            }
        }
        if (!core.store.is_found_by_search(row)) breach("search_words_differ", row.id.text(), row.programme);
    }
    /// Of somebody who is under another account now: their id leads there, and nothing else of them stays here.
    void check_moved(const store::MemberRow& row) {
        const auto claim = core.store.find_claim(member_claim(row.org, row.id));
        const auto there = claim && claim->account && *claim->account != row.account
                               ? core.store.find_member(row.org, *claim->account, row.id)
                               : std::nullopt;
        if (!there || there->status == store::MemberStatus::moved) breach("moved_member_lost", row.id.text(), row.programme);
        for (const auto& [kind, value] : names_of(row)) {
            if (!value->empty()) breach("moved_member_named", row.id.text(), std::string{name_of(kind)});
        }
        if (!core.store.is_found_by_search(row)) breach("search_words_differ", row.id.text(), row.programme);
    }
    static std::array<std::pair<store::ClaimKind, const std::string*>, 3> names_of(const store::MemberRow& row) {
        return {{{store::ClaimKind::phone, &row.phone},
                 {store::ClaimKind::email, &row.email},
                 {store::ClaimKind::external_id, &row.external_id}}};
    }
    void take(const store::CardRow& row) {
        if (!has_claim(card_claim(row.org, row.number), row.account, row.member)) {
            breach("card_without_claim", row.number, row.programme);
        }
        if (!core.store.is_found_by_search(row)) breach("search_words_differ", row.number, row.programme);
    }
    void take(const store::ActivityRow& row) {
        const store::ClaimKey key{.org = row.org, .kind = store::ClaimKind::activity, .programme = row.programme, .value = row.id};
        if (!has_claim(key, row.account)) breach("activity_without_claim", row.id, row.programme);
    }
    void take(const store::RecordRow& row) {
        ++report.records;
        check_record(Desk{core.source}, row, to_breach);
        gifts.take(row, to_breach);
        recognitions.take(row, to_breach);
        milestones.take(row, to_breach);
        credit.take(row, to_breach);
        referrals.take(row, to_breach);
        if (const auto code = code_claim_of(row)) {
            if (!has_claim(*code, row.account, row.member)) breach("referral_code_without_claim", code->value, row.programme);
        }
        guests.take(row);
        if (const auto stock = stock_drawn_by(row)) {
            drawn[stock->pool] += stock->count;
            if (stock->received) received[stock->pool] = *stock->received;
        }
        if (const auto pool = membership_drawn_by(row)) ++drawn[*pool];
    }
    bool has_claim(const store::ClaimKey& key, std::optional<AccountId> account, std::optional<MemberId> member = std::nullopt) {
        ++asked_for[static_cast<std::size_t>(key.kind)];
        const auto claim = core.store.find_claim(key);
        return claim && claim->account == account && (!member || claim->member == member);
    }

    /// Whether what a claim stands for is there. Of holds and quotes nothing else is kept by their ids; a bearer's card is in its
    /// claim.
    bool is_of_something(const store::ClaimRow& row) const {
        const auto& [org, kind, programme, value] = row.key;
        switch (kind) {
            case store::ClaimKind::receipt: return core.store.find_receipt(org, programme, row.account, value).has_value();
            case store::ClaimKind::return_: return returns.contains({org, programme, value});
            case store::ClaimKind::activity:
                return row.account &&
                       core.store.find_activity({.org = org, .account = *row.account, .programme = programme}, value).has_value();
            case store::ClaimKind::card: return !row.account || core.store.find_card(org, *row.account, value).has_value();
            case store::ClaimKind::phone:
            case store::ClaimKind::email:
            case store::ClaimKind::external_id: {
                if (!row.account || !row.member) return false;
                const auto member = core.store.find_member(org, *row.account, *row.member);
                if (!member) return false;
                for (const auto& [named, text] : names_of(*member)) {
                    if (named == kind) return *text == value;
                }
                return false;
            }
            default: return true;
        }
    }
    /// A second look at the claims, only where their number says that something is gone.
    void find_leftover_claims() {
        claimed[static_cast<std::size_t>(store::ClaimKind::hold)] = 0;
        claimed[static_cast<std::size_t>(store::ClaimKind::quote)] = 0;
        if (claimed == asked_for) return;
        store::Visitor visitor;
        visitor.claim = [this](const store::ClaimRow& row) {
            guarded([&] {
                if (!is_of_something(row)) {
                    breach("claim_of_nothing", std::string{name_of(row.key.kind)} + " " + row.key.value, row.key.programme);
                }
            });
            return true;
        };
        visitor.damaged = [](const store::StoreFault&) {};  // the first look named it
        core.store.visit(visitor);
    }

    // -- Rows that nothing else tells of: they must be readable
    void take(const store::DiscrepancyRow&) {}
    void take(const store::IdempotencyRow&) {}
    void take(const store::OutboxRow&) {}
    void take(const store::ProductRow&) {}
    void take(const store::PlaceRow&) {}

    /// Each takes over where the one before ends.
    void check_editions() {
        for (const auto& [name, programme] : world->programmes) {
            for (std::size_t i = 0; i < programme->editions.size(); ++i) {
                const EditionView& view = programme->editions[i].view;
                const bool is_in_order = i == 0 || programme->editions[i - 1].view.effective_on <= view.effective_on;
                if (view.edition != static_cast<int>(i) + 1) breach("edition_missing", programme->id, std::to_string(i + 1));
                if (!is_in_order) breach("editions_out_of_order", programme->id, std::to_string(view.edition));
            }
        }
    }

    // -- The audit log
    store::AuditChecker audit{[this](std::string what, std::string where, std::string details) {
        breach(std::move(what), std::move(where), std::move(details));
    }};
    void take(const store::AuditRootRow& row) { audit.take(row); }
    void take(const store::AuditRow& row) {
        ++report.audit;
        audit.take(row);
    }

    template <class Row>
    std::function<bool(const Row&)> each() {
        return [this](const Row& row) {
            guarded([&] { take(row); });
            return true;
        };
    }
};

}  // namespace

VerifyReport App::verify() const {
    Verification verification{.core = *core_};
    store::Visitor visitor;
    visitor.account = verification.each<store::AccountRow>();
    visitor.member = verification.each<store::MemberRow>();
    visitor.card = verification.each<store::CardRow>();
    visitor.claim = verification.each<store::ClaimRow>();
    visitor.state = verification.each<store::StateRow>();
    visitor.wallet = verification.each<store::WalletRow>();
    visitor.entry = verification.each<store::EntryRow>();
    visitor.receipt = verification.each<store::ReceiptRow>();
    visitor.activity = verification.each<store::ActivityRow>();
    visitor.record = verification.each<store::RecordRow>();
    visitor.discrepancy = verification.each<store::DiscrepancyRow>();
    visitor.idempotency = verification.each<store::IdempotencyRow>();
    visitor.outbox = verification.each<store::OutboxRow>();
    visitor.product = verification.each<store::ProductRow>();
    visitor.place = verification.each<store::PlaceRow>();
    visitor.audit_root = verification.each<store::AuditRootRow>();
    visitor.audit = verification.each<store::AuditRow>();
    visitor.damaged = [&](const store::StoreFault& fault) { verification.breach("row_damaged", {}, fault.what()); };
    try {
        // All of one moment: what is recorded meanwhile would otherwise look like a breach.
        core_->store.in_one_picture([&] {
            verification.world = core_->source.world();
            verification.guarded(
                [&] { verification.world = load_world(core_->store, core_->wiring.zones, core_->source.world().get()); });
            verification.check_editions();
            core_->store.visit(visitor);
            verification.guarded([&] { verification.finish_owner(); });
            verification.audit.finish();
            verification.guarded([&] { verification.find_leftover_claims(); });
            verification.gifts.finish(verification.to_breach);
            verification.recognitions.finish(verification.to_breach);
            verification.milestones.finish(verification.to_breach);
            verification.credit.finish(verification.to_breach);
            verification.referrals.finish(verification.to_breach);
            verification.accrued.finish(verification.merged_into, verification.to_breach);
            verification.guests.finish(verification.to_breach);
            // Only after all that draws from them was read are the sums of the pools known.
            store::Visitor pools;
            pools.portion = verification.each<store::PortionRow>();
            pools.pool = verification.each<store::PoolRow>();
            core_->store.visit(pools);
        });
        for (const auto& [name, sum] : verification.drawn) {
            if (sum != 0)
                verification.breach("pool_differs_from_receipts", name.key, "none drawn, receipts say " + std::to_string(sum));
        }
        for (const auto& [name, points] : verification.undrawn) {
            verification.breach("portion_of_no_pool", name.key, std::to_string(points) + " undrawn");
        }
        for (const std::string& fault : core_->store.check_integrity()) verification.breach("database_damaged", {}, fault);
    } catch (const store::StoreFault& fault) {
        verification.breach("store_unavailable", {}, fault.what());
    }
    return verification.report;
}

}  // namespace suki::app
