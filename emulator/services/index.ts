import { ApiKeys } from './api-keys';
import { CallLog } from './call-log';
import { Faults } from './faults';
import { IntegrationUrls } from './integration-url';
import { RequestQuotas } from './request-quotas';
import { Clock } from '../clock';
import { Settings, SettingsStore } from '../settings';

export interface Services {
  readonly clock: Clock;
  readonly settings: SettingsStore;
  readonly keys: ApiKeys;
  readonly integrationUrls: IntegrationUrls;
  readonly quotas: RequestQuotas;
  readonly faults: Faults;
  readonly calls: CallLog;
}

export function createServices(initial: Partial<Settings>, clock: Clock): Services {
  const settings = new SettingsStore(initial);
  const keys = new ApiKeys(settings, clock);
  return {
    clock,
    settings,
    keys,
    integrationUrls: new IntegrationUrls(settings, keys, clock),
    quotas: new RequestQuotas(settings, clock),
    faults: new Faults(clock),
    calls: new CallLog(),
  };
}

export function resetServices({ settings, keys, quotas, faults, calls }: Services): void {
  [settings, keys, quotas, faults, calls].forEach((service) => service.reset());
}
