import { WAFInvalidParameterException } from '../errors';
import { Services } from '../services';
import { ApiKey, Caller, keyLocation, Scope } from '../services/api-keys';
import { integrationUrlOf } from '../services/integration-url';

interface Input {
  readonly Scope: Scope;
  readonly NextMarker?: string;
  readonly Limit?: number;
}

export function listAPIKeys(services: Services, { Scope: scope, NextMarker, Limit }: Input, caller: Caller): object {
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
