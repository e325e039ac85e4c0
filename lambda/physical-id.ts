import { digest, identityOf, WantedKey } from './identity';
import type { WafScopeName } from '../src/contract/resource';

/** CloudFormation's limit, in bytes. */
const MAX_LENGTH = 1024;
const PREFIX = 'waf-captcha-api-key/1';
const DIGEST_MARK = 'sha256:';
const REFERENCE_LENGTH = 6;

/**
 * What a physical id says of its key: all that is needed to delete it, whatever has become of properties and regions since.
 *
 * `waf-captcha-api-key/1/<scope>/<region>/<identity>/<replaced>/<key>`, where a key that is too long for it stands as its digest.
 */
export interface PhysicalId {
  readonly scope: WafScopeName;
  readonly region: string;
  readonly identity: string;
  /**
   * Short references to the keys that this one has replaced, newest first. CloudFormation may roll a replacement back by
   * an Update that names the new id only: the reference tells which of the keys in the list was the first one, and the
   * rest makes its id whole again. Somebody else's key never matches.
   */
  readonly replaced: readonly string[];
  readonly apiKey?: string;
  readonly apiKeyDigest?: string;
}

/** The id of a key; the oldest references give way where they do not fit. */
export function formatPhysicalId(wanted: WantedKey, apiKey: string, replaced: readonly string[] = []): string {
  const whole = formatWith(wanted, apiKey, replaced);
  if (Buffer.byteLength(whole) <= MAX_LENGTH) return whole;
  return Buffer.byteLength(formatWith(wanted, apiKey, [])) <= MAX_LENGTH
    ? formatPhysicalId(wanted, apiKey, replaced.slice(0, -1))
    : formatPhysicalId(wanted, DIGEST_MARK + digest(apiKey), replaced);
}

/** Undefined for whatever was not made by `formatPhysicalId`. */
export function parsePhysicalId(id: string): PhysicalId | undefined {
  const match = /^waf-captcha-api-key\/1\/(CLOUDFRONT|REGIONAL)\/([a-z0-9-]+)\/([\w-]{16})\/((?:[\w-]{6})*)\/(.+)$/s.exec(id);
  if (!match) return undefined;
  const [, scope, region, identity, replaced, key] = match;
  return {
    scope: scope as WafScopeName,
    region,
    identity,
    replaced: replaced.match(/.{6}/g) ?? [],
    ...(key.startsWith(DIGEST_MARK) ? { apiKeyDigest: key.slice(DIGEST_MARK.length) } : { apiKey: key }),
  };
}

/** Whether an id names this key of its scope and region. */
export function namesKey(id: PhysicalId, apiKey: string): boolean {
  return id.apiKey === apiKey || id.apiKeyDigest === digest(apiKey);
}

/** How the ids of later keys refer to the key of this id: by a digest of the id without references of its own. */
export function referenceTo(id: string): string {
  const parts = id.split('/');
  parts[5] = '';
  return digest(parts.join('/')).slice(0, REFERENCE_LENGTH);
}

function formatWith(wanted: WantedKey, key: string, replaced: readonly string[]): string {
  return [PREFIX, wanted.scope, wanted.region, identityOf(wanted), replaced.join(''), key].join('/');
}
