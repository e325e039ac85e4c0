import { createHash } from 'node:crypto';
import type { Services } from '.';
import { KeyLocation, locationId } from './api-keys';

/** The base of the script's URL, which is the same for all keys of a location. */
export function integrationUrlOf(
  location: KeyLocation, { settings, keys, clock }: Pick<Services, 'settings' | 'keys' | 'clock'>,
): string | undefined {
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
