import { createHash } from 'node:crypto';
import { parse } from 'tldts';
import { WAFInvalidParameterException, WAFInvalidResourceException, WAFNonexistentItemException } from './errors';
import { OperationName } from './model/input';
import { Services } from './services';
import { ApiKey, Caller, KeyLocation, keyLocation, locationId, Scope } from './services/api-keys';
import { QuotaClass } from './settings';

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

/** Only the documentation has this one: the model gives the list of token domains no maximum. */
const MAX_TOKEN_DOMAINS = 5;

interface CreateInput {
  readonly Scope: Scope;
  readonly TokenDomains: readonly string[];
}

function createAPIKey({ keys }: Services, { Scope: scope, TokenDomains }: CreateInput, caller: Caller): object {
  const location = keyLocation(scope, caller);
  if (TokenDomains.length > MAX_TOKEN_DOMAINS) {
    throw new WAFInvalidParameterException({
      Reason: `An API key can have at most ${MAX_TOKEN_DOMAINS} token domains.`,
      Field: 'TOKEN_DOMAIN',
      Parameter: `${TokenDomains.length}`,
    });
  }
  const publicSuffix = TokenDomains.find(isPublicSuffix);
  if (publicSuffix !== undefined) {
    throw new WAFInvalidParameterException({
      Reason: 'The token domain is a public suffix.', Field: 'TOKEN_DOMAIN', Parameter: publicSuffix,
    });
  }
  return { APIKey: keys.create(location, TokenDomains).apiKey };
}

/** Names of the list's ICANN section only: `github.io` and the like belong to companies, not to registries. */
function isPublicSuffix(domain: string): boolean {
  const { hostname, publicSuffix, isIcann } = parse(domain, { allowPrivateDomains: false });
  return isIcann === true && hostname === publicSuffix;
}

interface ListInput {
  readonly Scope: Scope;
  readonly NextMarker?: string;
  readonly Limit?: number;
}

function listAPIKeys(services: Services, { Scope: scope, NextMarker, Limit }: ListInput, caller: Caller): object {
  const location = keyLocation(scope, caller);
  const { pageSize } = services.settings.current;
  const limit = Math.min(Limit ?? pageSize, pageSize);
  const after = NextMarker === undefined ? 0 : decodeMarker(NextMarker);
  const rest = services.keys.listed(location).filter(({ sequence }) => sequence > after);
  const page = rest.slice(0, limit);
  return {
    NextMarker: rest.length > limit ? encodeMarker(page[page.length - 1].sequence) : undefined,
    APIKeySummaries: page.map(summaryOf),
    ApplicationIntegrationURL: integrationUrlOf(location, services),
  };
}

function summaryOf({ tokenDomains, apiKey, createdAt }: ApiKey): object {
  return { TokenDomains: tokenDomains, APIKey: apiKey, CreationTimestamp: createdAt / 1000, Version: 0 };
}

/** A marker has at most 256 characters, so it cannot be the last key of the page, which has 688. */
function encodeMarker(sequence: number): string {
  return Buffer.from(`after:${sequence}`).toString('base64url');
}

function decodeMarker(marker: string): number {
  const [, sequence] = /^after:(\d+)$/.exec(Buffer.from(marker, 'base64url').toString()) ?? [];
  if (sequence === undefined) {
    throw new WAFInvalidParameterException({ Reason: 'The marker is not valid.', Parameter: marker });
  }
  return Number(sequence);
}

/** The base of the script's URL, which is the same for all keys of a location. */
function integrationUrlOf(location: KeyLocation, { settings, keys, clock }: Services): string | undefined {
  const { integrationUrl: variant, integrationUrlAfterMs } = settings.current;
  const firstCreatedAt = keys.firstCreatedAt(location);
  if (variant === 'absent' || firstCreatedAt === undefined || clock.now() < firstCreatedAt + integrationUrlAfterMs) {
    return undefined;
  }
  const id = createHash('sha256').update(locationId(location)).digest('hex').slice(0, 12);
  const part = location.scope === 'CLOUDFRONT' ? 'edge' : location.region;
  const domain = variant === 'sdk-host' ? 'sdk.awswaf.com' : 'captcha-sdk.awswaf.com';
  const base = `https://${id}.${part}.${domain}/${id}`;
  switch (variant) {
    case 'no-trailing-slash': return base;
    case 'with-jsapi-js': return `${base}/jsapi.js`;
    default: return `${base}/`;
  }
}

interface KeyInput {
  readonly Scope: Scope;
  readonly APIKey: string;
}

function getDecryptedAPIKey(
  { keys, settings }: Services, { Scope: scope, APIKey }: KeyInput, caller: Caller,
): object {
  const location = keyLocation(scope, caller);
  const key = keys.findIncludingDeleted(APIKey);
  if (!key) throw new WAFInvalidResourceException();
  const isHidden = key.deletedAt !== undefined && !settings.current.deletedKeysDecryptable;
  if (isHidden || locationId(key) !== locationId(location)) throw new WAFNonexistentItemException();
  return { TokenDomains: key.tokenDomains, CreationTimestamp: key.createdAt / 1000 };
}

function deleteAPIKey({ keys }: Services, { Scope: scope, APIKey }: KeyInput, caller: Caller): object {
  if (!keys.delete(keyLocation(scope, caller), APIKey)) throw new WAFNonexistentItemException();
  return {};
}
