#pragma once

#include <string>

#include "base/amount.h"
#include "base/names.h"

/// What nearly every command and answer speaks of: who asks, whom they name, and what somebody has.
namespace suki::app {

/// Who asks. The Idempotency-Key is unique per organisation and API key (DESIGN.md 10); empty where the command has a natural key
/// or the caller does not retry (cli).
struct Caller {
    std::string organisation;
    std::string api_key;  // its id; `console:<user>` or `cli` otherwise
    std::string idempotency_key;
    std::string author;       // a person's name for adjustments and publishing; defaults to api_key
    std::string store;        // the only one whose receipts and events the caller may write; empty: any
    std::string request;      // X-Request-Id, for the audit log; may be empty
    std::string traceparent;  // the caller's, of W3C Trace Context, which its events carry on; may be empty
};

/// How a member is named. `member` is an id in text (`mem_…`).
SUKI_ENUM(NamedBy, nobody, member, card, phone, email, external)
struct MemberName {
    NamedBy by = NamedBy::nobody;
    std::string value;
    friend bool operator==(const MemberName&, const MemberName&) = default;
};

/// Balances of one unit after a command.
struct UnitBalance {
    std::string unit;
    Points pending, available, held, owed;
    friend bool operator==(const UnitBalance&, const UnitBalance&) = default;
};

}  // namespace suki::app
