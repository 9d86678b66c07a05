# A short, fixed time of fuzzing for each reader of the outside's bytes; what it finds stays in build/fuzz for a regression test.
set -uo pipefail
seconds=${SUKI_FUZZ_SECONDS:-20}
passed=0
failed=0
for program in build/asan/*_fuzz; do
  [ -x "$program" ] || continue
  name=$(basename "$program")
  mkdir -p build/fuzz/"$name"/corpus
  case $name in
    document_fuzz) cp -n examples/*.yaml tests/golden/diagnostics/*.yaml build/fuzz/"$name"/corpus/ 2>/dev/null ;;
  esac
  if (cd build/fuzz/"$name" && ../../../"$program" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=65536 corpus) \
      > build/fuzz/"$name".log 2>&1; then
    echo "$name: $(grep -aoE 'Done [0-9]+ runs' build/fuzz/"$name".log)"
    passed=$((passed + 1))
  else
    tail -n 30 build/fuzz/"$name".log
    failed=$((failed + 1))
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
