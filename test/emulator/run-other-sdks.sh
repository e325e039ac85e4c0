#!/usr/bin/env bash
# Starts the emulator and drives it with boto3, the AWS CLI and the AWS SDK for Go (skipped where there is no go).
# pytest and aws must be on the PATH: pip install -r test/emulator/python/requirements.txt
set -euo pipefail
cd "$(dirname "$0")/../.."

output=$(mktemp)
node --import tsx emulator/main.ts --port 0 > "$output" &
emulator=$!
trap 'kill "$emulator"; wait "$emulator" || true; rm -f "$output"' EXIT

for _ in $(seq 100); do
  WAF_EMULATOR_URL=$(grep -o 'http://[0-9.:]*' "$output" || true)
  [ -z "$WAF_EMULATOR_URL" ] || break
  sleep 0.1
done
export WAF_EMULATOR_URL

python -m pytest -q -p no:cacheprovider test/emulator/python
test/emulator/cli/aws-cli.sh
if command -v go > /dev/null; then
  (cd test/emulator/go && go test -count=1 ./...)
else
  echo 'go is not installed: its test is skipped'
fi
