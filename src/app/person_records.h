#pragma once

#include <vector>

#include "app/desk.h"

/// Records of somebody who may have been in several accounts: accounts are merged, and people join households and leave them.
namespace suki::app {

/// Of the account and of those that became it, newest first, whoever of its people they are of.
std::vector<store::RecordRow> records_of_account(const Desk& desk, const store::OwnerKey& key, store::RecordKind kind);
/// The person's own of all accounts that are or were theirs, newest first: also where they shared one, and whoever they were before
/// accounts were merged.
std::vector<store::RecordRow> records_of_person(const Desk& desk, const store::OwnerKey& key, MemberId member,
                                                store::RecordKind kind);

}  // namespace suki::app
