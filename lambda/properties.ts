import { UserFacingError } from './errors';
import type { DesiredKey } from './key/identity';
import { normalizeTokenDomains, spaceItems } from '../src/contract/normal-form';
import {
  CLOUDFRONT_REGION, FORMAT_VERSION, MAX_TOKEN_DOMAIN_LENGTH, MAX_TOKEN_DOMAINS,
} from '../src/contract/resource';

/**
 * Parses the properties of a resource as CloudFormation sends them: all values are strings, tokens are resolved.
 *
 * @throws UserFacingError that names the property
 */
export function parseProperties(raw: Record<string, unknown>, functionRegion: string): DesiredKey {
  const version = raw.FormatVersion ?? FORMAT_VERSION;
  if (version !== FORMAT_VERSION) {
    throw new UserFacingError(`FormatVersion: this provider supports ${FORMAT_VERSION}, got ${quote(version)}. `
      + 'Deploy the provider\'s stack with the newer package version first.');
  }
  const scope = raw.Scope;
  if (scope !== 'CLOUDFRONT' && scope !== 'REGIONAL') {
    throw new UserFacingError(`Scope: must be CLOUDFRONT or REGIONAL, got ${quote(scope)}`);
  }
  const region = optionalString('Region', raw.Region, /^[a-z0-9-]+$/);
  return {
    scope,
    region: scope === 'CLOUDFRONT' ? CLOUDFRONT_REGION : region ?? functionRegion,
    tokenDomains: parseTokenDomains(raw.TokenDomains),
    rotationId: optionalString('RotationId', raw.RotationId) ?? '',
  };
}

/** CloudFormation does not split strings by itself, nor a dynamic reference with Fn::Split. */
const LIST_REMEDY = '. Split a list in one string with Fn.split on StringParameter.valueForStringParameter, '
  + 'or read a StringList parameter with StringListParameter.valueForTypedListParameter.';

function parseTokenDomains(raw: unknown): string[] {
  if (!Array.isArray(raw) || !raw.every((domain) => typeof domain === 'string')) {
    throw new UserFacingError(
      `TokenDomains: must be a list of domains, got ${quote(raw)}${typeof raw === 'string' ? LIST_REMEDY : ''}`,
    );
  }
  for (const domain of raw) {
    const items = spaceItems(domain);
    if (items !== domain || /\S\s+\S/.test(items)) {
      throw new UserFacingError(
        `TokenDomains: each item must be one domain without quotation marks, got ${quote(domain)}${LIST_REMEDY}`,
      );
    }
    if (!/^[^\s:*@/]+$/.test(domain) || domain.length > MAX_TOKEN_DOMAIN_LENGTH) {
      throw new UserFacingError(`TokenDomains: must be bare host names of 1 to ${MAX_TOKEN_DOMAIN_LENGTH} characters, `
        + `such as www.example.com, got ${quote(domain)}`);
    }
  }
  const domains = normalizeTokenDomains(raw);
  if (domains.length < 1 || domains.length > MAX_TOKEN_DOMAINS) {
    throw new UserFacingError(
      `TokenDomains: must be 1 to ${MAX_TOKEN_DOMAINS} different domains, got ${domains.length}`,
    );
  }
  return domains;
}

function optionalString(name: string, raw: unknown, pattern = /^/): string | undefined {
  if (raw === undefined || raw === '') return undefined;
  if (typeof raw !== 'string' || !pattern.test(raw)) throw new UserFacingError(`${name}: invalid value: ${quote(raw)}`);
  return raw;
}

/** A value as JSON, short enough for a reason. */
export function quote(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}
