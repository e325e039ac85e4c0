import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { clientOf } from './requests';
import { Settings, WafEmulator } from '../../emulator';

/** The time at the start of each test. */
export const START = Date.UTC(2030, 0, 1);

export interface EmulatorInUse {
  readonly waf: WafEmulator;
  /** The official client, for us-east-1. */
  readonly client: WAFV2Client;
  /** The emulator's clock, in milliseconds; it stands still until a test sets it. */
  now: number;
}

/** One emulator for all tests of a file or a describe block. Each test starts at START, without keys and faults. */
export function useEmulator(settings: Partial<Settings> = {}): EmulatorInUse {
  const used = { now: START } as { -readonly [name in keyof EmulatorInUse]: EmulatorInUse[name] };
  beforeAll(async () => {
    used.waf = await WafEmulator.start({ ...settings, now: () => used.now });
    used.client = clientOf(used.waf);
  });
  beforeEach(() => {
    used.now = START;
    used.waf.reset();
  });
  afterAll(() => used.waf.stop());
  return used;
}
