#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/decide.h"

/// What the audit log says of commands, and how its rows come into their chains (docs/decisions/0060-audit-log.md). Ids only: no
/// name, number or reason that a person gave.
namespace suki::app {

/// Of a console user, whose name is a person's: `usr_…`, the same as long as the user is there.
std::string user_id(const store::ConsoleUserRow& row);

/// A row of what the caller did, not yet chained. Its chain is the account's bucket, else that of the first subject.
store::AuditRow audit_row(const Desk& desk, const Caller& caller, std::string_view action, std::vector<std::string> subjects,
                          std::string_view outcome, std::optional<AccountId> account = std::nullopt);
/// The row of a command that was decided on `desk`; nothing for commands that the log passes over, and for the second time of what
/// changes nothing.
std::optional<store::AuditRow> audit_row(const Desk& desk, const Ask& ask, const Command& command, const Answered<Answer>& answer);

/// Numbers the rows after what is stored and chains them. Another process that writes the same chain meanwhile is a Conflict of the
/// commit.
void chain(store::Store& store, std::vector<store::AuditRow>& rows);
/// Where the organisation's chains stand now; nothing where none moved since its last root.
std::optional<store::AuditRootRow> next_root(store::Store& store, const std::string& organisation, Instant now);

}  // namespace suki::app
