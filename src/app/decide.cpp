#include "app/decide.h"

#include "app/audit.h"
#include "app/resolve.h"
#include "base/limits.h"
#include "engine/settle.h"

namespace suki::app {

namespace {

using store::ClaimKind;

template <class A>
Answered<Answer> repeated(std::string_view stored) {
    auto answer = unpacked<A>(stored);
    if (!answer) return refuse(CommandRejection::internal_inconsistency);
    if constexpr (requires { answer->is_repeat; }) answer->is_repeat = true;
    return Answer{*std::move(answer)};
}

/// The outcome of a receipt is remembered in the receipt itself, as it was first decided.
Answered<Answer> repeated_receipt(const Desk& desk, const store::ClaimRow& claim, std::string_view stored) {
    auto answer = unpacked<ReceiptAnswer>(stored);
    if (!answer) return refuse(CommandRejection::internal_inconsistency);
    const auto row = desk.receipt(claim.key.org, claim.key.programme, claim.account, claim.key.value);
    if (!row) return refuse(CommandRejection::internal_inconsistency);
    auto receipt = engine::unpack_receipt(row->packed);
    if (!receipt) return refuse(CommandRejection::internal_inconsistency);
    answer->outcome = std::move(receipt->decided);
    answer->is_repeat = true;
    return Answer{*std::move(answer)};
}

Unexpected<Refusal> taken(ClaimKind kind) {
    if (kind == ClaimKind::receipt) return refuse(ReceiptRejection::receipt_already_recorded);
    if (kind == ClaimKind::activity) return refuse(ActivityRejection::activity_already_recorded);
    return refuse(ReturnCommandRejection::return_already_recorded);
}

/// What was answered to the same natural key, or nothing when it is new.
std::optional<Answered<Answer>> answered_before(const Desk& desk, const std::optional<store::ClaimKey>& key, const Digest& hash) {
    if (!key) return std::nullopt;
    const auto claim = desk.claim(*key);
    if (!claim) return std::nullopt;
    const auto remembered = unpack_remembered(claim->other);
    if (!remembered) return Answered<Answer>{refuse(CommandRejection::internal_inconsistency)};
    if (remembered->command_hash != hash) return Answered<Answer>{taken(key->kind)};
    if (key->kind == ClaimKind::receipt) return repeated_receipt(desk, *claim, remembered->answer);
    if (key->kind == ClaimKind::activity) return repeated<ActivityAnswer>(remembered->answer);
    return repeated<ReturnAnswer>(remembered->answer);
}

bool needs_organisation(const Command& command) {
    return !std::holds_alternative<CreateOrganisation>(command) && !std::holds_alternative<CreateUser>(command) &&
           !std::holds_alternative<ChangePassword>(command) && !std::holds_alternative<Sweep>(command);
}

}  // namespace

std::optional<store::ClaimKey> natural_key(const World& world, const Caller& caller, const Command& command) {
    const auto key = [&](ClaimKind kind, const std::string& programme, const std::string& id) -> std::optional<store::ClaimKey> {
        const ProgrammePointer found = world.programme(caller.organisation, programme);
        if (found == nullptr || id.empty()) return std::nullopt;
        return store::ClaimKey{.org = caller.organisation, .kind = kind, .programme = found->id, .value = id};
    };
    if (const auto* receipt = std::get_if<RecordReceipt>(&command))
        return key(ClaimKind::receipt, receipt->programme, receipt->receipt.id);
    if (const auto* back = std::get_if<ReturnGoods>(&command)) return key(ClaimKind::return_, back->programme, back->what.id);
    if (const auto* voided = std::get_if<VoidReceipt>(&command)) return key(ClaimKind::return_, voided->programme, voided->what.id);
    if (const auto* activity = std::get_if<RecordActivity>(&command)) {
        return key(ClaimKind::activity, activity->programme, activity->activity.id);
    }
    return std::nullopt;
}

std::string_view word_of(const Command& command) {
    return std::visit([](const auto& c) { return std::decay_t<decltype(c)>::word; }, command);
}

Digest hash_of(const Command& command) {
    ByteWriter out;
    out.put_text(word_of(command));
    out.put(kCodecVersion);
    std::visit([&](const auto& c) { Packer{out}(c); }, command);
    return sha256(out.bytes());
}

namespace {

std::string subject_of(const Command& command) {
    const std::string id = std::visit(
        [](const auto& c) -> std::string {
            if constexpr (requires { c.receipt.id; }) {
                return c.receipt.id;
            } else if constexpr (requires { c.what.id; }) {
                return c.what.id;
            } else if constexpr (requires { c.activity.id; }) {
                return c.activity.id;
            } else if constexpr (requires { c.hold; }) {
                return c.hold.text();
            } else {
                return {};
            }
        },
        command);
    return is_good_code(id) ? id : std::string{};
}

}  // namespace

store::InFlightCommand in_flight(const std::string& organisation, const Command& command) {
    store::InFlightCommand known{
        .key = {.org = organisation}, .command = std::string{word_of(command)}, .subject = subject_of(command)};
    if (const auto* quote = std::get_if<Quote>(&command)) {
        // The same basket is quoted as of now each time, and then perhaps with a hold.
        Quote timeless = *quote;
        timeless.receipt.occurred_at = {};
        timeless.with_hold = false;
        known.key.command_hash = hash_of(timeless);
    } else {
        known.key.command_hash = hash_of(command);
    }
    return known;
}

std::string author_of(const Caller& caller) { return caller.author.empty() ? caller.api_key : caller.author; }

Answered<std::string> author_with_reason(const Ask& ask, const std::string& reason) {
    const bool is_blank = reason.find_first_not_of(" \t\r\n\u00a0") == std::string::npos;
    if (is_blank || !is_good_text(reason)) return refuse(AdjustRejection::reason_missing, "/reason");
    std::string author = author_of(ask.caller);
    if (author.empty()) return refuse(AdjustRejection::author_missing);
    return author;
}

engine::Cause cause_now(const Desk& desk, const Programme& programme, std::string id) {
    const Edition* edition = programme.in_force(local_date(*programme.latest().zone, desk.recorded_at()));
    return {.id = std::move(id),
            .occurred_at = desk.recorded_at(),
            .recorded_at = desk.recorded_at(),
            .edition = edition == nullptr ? 0 : edition->view.edition};
}

std::string random_hex(const Wiring& wiring, std::size_t bytes) {
    std::string text(bytes, '\0');
    wiring.random({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    return to_hex(text);
}

AccountId random_account(const Wiring& wiring) {
    std::array<std::uint8_t, 16> bytes{};
    wiring.random(bytes);
    IdBits bits;
    for (std::size_t i = 0; i < 8; ++i) bits.high = (bits.high << 8) | bytes[i];
    for (std::size_t i = 8; i < 16; ++i) bits.low = (bits.low << 8) | bytes[i];
    return {bits};
}

std::string own_cause(const Desk& desk, const Ask& ask, std::string_view prefix, std::string_view part) {
    // `accepted_at` is never the same twice in a process; the hash keeps processes apart.
    return id_text(prefix, derived_id(desk.accepted_at(), to_hex(ask.command_hash), std::string{prefix} + std::string{part},
                                      static_cast<std::uint64_t>(desk.accepted_at().us)));
}

Answered<Answer> decide_once(Desk& desk, const Wiring& wiring, const Caller& caller, const Command& command) {
    const WorldPointer world = desk.world();
    if (needs_organisation(command) && !world->organisations.contains(caller.organisation)) {
        return refuse(CommandRejection::organisation_not_found);
    }
    if (caller.idempotency_key.size() > limits::code_bytes) return refuse(CommandRejection::idempotency_key_invalid);
    if (auto beyond = reaches_beyond_store(desk, caller, command)) return Unexpected<Refusal>{*std::move(beyond)};
    const Ask ask{.caller = caller, .wiring = wiring, .command_hash = hash_of(command)};
    const auto natural = natural_key(*world, caller, command);
    if (!caller.idempotency_key.empty()) {
        if (const auto row = desk.idempotency(caller.organisation, caller.api_key, caller.idempotency_key)) {
            if (row->command_hash != ask.command_hash) return refuse(CommandRejection::idempotency_key_reused);
            if (!natural) {
                const std::string response = from_base64(row->response).value_or(std::string{});
                return std::visit(
                    [&](const auto& c) { return repeated<typename std::decay_t<decltype(c)>::answer_type>(response); }, command);
            }
        }
    }
    if (auto before = answered_before(desk, natural, ask.command_hash)) return *std::move(before);

    Answered<Answer> answer = std::visit(
        [&](const auto& c) -> Answered<Answer> {
            auto decided = decide(desk, ask, c);
            if (!decided) return Unexpected<Refusal>{std::move(decided).error()};
            return Answer{*std::move(decided)};
        },
        command);
    if (!answer) return answer;
    if (!desk.breaches.empty()) {
        return refuse(CommandRejection::internal_inconsistency, {},
                      {{"invariant", std::string{name_of(desk.breaches.front().invariant)}}, {"what", desk.breaches.front().what}});
    }
    if (auto row = audit_row(desk, ask, command, answer)) desk.rows.audit.push_back(*std::move(row));
    if (!caller.idempotency_key.empty()) {
        store::IdempotencyRow row{.org = caller.organisation,
                                  .api_key = caller.api_key,
                                  .key = caller.idempotency_key,
                                  .command_hash = ask.command_hash,
                                  .recorded_at = desk.accepted_at()};
        if (!natural) row.response = to_base64(std::visit([](const auto& a) { return packed(a); }, *answer));
        desk.put_idempotency(std::move(row));
    }
    return answer;
}

}  // namespace suki::app
