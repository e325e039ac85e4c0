package example;

import io.github.owner.cdk.wafcaptchaapikey.IWafCaptchaApiKey;
import io.github.owner.cdk.wafcaptchaapikey.WafCaptchaApiKey;
import io.github.owner.cdk.wafcaptchaapikey.WafCaptchaApiKeyAttributes;
import io.github.owner.cdk.wafcaptchaapikey.WafCaptchaApiKeyProvider;
import io.github.owner.cdk.wafcaptchaapikey.WafScope;
import java.util.List;
import java.util.Map;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.services.ssm.StringParameter;

/** The app of ../typescript/app.mts in Java. */
public final class App {
  private static Stack stack(software.amazon.awscdk.App app, String id, String region) {
    return Stack.Builder.create(app, id).env(Environment.builder().region(region).build()).build();
  }

  public static void main(String[] args) {
    software.amazon.awscdk.App app = new software.amazon.awscdk.App();

    Stack keys = stack(app, "Keys", "us-east-1");
    WafCaptchaApiKey key = WafCaptchaApiKey.Builder.create(keys, "Key")
        .scope(WafScope.CLOUDFRONT)
        .tokenDomains(List.of("example.com", "Bücher.example", "example.com"))
        .rotationId("2026-11")
        .build();
    key.publishToSsm("/captcha/shop");

    Stack site = stack(app, "Site", "eu-west-1");
    StringParameter.Builder.create(site, "Config").stringValue(site.toJsonString(key.getClientConfig())).build();
    CfnOutput.Builder.create(site, "ScriptUrl").value(key.getScriptUrl()).build();

    Stack regional = stack(app, "Regional", "eu-west-1");
    WafCaptchaApiKey regionalKey = WafCaptchaApiKey.Builder.create(regional, "Key")
        .scope(WafScope.REGIONAL)
        .tokenDomains(List.of("app.example.com"))
        .provider(WafCaptchaApiKeyProvider.Builder.create(regional, "Provider")
            .memorySize(512)
            .environment(Map.of("NODE_OPTIONS", "--enable-source-maps"))
            .build())
        .build();
    CfnOutput.Builder.create(regional, "TokenDomains").value(String.join(" ", regionalKey.getTokenDomains())).build();

    Stack other = stack(app, "Other", "us-east-1");
    IWafCaptchaApiKey published = WafCaptchaApiKey.fromSsmParameters(other, "Published", "/captcha/shop");
    IWafCaptchaApiKey existing = WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(other, "Existing",
        WafCaptchaApiKeyAttributes.builder()
            .apiKey("made-by-hand")
            .applicationIntegrationUrl("https://example.invalid/id")
            .build());
    StringParameter.Builder.create(other, "PublishedUrl").stringValue(published.getScriptUrl()).build();
    CfnOutput.Builder.create(other, "ExistingUrl").value(existing.getScriptUrl()).build();

    app.synth();
  }
}
