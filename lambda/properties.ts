import { Failure } from './failure';
import { normalizeTokenDomains } from '../src/contract/normal-form';
import { FORMAT_VERSION, KeyProperties, MAX_TOKEN_DOMAIN_LENGTH, MAX_TOKEN_DOMAINS } from '../src/contract/resource';

/**
 * Reads the properties of a resource as CloudFormation carries them: everything a string, tokens resolved.
 *
 * @throws Failure that names the property
 */
export function readProperties(raw: Record<string, unknown>): KeyProperties {
  const version = raw.FormatVersion ?? FORMAT_VERSION;
  if (version !== FORMAT_VERSION) {
    throw new Failure(`FormatVersion: this provider understands ${FORMAT_VERSION}, got ${show(version)}. Deploy the stack of the provider with the newer package first.`);
  }
  const { Scope, Region, RotationId } = raw;
  if (Scope !== 'CLOUDFRONT' && Scope !== 'REGIONAL') {
    throw new Failure(`Scope: must be CLOUDFRONT or REGIONAL, got ${show(Scope)}`);
  }
  return {
    FormatVersion: version,
    Scope,
    TokenDomains: readTokenDomains(raw.TokenDomains),
    Region: readText('Region', Region, /^[a-z0-9-]+$/),
    RotationId: readText('RotationId', RotationId),
  };
}

/** CloudFormation does not split strings by itself, nor a dynamic reference with Fn::Split. */
const LIST_REMEDY = '. Split a list in one string with Fn.split on StringParameter.valueForStringParameter, '
  + 'or read a StringList parameter with StringListParameter.valueForTypedListParameter.';

function readTokenDomains(raw: unknown): string[] {
  if (!Array.isArray(raw) || !raw.every((domain) => typeof domain === 'string')) {
    throw new Failure(`TokenDomains: must be a list of domains, got ${show(raw)}${typeof raw === 'string' ? LIST_REMEDY : ''}`);
  }
  for (const domain of raw) {
    if (/[,;|"'[\]{}]/.test(domain)) {
      throw new Failure(`TokenDomains: each item must be one domain without quotation marks, got ${show(domain)}${LIST_REMEDY}`);
    }
    if (!/^[^\s:*@/]+$/.test(domain) || domain.length > MAX_TOKEN_DOMAIN_LENGTH) {
      throw new Failure(`TokenDomains: must be bare host names of 1 to ${MAX_TOKEN_DOMAIN_LENGTH} characters, such as www.example.com, got ${show(domain)}`);
    }
  }
  const domains = normalizeTokenDomains(raw);
  if (domains.length < 1 || domains.length > MAX_TOKEN_DOMAINS) {
    throw new Failure(`TokenDomains: must be 1 to ${MAX_TOKEN_DOMAINS} different domains, got ${domains.length}`);
  }
  return domains;
}

function readText(name: string, raw: unknown, pattern = /^/): string | undefined {
  if (raw === undefined || raw === '') return undefined;
  if (typeof raw !== 'string' || !pattern.test(raw)) throw new Failure(`${name}: not understood: ${show(raw)}`);
  return raw;
}

/** What was given, short enough for a reason. */
function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 300);
}
