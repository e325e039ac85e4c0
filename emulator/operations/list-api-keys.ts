import { decodeMarker, encodeMarker } from './marker';
import { defineOperation, Operation } from './operation';
import {
  WAFInternalErrorException, WAFInvalidOperationException, WAFInvalidParameterException, WAFInvalidResourceException,
} from '../errors';
import { nextMarker, paginationLimit, scope } from '../model/wafv2';
import { Services } from '../services';
import { ApiKey } from '../services/api-keys';
import { keyLocation } from '../services/key-location';

export function listAPIKeys(
  { keys, integrationUrls, settings }: Pick<Services, 'keys' | 'integrationUrls' | 'settings'>,
): Operation {
  return defineOperation({
    name: 'ListAPIKeys',
    quota: 'list',
    input: { required: { Scope: scope }, optional: { NextMarker: nextMarker, Limit: paginationLimit } },
    errors: [
      WAFInternalErrorException,
      WAFInvalidParameterException,
      WAFInvalidOperationException,
      WAFInvalidResourceException,
    ],
    handle: ({ Scope, NextMarker, Limit }, caller) => {
      const location = keyLocation(Scope, caller);
      const { pageSize, markerAfterFullLastPage } = settings.current;
      const limit = Math.min(Limit ?? pageSize, pageSize);
      const after = NextMarker === undefined ? 0 : decodeMarker(NextMarker);
      const rest = keys.listed(location).filter(({ sequence }) => sequence > after);
      const page = rest.slice(0, limit);
      const more = rest.length > limit || (markerAfterFullLastPage && page.length === limit);
      return {
        NextMarker: more ? encodeMarker(page[page.length - 1].sequence) : undefined,
        APIKeySummaries: page.map(summaryOf),
        ApplicationIntegrationURL: integrationUrls.of(location),
      };
    },
  });
}

function summaryOf({ tokenDomains, apiKey, createdAt }: ApiKey): object {
  return { TokenDomains: tokenDomains, APIKey: apiKey, CreationTimestamp: createdAt / 1000, Version: 0 };
}
