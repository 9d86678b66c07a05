#include "app/audit.h"

#include <algorithm>
#include <limits>
#include <map>

#include "app/card_batches.h"
#include "app/core.h"
#include "app/guard.h"
#include "app/page.h"
#include "app/resolve.h"
#include "base/decimal.h"
#include "store/audit.h"

namespace suki::app {

namespace {

constexpr std::size_t kSubjectsMax = 20;
constexpr std::size_t kIdSymbols = 16;
/// A row of another server, whose clock is behind, may be written after a root that it is older than.
constexpr std::int64_t kClocksApartUs = 24 * 3'600 * kSecondUs;

std::string hashed_id(std::string_view prefix, std::string_view organisation, std::string_view value) {
    std::string text{organisation};
    text += '\0';
    text += value;
    return std::string{prefix} + "_" + to_hex(sha256(text)).substr(0, kIdSymbols);
}

/// Of whom and what. What the caller wrote by itself stands here only where it names something that is there: any text may come as
/// an id.
struct Noted {
    std::vector<std::string> subjects;
    std::optional<AccountId> account;
};

/// Whatever the log passes over: what the journal holds, and what changes nobody's rights or money.
template <class C, class A>
std::optional<Noted> note(const Desk&, const Ask&, const C&, const A*) {
    return std::nullopt;
}

template <class C>
Noted note_adjustment(const Desk& desk, const Ask& ask, const C& command, const AdjustAnswer* answer) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    const auto named = programme != nullptr ? find_named(desk, *programme, command.member) : Unexpected{ReferenceRejection{}};
    if (!named) return Noted{};
    Noted noted{.subjects = {named->member.text()}, .account = named->key.account};
    if (answer != nullptr) noted.subjects.push_back(answer->id);
    return noted;
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const Adjust& command, const AdjustAnswer* answer) {
    return note_adjustment(desk, ask, command, answer);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const UndoAdjustment& command, const AdjustAnswer* answer) {
    return note_adjustment(desk, ask, command, answer);
}

/// Two members, and the cause of what went from one to the other. Afterwards their names may lead elsewhere.
template <class C, class A>
Noted note_both(const Desk& desk, const Ask& ask, const C& command, const A* answer, const std::string& cause) {
    const ProgrammePointer programme = desk.world()->programme(ask.caller.organisation, command.programme);
    if (programme == nullptr) return {};
    Noted noted;
    if (answer != nullptr) {
        const auto claim = desk.claim(member_claim(ask.caller.organisation, answer->member));
        noted = {.subjects = {answer->member.text(), answer->to.text(), cause}, .account = claim ? claim->account : std::nullopt};
        return noted;
    }
    for (const MemberName* name : {&command.member, &command.to}) {
        const auto named = find_named(desk, *programme, *name);
        if (!named) continue;
        noted.subjects.push_back(named->member.text());
        if (!noted.account) noted.account = named->key.account;
    }
    return noted;
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const TransferPoints& command, const TransferAnswer* answer) {
    return note_both(desk, ask, command, answer, answer == nullptr ? std::string{} : answer->transfer);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const MergeMembers& command, const MergeAnswer* answer) {
    Noted noted = note_both(desk, ask, command, answer, answer == nullptr ? std::string{} : answer->merge);
    if (answer == nullptr) return noted;
    for (const MergedProgramme& merged : answer->elsewhere) {
        noted.subjects.insert(noted.subjects.end(), {merged.member.text(), merged.to.text(), merged.merge});
    }
    return noted;
}

std::optional<Noted> note(const Desk& desk, const Ask& ask, const PatchMember& command, const MemberView*) {
    const auto claim = desk.claim(member_claim(ask.caller.organisation, command.member));
    if (!claim) return Noted{};
    return Noted{.subjects = {command.member.text()}, .account = claim->account};
}

Noted note_card(const Desk& desk, const Ask& ask, const std::string& number) {
    const std::string& organisation = ask.caller.organisation;
    const auto claim = is_good_code(number) ? desk.claim(card_claim(organisation, number)) : std::nullopt;
    if (!claim) return {};
    Noted noted{.subjects = {hashed_id("crd", organisation, number)}, .account = claim->account};
    if (claim->member) noted.subjects.push_back(claim->member->text());
    return noted;
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const IssueCard& command, const CardView* answer) {
    return note_card(desk, ask, answer == nullptr ? command.number : answer->number);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const BlockCard& command, const CardView*) {
    return note_card(desk, ask, command.number);
}

std::optional<Noted> note(const Desk& desk, const Ask& ask, const ReplaceCard& command, const CardView* answer) {
    Noted noted = note_card(desk, ask, command.number);
    if (answer != nullptr) noted.subjects.push_back(hashed_id("crd", ask.caller.organisation, answer->number));
    return noted;
}

std::optional<Noted> note(const Desk&, const Ask&, const MakeCards&, const CardBatchView* answer) {
    if (answer == nullptr) return Noted{};
    return Noted{.subjects = {answer->id}};
}
std::optional<Noted> note(const Desk&, const Ask&, const BlockCardBatch& command, const CardBatchView*) {
    if (!parse_id(kCardBatchPrefix, command.batch)) return Noted{};
    return Noted{.subjects = {command.batch}};
}

Noted note_of_member(const Desk& desk, const Ask& ask, const std::string& programme, const MemberName& member, std::string id) {
    const ProgrammePointer found = desk.world()->programme(ask.caller.organisation, programme);
    Noted noted;
    if (found != nullptr) {
        if (const auto named = find_named(desk, *found, member)) {
            noted.account = named->key.account;
            noted.subjects.push_back(named->member.text());
        }
    }
    if (!id.empty()) noted.subjects.push_back(std::move(id));
    return noted;
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const GrantBenefit& command, const BenefitGrantView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const RevokeBenefit& command, const BenefitGrantView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const GrantLevel& command, const LevelGrantView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const EndLevelGrant& command, const LevelGrantView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
/// That somebody was served stands in the record of it; what became of it is other people's affair as well.
std::optional<Noted> note(const Desk& desk, const Ask& ask, const EndBenefitUse& command, const BenefitUseView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}

std::optional<Noted> note(const Desk& desk, const Ask& ask, const EndGiftOrder& command, const GiftOrderView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
/// That a member bought something stands on their statement; what is given away is other people's affair.
std::optional<Noted> note(const Desk& desk, const Ask& ask, const OrderGift& command, const GiftOrderView* answer) {
    if (!command.is_present) return std::nullopt;
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk&, const Ask&, const MoveGiftStock& command, const GiftStockView* answer) {
    if (answer == nullptr) return Noted{};
    const std::string moved = std::string{name_of(command.move)} + "_" + std::to_string(command.count);
    return Noted{.subjects = {answer->gift, answer->store, moved}};
}
/// That something was handed in stands in the record of it; what is paid for it and what becomes of it is other people's affair.
std::optional<Noted> note(const Desk& desk, const Ask& ask, const ChangeTradeItem& command, const TradeItemView* answer) {
    Noted noted = note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
    if (answer != nullptr) noted.subjects.emplace_back(name_of(command.step));
    return noted;
}
template <class C>
std::optional<Noted> note_occasion(const C& command, const OccasionView* answer) {
    if (answer == nullptr) return Noted{};
    return Noted{.subjects = {command.programme, answer->id}};
}
std::optional<Noted> note(const Desk&, const Ask&, const CreateOccasion& command, const OccasionView* answer) {
    return note_occasion(command, answer);
}
std::optional<Noted> note(const Desk&, const Ask&, const ChangeOccasion& command, const OccasionView* answer) {
    return note_occasion(command, answer);
}
std::optional<Noted> note(const Desk&, const Ask&, const CancelOccasion& command, const OccasionView* answer) {
    return note_occasion(command, answer);
}
/// Who takes a seat or comes stands on the list; who is put on it, taken off it or sent out again is other people's affair.
std::optional<Noted> note(const Desk& desk, const Ask& ask, const TakeSeat& command, const SeatView* answer) {
    if (!command.is_invited) return std::nullopt;
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const LeaveSeat& command, const SeatView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const CheckIn& command, const SeatView* answer) {
    if (!command.is_undone) return std::nullopt;
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const WithdrawRecognition& command, const RecognitionView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const JoinMembership& command, const MembershipView* answer) {
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const ChangeMembership& command, const MembershipView* answer) {
    Noted noted = note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
    if (answer != nullptr) noted.subjects.emplace_back(name_of(command.change));
    return noted;
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const ReportPayment& command, const PaymentRequestView* answer) {
    Noted noted = note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->id);
    if (answer != nullptr) noted.subjects.emplace_back(name_of(command.result));
    return noted;
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const NameReferrer& command, const ReferralView* answer) {
    // Both: who was brought, and by whom.
    return note_of_member(desk, ask, command.programme, command.member, answer == nullptr ? std::string{} : answer->by.text());
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const JoinHousehold& command, const HouseholdView* answer) {
    // Both: who joined, and whose household it is.
    return note_of_member(desk, ask, command.programme, command.to, answer == nullptr ? std::string{} : answer->member.text());
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const LeaveHousehold& command, const HouseholdView*) {
    return note_of_member(desk, ask, command.programme, command.member, {});
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const SetHousehold& command, const HouseholdView* answer) {
    std::string owner;
    if (answer != nullptr && !answer->people.empty()) owner = answer->people.front().member.text();
    return note_of_member(desk, ask, command.programme, command.member, std::move(owner));
}

std::optional<Noted> note(const Desk&, const Ask&, const CreateOrganisation&, const std::string* id) {
    if (id == nullptr) return Noted{};
    return Noted{.subjects = {*id}};
}
std::optional<Noted> note(const Desk&, const Ask&, const PublishEdition&, const EditionView* answer) {
    if (answer == nullptr) return Noted{};
    return Noted{.subjects = {answer->programme, "edition_" + std::to_string(answer->edition)}};
}

/// The first ones, and how many more there are.
template <class Items, class IdOf>
Noted note_items(const Items& items, const CatalogueAnswer* answer, const IdOf& id_of) {
    Noted noted;
    if (answer == nullptr) return noted;
    for (const auto& item : items) {
        if (noted.subjects.size() == kSubjectsMax) break;
        noted.subjects.push_back(id_of(item));
    }
    if (items.size() > kSubjectsMax) noted.subjects.push_back("+" + std::to_string(items.size() - kSubjectsMax));
    return noted;
}
std::optional<Noted> note(const Desk&, const Ask&, const ImportProducts& command, const CatalogueAnswer* answer) {
    return note_items(command.products, answer, [](const catalogue::Product& product) { return product.sku; });
}
std::optional<Noted> note(const Desk&, const Ask&, const ImportStores& command, const CatalogueAnswer* answer) {
    return note_items(command.stores, answer, [](const catalogue::Store& place) { return place.id; });
}

std::optional<Noted> note(const Desk&, const Ask&, const CreateApiKey&, const ApiKeyView* answer) {
    if (answer == nullptr) return Noted{};
    return Noted{.subjects = {answer->id}};
}
std::optional<Noted> note(const Desk& desk, const Ask&, const RevokeApiKey& command, const ApiKeyView*) {
    if (!desk.api_key(command.id)) return Noted{};
    return Noted{.subjects = {command.id}};
}

/// What time asked for is written down where it changed something.
std::optional<Noted> note(const Desk&, const Ask&, const RotateSigningKeys& command, const SigningKeysView* answer) {
    if (answer == nullptr) return command.how == KeyRotation::due ? std::nullopt : std::optional{Noted{}};
    if (!answer->is_changed) return std::nullopt;
    Noted noted;
    if (!answer->keys.empty()) noted.subjects.push_back(answer->keys.back().id);
    noted.subjects.emplace_back(name_of(command.how));
    return noted;
}

template <class C>
Noted note_user(const Desk& desk, const Ask& ask, const C& command, const UserView* answer) {
    if (answer != nullptr) return {.subjects = {answer->id}};
    if (!is_good_code(command.name)) return {};
    const auto row = desk.console_user(ask.caller.organisation, command.name);
    return row ? Noted{.subjects = {user_id(*row)}} : Noted{};
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const CreateUser& command, const UserView* answer) {
    return note_user(desk, ask, command, answer);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const ResetPassword& command, const UserView* answer) {
    return note_user(desk, ask, command, answer);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const RemoveUser& command, const UserView* answer) {
    return note_user(desk, ask, command, answer);
}
std::optional<Noted> note(const Desk& desk, const Ask& ask, const ChangePassword& command, const UserView* answer) {
    return note_user(desk, ask, command, answer);
}

std::optional<Noted> note(const Desk&, const Ask&, const ResolveDiscrepancy& command, const DiscrepancyView* answer) {
    if (answer == nullptr) return Noted{};
    return Noted{.subjects = {command.discrepancy}};
}
std::optional<Noted> note(const Desk&, const Ask&, const ReleaseQuarantined& command, const QuarantinedView* answer) {
    if (answer == nullptr) return Noted{};
    return Noted{.subjects = {command.id}};
}

bool is_second_time(const Answered<Answer>& answer) {
    return answer && std::visit(
                         [](const auto& a) {
                             if constexpr (requires { a.is_repeat; }) return a.is_repeat;
                             return false;
                         },
                         *answer);
}

std::string actor_of(const Desk& desk, const Caller& caller) {
    constexpr std::string_view kConsole = "console:";
    if (!caller.api_key.starts_with(kConsole)) return caller.api_key;
    const std::string name = caller.api_key.substr(kConsole.size());
    for (const std::string& organisation : {caller.organisation, std::string{}}) {
        if (const auto row = desk.console_user(organisation, name)) return user_id(*row);
    }
    return "console";  // removed meanwhile
}

}  // namespace

std::string user_id(const store::ConsoleUserRow& row) {
    return hashed_id("usr", row.org, row.name + '\0' + std::to_string(row.created_at.us));
}

store::AuditRow audit_row(const Desk& desk, const Caller& caller, std::string_view action, std::vector<std::string> subjects,
                          std::string_view outcome, std::optional<AccountId> account) {
    store::AuditRow row{.org = caller.organisation,
                        .at = desk.accepted_at(),
                        .actor = actor_of(desk, caller),
                        .action = std::string{action},
                        .subjects = std::move(subjects),
                        .outcome = std::string{outcome},
                        .request = caller.request};
    const std::string_view value = !row.subjects.empty() ? row.subjects.front() : !row.request.empty() ? row.request : row.actor;
    row.chain = account ? store::bucket_of(account->bits) : store::bucket_of(value);
    return row;
}

std::optional<store::AuditRow> audit_row(const Desk& desk, const Ask& ask, const Command& command, const Answered<Answer>& answer) {
    if (is_second_time(answer)) return std::nullopt;
    const std::optional<Noted> noted = std::visit(
        [&](const auto& c) {
            using A = typename std::decay_t<decltype(c)>::answer_type;
            const A* given = answer ? &std::get<A>(*answer) : nullptr;
            return note(desk, ask, c, given);
        },
        command);
    if (!noted) return std::nullopt;
    const std::string_view outcome = answer ? store::kAuditDone : std::string_view{answer.error().code};
    store::AuditRow row = audit_row(desk, ask.caller, word_of(command), noted->subjects, outcome, noted->account);
    // Whoever looks into a new organisation's log finds how it began.
    if (std::holds_alternative<CreateOrganisation>(command) && answer) row.org = noted->subjects.front();
    return row;
}

// -- Chains -------------------------------------------------------------------------------------------------------------------

void chain(store::Store& store, std::vector<store::AuditRow>& rows) {
    std::map<std::pair<std::string, int>, std::pair<std::int64_t, Digest>> heads;
    for (store::AuditRow& row : rows) {
        const auto [at, is_new] = heads.try_emplace({row.org, row.chain});
        auto& [number, hash] = at->second;
        if (is_new) {
            if (const auto head = store.find_audit_head(row.org, row.chain)) at->second = {head->number, head->hash};
        }
        row.number = ++number;
        row.hash = store::hash_of(hash, row);
        hash = row.hash;
    }
}

std::optional<store::AuditRootRow> next_root(store::Store& store, const std::string& organisation, Instant now) {
    // What all roots say together: a chain stands where the last one that names it left it.
    std::map<int, std::int64_t> known;
    store::AuditRootRow last{.made_at = {std::numeric_limits<std::int64_t>::min() + kClocksApartUs}};
    store::Visitor visitor;
    visitor.audit_root = [&](const store::AuditRootRow& root) {
        if (root.org != organisation) return true;
        for (const store::AuditHead& head : root.heads) known[head.chain] = head.number;
        last = root;
        return true;
    };
    store.visit(visitor);
    store::AuditRootRow root{.org = organisation, .number = last.number + 1, .made_at = now};
    for (const int chain : store.audit_chains_since(organisation, Instant{last.made_at.us - kClocksApartUs})) {
        const auto head = store.find_audit_head(organisation, chain);
        if (!head || known[chain] == head->number) continue;
        root.heads.push_back({.chain = chain, .number = head->number, .hash = head->hash});
    }
    if (root.heads.empty()) return std::nullopt;
    root.hash = store::hash_of(last.hash, root);
    return root;
}

store::AuditRow App::Core::noted(const Caller& caller, std::string_view action, std::vector<std::string> subjects,
                                 std::string_view outcome) const {
    const Desk nothing{source};
    return audit_row(Desk{source, nothing, wiring.now()}, caller, action, std::move(subjects), outcome);
}

bool App::note(const Caller& caller, std::string_view action, std::vector<std::string> subjects, std::string_view outcome) {
    try {
        store::Batch batch;
        batch.audit.push_back(core_->noted(caller, action, std::move(subjects), outcome));
        return core_->commit_rows(std::move(batch));
    } catch (const store::StoreFault&) {
        ++core_->store_faults;
        return false;
    }
}

// -- Roots and reading --------------------------------------------------------------------------------------------------------

namespace {

AuditRootView view(const store::AuditRootRow& row) {
    return {.organisation = row.org, .number = row.number, .made_at = row.made_at, .hash = to_hex(row.hash)};
}

AuditView view(const store::AuditRow& row) {
    return {.chain = row.chain,
            .number = row.number,
            .at = row.at,
            .actor = row.actor,
            .action = row.action,
            .subjects = row.subjects,
            .outcome = row.outcome,
            .request = row.request,
            .hash = to_hex(row.hash)};
}

}  // namespace

Answered<std::optional<AuditRootView>> App::make_audit_root(const std::string& organisation) {
    using Made = std::optional<AuditRootView>;
    return guarded<Made>(*core_, [&]() -> Answered<Made> {
        // Rows that are committed meanwhile are the next root's.
        const std::lock_guard lock{core_->commit_mutex};
        const auto root = next_root(core_->store, organisation, core_->wiring.now());
        if (!root) return Made{};
        store::Batch batch;
        batch.audit_roots.push_back(*root);
        core_->store.commit(batch);
        return Made{view(*root)};
    });
}

std::vector<AuditRootView> App::make_daily_audit_roots() {
    const auto day_of = [](Instant at) { return at.us / (24 * 3'600 * kSecondUs); };
    std::vector<AuditRootView> made;
    std::vector<std::string> all = organisations();
    all.emplace_back();
    for (const std::string& organisation : all) {
        try {
            const auto last = core_->store.find_audit_root(organisation);
            if (last && day_of(last->made_at) >= day_of(core_->wiring.now())) continue;
        } catch (const store::StoreFault&) {
            ++core_->store_faults;
            continue;
        }
        // What fails, also because another server was first, comes with the next look.
        if (auto root = make_audit_root(organisation); root && *root) made.push_back(**root);
    }
    return made;
}

Answered<AuditList> App::audit(const std::string& organisation, const AuditFilter& filter, const Page& page) const {
    return guarded_on_replica<AuditList>(*core_, [&]() -> Answered<AuditList> {
        const auto limit = limit_of(page);
        if (!limit) return Unexpected<Refusal>{limit.error()};
        store::AuditQuery query{.org = organisation, .actor = filter.actor, .action = filter.action, .limit = *limit + 1};
        if (!page.cursor.empty()) {
            const auto parts = read_cursor(page.cursor, 3);
            const auto at = parts ? parse_integer((*parts)[0]) : std::nullopt;
            const auto chain = parts ? parse_integer((*parts)[1]) : std::nullopt;
            const auto number = parts ? parse_integer((*parts)[2]) : std::nullopt;
            if (!at || !chain || !number || *chain < 0 || *chain >= store::kBuckets) {
                return refuse(QueryRejection::cursor_malformed, "/cursor");
            }
            query.before = {.at = Instant{*at}, .chain = static_cast<int>(*chain), .number = *number};
        }
        AuditList list;
        std::vector<store::AuditRow> rows = core_->store.list_audit(query);
        if (rows.size() > *limit) {
            rows.resize(*limit);
            const store::AuditRow& last = rows.back();
            list.next_cursor = cursor_of({std::to_string(last.at.us), std::to_string(last.chain), std::to_string(last.number)});
        }
        for (const store::AuditRow& row : rows) list.rows.push_back(view(row));
        return list;
    });
}

}  // namespace suki::app
