#pragma once

#include <array>
#include <set>
#include <string_view>

/// What reaches the rows of other owners than one, when tables are spread by owner. Whatever is not here reads and writes one
/// bucket of the owners' tables. docs/decisions/0071-spread-tables.md has the same list; a test compares the two.
namespace suki::app {

struct Reaching {
    std::string_view word;   // the command
    std::string_view when;   // empty: always
    bool is_report = false;  // asks every node; it still writes one owner's rows
};

inline constexpr std::array<Reaching, 24> kBeyondOneOwner{{
    {.word = "transfer_points", .when = ""},
    {.word = "merge_members", .when = ""},
    {.word = "join_household", .when = ""},
    {.word = "leave_household", .when = ""},
    {.word = "return_goods",
     .when = "the receipt's account was merged since, its buyer left the household, or was brought by somebody"},
    {.word = "void_receipt",
     .when = "the receipt's account was merged since, its buyer left the household, or was brought by somebody"},
    {.word = "record_receipt", .when = "it brings back what another account bought, or its buyer was brought by somebody"},
    {.word = "issue_card", .when = "it gives somebody a card that gathered for whoever held it"},
    {.word = "create_member", .when = "they join with a card that gathered for whoever held it, or say who brought them"},
    {.word = "name_referrer", .when = ""},
    {.word = "any",
     .when = "it names a member whose account was merged, or who joined or left a household: that row leads to the other"},
    {.word = "order_gift",
     .when = "it looks how many of a gift its store has received: a record of the programme, which only grows"},
    {.word = "end_gift_order", .when = "likewise, where one goes back or another is handed over"},
    {.word = "give_recognition", .when = "the colleague's points and their side's record"},
    {.word = "withdraw_recognition", .when = "likewise, of the giver"},
    {.word = "create_occasion", .when = "its event is nobody's"},
    {.word = "change_occasion", .when = "its event is nobody's; who waits moves up where there is room"},
    {.word = "cancel_occasion", .when = "it ends the seats of everybody: it looks for them by the occasion", .is_report = true},
    {.word = "take_seat", .when = "the occasion's record goes along, whose next version puts what happens to it in order"},
    {.word = "leave_seat", .when = "likewise, and who waits has the seat"},
    {.word = "check_in", .when = "likewise; a token is checked by the keys of the organisation"},
    {.word = "publish_edition", .when = "it brings counters: they are filled account by account, in commits of their own"},
    {.word = "sweep", .when = ""},
    {.word = "resolve_discrepancy", .when = "it is looked for by its id", .is_report = true},
}};

/// Tables whose bucket is of the owner. `outbox` is among them where the event has an owner, and `record` where it is of one; else
/// either is of its own id.
inline const std::set<std::string_view> kTablesOfOwners{"account",       "member",      "member_word", "card",
                                                        "account_state", "wallet",      "entry",       "receipt",
                                                        "activity",      "discrepancy", "record",      "outbox"};
/// Tables whose bucket is of the value that they are keyed by: each row is another's affair.
inline const std::set<std::string_view> kTablesOfValues{"claim", "idempotency", "pool",   "portion",
                                                        "audit", "quarantine",  "suspect"};

}  // namespace suki::app
