/**
 * Properties of the function that the provider has no setting for: name, reserved concurrency and runtime.
 *
 * Set a name before the first deployment. Another name replaces the function, and CloudFormation rejects another
 * service token for existing keys. In that case also change the id of the provider, so that its keys are replaced.
 *
 *     npx cdk deploy --app 'npx tsx provider-function-properties.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { CfnFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const provider = new WafCaptchaApiKeyProvider(stack, 'CaptchaKeyProvider');
const fn = provider.handler.node.defaultChild as CfnFunction;
fn.functionName = 'shop-captcha-keys';
fn.reservedConcurrentExecutions = 5;
fn.runtime = Runtime.NODEJS_24_X.name;

new WafCaptchaApiKey(stack, 'CaptchaKey', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'], provider });

app.synth();
