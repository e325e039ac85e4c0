import { DemoEnvironment } from './demo-environment';
import {
  ASSIGNED_DOMAIN, CONFIG_PARAMETER, GLOBAL_CONFIG_PARAMETER, GLOBAL_REGION, OTHER_CONFIG_PARAMETER, REGION,
} from './names';
import { expectEqual, expectMatch, note } from '../local/progress';

/** Expects keys for these lists of domains in AWS WAF, and no others. Returns them in that order. */
export async function expectKeys(
  { local: { waf } }: DemoEnvironment, ...wanted: (readonly string[])[]
): Promise<string[]> {
  const keys = waf.keys();
  const lines = keys.map(({ apiKey, region, scope, tokenDomains }) =>
    `${short(apiKey)} ${scope} in ${region} for ${tokenDomains.join(', ')}`);
  note('AWS WAF has', ...lines.length ? lines : ['no key']);
  expectEqual('The keys that exist', keys.map(
    ({ region, scope, tokenDomains }) => ({ region, scope, tokenDomains }),
  ), wanted.map((domains) => ({
    region: 'us-east-1', scope: 'CLOUDFRONT' as const, tokenDomains: [...domains, ASSIGNED_DOMAIN].sort(),
  })));
  return keys.map(({ apiKey }) => apiKey);
}

/** Expects that a site has this key, not the previous one, and the URL of the script. */
export async function expectSite(
  { local: { aws } }: DemoEnvironment, name: string, parameter: string, apiKey: string, previous?: string,
): Promise<void> {
  const value = await aws.parameter(REGION, parameter);
  const actual = JSON.parse(value ?? '{}') as { apiKey?: string; scriptUrl?: string };
  note(`${name} has`, `${short(actual.apiKey)} ${actual.scriptUrl}`);
  expectEqual(`The key of the ${name}`, actual.apiKey, apiKey);
  expectEqual('Whether that is the previous key', actual.apiKey === previous, false);
  expectMatch(
    `The URL of the script of the ${name}`,
    String(actual.scriptUrl),
    /^https:\/\/\w+\.edge\.captcha-sdk\.awswaf\.com\/\w+\/jsapi\.js$/,
  );
}

/** Expects that nothing of what was deployed still exists. */
export async function expectGone({ local: { aws } }: DemoEnvironment): Promise<void> {
  for (const region of [REGION, GLOBAL_REGION]) {
    const stacks = await aws.stacks(region);
    note(`${region} has`, stacks.join(', '));
    expectEqual(`The stacks in ${region}`, stacks, ['CDKToolkit']);
  }
  for (const parameter of [CONFIG_PARAMETER, OTHER_CONFIG_PARAMETER, GLOBAL_CONFIG_PARAMETER]) {
    expectEqual(`The SSM parameter ${parameter}`, await aws.parameter(REGION, parameter), undefined);
  }
}

/** Enough of a key to tell it from another. */
function short(apiKey: string | undefined): string {
  return apiKey && apiKey.length > 24 ? `${apiKey.slice(0, 10)}…${apiKey.slice(-8)}` : String(apiKey);
}
