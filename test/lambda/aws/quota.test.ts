import { withRetries } from '../../../lambda/aws/retry';
import { VirtualClock } from '../../../local/virtual-clock';

const SECOND = 1_000;

/** Hundreds of keys in virtual time take seconds of computing on a busy machine. */
const SIMULATION_TIMEOUT_MS = 60_000;

const throttled = Object.assign(new Error('Rate exceeded'), {
  name: 'ThrottlingException', $fault: 'client', $metadata: { httpStatusCode: 400 },
});

/** Many keys at once, each with its own retries, where AWS WAF admits one create a second and responds in 80 ms. */
async function createAtOnce(count: number): Promise<{ created: number; calls: number; seconds: number }> {
  const clock = new VirtualClock();
  const start = clock.now();
  let [free, created, last, calls] = [start, 0, start, 0];
  const create = async () => {
    await clock.sleep(40);
    calls++;
    const isAdmitted = clock.now() >= free;
    if (isAdmitted) {
      [free, last] = [clock.now() + SECOND, clock.now()];
      created++;
    }
    await clock.sleep(40);
    if (!isAdmitted) throw throttled;
  };
  // Of ten minutes, the handler reserves one for the roll-back and the response.
  const context = { clock, log: () => {}, deadline: start + 540 * SECOND };
  const creations = Array.from({ length: count }, () => clock.run(() => withRetries('CreateAPIKey', context, create)));
  await Promise.allSettled(creations);
  return { created, calls, seconds: (last - start) / SECOND };
}

test.each([[20, 20], [100, 60], [400, 120]])(
  'creates %i keys in 1.25 of the time of the quota, with at most %i calls a key', async (count, callsPerKey) => {
    const { created, calls, seconds } = await createAtOnce(count);

    expect(created).toBe(count);
    expect(seconds).toBeLessThanOrEqual(1.25 * (count - 1));
    expect(calls / count).toBeLessThanOrEqual(callsPerKey);
  },
  SIMULATION_TIMEOUT_MS,
);

test('creates as many keys as the quota admits in ten minutes, and fails for the others', async () => {
  const { created, calls } = await createAtOnce(1_000);

  expect(created).toBeGreaterThan(500);
  expect(calls / created).toBeLessThanOrEqual(300);
}, SIMULATION_TIMEOUT_MS);
