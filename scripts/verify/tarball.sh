# Installs the packed file into empty projects next to the oldest and the newest aws-cdk-lib, and synthesizes there:
# from CommonJS and ES modules, and from strict TypeScript with the module resolutions node16 and bundler. Nothing but
# the peers may be installed with it.
# With --packed: the file that the check of the packages has left in dist/js.

if [ "${1:-}" != --packed ]; then
  say 'pack'
  for task in pre-compile compile docgen package:js; do run npx projen "$task"; done
fi
tarball=$(ls "$root"/dist/js/*.tgz)

# install <folder> <aws-cdk-lib version> <constructs version>
install() {
  mkdir "$work/$1" && cd "$work/$1"
  echo '{ "private": true }' > package.json
  run npm install --no-audit --no-fund --save-exact "aws-cdk-lib@$2" "constructs@$3"
  npm ls --all --parseable | grep node_modules | sort > "$work/before"
  run npm install --no-audit --no-fund "$tarball"
  npm ls --all --parseable | grep node_modules | sort > "$work/after"
  added=$(comm -13 "$work/before" "$work/after")
  [ "$added" = "$PWD/node_modules/cdk-waf-captcha-api-key" ] || { echo "installs more than itself: $added"; exit 1; }
  node -p '["aws-cdk-lib", "constructs"].map((name) => `${name} ${require(`${name}/package.json`).version}`).join(", ")'
  echo 'installs nothing else'
}

# synthesizes <name> <file>: the app of test/packages/typescript, run so. A call of what the CDK deprecates fails.
synthesizes() { run env CDK_OUTDIR="$PWD/out/$1" JSII_DEPRECATED=fail node "$2"; }

# compile <folder> <type> <tsc option ...>: the app as strict TypeScript in a package of that type
compile() {
  folder=$1
  mkdir "$folder"
  echo "{ \"type\": \"$2\" }" > "$folder/package.json"
  cp "$root/test/packages/typescript/app.mts" "$folder/app.ts"
  shift 2
  run "$root/node_modules/.bin/tsc" --strict --target es2022 \
    --typeRoots "$root/node_modules/@types" --types node "$@" "$folder/app.ts"
}

verify() {
  say "aws-cdk-lib $1, constructs $2"
  install "cdk-$1" "$1" "$2"
  compile esm module --module node16
  synthesizes esm esm/app.js
  compile commonjs commonjs --module node16
  synthesizes commonjs commonjs/app.js
  compile bundled module --module esnext --moduleResolution bundler
  run "$root/node_modules/.bin/esbuild" bundled/app.js --bundle --platform=node --format=cjs --packages=external \
    --outfile=bundled/app.cjs
  synthesizes bundled bundled/app.cjs
  for other in commonjs bundled; do
    node "$root/scripts/compare-templates.mjs" out/esm "out/$other"
  done
}

verify 2.258.0 10.5.1
verify latest latest
say 'the packed file works'
