import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';
import { tokenStructure } from './token-structure';
import type { WafScopeName } from '../contract/resource';

/** The identity of a key: a change of any of this makes another key. */
export interface KeyIdentity {
  readonly scope: WafScopeName;
  /** As the user wrote it, so that a stack keeps its keys when it is bound to a region. */
  readonly region?: string;
  /** In normal form. Tokens count by what they refer to, because their values are not known. */
  readonly tokenDomains: string[];
  readonly rotationId?: string;
  /** The ARN of the provider's function, unless it is the default one of the stack. */
  readonly functionArn?: string;
}

/**
 * A hash of the identity, as part of the key's construct path and so of its logical id.
 *
 * This is a contract with every deployed stack: another result for the same identity replaces the key.
 * New parts of the identity must not change the result where they are not used.
 */
export function calculateKeyHash(construct: IConstruct, identity: KeyIdentity): string {
  const structure = (value: unknown) => JSON.stringify(tokenStructure(construct, value));
  const domains = tokenStructure(construct, identity.tokenDomains);
  const text = JSON.stringify([
    identity.scope,
    structure(identity.region ?? ''),
    Array.isArray(domains) ? [...new Set(domains.map((domain) => JSON.stringify(domain)))].sort() : domains,
    structure(identity.rotationId ?? ''),
    structure(identity.functionArn ?? ''),
  ]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8).toUpperCase();
}
