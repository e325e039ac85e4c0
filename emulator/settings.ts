export type QuotaClass = 'create' | 'list' | 'get' | 'delete';

export type Quotas = Readonly<Record<QuotaClass, number>>;

/** Requests a second for each operation, account and region. That of delete is not documented. */
export const AWS_QUOTAS: Quotas = { create: 1, list: 5, get: 5, delete: 1 };

export type IntegrationUrlVariant = 'as-documented' | 'sdk-host' | 'no-trailing-slash' | 'with-jsapi-js' | 'absent';

/** What can be changed while the emulator runs. */
export interface Settings {
  /** Requests a second; an operation left out has no limit. */
  readonly quotas: 'aws' | 'none' | Partial<Quotas>;
  /** Characters of a new key. */
  readonly keyLength: number;
  /** Keys for each account, scope and region, beyond which WAFLimitsExceededException is thrown. */
  readonly maxKeys: number | 'none';
  /** How long a new key is missing from the list. */
  readonly createdKeyListedAfterMs: number;
  /** How long DeleteAPIKey does not know a new key. */
  readonly createdKeyDeletableAfterMs: number;
  /** How long a deleted key stays in the list. */
  readonly deletedKeyListedForMs: number;
  /** Whether GetDecryptedAPIKey decrypts a deleted key. */
  readonly deletedKeysDecryptable: boolean;
  /** Most keys in one page of the list, whatever the request's Limit. */
  readonly pageSize: number;
  readonly integrationUrl: IntegrationUrlVariant;
  /** How long after the first key of an account, scope and region its list has no integration URL. */
  readonly integrationUrlAfterMs: number;
}

export const DEFAULT_SETTINGS: Settings = {
  quotas: 'none',
  keyLength: 688,
  maxKeys: 'none',
  createdKeyListedAfterMs: 0,
  createdKeyDeletableAfterMs: 0,
  deletedKeyListedForMs: 0,
  deletedKeysDecryptable: true,
  pageSize: 100,
  integrationUrl: 'as-documented',
  integrationUrlAfterMs: 0,
};

const VARIANTS: readonly unknown[] = [
  'as-documented', 'sdk-host', 'no-trailing-slash', 'with-jsapi-js', 'absent',
] satisfies IntegrationUrlVariant[];

interface Check {
  readonly expected: string;
  accepts(value: unknown): boolean;
}

const milliseconds: Check = {
  expected: 'milliseconds, 0 or more', accepts: (value) => Number.isFinite(value) && Number(value) >= 0,
};
const flag: Check = { expected: 'true or false', accepts: (value) => typeof value === 'boolean' };
const integer = (min: number, max: number): Check => ({
  expected: `a whole number from ${min} to ${max}`,
  accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
});

const CHECKS: Readonly<Record<keyof Settings, Check>> = {
  quotas: {
    expected: '"aws", "none" or requests a second above 0 for any of create, list, get, delete', accepts: isQuotas,
  },
  keyLength: integer(16, 2048),
  maxKeys: {
    expected: '"none" or a whole number, 0 or more',
    accepts: (value) => value === 'none' || (Number.isInteger(value) && Number(value) >= 0),
  },
  createdKeyListedAfterMs: milliseconds,
  createdKeyDeletableAfterMs: milliseconds,
  deletedKeyListedForMs: milliseconds,
  deletedKeysDecryptable: flag,
  pageSize: integer(1, 100),
  integrationUrl: { expected: `one of ${VARIANTS.join(', ')}`, accepts: (value) => VARIANTS.includes(value) },
  integrationUrlAfterMs: milliseconds,
};

function isQuotas(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === 'aws' || value === 'none';
  return Object.entries(value).every(([name, rate]) => name in AWS_QUOTAS && Number.isFinite(rate) && Number(rate) > 0);
}

export class SettingsStore {
  private readonly initial: Settings;
  private settings: Settings;

  constructor(initial: Partial<Settings>) {
    this.initial = merge(DEFAULT_SETTINGS, initial);
    this.settings = this.initial;
  }

  public get current(): Settings {
    return this.settings;
  }

  public configure(changes: Partial<Settings>): void {
    this.settings = merge(this.settings, changes);
  }

  public reset(): void {
    this.settings = this.initial;
  }
}

/** Checked at run time because changes also come over HTTP. */
function merge(settings: Settings, changes: Partial<Settings>): Settings {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!Object.hasOwn(CHECKS, name)) {
      throw new Error(`Unknown setting '${name}': expected one of ${Object.keys(CHECKS).join(', ')}`);
    }
    const check = CHECKS[name as keyof Settings];
    if (!check.accepts(value)) {
      throw new Error(`Setting '${name}' is ${JSON.stringify(value)}: expected ${check.expected}`);
    }
  }
  return { ...settings, ...Object.fromEntries(given) };
}
