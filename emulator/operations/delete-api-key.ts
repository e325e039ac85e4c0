import { WAFNonexistentItemException } from '../errors';
import { Services } from '../services';
import { Caller, keyLocation, Scope } from '../services/api-keys';

interface Input {
  readonly Scope: Scope;
  readonly APIKey: string;
}

export function deleteAPIKey({ keys }: Services, { Scope: scope, APIKey }: Input, caller: Caller): object {
  if (!keys.delete(keyLocation(scope, caller), APIKey)) throw new WAFNonexistentItemException();
  return {};
}
