#!/usr/bin/env bash
# ./dev soak: soak.mjs, with a private PostgreSQL where that is asked for. Durable, as in production.
set -euo pipefail
if [ "${2:-sqlite}" = postgres ] && [ -z "${SUKI_TEST_POSTGRES:-}" ]; then
  postgres=$(mktemp -d "${TMPDIR:-/tmp}/suki-soak-XXXXXX")
  trap 'bash scripts/postgres.sh stop "$postgres"' EXIT
  SUKI_TEST_POSTGRES=$(bash scripts/postgres.sh start "$postgres")
  export SUKI_TEST_POSTGRES
fi
node tests/soak/soak.mjs "$@"
