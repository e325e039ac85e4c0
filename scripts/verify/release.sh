# Rehearses a release in a clone: computes version and changelog, packs the npm package, and from it alone the packages
# of the other languages, as the jobs of .github/workflows/release.yml do up to their uploads. Then shows, and checks,
# what the registries and Construct Hub will show. The packages are left in dist/. What is not committed is not in them.

say 'clone'
git clone --quiet "$root" "$work/clone"
cd "$work/clone"
if [ -z "$(git tag --list 'v*')" ]; then
  echo 'no release yet: the clone gets the tag and the commit that docs/maintaining.md has for the first one'
  git tag v0.0.0
  git -c user.name=rehearsal -c user.email=rehearsal@localhost commit --quiet --allow-empty -m 'feat: first release'
fi
run npm ci

say 'version and changelog'
run env RELEASE=true npx projen bump
version=$(cat dist/version.txt)
cat dist/releasetag.txt dist/changelog.md
grep -q "^## $version" CHANGELOG.md || echo "NOTE: CHANGELOG.md has no section of version $version"
! grep -n 'not released' README.md || echo 'NOTE: README.md says that nothing is released'

say 'npm package'
for task in pre-compile compile docgen package:js; do run npx projen "$task"; done
[ "$(git diff --name-only)" = package.json ] || { git diff --stat; echo 'the build changes files'; exit 1; }
git checkout --quiet package.json
git clean -xdfq --exclude node_modules --exclude dist
tar --strip-components=1 -xzf dist/js/*.tgz

for language in python java go dotnet; do
  say "$language package"
  run npx projen "package:$language"
  grep 'NOT BUILT' "$work/log" || true
done

# shows NAME PATTERN ...: prints the first line of stdin for each pattern; there must be one
shows() {
  local name=$1 text
  text=$(cat)
  printf '%s\n' "$name"
  shift
  for pattern in "$@"; do
    grep -m 1 -oE -- "$pattern" <<< "$text" | sed 's/^ */  /' || { echo "$name: nothing like $pattern"; exit 1; }
  done
}

# links_lead_somewhere NAME: the links and pictures of the README on stdin, to files of this repository
links_lead_somewhere() {
  local tree="https://(github.com/[^/]+/[^/]+/blob|raw.githubusercontent.com/[^/]+/[^/]+)/v$version/" links missing
  links=$(sed '/^```/,/^```/d' | grep -oE '\]\([^)#]+' | cut -c3-)
  [ "$1" = npm ] || ! grep -v '^https:' <<< "$links" || { echo "$1: relative links"; exit 1; }
  missing=$(grep -E "^$tree|^[^h]" <<< "$links" | sed -E "s#^$tree##" | while read -r file; do
    git cat-file -e "HEAD:${file%/}" 2> /dev/null || echo "$file"
  done)
  [ -z "$missing" ] || { echo "$1: the README leads to what does not exist: $missing"; exit 1; }
  echo "  README: $(wc -l <<< "$links") links and pictures"
}

say 'what the registries will show'
npm=$(tar -xOf dist/js/*.tgz package/package.json)
shows 'npm and Construct Hub: package.json' \
  '"name": .*' '"description": .*' "\"version\": \"$version\"" '"license": "Apache-2.0"' '"stability": .*' '"url": .*git"' \
  '"aws-cdk"' '"awscdk"' '"waf"' <<< "$npm"
tar -xOf dist/js/*.tgz package/README.md | links_lead_somewhere npm
shows 'Construct Hub: .jsii' '"stability": "(experimental|stable)"' '"license": "Apache-2.0"' \
  "\"version\": \"$version\"" < <(tar -xOf dist/js/*.tgz package/.jsii)

wheel=$(unzip -p dist/python/*.whl '*/METADATA')
shows 'PyPI' '^Name: .*' "^Version: $version" '^Summary: .*' '^License: Apache-2.0' '^Project-URL: .*' \
  '^Classifier: Development Status.*' '^Classifier: Framework :: AWS CDK :: 2' '^Description-Content-Type: text/markdown' \
  '^Requires-Dist: aws-cdk-lib .*' <<< "$wheel"
links_lead_somewhere PyPI <<< "$wheel"
ls dist/python/*.tar.gz > /dev/null

shows 'Maven Central' '<description>.*' '<groupId>io.*' '<artifactId>cdk-waf.*' "<version>$version</version>" \
  '<name>Apache License 2.0</name>' '<connection>.*' '<role>.*' < dist/java/io/github/*/*/"$version"/*.pom
for kind in '' -sources -javadoc; do ls dist/java/io/github/*/*/"$version/"*"$version$kind.jar" > /dev/null; done

shows 'NuGet' '<Description>.*' '<PackageId>.*' "<PackageVersion>$version</PackageVersion>" \
  '<PackageLicenseExpression>Apache-2.0<.*' '<PackageTags>.*' '<RepositoryUrl>.*' \
  < <(cat dist/dotnet/*/*.csproj 2> /dev/null || unzip -p dist/dotnet/*."$version".nupkg '*.nuspec')

shows 'Go' '^module .*' 'aws-cdk-go/awscdk/v2 .*' < dist/go/wafcaptchaapikey/go.mod
[ "$(cat dist/go/wafcaptchaapikey/version)" = "$version" ]
links_lead_somewhere Go < dist/go/wafcaptchaapikey/README.md
for folder in python java go; do [ -n "$(ls dist/$folder)" ]; done
[ -f dist/go/wafcaptchaapikey/LICENSE ]

rm -rf "$root/dist"
mv dist "$root/dist"
say "version $version would be published; its packages are in dist/"
