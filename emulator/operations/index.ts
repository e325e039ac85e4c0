import { createAPIKey } from './create-api-key';
import { deleteAPIKey } from './delete-api-key';
import { getDecryptedAPIKey } from './get-decrypted-api-key';
import { listAPIKeys } from './list-api-keys';
import { OperationName } from '../model/input';
import { Services } from '../services';
import { Caller } from '../services/api-keys';
import { QuotaClass } from '../settings';

interface Operation {
  readonly quota: QuotaClass;
  /** @param input has the members that the service model has, and satisfies its constraints */
  call(services: Services, input: never, caller: Caller): object;
}

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  CreateAPIKey: { quota: 'create', call: createAPIKey },
  ListAPIKeys: { quota: 'list', call: listAPIKeys },
  GetDecryptedAPIKey: { quota: 'get', call: getDecryptedAPIKey },
  DeleteAPIKey: { quota: 'delete', call: deleteAPIKey },
};
