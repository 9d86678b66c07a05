#!/usr/bin/env bash
# The contract test against a server of its own: bash tests/contract/run.sh
set -euo pipefail
cd "$(dirname "$0")"
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules
fi
cd ../..
exec node tests/contract/start.mjs "$@"
