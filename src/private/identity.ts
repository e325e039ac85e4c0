import { createHash } from 'node:crypto';
import { Token } from 'aws-cdk-lib';
import type { WafScopeName } from './contract';

/** What makes a key the key it is: where any of this differs, it is another key. */
export interface KeyIdentity {
  readonly scope: WafScopeName;
  /** Where a key is made that is neither in us-east-1 by its scope nor in the stack's own region. */
  readonly region?: string;
  /** In normal form. Tokens count, but their values are not known. */
  readonly tokenDomains: string[];
  readonly rotationId?: string;
  /** The function that the key hangs on, where it is not the stack's default one. */
  readonly provider?: string;
}

/**
 * A short text for the identity, as part of the key's logical id.
 *
 * This is a contract with every stack that was ever deployed: another result for the same identity replaces the key.
 * New parts of the identity must leave the result alone where they are not used.
 */
export function identityHash(identity: KeyIdentity): string {
  const text = JSON.stringify([
    identity.scope,
    identity.region ?? '',
    identity.tokenDomains.map((domain) => Token.isUnresolved(domain) ? '*' : domain).sort(),
    Token.isUnresolved(identity.rotationId) ? '*' : identity.rotationId ?? '',
    identity.provider ?? '',
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
}
