#!/usr/bin/env bash
# Builds all packages, installs each into an empty project, and lets the same app in each language synthesize: the templates must be
# those of the TypeScript app. .NET is generated, and compiled where there is a dotnet.
#
#   scripts/verify-packages.sh [python|java|go|dotnet ...]      all, if none is given
#
# Needs Python 3, Java with Maven, and Go, and what `npm ci` installs.
set -euo pipefail
cd "$(dirname "$0")/.."

CDK_VERSION=2.260.0          # the same in test/packages/java/pom.xml and test/packages/go/go.mod
CONSTRUCTS_VERSION=10.6.0
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1 JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '\n== %s (after %d s)\n' "$1" "$SECONDS"; }
run() { "$@" > "$work/log" 2>&1 || { tail -n 60 "$work/log"; echo "failed: $*"; exit 1; }; }

say 'build'
rm -rf dist
if [ $# -eq 0 ]; then
  run npx projen package-all
  grep 'NOT BUILT' "$work/log" || true
  set -- python java go dotnet
else
  for task in pre-compile compile package:js "${@/#/package:}"; do run npx projen "$task"; done
fi

typescript() {
  run npm install --no-audit --no-fund "$root"/dist/js/*.tgz "aws-cdk-lib@$CDK_VERSION" "constructs@$CONSTRUCTS_VERSION"
  run "$root/node_modules/.bin/tsc" --strict --target es2022 --module node16 --typeRoots "$root/node_modules/@types" --types node app.mts
  run node app.mjs
}

python() {
  run python3 -m venv .venv
  run .venv/bin/pip install --disable-pip-version-check "$root"/dist/python/*.whl "aws-cdk-lib==$CDK_VERSION" "constructs==$CONSTRUCTS_VERSION"
  run .venv/bin/python app.py
}

java() {
  # A repository of its own, out of which the last run's package goes: Maven never looks twice for a version it has.
  rm -rf "$root/node_modules/.cache/maven/io/github/owner"
  run mvn --batch-mode --no-transfer-progress -Dmaven.repo.local="$root/node_modules/.cache/maven" -Dpackage.repository="$root/dist/java" compile exec:java
}

go() {
  # The module is its code: here it is compiled for the app, with the versions of go.sum.
  run command go mod edit -replace "github.com/owner/cdk-waf-captcha-api-key-go/wafcaptchaapikey=$root/dist/go/wafcaptchaapikey"
  run command go vet -mod=mod .
  run command go run -mod=mod .
}

dotnet() {
  if type -P dotnet > /dev/null; then
    ls "$root"/dist/dotnet/*.nupkg
  else
    grep -q 'public class WafCaptchaApiKey ' "$root"/dist/dotnet/Cdk.WafCaptchaApiKey/Cdk/WafCaptchaApiKey/WafCaptchaApiKey.cs
    echo 'generated, not compiled: there is no dotnet here'
  fi
}

# Runs the app of a language in a copy of its folder.
synthesize() {
  say "$1"
  mkdir -p "$work/apps"
  if [ -d "test/packages/$1" ]; then cp -r "test/packages/$1" "$work/apps/$1"; else mkdir "$work/apps/$1"; fi
  (cd "$work/apps/$1" && CDK_OUTDIR="$work/out/$1" "$1")
}

synthesize typescript
for language in "$@"; do
  synthesize "$language"
  if [ "$language" != dotnet ]; then
    node scripts/compare-templates.mjs "$work/out/typescript" "$work/out/$language"
  fi
done
say 'all packages work'
