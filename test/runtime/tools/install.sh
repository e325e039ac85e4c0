#!/usr/bin/env bash
# Installs what the tests of the real runtime need, once for each state of the lock file: Node.js 20, 22 and 24, AWS's
# runtime interface client (compiled here) and AWS's runtime interface emulator (from the wheel of the AWS SAM CLI).
# Needs Linux on x86_64, Python 3 with pip, a C++ compiler, make and cmake.
set -euo pipefail
cd "$(dirname "$0")"

state=$(cat package-lock.json requirements.txt "$(basename "$0")" | sha256sum)
[ "$(cat node_modules/.installed 2> /dev/null)" != "$state" ] || exit 0

log=$(mktemp)
trap 'rm -f "$log"' EXIT
run() { "$@" > "$log" 2>&1 || { tail -n 60 "$log"; echo "failed: $*"; exit 1; }; }

run npm ci --ignore-scripts --no-audit --no-fund
run python3 -m pip install --disable-pip-version-check --no-deps --no-compile --require-hashes \
  --target node_modules/.aws-sam-cli -r requirements.txt
chmod +x node_modules/.aws-sam-cli/samcli/local/rapid/aws-lambda-rie-x86_64

# Compiled against the headers of the oldest Node.js: Node-API keeps it loadable in the newer ones.
export npm_config_nodedir=$PWD/node_modules/node-20
run sh node_modules/aws-lambda-ric/scripts/preinstall.sh
run sh node_modules/aws-lambda-ric/scripts/postinstall.sh
# The older client has the same native source, but builds its libraries with tools that few machines have.
cp node_modules/aws-lambda-ric/rapid-client.node node_modules/aws-lambda-ric-3/dist/

echo "$state" > node_modules/.installed
