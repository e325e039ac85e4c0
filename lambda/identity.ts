import { createHash } from 'node:crypto';
import type { WafScopeName } from '../src/contract/resource';

/** A key that a resource asks for. */
export interface WantedKey {
  readonly scope: WafScopeName;
  /** Where the key is made: us-east-1 for CLOUDFRONT. */
  readonly region: string;
  /** In normal form. */
  readonly tokenDomains: readonly string[];
  readonly rotationId: string;
}

/** The same for two wanted keys exactly if one key serves both. It stands in physical ids, so its result must never change. */
export function identityOf(wanted: WantedKey): string {
  return digest(JSON.stringify([wanted.scope, wanted.region, wanted.tokenDomains, wanted.rotationId])).slice(0, 16);
}

/** SHA-256 in the letters of base64url, 43 of them. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
