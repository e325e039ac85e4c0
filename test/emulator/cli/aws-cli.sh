#!/usr/bin/env bash
# The AWS CLI drives the emulator whose URL stands in WAF_EMULATOR_URL.
set -euo pipefail

export AWS_ACCESS_KEY_ID=300000000000 AWS_SECRET_ACCESS_KEY=secret AWS_DEFAULT_REGION=us-east-1
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
export AWS_MAX_ATTEMPTS=1 AWS_PAGER=''

waf() {
  aws wafv2 --endpoint-url "$WAF_EMULATOR_URL" --output text "$@"
}

assert_equal() {
  if [ "$2" != "$3" ]; then
    printf 'FAIL %s\n  expected: %s\n  actual:   %s\n' "$1" "$3" "$2" >&2
    exit 1
  fi
  printf 'ok %s\n' "$1"
}

# assert_fails TITLE CODE COMMAND...: the command must fail, and say so with the code.
assert_fails() {
  local title=$1 code=$2 message
  shift 2
  if message=$("$@" 2>&1); then
    printf 'FAIL %s: succeeded\n' "$title" >&2
    exit 1
  fi
  case $message in
    *"($code)"*) printf 'ok %s\n' "$title" ;;
    *) printf 'FAIL %s\n  %s\n' "$title" "$message" >&2; exit 1 ;;
  esac
}

key=$(waf create-api-key --scope CLOUDFRONT --token-domains b.com a.com --query APIKey)
assert_equal 'a new key has 688 characters' "${#key}" 688
assert_equal 'the new key is listed' "$(waf list-api-keys --scope CLOUDFRONT --query 'APIKeySummaries[].APIKey')" "$key"
url=$(waf list-api-keys --scope CLOUDFRONT --query ApplicationIntegrationURL)
assert_equal 'the list has the integration URL' "$(grep -cF .edge.captcha-sdk.awswaf.com/ <<< "$url")" 1
decrypted=$(waf get-decrypted-api-key --scope CLOUDFRONT --api-key "$key" --query "join(',', TokenDomains)")
assert_equal 'the key decrypts to its domains' "$decrypted" b.com,a.com
waf delete-api-key --scope CLOUDFRONT --api-key "$key"
assert_equal 'the deleted key is not listed' \
  "$(waf list-api-keys --scope CLOUDFRONT --query 'length(APIKeySummaries)')" 0

assert_fails 'a deleted key cannot be deleted' WAFNonexistentItemException \
  waf delete-api-key --scope CLOUDFRONT --api-key "$key"
assert_fails 'garbage cannot be decrypted' WAFInvalidResourceException \
  waf get-decrypted-api-key --scope CLOUDFRONT --api-key garbage
assert_fails 'a public suffix is refused' WAFInvalidParameterException \
  waf create-api-key --scope CLOUDFRONT --token-domains co.uk
assert_fails 'CLOUDFRONT is refused outside us-east-1' WAFInvalidParameterException \
  waf list-api-keys --scope CLOUDFRONT --region eu-west-1
assert_fails 'a scope outside the enumeration is refused' ValidationException \
  waf list-api-keys --scope GLOBAL
