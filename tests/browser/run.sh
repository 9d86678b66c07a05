#!/usr/bin/env bash
# The console: its words, its types against api/openapi.yaml, its pages against the mock, and against the real server with a demo.
set -uo pipefail
cd "$(dirname "$0")/../.."
passed=0
failed=0
folder=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2> /dev/null
  rm -rf "$folder"
}
trap finish EXIT

add() {  # add LOG : counts its closing "N passed, N failed"; without one it is a failure
  local line
  line=$(grep -aoE '[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
  if [ -z "$line" ]; then
    failed=$((failed + 1))
    return
  fi
  passed=$((passed + ${line%% *}))
  line=${line#*, }
  failed=$((failed + ${line%% *}))
}

packages=$(cat tests/browser/package.json tests/browser/package-lock.json | sha256sum)
if [ "$(cat tests/browser/node_modules/.packages 2> /dev/null)" != "$packages" ]; then
  (cd tests/browser && npm ci --no-audit --no-fund --loglevel=error) || exit 1
  echo "$packages" > tests/browser/node_modules/.packages
fi
bash scripts/web.sh || exit 1

echo "-- words"
if (cd web/console && node --test test/words.test.mjs test/figures.test.mjs) > "$folder/words" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); cat "$folder/words"; fi
echo "-- types"
if (cd web/console && npm run --silent check) > "$folder/types" 2>&1; then passed=$((passed + 1)); else failed=$((failed + 1)); cat "$folder/types"; fi

echo "-- pages on the mock"
node tests/browser/mock_run.mjs | tee "$folder/mock"
add "$folder/mock"

suki=build/main/suki
if [ ! -x "$suki" ]; then
  echo "skipped: the pages on the real server, for there is no $suki"
else
  echo "-- pages on the real server"
  "$suki" demo --db "$folder/suki.db" --members 80 --years 1 > "$folder/demo" 2>&1 || { cat "$folder/demo"; failed=$((failed + 1)); }
  "$suki" user add admin --db "$folder/suki.db" > "$folder/user"
  "$suki" serve --db "$folder/suki.db" --port 0 > "$folder/serve" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    grep -q 'Sign in at' "$folder/serve" && break
    kill -0 "$server" 2> /dev/null || break
    sleep 0.1
  done
  url=$(grep -oE 'http://[^ /]+' "$folder/serve" | head -n 1)
  password=$(sed -n 's/^.*password //p' "$folder/user")
  node tests/browser/run.mjs "$url" admin "$password" | tee "$folder/real"
  add "$folder/real"
  node tests/browser/people.mjs "$url" admin "$password" | tee "$folder/people"
  add "$folder/people"
  [ "$failed" -eq 0 ] || tail -n 20 "$folder/serve"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
