#!/usr/bin/env bash
# Builds the console into web/console/dist, only when something that it is made of changed: its sources, or the Node that builds it.
set -euo pipefail
cd "$(dirname "$0")/../web/console"

if ! command -v npm >/dev/null; then
  echo "npm is missing: the console is not built, a stub page stands in for it" >&2
  exit 0
fi

hash_of() { find "$@" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1; }
packages=$( { sha256sum package.json package-lock.json .npmrc; node --version; } | sha256sum | cut -d ' ' -f 1)
sources="$packages $(hash_of src public scripts index.html vite.config.ts svelte.config.js tsconfig.json)"

if [ -f dist/index.html ] && [ "$(cat node_modules/.suki-console 2>/dev/null)" = "$sources" ]; then
  echo "console: up to date"
  exit 0
fi
if [ "$(cat node_modules/.suki-packages 2>/dev/null)" != "$packages" ]; then
  echo "console: installing its packages"
  npm ci --no-audit --no-fund --loglevel=error
  echo "$packages" > node_modules/.suki-packages
fi
echo "console: building"
npm run build --silent -- --logLevel warn
echo "$sources" > node_modules/.suki-console
