#pragma once

#include <cstdint>

#include "base/names.h"

/// One SQL statement, said once for every database. Parameters are `?1`, `?2`, …; what differs between the dialects stands beside
/// it.
namespace suki::store::relational {

/// How far a statement reaches when the tables are distributed by bucket (POSTGRES rules 11 to 29).
///
/// one_owner: names the bucket, so one node answers it. reference: of tables that every node has whole, or that are keyed by a
/// value of their own. report: asks all nodes; no till waits for it, and no rule rests on its being one picture.
SUKI_ENUM(Reach, one_owner, reference, report)

/// whole: all rows are fetched at once. streamed: any number of rows, read in pieces of bounded memory.
SUKI_ENUM(Reading, whole, streamed)

struct Sql {
    const char* name;
    Reach reach;
    const char* text;
    Reading reading = Reading::whole;
    const char* postgres = nullptr;  // where PostgreSQL wants other words
};

}  // namespace suki::store::relational
