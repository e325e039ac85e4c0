"""The app of ../typescript/app.mts in Python."""
from aws_cdk import App, CfnOutput, Environment, Stack
from aws_cdk.aws_ssm import StringParameter
from cdk_waf_captcha_api_key import WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope

app = App()

keys = Stack(app, "Keys", env=Environment(region="us-east-1"))
key = WafCaptchaApiKey(
    keys, "Key",
    scope=WafScope.CLOUDFRONT,
    token_domains=["example.com", "Bücher.example", "example.com"],
    rotation_id="2026-11",
)
key.publish_to_ssm("/captcha/shop")

site = Stack(app, "Site", env=Environment(region="eu-west-1"))
StringParameter(site, "Config", string_value=site.to_json_string(key.client_config))
CfnOutput(site, "ScriptUrl", value=key.script_url)

regional = Stack(app, "Regional", env=Environment(region="eu-west-1"))
regional_key = WafCaptchaApiKey(
    regional, "Key",
    scope=WafScope.REGIONAL,
    token_domains=["app.example.com"],
    provider=WafCaptchaApiKeyProvider(
        regional, "Provider", memory_size=512, environment={"NODE_OPTIONS": "--enable-source-maps"},
    ),
)
CfnOutput(regional, "TokenDomains", value=" ".join(regional_key.token_domains))

other = Stack(app, "Other", env=Environment(region="us-east-1"))
published = WafCaptchaApiKey.from_ssm_parameters(other, "Published", "/captcha/shop")
existing = WafCaptchaApiKey.from_waf_captcha_api_key_attributes(
    other, "Existing",
    api_key="made-by-hand",
    application_integration_url="https://example.invalid/id",
)
StringParameter(other, "PublishedUrl", string_value=published.script_url)
CfnOutput(other, "ExistingUrl", value=existing.script_url)

app.synth()
