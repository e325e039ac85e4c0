import { defineOperation, Operation } from './operation';
import {
  WAFInternalErrorException, WAFInvalidOperationException, WAFInvalidParameterException, WAFLimitsExceededException,
} from '../errors';
import { MAX_TOKEN_DOMAINS, scope, tokenDomains } from '../model/wafv2';
import { Services } from '../services';
import { keyLocation } from '../services/key-location';
import { isPublicSuffix } from '../services/public-suffix';

export function createAPIKey({ keys }: Pick<Services, 'keys'>): Operation {
  return defineOperation({
    name: 'CreateAPIKey',
    quota: 'create',
    input: { required: { Scope: scope, TokenDomains: tokenDomains }, optional: {} },
    errors: [
      WAFInternalErrorException, WAFInvalidParameterException, WAFInvalidOperationException, WAFLimitsExceededException,
    ],
    handle: ({ Scope, TokenDomains }, caller) => {
      const location = keyLocation(Scope, caller);
      assertTokenDomains(TokenDomains);
      return { APIKey: keys.create(location, TokenDomains).apiKey };
    },
  });
}

function assertTokenDomains(domains: readonly string[]): void {
  if (domains.length > MAX_TOKEN_DOMAINS) {
    throw new WAFInvalidParameterException({
      Reason: `An API key can have at most ${MAX_TOKEN_DOMAINS} token domains.`,
      Field: 'TOKEN_DOMAIN',
      Parameter: `${domains.length}`,
    });
  }
  const publicSuffix = domains.find(isPublicSuffix);
  if (publicSuffix !== undefined) {
    throw new WAFInvalidParameterException({
      Reason: 'The token domain is a public suffix.', Field: 'TOKEN_DOMAIN', Parameter: publicSuffix,
    });
  }
}
