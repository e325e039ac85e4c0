import { Stack, Validations } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import { isLookupDummy } from './unresolved';
import { MASK, matches, propertyError, show, validate } from './validate';
import { CLOUDFRONT_REGION } from '../contract/resource';
import { WafScope } from '../waf-scope';

/** Validates the scope, which untyped languages can get wrong. */
export function validateScope(construct: IConstruct, scope: WafScope): void {
  const scopes = Object.values(WafScope);
  if (!scopes.includes(scope) && !isLookupDummy(scope)) {
    throw propertyError(construct, 'scope', `must be one of ${scopes.join(', ')}, got ${show(scope)}`);
  }
  const { region } = Stack.of(construct);
  const { partition = 'aws' } = RegionInfo.get(region);
  if (scope === WafScope.CLOUDFRONT && partition !== 'aws') {
    throw propertyError(construct, 'scope', 'CLOUDFRONT keys are supported only in the aws partition, '
      + `and ${region} is in ${partition}; use WafScope.REGIONAL`);
  }
}

/** Validates the region of a key. */
export function validateRegion(construct: IConstruct, scope: WafScope, region?: string): void {
  if (region === undefined) return;
  if (scope === WafScope.CLOUDFRONT) {
    throw propertyError(construct, 'region',
      `CLOUDFRONT keys are always created in ${CLOUDFRONT_REGION}, got ${show(region)}; leave region out`);
  }
  validate(construct, 'region', region, (name) => {
    const isMasked = MASK.test(name);
    if (!matches(isMasked ? /^[a-z\d\uE000-\uF8FF-]+$/ : /^[a-z]+(-[a-z]+)+-\d+$/, name)) {
      return `must be the name of a region such as 'eu-west-1', got ${show(name)}`;
    }
    const home = Stack.of(construct).region;
    const [there, here] = [name, home].map((one) => RegionInfo.get(one).partition);
    if (!there && !isMasked) {
      Validations.of(construct).addWarning('cdk-waf-captcha-api-key:unknownRegion', `region: '${name}' is no Region `
        + 'that this version of aws-cdk-lib knows; correct it, or acknowledge this warning if the Region is newer');
    }
    if (!there || !here || there === here) return undefined;
    return `'${name}' is in the partition ${there}, and ${home} in ${here}; declare the key in a stack there`;
  });
}
