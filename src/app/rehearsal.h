#pragma once

#include "app/commands.h"
#include "app/prefetch.h"

/// Decisions that write nothing, on tables that are spread over nodes.
///
/// What a batch reads there is not of one moment, and a commit on several nodes may be seen on some of them only: for an instant,
/// or for as long as a node is away. What is written is held to keys and versions, and so to the truth. A refusal, the answer to a
/// repeat, or a sale that is recorded as nobody's because its card was not found rests on reading alone: a till that sends its hold
/// again would be told that there is no such hold, while it was confirmed a moment ago. So all that such an answer rests on is
/// written as if it changed, and undone (SpreadTables::rehearse): where it is another by now, or somebody is half-way through
/// writing it, that is a conflict like any other, and the batch is decided again.
namespace suki::app {

/// The next version of every row that was read, and every row that was missed. Pools are left out: a draw is written, and to be
/// told that a budget is empty a moment late or early is not wrong.
store::Batch rehearsal_of(const Prefetched& read);

/// Whether something was recorded otherwise than its caller said, for want of a row.
bool misses_something(const Answer& answer);

}  // namespace suki::app
