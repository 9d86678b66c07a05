# ./dev run: a database in data/, the demo programme and its history, then the server.
set -euo pipefail
data=${SUKI_DATA:-data}
port=${SUKI_PORT:-8480}
mkdir -p "$data"
suki=build/main/suki
if [ ! -f "$data/demo.ready" ]; then
  rm -f "$data"/suki.db*
  "$suki" demo --db "$data/suki.db"
  touch "$data/demo.ready"
fi
# On a terminal a line for each request would hide the sign-in.
exec "$suki" serve --db "$data/suki.db" --port "$port" --log-level warning --log-format text
