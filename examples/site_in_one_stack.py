"""A whole site in one file: a form on CloudFront that AWS WAF accepts only after a puzzle, at the domain of the
distribution. The page is site-in-one-stack/index.html, and site-in-one-stack.ts is the same app in TypeScript.

    npx cdk deploy --app 'python site_in_one_stack.py'
"""
from pathlib import Path

from aws_cdk import App, CfnOutput, Environment, RemovalPolicy, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_deployment as s3deploy
from aws_cdk import aws_wafv2 as wafv2
from aws_cdk.aws_cloudfront_origins import S3BucketOrigin
from cdk_waf_captcha_api_key import WafCaptchaApiKey, WafScope

app = App()
# Web ACLs for CloudFront exist only in us-east-1.
stack = Stack(app, "CaptchaSite", env=Environment(region="us-east-1"))

# The rule: a request below /api/ needs a token of a solved puzzle, for five minutes the same one.
acl = wafv2.CfnWebACL
visibility = acl.VisibilityConfigProperty(
    metric_name="Captcha", cloud_watch_metrics_enabled=True, sampled_requests_enabled=True,
)
web_acl = wafv2.CfnWebACL(
    stack, "WebAcl",
    scope="CLOUDFRONT",
    default_action=acl.DefaultActionProperty(allow=acl.AllowActionProperty()),
    visibility_config=visibility,
    rules=[acl.RuleProperty(
        name="Captcha",
        priority=0,
        action=acl.RuleActionProperty(captcha=acl.CaptchaActionProperty()),
        captcha_config=acl.CaptchaConfigProperty(
            immunity_time_property=acl.ImmunityTimePropertyProperty(immunity_time=300),
        ),
        visibility_config=visibility,
        statement=acl.StatementProperty(byte_match_statement=acl.ByteMatchStatementProperty(
            field_to_match=acl.FieldToMatchProperty(uri_path={}),
            positional_constraint="STARTS_WITH",
            search_string="/api/",
            text_transformations=[
                acl.TextTransformationProperty(priority=0, type="URL_DECODE"),
                acl.TextTransformationProperty(priority=1, type="NORMALIZE_PATH"),
            ],
        )),
    )],
)

# The site: the page from a bucket, and a function in place of your API.
bucket = s3.Bucket(
    stack, "Bucket", enforce_ssl=True, removal_policy=RemovalPolicy.DESTROY, auto_delete_objects=True,
)
origin = S3BucketOrigin.with_origin_access_control(bucket)
api = cloudfront.Function(
    stack, "Api",
    code=cloudfront.FunctionCode.from_inline("function handler() { return { statusCode: 200 }; }"),
)
distribution = cloudfront.Distribution(
    stack, "Distribution",
    default_root_object="index.html",
    web_acl_id=web_acl.attr_arn,
    default_behavior=cloudfront.BehaviorOptions(
        origin=origin, viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    ),
    additional_behaviors={"/api/*": cloudfront.BehaviorOptions(
        origin=origin,
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        function_associations=[cloudfront.FunctionAssociation(
            function=api, event_type=cloudfront.FunctionEventType.VIEWER_REQUEST,
        )],
    )},
)

# The key: for the domains at which visitors see the page. Add your own here.
key = WafCaptchaApiKey(
    stack, "CaptchaKey",
    scope=WafScope.CLOUDFRONT,
    token_domains=[distribution.domain_name],
)
s3deploy.BucketDeployment(
    stack, "Page",
    destination_bucket=bucket,
    sources=[
        s3deploy.Source.asset(str(Path(__file__).parent / "site-in-one-stack")),
        s3deploy.Source.json_data("config.json", key.client_config),  # {"apiKey": …, "scriptUrl": …}
    ],
    cache_control=[s3deploy.CacheControl.no_cache()],  # a new key is used at once
)
CfnOutput(stack, "Url", value=f"https://{distribution.domain_name}/")

app.synth()
