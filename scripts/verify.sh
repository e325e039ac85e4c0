#!/usr/bin/env bash
# Verifies what is published, as its users get it.
#
#   scripts/verify.sh packages [LANGUAGE ...]      all packages, or those of python, java, go and dotnet that are given
#   scripts/verify.sh tarball [--packed]           the npm package in empty projects
#   scripts/verify.sh cdk-versions [VERSION ...]   construct and templates with other versions of aws-cdk-lib
#   scripts/verify.sh templates                    the templates of the examples, with cfn-lint
#   scripts/verify.sh release [VERSION]            what a release would publish, from a tagged clone
set -euo pipefail
cd "$(dirname "$0")/.."

check=scripts/verify/${1:-}.sh
[ -f "$check" ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
shift

root=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=1 JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION=1

say() { printf '\n== %s (after %d s)\n' "$1" "$SECONDS"; }
run() { "$@" > "$work/log" 2>&1 || { tail -n 60 "$work/log"; echo "failed: $*"; exit 1; }; }

source "$check" "$@"
