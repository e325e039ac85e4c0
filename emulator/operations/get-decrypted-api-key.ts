import { defineOperation, Operation } from './operation';
import {
  WAFInternalErrorException, WAFInvalidOperationException, WAFInvalidParameterException, WAFInvalidResourceException, WAFNonexistentItemException,
} from '../errors';
import { apiKey, scope } from '../model/wafv2';
import { Services } from '../services';
import { nameOf, placeOf } from '../services/place';

export function getDecryptedAPIKey({ keys, settings }: Pick<Services, 'keys' | 'settings'>): Operation {
  return defineOperation({
    name: 'GetDecryptedAPIKey',
    quota: 'get',
    input: { required: { Scope: scope, APIKey: apiKey }, optional: {} },
    errors: [
      WAFInternalErrorException, WAFNonexistentItemException, WAFInvalidParameterException, WAFInvalidOperationException, WAFInvalidResourceException,
    ],
    handle: ({ Scope, APIKey }, caller) => {
      const place = placeOf(Scope, caller);
      const key = keys.everIssued(APIKey);
      if (!key) {
        throw new WAFInvalidResourceException();
      }
      const gone = key.deletedAt !== undefined && !settings.current.deletedKeysDecryptable;
      if (gone || nameOf(key) !== nameOf(place)) {
        throw new WAFNonexistentItemException();
      }
      return { TokenDomains: key.tokenDomains, CreationTimestamp: key.createdAt / 1000 };
    },
  });
}
