import { isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import type { Clock } from './clock';
import { Failure } from './failure';
import type { Log } from './log';

/** One try that takes longer is given up: AWS WAF answers within a second. */
const TRY_TIMEOUT = 10_000;

/** One try with less time than this is not begun: it would end in doubt. */
const MIN_TRY = 500;

/** For how long each kind of error is waited out, in milliseconds. */
const PATIENCE = {
  throttled: Infinity, // others are being served; the deadline ends it
  unavailable: 60_000,
  denied: 30_000, // a new role takes some seconds to take effect
  rejected: 0,
};

type Kind = keyof typeof PATIENCE;

/** What bounds and observes the calls of one event. */
export interface Attempts {
  readonly clock: Clock;
  readonly log: Log;
  /** No try starts, and none goes on, after this time. */
  readonly deadline: number;
  /** Ends what is not needed any more. */
  readonly signal?: AbortSignal;
}

/**
 * Calls until it succeeds, as long as that can be hoped for.
 *
 * @throws Failure with the reason that the user needs
 */
export async function persist<T>(operation: string, attempts: Attempts, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const { clock, log, deadline, signal } = attempts;
  const started = clock.now();
  const waitedFor = { throttled: 0, unavailable: 0, denied: 0, rejected: 0 };
  for (let attempt = 1; ; attempt++) {
    const tryStarted = clock.now();
    if (tryStarted + MIN_TRY > deadline) throw new Failure(`The function ran out of time before it could call wafv2:${operation}. Deploy again.`);
    const note = (outcome: string, more = {}) => log({ operation, attempt, duration: clock.now() - tryStarted, outcome, ...more });
    try {
      const timeout = clock.timeout(Math.min(TRY_TIMEOUT, deadline - tryStarted));
      const result = await call(signal ? AbortSignal.any([signal, timeout]) : timeout);
      note('ok');
      return result;
    } catch (error) {
      if (signal?.aborted) throw error;
      const kind = kindOf(error as SdkError);
      note(kind, { error: messageOf(error), mayHaveCreated: mayHaveCreated(operation, kind, error as SdkError) || undefined });
      const wait = pause(kind, clock.now() - started, attempt);
      waitedFor[kind] += wait + clock.now() - tryStarted;
      if (waitedFor[kind] > PATIENCE[kind] || clock.now() + wait + MIN_TRY > deadline) {
        throw new Failure(explain(operation, kind, error, attempt, clock.now() - started));
      }
      await clock.sleep(wait);
    }
  }
}

function kindOf(error: SdkError): Kind {
  if (isThrottlingError(error)) return 'throttled';
  if (/^(AccessDenied|NotAuthorized)/.test(error.name)) return 'denied';
  if (isTransientError(error) || error.name === 'WAFInternalErrorException' || error.name === 'WAFOptimisticLockException') return 'unavailable';
  // Of the service's own answers; a fault of the server or of the connection may pass.
  return error.$fault === 'client' ? 'rejected' : 'unavailable';
}

/** Whether there may be a key although no success came back: nobody can tell it from the keys of others, so it may be left behind. */
function mayHaveCreated(operation: string, kind: Kind, error: SdkError & { code?: string }): boolean {
  return operation === 'CreateAPIKey' && kind === 'unavailable' && !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'].includes(error.code ?? '');
}

/**
 * How long to wait before the next try.
 *
 * AWS WAF lets one create a second through for each account and region, so a waiting key tries about once a second and those behind it
 * wait no longer than needed. One that has waited for long is in a large crowd and tries less often, a fortieth of what it has waited:
 * the crowd's tries stay in proportion to its size, and at most a few seconds are lost at its end.
 */
function pause(kind: Kind, elapsed: number, attempt: number): number {
  const base = kind === 'throttled' ? Math.max(1_000, elapsed / 40) : Math.min(250 * 2 ** attempt, 5_000);
  return Math.round(base * (0.75 + Math.random() / 2));
}

function explain(operation: string, kind: Kind, error: unknown, attempts: number, elapsed: number): string {
  const action = `wafv2:${operation}`;
  const tries = `${attempts} ${attempts === 1 ? 'try' : 'tries'} in ${Math.round(elapsed / 1000)} s`;
  const message = messageOf(error);
  switch (kind) {
    case 'throttled':
      return `AWS WAF admits few ${action} calls a second for each account and region; still waiting for a turn after ${tries}. Deploy again, with fewer keys at once. (${message})`;
    case 'denied':
      return `The role of the provider's function is not allowed to call ${action}; see its policies, permissions boundary and service control policies. (${message})`;
    case 'unavailable':
      return `AWS WAF could not be reached or failed on ${action} (${tries}). Deploy again. (${message})`;
    case 'rejected':
      return `AWS WAF rejected ${action}: ${message}`;
  }
}

function messageOf(error: unknown): string {
  const { name, message } = error as Error;
  // A signature that does not match is explained with all signed headers, the session token among them.
  const safe = message.replace(/\s*(The )?Canonical String[^]*/i, '');
  return name === 'Error' ? safe : `${name}: ${safe}`;
}
