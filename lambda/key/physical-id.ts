import { UserFacingError } from '../errors';
import { DesiredKey, digest, identityOf } from './identity';
import type { WafScopeName } from '../../src/contract/resource';
import { quote } from '../properties';

/** CloudFormation's limit, in bytes. */
const MAX_LENGTH = 1024;
const NAMESPACE = 'waf-captcha-api-key/';
const FORMAT = '1';
const DIGEST_MARK = 'sha256:';
const REFERENCE_LENGTH = 6;

/** In place of the references that do not fit any more. */
const UNKNOWN_REFERENCES = '------';

/** The physical id of a resource whose creation failed: its Delete has nothing to delete. */
export const CREATE_FAILED_PHYSICAL_ID = 'not-created';

/**
 * What a physical id says about its key: all that is needed to delete it, whatever the properties and Regions are by
 * then.
 *
 * `waf-captcha-api-key/1/<scope>/<region>/<identity>/<predecessors>/<key>`, with a digest in place of a key that is too
 * long.
 */
export interface PhysicalId {
  readonly scope: WafScopeName;
  readonly region: string;
  readonly identity: string;
  /**
   * Short references to the keys that this one has replaced, newest first. CloudFormation may roll a replacement back
   * by an Update with only the new id: the reference tells which listed key was the previous one, and the rest
   * completes its id. The key of another owner never matches.
   */
  readonly predecessors: readonly string[];
  readonly apiKey?: string;
  readonly apiKeyDigest?: string;
}

/** The id of a key. If the references do not fit, only the newest stays, and what was dropped is marked. */
export function formatPhysicalId(desired: DesiredKey, apiKey: string, predecessors: readonly string[] = []): string {
  const fits = (references: readonly string[]) => Buffer.byteLength(join(desired, apiKey, references)) <= MAX_LENGTH;
  const shortest = [UNKNOWN_REFERENCES, UNKNOWN_REFERENCES];
  if (!fits(shortest)) return formatPhysicalId(desired, DIGEST_MARK + digest(apiKey), predecessors);
  return join(desired, apiKey, fits(predecessors) ? predecessors : [predecessors[0], UNKNOWN_REFERENCES]);
}

/**
 * Undefined for ids of other handlers, and those that CloudFormation invents.
 *
 * @throws UserFacingError for an id of this package in a format that this version does not know
 */
export function parsePhysicalId(id: string): PhysicalId | undefined {
  if (!id.startsWith(NAMESPACE)) return undefined;
  const match = /^1\/(CLOUDFRONT|REGIONAL)\/([a-z0-9-]+)\/([\w-]{16})\/((?:[\w-]{6})*)\/(.+)$/s.exec(
    id.slice(NAMESPACE.length),
  );
  if (!match) {
    throw new UserFacingError(`PhysicalResourceId: this provider supports format ${FORMAT}, got ${quote(id)}. `
      + 'Deploy the provider\'s stack with the newer package version first.');
  }
  const [, scope, region, identity, predecessors, key] = match;
  return {
    scope: scope as WafScopeName,
    region,
    identity,
    predecessors: predecessors.match(/[\w-]{6}/g) ?? [],
    ...(key.startsWith(DIGEST_MARK) ? { apiKeyDigest: key.slice(DIGEST_MARK.length) } : { apiKey: key }),
  };
}

/** Whether an id belongs to this key of its scope and Region. */
export function matchesKey(id: PhysicalId, apiKey: string): boolean {
  return id.apiKey === apiKey || id.apiKeyDigest === digest(apiKey);
}

/** How the ids of later keys refer to the key of this id. */
export function referenceTo(id: string): string {
  return keyDigest(id).slice(0, REFERENCE_LENGTH);
}

/** Whether these references are all of a key, so that its whole id is known. */
export function areComplete([first]: readonly string[]): boolean {
  return first !== UNKNOWN_REFERENCES;
}

/** Whether a reference refers to the key of this id. */
export function refersTo(reference: string, id: string): boolean {
  return reference === referenceTo(id);
}

/** A digest of the id without its references: the same for every id of the key. */
export function keyDigest(id: string): string {
  const parts = id.split('/');
  parts[5] = '';
  return digest(parts.join('/'));
}

function join(desired: DesiredKey, key: string, predecessors: readonly string[]): string {
  return [NAMESPACE + FORMAT, desired.scope, desired.region, identityOf(desired), predecessors.join(''), key].join('/');
}
