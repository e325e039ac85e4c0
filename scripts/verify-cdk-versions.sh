#!/usr/bin/env bash
# Runs the tests of the construct against versions of aws-cdk-lib: the oldest that is supported and the newest that is known, or the given ones
# (`scripts/verify-cdk-versions.sh latest`). The tests of handler, emulator and package know no aws-cdk-lib.
set -euo pipefail
cd "$(dirname "$0")/.."

oldest=$(node -p "require('./package.json').peerDependencies['aws-cdk-lib'].replace('^', '')")
newest=2.276.0
[ $# -gt 0 ] || set -- "$oldest" "$newest"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# In a path, so that whatever imports aws-cdk-lib, cdk-nag too, gets this one and its constructs.
for version in "$@"; do
  home="$folder/$version"
  mkdir "$home"
  npm install --prefix "$home" --no-save --no-audit --no-fund --silent "aws-cdk-lib@$version" "constructs@$(node -p "require('constructs/package.json').version")"
  modules="$home/node_modules"
  echo "aws-cdk-lib $(node -p "require('$modules/aws-cdk-lib/package.json').version")"

  cat > "$home/tsconfig.json" <<JSON
{
  "extends": "$PWD/tsconfig.dev.json",
  "compilerOptions": {
    "rootDir": "/", "typeRoots": ["$PWD/node_modules/@types"],
    "paths": { "aws-cdk-lib": ["$modules/aws-cdk-lib"], "aws-cdk-lib/*": ["$modules/aws-cdk-lib/*"], "constructs": ["$modules/constructs"] }
  },
  "include": ["$PWD/src/**/*.ts"], "exclude": []
}
JSON
  npx tsc --noEmit -p "$home/tsconfig.json"

  npx jest --testPathIgnorePatterns node_modules test/lambda test/emulator test/package --reporters default \
    --moduleNameMapper "{ \"^aws-cdk-lib(/.*)?\$\": \"$modules/aws-cdk-lib\$1\", \"^constructs\$\": \"$modules/constructs\", \
      \"^cdk-waf-captcha-api-key\$\": \"<rootDir>/src\" }"
done
