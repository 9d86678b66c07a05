# Tests of the running server: the contract, races, kill -9, recorded histories, and the requests of the guide. Each is a program of its own.
set -uo pipefail
passed=0
failed=0
skipped=0
add() {  # add NAME command…
  local name=$1 line status=0; shift
  echo "-- $name"
  "$@" > build/test-logs/server-"$name".log 2>&1 || status=$?
  tail -n 25 build/test-logs/server-"$name".log
  line=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' build/test-logs/server-"$name".log | tail -n 1)
  local good bad none
  good=$(echo "${line:-0 passed, 1 failed}" | grep -oE '^[0-9]+')
  bad=$(echo "${line:-0 passed, 1 failed}" | grep -oE '[0-9]+ failed' | grep -oE '[0-9]+')
  none=$(grep -aoE '[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped' build/test-logs/server-"$name".log | tail -n 1 | grep -oE '[0-9]+ skipped' | grep -oE '[0-9]+')
  [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || bad=1
  passed=$((passed + good))
  failed=$((failed + bad))
  skipped=$((skipped + ${none:-0}))
}
mkdir -p build/test-logs
add races node tests/server/races.mjs
add mortal node tests/server/mortal.mjs
add tls node tests/server/tls.mjs
add publish node tests/server/publish.mjs
add faults node tests/server/faults.mjs
add disk node tests/server/disk.mjs
add kill-verbs node tests/server/kill_verbs.mjs
add restore node tests/server/restore.mjs
add roundtrip node tests/server/roundtrip.mjs
add kill node tests/server/kill.mjs "${SUKI_KILLS:-100}"
add history node tests/server/history.mjs
if [ -n "${SUKI_TEST_POSTGRES:-}" ]; then
  add races-postgres node tests/server/races.mjs postgres 2
  add pools-postgres node tests/server/pools.mjs
  add restore-postgres node tests/server/restore.mjs postgres
  add kill-postgres node tests/server/kill.mjs "${SUKI_KILLS:-30}" postgres
  add faults-postgres node tests/server/faults.mjs postgres
  add postgres-faults node tests/server/postgres_faults.mjs
  add kill-verbs-postgres node tests/server/kill_verbs.mjs postgres
  add replica node tests/server/replica.mjs
  add history-postgres node tests/server/history.mjs postgres
fi
[ -f tests/contract/contract.mjs ] && add contract bash tests/contract/run.sh
[ -f tests/server/guide.mjs ] && add guide node tests/server/guide.mjs
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
