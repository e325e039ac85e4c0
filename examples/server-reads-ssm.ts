/**
 * A server that reads the key from SSM parameters at run time, at most once a minute. It never holds a replaced key for
 * longer, and needs no deployment of its own when the key is replaced.
 *
 *     npx cdk deploy --all --app 'npx tsx server-reads-ssm.ts'
 */
import { App, Stack } from 'aws-cdk-lib';
import { Code, determineLatestNodeRuntime, Function } from 'aws-cdk-lib/aws-lambda';
import { WafCaptchaApiKey, WafScope } from 'cdk-waf-captcha-api-key';

const app = new App();
const stack = new Stack(app, 'Shop');

const key = new WafCaptchaApiKey(stack, 'CaptchaKey', {
  scope: WafScope.CLOUDFRONT,
  tokenDomains: ['shop.example.com'],
});
const parameters = key.publishToSsm('/captcha/shop');

const server = new Function(stack, 'Server', {
  runtime: determineLatestNodeRuntime(stack),
  handler: 'index.handler',
  code: Code.fromInline(`
const { GetParametersCommand, SSMClient } = require('@aws-sdk/client-ssm');
const ssm = new SSMClient();
let config, readAt = 0;

exports.handler = async () => {
  if (Date.now() - readAt > 60_000) {
    const { API_KEY, URL } = process.env;
    const { Parameters } = await ssm.send(new GetParametersCommand({ Names: [API_KEY, URL] }));
    const valueOf = (name) => Parameters.find((parameter) => parameter.Name === name).Value;
    config = { apiKey: valueOf(API_KEY), scriptUrl: valueOf(URL) + 'jsapi.js' };
    readAt = Date.now();
  }
  return config;
};`),
  environment: {
    API_KEY: parameters.apiKey.parameterName,
    URL: parameters.applicationIntegrationUrl.parameterName,
  },
});
parameters.apiKey.grantRead(server);
parameters.applicationIntegrationUrl.grantRead(server);

app.synth();
