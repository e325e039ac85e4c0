# Runs the tests of the construct, and validates the templates of all apps, against versions of aws-cdk-lib: the oldest
# that is supported and the newest that is known, or the given ones (`scripts/verify.sh cdk-versions latest`).

oldest=$(node -p "require('./package.json').peerDependencies['aws-cdk-lib'].replace('^', '')")
newest=2.276.0
[ $# -gt 0 ] || set -- "$oldest" "$newest"

# Newer versions of aws-cdk-lib validate templates by rules of their own. With this setting, violations are errors.
VALIDATING='{
  "@aws-cdk/core:validateAgainstDefaultRules": true,
  "domain": "app.example.com", "certificate": "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
  "providerArn": "arn:aws:lambda:eu-west-1:123456789012:function:Captcha"
}'
APPS=(examples/*.ts examples/captcha-page/{app,regional}.ts demo/app.ts test/integ/app.ts)

# synthesize <folder of the version> <app ...>
synthesize() {
  local home=$1
  shift
  CDK_CONTEXT_JSON=$VALIDATING npx tsx --tsconfig "$home/tsconfig.json" scripts/synthesize.cjs "$home/out" "$@" \
    > "$home/log" 2>&1
}

# validate_apps <folder of the version>
validate_apps() {
  # The stack of this app has no resources, so it must fail: otherwise nothing is validated.
  echo "import { App, Stack } from 'aws-cdk-lib'; new Stack(new App(), 'Empty');" > "$1/empty.ts"
  if synthesize "$1" "$1/empty.ts"; then echo 'this version does not validate templates'; return; fi
  grep -q 'Resources section' "$1/log" || { cat "$1/log"; return 1; }
  cp test/packages/typescript/app.mts "$1/packages-app.ts" # here a CommonJS module, as src/ is
  synthesize "$1" "${APPS[@]}" "$1/packages-app.ts" || { cut -c1-300 "$1/log"; return 1; }
  echo "$((${#APPS[@]} + 1)) apps pass the default rules"
}

# In a path, so that whatever imports aws-cdk-lib, cdk-nag too, gets this one and its constructs.
for version in "$@"; do
  home="$work/$version"
  mkdir "$home"
  npm install --prefix "$home" --no-save --no-audit --no-fund --silent \
    "aws-cdk-lib@$version" "constructs@$(node -p "require('constructs/package.json').version")"
  modules="$home/node_modules"
  echo "aws-cdk-lib $(node -p "require('$modules/aws-cdk-lib/package.json').version")"

  cat > "$home/tsconfig.json" <<JSON
{
  "extends": "$PWD/tsconfig.dev.json",
  "compilerOptions": {
    "rootDir": "/", "typeRoots": ["$PWD/node_modules/@types"],
    "paths": {
      "aws-cdk-lib": ["$modules/aws-cdk-lib"], "aws-cdk-lib/*": ["$modules/aws-cdk-lib/*"],
      "constructs": ["$modules/constructs"],
      "cdk-waf-captcha-api-key": ["$PWD/src"]
    }
  },
  "include": ["$PWD/src/**/*.ts"], "exclude": []
}
JSON
  npx tsc --noEmit -p "$home/tsconfig.json"

  # The tests that are left out know no aws-cdk-lib. Jest loads all packages itself, so that it maps what they import.
  npx jest --transformIgnorePatterns node_modules \
    --testPathIgnorePatterns node_modules 'test/(lambda|emulator|package|import-rules)' \
    --reporters default --moduleNameMapper "{
      \"^aws-cdk-lib(/.*)?\$\": \"$modules/aws-cdk-lib\$1\",
      \"^constructs\$\": \"$modules/constructs\",
      \"^cdk-waf-captcha-api-key\$\": \"<rootDir>/src\"
    }"

  validate_apps "$home"
done
