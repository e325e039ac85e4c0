using System.Collections.Generic;
using Amazon.CDK;
using Amazon.CDK.AWS.SSM;
using CdkWafCaptchaApiKey;

// The namespace that `cdk init` gives an app in a folder named cdk: nothing of the package may clash with it.
namespace Cdk
{
    /// <summary>The app of ../typescript/app.mts in C#.</summary>
    internal static class Program
    {
        private static Stack NewStack(App app, string id, string region)
        {
            return new Stack(app, id, new StackProps { Env = new Amazon.CDK.Environment { Region = region } });
        }

        private static void Output(Stack stack, string id, string value)
        {
            _ = new CfnOutput(stack, id, new CfnOutputProps { Value = value });
        }

        public static void Main()
        {
            var app = new App();

            var keys = NewStack(app, "Keys", "us-east-1");
            var key = new WafCaptchaApiKey(keys, "Key", new WafCaptchaApiKeyProps
            {
                Scope = WafScope.CLOUDFRONT,
                TokenDomains = new[] { "example.com", "Bücher.example", "example.com" },
                RotationId = "2026-11",
            });
            key.PublishToSsm("/captcha/shop");

            var site = NewStack(app, "Site", "eu-west-1");
            _ = new StringParameter(site, "Config", new StringParameterProps
            {
                StringValue = site.ToJsonString(key.ClientConfig),
            });
            Output(site, "ScriptUrl", key.ScriptUrl);

            var regional = NewStack(app, "Regional", "eu-west-1");
            var regionalKey = new WafCaptchaApiKey(regional, "Key", new WafCaptchaApiKeyProps
            {
                Scope = WafScope.REGIONAL,
                TokenDomains = new[] { "app.example.com" },
                Provider = new WafCaptchaApiKeyProvider(regional, "Provider", new WafCaptchaApiKeyProviderProps
                {
                    MemorySize = 512,
                    Environment = new Dictionary<string, string> { ["NODE_OPTIONS"] = "--enable-source-maps" },
                }),
            });
            Output(regional, "TokenDomains", string.Join(" ", regionalKey.TokenDomains));

            var other = NewStack(app, "Other", "us-east-1");
            var published = WafCaptchaApiKey.FromSsmParameters(other, "Published", "/captcha/shop");
            var attributes = new WafCaptchaApiKeyAttributes
            {
                ApiKey = "made-by-hand",
                ApplicationIntegrationUrl = "https://example.invalid/id",
            };
            var existing = WafCaptchaApiKey.FromWafCaptchaApiKeyAttributes(other, "Existing", attributes);
            _ = new StringParameter(other, "PublishedUrl", new StringParameterProps
            {
                StringValue = published.ScriptUrl,
            });
            Output(other, "ExistingUrl", existing.ScriptUrl);

            app.Synth();
        }
    }
}
