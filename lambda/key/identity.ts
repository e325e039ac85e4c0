import { createHash } from 'node:crypto';
import type { WafScopeName } from '../../src/contract/resource';

/** The key that a resource asks for. */
export interface DesiredKey {
  readonly scope: WafScopeName;
  /** Where the key is created: us-east-1 for CLOUDFRONT. */
  readonly region: string;
  /** In normal form. */
  readonly tokenDomains: readonly string[];
  readonly rotationId: string;
}

/**
 * Equal for two desired keys exactly if one key serves both.
 * It is part of physical ids, so its result must never change.
 */
export function identityOf(desired: DesiredKey): string {
  return digest(JSON.stringify([desired.scope, desired.region, desired.tokenDomains, desired.rotationId])).slice(0, 16);
}

/** SHA-256 as 43 characters of base64url. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
