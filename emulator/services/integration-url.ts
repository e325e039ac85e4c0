import { createHash } from 'node:crypto';
import { ApiKeys } from './api-keys';
import { KeyLocation, locationId } from './key-location';
import { Clock } from '../clock';
import { SettingsStore } from '../settings';

export class IntegrationUrls {
  private readonly ids = new Map<string, string>();

  constructor(
    private readonly settings: SettingsStore, private readonly keys: ApiKeys, private readonly clock: Clock,
  ) {}

  of(location: KeyLocation): string | undefined {
    const { integrationUrl: variant, integrationUrlAfterMs } = this.settings.current;
    const firstCreatedAt = this.keys.firstCreatedAt(location);
    if (variant === 'absent' || firstCreatedAt === undefined
      || this.clock.now() < firstCreatedAt + integrationUrlAfterMs) {
      return undefined;
    }
    const id = this.idOf(location);
    const part = location.scope === 'CLOUDFRONT' ? 'edge' : location.region;
    const domain = variant === 'sdk-host' ? 'sdk.awswaf.com' : 'captcha-sdk.awswaf.com';
    const base = `https://${id}.${part}.${domain}/${id}`;
    switch (variant) {
      case 'no-trailing-slash': return base;
      case 'with-jsapi-js': return `${base}/jsapi.js`;
      default: return `${base}/`;
    }
  }

  private idOf(location: KeyLocation): string {
    const name = locationId(location);
    const id = this.ids.get(name) ?? createHash('sha256').update(name).digest('hex').slice(0, 12);
    this.ids.set(name, id);
    return id;
  }
}
