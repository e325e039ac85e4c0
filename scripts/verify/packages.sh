# Builds all packages, installs each into an empty project, and lets the same app in each language synthesize: the
# templates must be those of the TypeScript app. Without `dotnet` on the path, the .NET package is only generated, and
# its app left out.
#
# Needs Python 3, Java with Maven, Go, optionally .NET, and what `npm ci` installs.

CDK_VERSION=2.260.0          # the same in test/packages: java/pom.xml, go/go.mod, dotnet/App.csproj
CONSTRUCTS_VERSION=10.6.0

has_dotnet() { type -P dotnet > /dev/null; }

# NuGet looks for settings in the folders above a project, so these hold for what is built and run below "$work" and for
# nothing else: the sources of this machine stay as they are. Downloaded packages are kept for the next run; the package
# itself is not.
prepare_nuget() {
  export TMPDIR=$work NUGET_PACKAGES="$root/node_modules/.cache/nuget" APP_FRAMEWORK
  APP_FRAMEWORK="net$(command dotnet --version | cut -d. -f1).0"
  rm -rf "$NUGET_PACKAGES/cdkwafcaptchaapikey"
  mkdir -p "$work/nuget/dotnet" "$root/dist/dotnet" "$work/probe"
  cat > "$work/NuGet.Config" <<XML
<configuration>
  <packageSources>
    <add key="made" value="$work/nuget/dotnet" />
    <add key="built" value="$root/dist/dotnet" />
  </packageSources>
</configuration>
XML
  grep -v CdkWafCaptchaApiKey test/packages/dotnet/App.csproj > "$work/probe/Probe.csproj"
  (cd "$work/probe" && command dotnet restore) > "$work/log" 2>&1 || make_nuget_dependencies
}

# The version of Amazon.CDK.Lib that the feed has: NuGet takes the next one if the feed lacks the one that is asked for.
# Where its dependencies are missing, too, only the warning (NU1603) names it.
nuget_version() {
  {
    sed -nE 's|.*"Amazon\.CDK\.Lib/([0-9.]+)".*|\1|p' "$1/obj/project.assets.json" 2> /dev/null || true
    sed -nE 's|.*Amazon\.CDK\.Lib ([0-9.]+) was resolved instead.*|\1|p' "${2:-/dev/null}"
    echo "$CDK_VERSION"
  } | head -n 1
}

# What Amazon.CDK.Lib depends on, and not every feed has. It asks for exactly one version of @aws-cdk/asset-awscli-v1,
# the one that npm installs with the same aws-cdk-lib.
make_nuget_dependencies() {
  local version
  version=$(nuget_version "$work/probe" "$work/log")
  say "the NuGet feed lacks dependencies of Amazon.CDK.Lib $version: building them from the npm packages"
  run npm install --prefix "$work/npm" --no-audit --no-fund "constructs@$CONSTRUCTS_VERSION" "aws-cdk-lib@$version"
  for package in constructs @aws-cdk/asset-awscli-v1; do
    run npx jsii-pacmak --target dotnet --outdir "$work/nuget" "$work/npm/node_modules/$package"
  done
}

say 'build'
rm -rf dist
if has_dotnet; then prepare_nuget; fi
if [ $# -eq 0 ]; then
  run npx projen package-all
  grep 'NOT BUILT' "$work/log" || true
  set -- python java go dotnet
else
  for task in pre-compile compile package:js "${@/#/package:}"; do run npx projen "$task"; done
fi

typescript() {
  run npm install --no-audit --no-fund "$root"/dist/js/*.tgz "aws-cdk-lib@$CDK_VERSION" "constructs@$CONSTRUCTS_VERSION"
  run "$root/node_modules/.bin/tsc" --strict --target es2022 --module node16 \
    --typeRoots "$root/node_modules/@types" --types node app.mts site-in-one-stack.ts
  run node app.mjs
  CDK_OUTDIR="$work/out/site-typescript" run node site-in-one-stack.js
}

python() {
  run python3 -m venv .venv
  run .venv/bin/pip install --disable-pip-version-check "$root"/dist/python/*.whl \
    "aws-cdk-lib==$CDK_VERSION" "constructs==$CONSTRUCTS_VERSION"
  run .venv/bin/python app.py
  CDK_OUTDIR="$work/out/site-python" run .venv/bin/python site_in_one_stack.py
}

java() {
  # A repository of its own, out of which the last run's package goes: Maven never looks twice for a version it has.
  rm -rf "$root/node_modules/.cache/maven/io/github/owner"
  run mvn --batch-mode --no-transfer-progress -Dmaven.repo.local="$root/node_modules/.cache/maven" \
    -Dpackage.repository="$root/dist/java" compile exec:java
}

go() {
  # The module is its code: here it is compiled for the app, with the versions of go.sum.
  local module=github.com/owner/cdk-waf-captcha-api-key-go/wafcaptchaapikey
  run command go mod edit -replace "$module=$root/dist/go/wafcaptchaapikey"
  run command go vet -mod=mod .
  run command go run -mod=mod .
}

dotnet() {
  run command dotnet run
}

# Runs the app of a language in a copy of its folder. Leaves the templates in "$work/out/$1". The site in one stack is
# an example in two languages.
synthesize() {
  say "$1"
  mkdir -p "$work/apps"
  cp -r "test/packages/$1" "$work/apps/$1"
  cp -r examples/site?in?one?stack* "$work/apps/$1"
  (cd "$work/apps/$1" && CDK_OUTDIR="$work/out/$1" "$1")
}

# A feed may lack the version that is asked for: NuGet takes the next one then, and TypeScript has to use the same.
follow_nuget() {
  local version
  version=$(nuget_version "$work/apps/dotnet")
  echo "Amazon.CDK.Lib $version"
  [ "$version" != "$CDK_VERSION" ] || return 0
  rm -rf "$work/apps/typescript" "$work/out/typescript"
  CDK_VERSION=$version synthesize typescript
}

synthesize typescript
for language in "$@"; do
  if [ "$language" = dotnet ] && ! has_dotnet; then
    grep -q 'public class WafCaptchaApiKey ' dist/dotnet/CdkWafCaptchaApiKey/CdkWafCaptchaApiKey/WafCaptchaApiKey.cs
    say 'dotnet: LEFT OUT, there is no dotnet here: its package is generated, but not compiled, and its app is not run'
    continue
  fi
  synthesize "$language"
  if [ "$language" = dotnet ]; then follow_nuget; fi
  node scripts/compare-templates.mjs "$work/out/typescript" "$work/out/$language"
  if [ "$language" = python ]; then
    node scripts/compare-templates.mjs "$work/out/site-typescript" "$work/out/site-python"
  fi
done
say 'all packages work'
