#pragma once

#include "house/sim_workload.h"

namespace suki::house {

/// For every kind of command: the store fails at its n-th operation, n = 1, 2, 3 … until the command is done before that, at most
/// `faults_max`; once by itself, and once so that every attempt fails. On SQLite, or on the test server's PostgreSQL. After a
/// restart the command must be wholly done or wholly absent, the books in order, and sending it again must end where it ends
/// without faults.
Tally run_faults(std::int64_t faults_max, bool is_postgres);

}  // namespace suki::house
