import { defineOperation, Operation } from './operation';
import {
  WAFInternalErrorException, WAFInvalidOperationException, WAFInvalidParameterException, WAFInvalidResourceException,
  WAFNonexistentItemException,
} from '../errors';
import { apiKey, scope } from '../model/wafv2';
import { Services } from '../services';
import { locationId, keyLocation } from '../services/key-location';

export function getDecryptedAPIKey({ keys, settings }: Pick<Services, 'keys' | 'settings'>): Operation {
  return defineOperation({
    name: 'GetDecryptedAPIKey',
    quota: 'get',
    input: { required: { Scope: scope, APIKey: apiKey }, optional: {} },
    errors: [
      WAFInternalErrorException, WAFNonexistentItemException, WAFInvalidParameterException,
      WAFInvalidOperationException, WAFInvalidResourceException,
    ],
    handle: ({ Scope, APIKey }, caller) => {
      const location = keyLocation(Scope, caller);
      const key = keys.findIncludingDeleted(APIKey);
      if (!key) {
        throw new WAFInvalidResourceException();
      }
      const isHidden = key.deletedAt !== undefined && !settings.current.deletedKeysDecryptable;
      if (isHidden || locationId(key) !== locationId(location)) {
        throw new WAFNonexistentItemException();
      }
      return { TokenDomains: key.tokenDomains, CreationTimestamp: key.createdAt / 1000 };
    },
  });
}
