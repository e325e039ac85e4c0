import { createHash } from 'node:crypto';
import { ApiKeys } from './api-keys';
import { Place, nameOf } from './place';
import { Clock } from '../clock';
import { SettingsStore } from '../settings';

export class IntegrationUrls {
  private readonly ids = new Map<string, string>();

  constructor(private readonly settings: SettingsStore, private readonly keys: ApiKeys, private readonly clock: Clock) {}

  of(place: Place): string | undefined {
    const { integrationUrl: variant, integrationUrlAfterMs } = this.settings.current;
    const firstCreatedAt = this.keys.firstCreatedAt(place);
    if (variant === 'absent' || firstCreatedAt === undefined || this.clock.now() < firstCreatedAt + integrationUrlAfterMs) {
      return undefined;
    }
    const id = this.idOf(place);
    const part = place.scope === 'CLOUDFRONT' ? 'edge' : place.region;
    const domain = variant === 'sdk-host' ? 'sdk.awswaf.com' : 'captcha-sdk.awswaf.com';
    const base = `https://${id}.${part}.${domain}/${id}`;
    switch (variant) {
      case 'no-trailing-slash': return base;
      case 'with-jsapi-js': return `${base}/jsapi.js`;
      default: return `${base}/`;
    }
  }

  private idOf(place: Place): string {
    const name = nameOf(place);
    const id = this.ids.get(name) ?? createHash('sha256').update(name).digest('hex').slice(0, 12);
    this.ids.set(name, id);
    return id;
  }
}
