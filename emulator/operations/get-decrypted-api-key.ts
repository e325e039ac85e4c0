import { WAFInvalidResourceException, WAFNonexistentItemException } from '../errors';
import { Services } from '../services';
import { Caller, keyLocation, locationId, Scope } from '../services/api-keys';

interface Input {
  readonly Scope: Scope;
  readonly APIKey: string;
}

export function getDecryptedAPIKey(
  { keys, settings }: Services, { Scope: scope, APIKey }: Input, caller: Caller,
): object {
  const location = keyLocation(scope, caller);
  const key = keys.findIncludingDeleted(APIKey);
  if (!key) throw new WAFInvalidResourceException();
  const isHidden = key.deletedAt !== undefined && !settings.current.deletedKeysDecryptable;
  if (isHidden || locationId(key) !== locationId(location)) throw new WAFNonexistentItemException();
  return { TokenDomains: key.tokenDomains, CreationTimestamp: key.createdAt / 1000 };
}
