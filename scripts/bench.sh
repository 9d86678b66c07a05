# Speed, each figure beside a baseline that is measured in the same run. Called by `./dev bench`; takes about two minutes on two cores.
# Nothing here passes or fails by a speed: absolute figures don't travel from machine to machine. What fails is a wrong answer.
set -euo pipefail
export TZ=UTC

folder=build/bench  # on the disk that holds the tree: a folder in memory would make durable writes look cheap
bash ./dev build suki bench_evaluate bench_parse bench_import bench_http bench_publish > /dev/null
mkdir -p "$folder"

title() { printf '\n== %s\n' "$*"; }

title "the machine"
printf '%s cores: %s\n' "$(nproc)" "$(grep -m 1 'model name' /proc/cpuinfo | cut -d: -f2- | sed 's/^ *//')"
printf '%s, load before the run %s\n' "$(uname -sr)" "$(cut -d' ' -f1-3 /proc/loadavg)"
printf 'disk of %s: %s; compiler: %s\n' "$folder" "$(df --output=source,fstype "$folder" | tail -n 1 | tr -s ' ')" "$(g++ --version | head -n 1)"
printf 'SQLite %s\n' "$(pkg-config --modversion sqlite3 2> /dev/null || echo unknown)"

title "1. evaluations a second, one core, baskets of 20 lines, beside a bare index that keeps no decisions, shares or limits"
build/main/bench_evaluate

title "2. suki evaluate: the share that parsing takes"
build/main/bench_parse build/main/suki "$folder"

title "3. durable receipts over HTTP"
build/main/bench_http build/main/suki "$folder"

title "3a. how long others wait while an edition of 10,000 offers is published"
build/main/bench_publish build/main/suki "$folder"

title "3b. the same on PostgreSQL"
postgres=$(mktemp -d /tmp/suki-bench-XXXXXX)
trap 'bash scripts/postgres.sh stop "$postgres"' EXIT
address=$(bash scripts/postgres.sh start "$postgres")
build/main/bench_http build/main/suki "$folder" 6 "$address"
bash scripts/postgres.sh stop "$postgres"
trap - EXIT

title "4. importing receipts from CSV"
build/main/bench_import build/main/suki "$folder"

rm -rf "$folder"
