import { Stack } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import { isFinal, isLookupDummy } from './unresolved';
import { MASK, validate } from './validate';
import { CLOUDFRONT_REGION } from '../contract/resource';
import { WafScope } from '../waf-scope';

/** Validates the scope, which untyped languages can get wrong. */
export function validateScope(construct: IConstruct, scope: WafScope): WafScope {
  const reject = (problem: string) => new Error(`${construct.node.path}: scope: ${problem}`);
  if (!Object.values(WafScope).includes(scope) && !isLookupDummy(scope)) {
    throw reject(`must be one of ${Object.values(WafScope).join(', ')}, got ${JSON.stringify(scope) ?? 'nothing'}`);
  }
  const { region } = Stack.of(construct);
  const partition = partitionOf(region) ?? 'aws';
  if (scope === WafScope.CLOUDFRONT && partition !== 'aws') {
    throw reject(`CLOUDFRONT keys are supported only in the aws partition, and ${region} is in ${partition}; `
      + 'use WafScope.REGIONAL');
  }
  return scope;
}

/** Validates the region of a key. */
export function validateRegion(construct: IConstruct, scope: WafScope, region?: string): void {
  if (region === undefined) return;
  const reject = (problem: string) => new Error(`${construct.node.path}: region: ${problem}`);
  validate(construct, region, (name) => {
    if (scope === WafScope.CLOUDFRONT) {
      throw reject(`CLOUDFRONT keys are always created in ${CLOUDFRONT_REGION}, got '${name}'; leave region out`);
    }
    if (MASK.test(name) || isLookupDummy(name)) return;
    if (!/^[a-z]+(-[a-z]+)+-\d+$/.test(name)) {
      throw reject(`must be the name of a region such as 'eu-west-1', got ${JSON.stringify(name)}`);
    }
    const home = Stack.of(construct).region;
    const [there, here] = [partitionOf(name), partitionOf(home)];
    if (there && here && there !== here) {
      throw reject(`'${name}' is in the partition ${there}, and ${home} in ${here}; declare the key in a stack there`);
    }
  });
}

/** The partition of a region, if both are known. */
export function partitionOf(region: string): string | undefined {
  return isFinal(region) ? RegionInfo.get(region).partition : undefined;
}
