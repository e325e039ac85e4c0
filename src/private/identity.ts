import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';
import { structureOf } from './structure';
import type { WafScopeName } from '../contract/resource';

/** What makes a key the key it is: where any of this differs, it is another key. */
export interface KeyIdentity {
  readonly scope: WafScopeName;
  /** Where a key is made that is neither in us-east-1 by its scope nor in the stack's own region. */
  readonly region?: string;
  /** In normal form. Of tokens it counts where they point to, for their values are not known. */
  readonly tokenDomains: string[];
  readonly rotationId?: string;
  /** The ARN of the function that the key hangs on, where it is not the stack's default one. */
  readonly functionArn?: string;
}

/**
 * A short text for the identity, as part of the key's construct path and so of its logical id.
 *
 * This is a contract with every stack that was ever deployed: another result for the same identity replaces the key.
 * New parts of the identity must leave the result alone where they are not used.
 */
export function identityHash(construct: IConstruct, identity: KeyIdentity): string {
  const structure = (value: unknown) => JSON.stringify(structureOf(construct, value));
  const domains = structureOf(construct, identity.tokenDomains);
  const text = JSON.stringify([
    identity.scope,
    structure(identity.region ?? ''),
    Array.isArray(domains) ? domains.map((domain) => JSON.stringify(domain)).sort() : domains,
    structure(identity.rotationId ?? ''),
    structure(identity.functionArn ?? ''),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
}
