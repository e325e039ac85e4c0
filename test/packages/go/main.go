// The app of ../typescript/app.mts in Go.
package main

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"
	captcha "github.com/owner/cdk-waf-captcha-api-key-go/wafcaptchaapikey"
)

func stack(app awscdk.App, id, region string) awscdk.Stack {
	return awscdk.NewStack(app, &id, &awscdk.StackProps{Env: &awscdk.Environment{Region: &region}})
}

func output(stack awscdk.Stack, id string, value *string) {
	awscdk.NewCfnOutput(stack, &id, &awscdk.CfnOutputProps{Value: value})
}

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)

	keys := stack(app, "Keys", "us-east-1")
	key := captcha.NewWafCaptchaApiKey(keys, jsii.String("Key"), &captcha.WafCaptchaApiKeyProps{
		Scope:        captcha.WafScope_CLOUDFRONT,
		TokenDomains: jsii.Strings("example.com", "Bücher.example", "example.com"),
		RotationId:   jsii.String("2026-11"),
	})
	key.PublishToSsm(jsii.String("/captcha/shop"))

	site := stack(app, "Site", "eu-west-1")
	awsssm.NewStringParameter(site, jsii.String("Config"), &awsssm.StringParameterProps{
		StringValue: site.ToJsonString(key.ClientConfig(), nil),
	})
	output(site, "ScriptUrl", key.ScriptUrl())

	regional := stack(app, "Regional", "eu-west-1")
	providerProps := &captcha.WafCaptchaApiKeyProviderProps{
		MemorySize:  jsii.Number(512),
		Environment: &map[string]*string{"NODE_OPTIONS": jsii.String("--enable-source-maps")},
	}
	regionalKey := captcha.NewWafCaptchaApiKey(regional, jsii.String("Key"), &captcha.WafCaptchaApiKeyProps{
		Scope:        captcha.WafScope_REGIONAL,
		TokenDomains: jsii.Strings("app.example.com"),
		Provider:     captcha.NewWafCaptchaApiKeyProvider(regional, jsii.String("Provider"), providerProps),
	})
	var domains []string
	for _, domain := range *regionalKey.TokenDomains() {
		domains = append(domains, *domain)
	}
	output(regional, "TokenDomains", jsii.String(strings.Join(domains, " ")))

	other := stack(app, "Other", "us-east-1")
	published := captcha.WafCaptchaApiKey_FromSsmParameters(other, jsii.String("Published"), jsii.String("/captcha/shop"))
	attributes := &captcha.WafCaptchaApiKeyAttributes{
		ApiKey:                    jsii.String("made-by-hand"),
		ApplicationIntegrationUrl: jsii.String("https://example.invalid/id"),
	}
	existing := captcha.WafCaptchaApiKey_FromWafCaptchaApiKeyAttributes(other, jsii.String("Existing"), attributes)
	awsssm.NewStringParameter(other, jsii.String("PublishedUrl"), &awsssm.StringParameterProps{
		StringValue: published.ScriptUrl(),
	})
	output(other, "ExistingUrl", existing.ScriptUrl())

	app.Synth(nil)
}
