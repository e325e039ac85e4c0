import { parse } from 'tldts';
import { WAFInvalidParameterException } from '../errors';
import { Services } from '../services';
import { Caller, keyLocation, Scope } from '../services/api-keys';

/** Only the documentation has this one: the model gives the list of token domains no maximum. */
const MAX_TOKEN_DOMAINS = 5;

interface Input {
  readonly Scope: Scope;
  readonly TokenDomains: readonly string[];
}

export function createAPIKey({ keys }: Services, { Scope: scope, TokenDomains }: Input, caller: Caller): object {
  const location = keyLocation(scope, caller);
  if (TokenDomains.length > MAX_TOKEN_DOMAINS) {
    throw new WAFInvalidParameterException({
      Reason: `An API key can have at most ${MAX_TOKEN_DOMAINS} token domains.`,
      Field: 'TOKEN_DOMAIN',
      Parameter: `${TokenDomains.length}`,
    });
  }
  const publicSuffix = TokenDomains.find(isPublicSuffix);
  if (publicSuffix !== undefined) {
    throw new WAFInvalidParameterException({
      Reason: 'The token domain is a public suffix.', Field: 'TOKEN_DOMAIN', Parameter: publicSuffix,
    });
  }
  return { APIKey: keys.create(location, TokenDomains).apiKey };
}

/** Names of the list's ICANN section only: `github.io` and the like belong to companies, not to registries. */
function isPublicSuffix(domain: string): boolean {
  const { hostname, publicSuffix, isIcann } = parse(domain, { allowPrivateDomains: false });
  return isIcann === true && hostname === publicSuffix;
}
