import { WAFInvalidParameterException } from '../errors';
import { Scope } from '../model/wafv2';

/** Of callers whose access key id is no account id. */
export const DEFAULT_ACCOUNT = '123456789012';

export interface Caller {
  readonly account: string;
  readonly region: string;
}

/** Keys of one location know nothing of those of another. */
export interface KeyLocation extends Caller {
  readonly scope: Scope;
}

export function keyLocation(scope: Scope, { account, region }: Caller): KeyLocation {
  if (scope === 'CLOUDFRONT' && region !== 'us-east-1') {
    throw new WAFInvalidParameterException({
      Reason: 'The scope is not valid.', Field: 'SCOPE_VALUE', Parameter: scope,
    });
  }
  return { account, region, scope };
}

export function locationId({ account, region, scope }: KeyLocation): string {
  return `${account}/${region}/${scope}`;
}
