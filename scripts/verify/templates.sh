# Holds the templates of all examples against cfn-lint, which it installs into .ci-tools/cfn-lint.

tools=.ci-tools/cfn-lint
[ -x "$tools/bin/cfn-lint" ] || {
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check cfn-lint==1.58.0
}

export CDK_CONTEXT_JSON='{ "providerArn": "arn:aws:lambda:eu-west-1:123456789012:function:Captcha" }'
npx tsx --tsconfig tsconfig.dev.json scripts/synthesize.cjs "$work" examples/*.ts

# W3005: aws-cdk-lib lets each function depend on its role, although it refers to it as well.
"$tools/bin/cfn-lint" --ignore-checks W3005 -- "$work"/*/*.template.json
echo "$(ls "$work"/*/*.template.json | wc -l) templates without findings"
