import { defineOperation, Operation } from './operation';
import {
  WAFInternalErrorException, WAFInvalidOperationException, WAFInvalidParameterException, WAFNonexistentItemException, WAFOptimisticLockException,
} from '../errors';
import { apiKey, scope } from '../model/wafv2';
import { Services } from '../services';
import { placeOf } from '../services/place';

export function deleteAPIKey({ keys }: Pick<Services, 'keys'>): Operation {
  return defineOperation({
    name: 'DeleteAPIKey',
    quota: 'delete',
    input: { required: { Scope: scope, APIKey: apiKey }, optional: {} },
    errors: [
      WAFInternalErrorException, WAFNonexistentItemException, WAFOptimisticLockException, WAFInvalidParameterException, WAFInvalidOperationException,
    ],
    handle: ({ Scope, APIKey }, caller) => {
      if (!keys.delete(placeOf(Scope, caller), APIKey)) {
        throw new WAFNonexistentItemException();
      }
      return {};
    },
  });
}
