#include "server/rates.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "app/resolve.h"

namespace suki::server {

namespace {

void refuse_for(Call& call, ServerRejection code, const char* detail, std::int64_t wait_s) {
    call.refuse(Problem{
        .status = 429, .code = std::string{name_of(code)}, .detail = detail, .headers = {{"Retry-After", std::to_string(wait_s)}}});
}

bool take(Call& call, RequestBudget& budget, std::string_view who, const char* detail) {
    const std::int64_t wait_s = budget.take(who, steady_seconds());
    if (wait_s == 0) return true;
    refuse_for(call, ServerRejection::too_many_requests, detail, wait_s);
    return false;
}

/// Operations by which a till finds out who is there. A sale is none: it is a fact, and recorded whoever it names.
bool may_guess(std::string_view operation) {
    constexpr std::array<std::string_view, 32> kOperations{"findCard",
                                                           "getAccount",
                                                           "quoteReceipt",
                                                           "placeHold",
                                                           "createMember",
                                                           "recordEvent",
                                                           "listMemberBenefits",
                                                           "useBenefit",
                                                           "confirmBenefitUse",
                                                           "cancelBenefitUse",
                                                           "collectBenefitUse",
                                                           "moveBenefitUse",
                                                           "getBenefitUseLabel",
                                                           "issueAccessToken",
                                                           "listGifts",
                                                           "listMemberGifts",
                                                           "orderGift",
                                                           "handOverGift",
                                                           "listOccasions",
                                                           "listMemberSeats",
                                                           "takeSeat",
                                                           "leaveSeat",
                                                           "checkIn",
                                                           "checkInMember",
                                                           "getSeatCode",
                                                           "listMemberRecognitions",
                                                           "giveRecognition",
                                                           "listMemberTradeItems",
                                                           "handInItem",
                                                           "acceptTradeItem",
                                                           "refuseTradeItem",
                                                           "giveBackTradeItem"};
    return std::find(kOperations.begin(), kOperations.end(), operation) != kOperations.end();
}

}  // namespace

bool check_caller_rate(Call& call) {
    const Principal& who = call.principal;
    if (who.kind == Principal::Kind::nobody) return true;
    return take(call, call.shared().requests, who.organisation + "/" + who.id, "more requests than this key or person may make");
}

bool check_address_rate(Call& call, std::string_view operation) {
    if (operation == "getHealth" || operation == "getReadiness" || operation == "signIn") return true;
    return take(call, call.shared().addresses, throttled_address(call.client_address()),
                "more requests from this address without a key or session than may be");
}

bool check_guesses(Call& call, std::string_view operation) {
    const Principal& who = call.principal;
    if (who.kind != Principal::Kind::key || who.scope != app::KeyScope::till || !may_guess(operation)) return true;
    const std::int64_t wait_s = call.shared().guesses.wait_s(who.id, steady_seconds());
    if (wait_s == 0) return true;
    refuse_for(call, ServerRejection::too_many_attempts, "this key named too many cards and members that are not there", wait_s);
    return false;
}

bool check_member_rate(Call& call, app::NamedBy by, const std::string& value) {
    if (by == app::NamedBy::nobody || value.empty()) return true;
    // However it is spelt.
    std::optional<std::string> name;
    if (by == app::NamedBy::phone) name = app::canonical_phone(value);
    if (by == app::NamedBy::email) name = app::canonical_email(value);
    const std::string who = call.organisation + "/" + std::string{name_of(by)} + "/" + name.value_or(value);
    return take(call, call.shared().members, who, "more requests about this member than may be made");
}

void note_refused_entry(Call& call, std::string_view operation, std::string_view code) {
    const bool is_known = call.principal.kind != Principal::Kind::nobody;
    if (!is_known && !call.request().header("Authorization")) return;
    app::Caller caller = call.caller();
    // An unknown key's in the only organisation that there is, if so: nobody knows whom it meant.
    const std::vector<std::string> all = call.app().organisations();
    caller.organisation = is_known ? call.principal.organisation : std::string{};
    if (caller.organisation.empty() && all.size() == 1) caller.organisation = all.front();
    // A stranger is news once, whatever he tries his keys on: he may have many addresses, and must not silence what is told of
    // known ones, nor fill the log.
    Shared& shared = call.shared();
    const bool is_news = is_known ? shared.entries_refused.is_news(
                                        caller.api_key + " " + std::string{operation} + " " + std::string{code}, steady_seconds())
                                  : shared.strangers_refused.is_news(throttled_address(call.client_address()), steady_seconds());
    if (!is_news) return;
    (void)shared.workers.try_post([caller = std::move(caller), operation = std::string{operation}, code = std::string{code},
                                   &app = call.app()] { app.note(caller, "refused_entry", {operation}, code); });
}

}  // namespace suki::server
