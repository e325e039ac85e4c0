#!/usr/bin/env bash
# Runs a command with another Node.js: scripts/with-node.sh 24 npx jest test/package.test.ts
set -euo pipefail
[ $# -ge 2 ] || { echo "usage: $0 <version> <command> [argument ...]" >&2; exit 2; }

version=$1
shift
folder=$(cd "$(dirname "$0")/.." && pwd)/node_modules/.cache/node-$version
if [ ! -x "$folder/node_modules/node/bin/node" ]; then
  mkdir -p "$folder"
  npm install --prefix "$folder" --no-save --no-audit --no-fund --no-package-lock "node@$version" > /dev/null
fi
export PATH="$folder/node_modules/node/bin:$PATH"
node --version
exec "$@"
