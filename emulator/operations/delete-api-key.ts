import { defineOperation, Operation } from './operation';
import {
  WAFInternalErrorException, WAFInvalidOperationException, WAFInvalidParameterException, WAFNonexistentItemException,
  WAFOptimisticLockException,
} from '../errors';
import { apiKey, scope } from '../model/wafv2';
import { Services } from '../services';
import { keyLocation } from '../services/key-location';

export function deleteAPIKey({ keys }: Pick<Services, 'keys'>): Operation {
  return defineOperation({
    name: 'DeleteAPIKey',
    quota: 'delete',
    input: { required: { Scope: scope, APIKey: apiKey }, optional: {} },
    errors: [
      WAFInternalErrorException, WAFNonexistentItemException, WAFOptimisticLockException, WAFInvalidParameterException,
      WAFInvalidOperationException,
    ],
    handle: ({ Scope, APIKey }, caller) => {
      if (!keys.delete(keyLocation(Scope, caller), APIKey)) {
        throw new WAFNonexistentItemException();
      }
      return {};
    },
  });
}
