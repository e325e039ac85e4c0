import { Scope, scope as scopeShape } from './model/wafv2';
import { resetServices, Services } from './services';
import { ApiKey } from './services/api-keys';
import { Call } from './services/call-log';
import { Fault } from './services/faults';
import { DEFAULT_ACCOUNT, KeyLocation, keyLocation } from './services/key-location';
import { Settings } from './settings';

export interface NewKey {
  readonly scope: Scope;
  readonly region: string;
  readonly tokenDomains: readonly string[];
  /** @default - the account of callers whose access key id is no account id */
  readonly account?: string;
}

/** What a test can see and change of AWS WAF that no client can. */
export class EmulatorControls {
  protected constructor(private readonly services: Services) {}

  /** Keys that exist, oldest first. */
  keys(where: Partial<KeyLocation> = {}): ApiKey[] {
    return this.services.keys.existing(where);
  }

  /** Makes a key as if someone else had, past quotas, checks and faults. */
  addKey({ scope, region, tokenDomains, account = DEFAULT_ACCOUNT }: NewKey): ApiKey {
    if (!scopeShape.values.includes(scope) || !region || !Array.isArray(tokenDomains) || tokenDomains.length === 0) {
      throw new Error(`A key needs scope (one of ${scopeShape.values.join(', ')}), region and tokenDomains`);
    }
    return this.services.keys.create(keyLocation(scope, { account, region }), tokenDomains);
  }

  /** Deletes a key as if someone else had; false if there is none. */
  removeKey(apiKey: string): boolean {
    const key = this.services.keys.findIncludingDeleted(apiKey);
    return key !== undefined && this.services.keys.delete(key, apiKey);
  }

  /** Every request since the start or the last reset, in the order the emulator acted on them. */
  get calls(): readonly Call[] {
    return this.services.calls.all;
  }

  get settings(): Settings {
    return this.services.settings.current;
  }

  configure(changes: Partial<Settings>): void {
    this.services.settings.configure(changes);
  }

  fail(fault: Fault): void {
    this.services.faults.add(fault);
  }

  /** Faults still to happen. */
  get faults(): readonly Fault[] {
    return this.services.faults.list();
  }

  /** The service is well again. */
  clearFaults(): void {
    this.services.faults.reset();
  }

  /** Back to the settings of the start, without keys, calls, faults and used quota. */
  reset(): void {
    resetServices(this.services);
  }
}
