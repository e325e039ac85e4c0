import { ASSIGNED_DOMAIN, CONFIG_PARAMETER, GLOBAL_CONFIG_PARAMETER, GLOBAL_REGION, OTHER_CONFIG_PARAMETER, REGION } from './names';
import { World } from './world';
import { expectEqual, expectMatch, note } from '../local/progress';

/** Keys for just these lists of domains exist in AWS WAF, and no other. Returns them in that order. */
export async function expectKeys({ waf }: World, ...wanted: (readonly string[])[]): Promise<string[]> {
  const keys = waf.keys();
  const lines = keys.map(({ apiKey, region, scope, tokenDomains }) => `${short(apiKey)} ${scope} in ${region} for ${tokenDomains.join(', ')}`);
  note('AWS WAF has', ...lines.length ? lines : ['no key']);
  expectEqual('The keys that exist', keys.map(({ region, scope, tokenDomains }) => ({ region, scope, tokenDomains })), wanted.map((domains) => ({
    region: 'us-east-1', scope: 'CLOUDFRONT' as const, tokenDomains: [...domains, ASSIGNED_DOMAIN].sort(),
  })));
  return keys.map(({ apiKey }) => apiKey);
}

/** A site has this key, not the one before, and the URL of the script. */
export async function expectSite({ aws }: World, name: string, parameter: string, apiKey: string, before?: string): Promise<void> {
  const value = await aws.parameter(REGION, parameter);
  const seen = JSON.parse(value ?? '{}') as { apiKey?: string; scriptUrl?: string };
  note(`${name} sees`, `${short(seen.apiKey)} ${seen.scriptUrl}`);
  expectEqual(`The key of the ${name}`, seen.apiKey, apiKey);
  expectEqual('Whether that is the key of before', seen.apiKey === before, false);
  expectMatch(`The URL of the script of the ${name}`, String(seen.scriptUrl), /^https:\/\/\w+\.edge\.captcha-sdk\.awswaf\.com\/\w+\/jsapi\.js$/);
}

/** Nothing that was deployed is there any more. */
export async function expectGone({ aws }: World): Promise<void> {
  for (const region of [REGION, GLOBAL_REGION]) {
    const stacks = await aws.stacks(region);
    note(`${region} has`, stacks.join(', '));
    expectEqual(`The stacks in ${region}`, stacks, ['CDKToolkit']);
  }
  for (const parameter of [CONFIG_PARAMETER, OTHER_CONFIG_PARAMETER, GLOBAL_CONFIG_PARAMETER]) {
    expectEqual(`The SSM parameter ${parameter}`, await aws.parameter(REGION, parameter), undefined);
  }
}

/** Keys are long: enough of one to tell it from another. */
function short(apiKey: string | undefined): string {
  return apiKey && apiKey.length > 24 ? `${apiKey.slice(0, 10)}…${apiKey.slice(-8)}` : String(apiKey);
}
