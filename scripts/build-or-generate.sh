#!/usr/bin/env bash
# Builds the package of a language if the check succeeds; if not, this machine cannot build it: then its code is only
# generated, and the output says so. A workflow, a release above all, builds or fails.
#
#   scripts/build-or-generate.sh LANGUAGE CHECK...
set -euo pipefail
language=$1
shift

if [ -n "${GITHUB_ACTIONS:-}" ] || "$@"; then
  jsii-pacmak -v --target "$language"
else
  jsii-pacmak -v --target "$language" --code-only
  echo "$language: NOT BUILT, only generated, for this failed: $*"
fi
