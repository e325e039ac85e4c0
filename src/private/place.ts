import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { IConstruct } from 'constructs';
import { CLOUDFRONT_REGION } from '../contract/resource';
import { WafScope } from '../waf-scope';

/** Judges the scope, which untyped languages can get wrong. */
export function readScope(construct: IConstruct, scope: WafScope): WafScope {
  if (!Object.values(WafScope).includes(scope)) {
    throw new Error(`${construct.node.path}: scope: must be one of ${Object.values(WafScope).join(', ')}, got ${JSON.stringify(scope) ?? 'nothing'}`);
  }
  const { region } = Stack.of(construct);
  const partition = partitionOf(region) ?? 'aws';
  if (scope === WafScope.CLOUDFRONT && partition !== 'aws') {
    throw new Error(`${construct.node.path}: scope: CLOUDFRONT keys exist in the partition aws only, and ${region} is in ${partition}; use WafScope.REGIONAL`);
  }
  return scope;
}

/** The region where the key is made, if its scope and stack do not already say so. */
export function readRegion(construct: IConstruct, scope: WafScope, region?: string): string | undefined {
  const home = Stack.of(construct).region;
  if (region === undefined) return undefined;
  const reject = (problem: string) => new Error(`${construct.node.path}: region: ${problem}`);

  if (scope === WafScope.CLOUDFRONT) throw reject(`CLOUDFRONT keys are always made in ${CLOUDFRONT_REGION}, got '${region}'; leave region out`);
  if (region === home) return undefined;
  if (Token.isUnresolved(region)) return region;
  if (!/^[a-z]+(-[a-z]+)+-\d+$/.test(region)) throw reject(`must be the name of a region such as 'eu-west-1', got ${JSON.stringify(region)}`);
  const [there, here] = [partitionOf(region), partitionOf(home)];
  if (there && here && there !== here) throw reject(`'${region}' is in the partition ${there}, out of reach of ${home} in ${here}; declare the key in a stack there`);
  return region;
}

function partitionOf(region: string): string | undefined {
  if (Token.isUnresolved(region)) return undefined;
  if (/^(af|ap|ca|eu|il|me|mx|sa|us)-(north|south|east|west|central)+-\d$/.test(region)) return 'aws';
  return RegionInfo.get(region).partition; // loads the CDK's table of regions, which takes a while
}
