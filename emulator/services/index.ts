import { ApiKeys } from './api-keys';
import { Faults } from './faults';
import { RequestQuotas } from './request-quotas';
import { Settings, SettingsStore } from '../settings';

/** Everything the emulator decides by time it asks here, so that tests can run in virtual time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export interface Call {
  /** As asked for; empty when the request names none. */
  readonly operation: string;
  readonly account?: string;
  readonly region?: string;
  readonly scope?: string;
  /** The request's members as they came. */
  readonly input: Readonly<Record<string, unknown>>;
  /** When the request came, in milliseconds of the emulator's clock. */
  readonly time: number;
  /** `ok`, the error's code, or the fault that kept the client from a response it could read. */
  readonly outcome: string;
  /** Absent if the client received no response. */
  readonly status?: number;
}

export interface Services {
  readonly clock: Clock;
  readonly settings: SettingsStore;
  readonly keys: ApiKeys;
  readonly quotas: RequestQuotas;
  readonly faults: Faults;
  readonly calls: Call[];
}

export function createServices(initial: Partial<Settings>, clock: Clock): Services {
  const settings = new SettingsStore(initial);
  return {
    clock,
    settings,
    keys: new ApiKeys(settings, clock),
    quotas: new RequestQuotas(settings, clock),
    faults: new Faults(clock),
    calls: [],
  };
}
