# Every test, in parts. Each part prints lines that end "N passed, N failed"; the sums close the run. Sourced by dev.sh.
export TZ=Pacific/Chatham  # nobody's zone, with a half-hour offset and daylight saving: what depends on the machine's zone fails
export LC_ALL=C.UTF-8  # findings and statements are said in the language of the environment, and compared in English

passed=0
failed=0
skipped=0
failures=""

count() {  # count NAME PASSED FAILED
  passed=$((passed + $2))
  failed=$((failed + $3))
  [ "$3" -eq 0 ] || failures="$failures $1"
}

part() {  # part NAME command… : runs it, shows it, reads its closing "N passed, N failed[, N skipped]" (or gtest's)
  local name=$1; shift
  say "$name"
  local log=build/test-logs/$name.log status=0 line
  mkdir -p build/test-logs
  local began=$SECONDS
  "$@" > "$log" 2>&1 || status=$?
  line=$(grep -aoE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" | tail -n 1 || true)
  if [ -z "$line" ] && grep -aq '^\[==========\].* ran\.' "$log"; then
    local good bad none
    good=$(grep -aoE '^\[  PASSED  \] [0-9]+' "$log" | grep -oE '[0-9]+$' || echo 0)
    bad=$(grep -aoE '^ *[0-9]+ FAILED TEST' "$log" | grep -oE '[0-9]+' || echo 0)
    none=$(grep -aoE '^\[  SKIPPED \] [0-9]+' "$log" | grep -oE '[0-9]+$' || echo 0)
    line="$good passed, $bad failed, $none skipped"
  fi
  local good=0 bad=0 none=0
  if [ -n "$line" ]; then
    good=$(echo "$line" | grep -oE '[0-9]+ passed' | grep -oE '[0-9]+')
    bad=$(echo "$line" | grep -oE '[0-9]+ failed' | grep -oE '[0-9]+')
    none=$(echo "$line" | grep -oE '[0-9]+ skipped' | grep -oE '[0-9]+' || echo 0)
  fi
  # A part that dies without counting, or exits badly with nothing failed, is one failure of its own; a silent one too.
  if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$status" -eq 0 ] && [ -z "$line" ]; then bad=1; fi
  grep -aE 'SKIPPED|skipped:' "$log" | sort -u | head -n 5 || true
  if [ "$bad" -ne 0 ]; then tail -n 60 "$log"; fi
  echo "   $name: $good passed, $bad failed, $none skipped  ($((SECONDS - began)) s)" | sed 's/ passed, / passed \/ /; s/ failed, / failed \/ /'
  skipped=$((skipped + none))
  count "$name" "$good" "$bad"
}

# The private PostgreSQL that everything runs on beside SQLite. Not durable: no test of these parts pulls a plug.
postgres_up() {
  [ -z "${SUKI_TEST_POSTGRES:-}" ] || return 0
  postgres_folder=$(mktemp -d "${TMPDIR:-/tmp}/suki-pg-XXXXXX")
  trap 'bash scripts/postgres.sh stop "$postgres_folder"' EXIT
  SUKI_TEST_POSTGRES=$(bash scripts/postgres.sh start "$postgres_folder" fsync=off synchronous_commit=off full_page_writes=off max_prepared_transactions=64)
  export SUKI_TEST_POSTGRES
}

unit() {  # unit CONFIGURATION : every test binary
  local binary
  for binary in build/"$1"/test_*; do
    [ -x "$binary" ] && [ -f "$binary" ] || continue
    part "$1-$(basename "$binary")" "$binary"
  done
}

# The rooms that write, once more on PostgreSQL: what is about files stays with SQLite, and what takes either database by itself has run.
unit_on_postgres() {
  local room
  for room in store app server; do
    part "postgres-test_$room" env SUKI_TEST_STORE=postgres build/main/test_$room --gtest_filter="-Sharded*:HalfWay*:File*:Bench*:Damage*:ReplicaTest*:Spread*:Postgres*:Statements*:Export.CutOff*:Export.WithAFlipped*"
  done
}

all_parts="checks build unit spec sim cli data server operations browser asan fuzz"

one_part() {
  case $1 in
    checks) part layers node scripts/check_layers.mjs; part tree node scripts/check_tree.mjs; part migrations node scripts/check_migrations.mjs; part refusals node scripts/check_refusals.mjs; part security node scripts/check_security.mjs ;;
    build) console; say "build (g++)"; build_in main; ;;
    unit) postgres_up; unit main; unit_on_postgres ;;
    spec) postgres_up; part spec build/main/suki_spec ;;
    sim) postgres_up; part sim build/main/suki_sim --seed 1 --commands 3000 --faults 60
      part sim-postgres build/main/suki_sim --seed 2 --commands 300 --faults 30 --postgres 1
      part sim-shards build/main/suki_sim --seed 3 --commands 400 --shards 4 ;;
    cli) part cli bash tests/cli/run.sh; part cli-import python3 tests/cli/import_test.py; part hardening bash tests/cli/hardening.sh ;;
    data) part data bash tests/data/run.sh ;;
    server) postgres_up; part server bash tests/server/run.sh ;;
    operations) postgres_up; part upgrade node tests/operations/upgrade.mjs; part operations node tests/operations/metrics.mjs; part package python3 tests/operations/package.py ;;
    browser) part browser bash tests/browser/run.sh ;;
    asan) say "build (clang, sanitizers)"; build_in asan; unit asan; part asan-spec build/asan/suki_spec --only memory ;;
    fuzz) part fuzz bash tests/fuzz/run.sh ;;
    *) echo "no such part: $1 (of: $all_parts)" >&2; return 2 ;;
  esac
}

run_tests() {
  if [ "${1:-}" = list ]; then echo "$all_parts"; return 0; fi
  local began=$SECONDS name
  for name in ${*:-$all_parts}; do
    one_part "$name" || count "$name" 0 1
  done
  echo
  [ -z "$failures" ] || echo "failed in:$failures"
  echo "took $((SECONDS - began)) s; $skipped skipped"
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
}
