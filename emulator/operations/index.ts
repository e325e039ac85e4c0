import { createAPIKey } from './create-api-key';
import { deleteAPIKey } from './delete-api-key';
import { getDecryptedAPIKey } from './get-decrypted-api-key';
import { listAPIKeys } from './list-api-keys';
import { OperationName } from './names';
import { Operation } from './operation';
import { Services } from '../services';

export type Operations = Readonly<Record<OperationName, Operation>>;

export function createOperations(services: Services): Operations {
  return {
    CreateAPIKey: createAPIKey(services),
    ListAPIKeys: listAPIKeys(services),
    GetDecryptedAPIKey: getDecryptedAPIKey(services),
    DeleteAPIKey: deleteAPIKey(services),
  };
}
