#!/usr/bin/env bash
# Asks npm for advisories on what ships: the bundled packages, at the very versions that are bundled. `npm audit` in the
# project itself cannot tell, for it knows them as devDependencies.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
node -e '
  const { components } = JSON.parse(require("node:fs").readFileSync("assets/bundled.cdx.json", "utf8"));
  const dependencies = Object.fromEntries(components.map(({ name, version }) => [name, version]));
  console.log(JSON.stringify({ private: true, dependencies }));
' > "$work/package.json"
cd "$work"
npm install --package-lock-only --ignore-scripts --no-audit --no-fund > /dev/null
npm audit
