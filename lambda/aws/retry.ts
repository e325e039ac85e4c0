import { WAFInternalErrorException, WAFOptimisticLockException } from '@aws-sdk/client-wafv2';
import { isClockSkewCorrectedError, isClockSkewError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import type { SdkError } from '@smithy/types';
import { isDenied, isUnrecognized, isUnsent, messageOf } from './errors';
import { UserFacingError } from '../errors';
import type { Clock } from '../runtime/clock';
import type { Logger, LogLevel } from '../runtime/log';

/** A longer attempt is aborted: AWS WAF responds within a second. */
const ATTEMPT_TIMEOUT_MS = 10_000;

/** With less time than this no attempt starts: its result would be unknown. */
const MIN_ATTEMPT_MS = 500;

/** How long each kind of error is retried, in milliseconds. */
const MAX_RETRY_MS = {
  throttled: Infinity, // other callers are being served, and the deadline ends it
  unavailable: 60_000,
  // A new role takes some seconds to take effect, and its credentials to be known everywhere.
  denied: 30_000,
  unrecognized: 30_000,
  rejected: 0,
};

/** What is retried for longer than this is logged as a warning. */
const LONG_RETRY_MS = 30_000;

type ErrorKind = keyof typeof MAX_RETRY_MS;

/** How long each kind of error is retried at most, if not for the usual time. */
export type RetryLimits = Partial<Record<ErrorKind, number>>;

/** How reasons name a service. */
export interface Service {
  readonly name: string;
  /** Of the actions in policies. */
  readonly prefix: string;
}

const AWS_WAF: Service = { name: 'AWS WAF', prefix: 'wafv2' };

/** A call that has failed for good. */
export class CallError extends UserFacingError {
  public override readonly name = 'CallError';

  /** @param wasRefused whether the call is not allowed, or was never sent: nobody has answered what it asks */
  constructor(message: string, public readonly wasRefused: boolean) {
    super(message);
  }
}

/** What limits and observes the calls of one event. */
export interface RetryContext {
  readonly clock: Clock;
  readonly log: Logger;
  /** No attempt starts or continues after this time. */
  readonly deadline: number;
  /** @default - AWS WAF */
  readonly service?: Service;
  readonly limits?: RetryLimits;
  /** Aborts what is no longer needed. */
  readonly signal?: AbortSignal;
  /** What the user can do about a failure: a sentence for the reason. */
  readonly remedy?: string;
  /** Whether to retry what may pass until the deadline: nothing is gained by failing before. */
  readonly untilDeadline?: boolean;
  /**
   * Asked before each retry: whether CloudFormation has stopped waiting for the resource. Before a creation the answer
   * has to be a recent one.
   */
  readonly isAbandoned?: (beforeCreation: boolean) => Promise<boolean>;
}

/**
 * Calls until it succeeds or retrying is pointless.
 *
 * @throws CallError with a reason for the user
 */
export async function withRetries<T>(
  operation: string, context: RetryContext, call: (signal: AbortSignal) => Promise<T>,
  outcomeOf: (result: T) => string = () => 'ok',
): Promise<T> {
  const { clock, log, deadline, signal, remedy, untilDeadline, service = AWS_WAF } = context;
  const limits = { ...MAX_RETRY_MS, ...untilDeadline && { unavailable: Infinity }, ...context.limits };
  const started = clock.now();
  const retriedFor = { throttled: 0, unavailable: 0, denied: 0, unrecognized: 0, rejected: 0 };
  let failure: CallError | undefined;
  let mayHaveCreated = false;
  for (let attempt = 1; ; attempt++) {
    const attemptStarted = clock.now();
    if (attemptStarted + MIN_ATTEMPT_MS > deadline) {
      // After a pause that ended late, the reason is still that of the last attempt.
      const reason = joined(`Ran out of time before calling ${service.prefix}:${operation}.`, remedy);
      throw failure ?? new CallError(reason, false);
    }
    const logAttempt = (outcome: string, more = {}, level: LogLevel = 'INFO') =>
      log({ operation, attempt, duration: clock.now() - attemptStarted, outcome, ...more }, level);
    try {
      const timeout = clock.timeout(Math.min(ATTEMPT_TIMEOUT_MS, deadline - attemptStarted));
      const result = await call(signal ? AbortSignal.any([signal, timeout]) : timeout);
      logAttempt(outcomeOf(result));
      return result;
    } catch (error) {
      if (signal?.aborted) throw error;
      const kind = classifyError(error as SdkError);
      const isUncertain = operation === 'CreateAPIKey' && hasUnknownResult(kind, error as SdkError);
      mayHaveCreated ||= isUncertain;
      logAttempt(
        kind,
        { error: messageOf(error), mayHaveCreated: isUncertain || undefined },
        isUncertain || clock.now() - started >= LONG_RETRY_MS ? 'WARN' : 'INFO',
      );
      const wait = backoffMs(kind, clock.now() - started, attempt, untilDeadline ? 4_000 : 1_000);
      retriedFor[kind] += wait + clock.now() - attemptStarted;
      failure = new CallError(joined(
        failureReason(service, operation, kind, error, attempt, clock.now() - started, remedy),
        mayHaveCreated ? 'An attempt may have created a key, which no resource holds.' : undefined,
      ), kind === 'denied' || kind === 'unrecognized' || isUnsent(error as Error));
      if (retriedFor[kind] > limits[kind] || clock.now() + wait + MIN_ATTEMPT_MS > deadline) throw failure;
      await clock.sleep(wait);
      await throwIfAbandoned(context, operation === 'CreateAPIKey');
    }
  }
}

/** @throws UserFacingError for the log: CloudFormation ignores the response that this becomes */
export async function throwIfAbandoned({ isAbandoned }: RetryContext, beforeCreation: boolean): Promise<void> {
  if (await isAbandoned?.(beforeCreation)) {
    throw new UserFacingError('CloudFormation has given the resource up, so no key is created for it.');
  }
}

function classifyError(error: SdkError): ErrorKind {
  if (isThrottlingError(error)) return 'throttled';
  if (isDenied(error)) return 'denied';
  if (isUnrecognized(error)) return 'unrecognized';
  // the next attempt has the right time
  if (isTransientError(error) || isClockSkewCorrectedError(error)) return 'unavailable';
  if (error instanceof WAFInternalErrorException || error instanceof WAFOptimisticLockException) return 'unavailable';
  // Errors of the service itself are final; those of the server or the connection may pass.
  return error.$fault === 'client' ? 'rejected' : 'unavailable';
}

/** Whether the call may have succeeded. A key created by it cannot be told from the keys of others, so it is kept. */
function hasUnknownResult(kind: ErrorKind, error: SdkError): boolean {
  return kind === 'unavailable' && !isClockSkewError(error) && !isUnsent(error);
}

/**
 * How long to wait before the next attempt.
 *
 * AWS WAF admits one create a second per account and Region, so a waiting key tries about once a second. A key that has
 * waited for long waits together with many others and tries less often, after a fortieth of its waiting time: attempts
 * stay in proportion to the number of keys, and at most a few seconds are lost at the end. What has time until its
 * deadline tries less often from the beginning: the roll-back of a key gets its turn before the last Delete of the
 * stack responds, after which its role may be gone.
 */
function backoffMs(kind: ErrorKind, elapsed: number, attempt: number, whenThrottled: number): number {
  const base = kind === 'throttled' ? Math.max(whenThrottled, elapsed / 40) : Math.min(250 * 2 ** attempt, 5_000);
  return Math.round(base * (0.75 + Math.random() / 2));
}

function failureReason(
  { name, prefix }: Service, operation: string, kind: ErrorKind, error: unknown, attempts: number, elapsed: number,
  remedy: string | undefined,
): string {
  const action = `${prefix}:${operation}`;
  const seconds = Math.round(elapsed / 1000);
  const count = `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
  const message = messageOf(error);
  switch (kind) {
    case 'throttled':
      return joined(
        `${action} was throttled for ${seconds} s (${count}). ${name} limits this call per account and Region.`,
        operation === 'CreateAPIKey' ? 'Deploy again with fewer new keys.' : remedy,
        `(${message})`,
      );
    case 'denied':
      return `The provider's role is not allowed to call ${action}. Check its policies, permissions boundary and `
        + `service control policies. (${message})`;
    case 'unrecognized':
      return `${name} did not recognize the credentials of the provider's role for ${action}. `
        + `Check that the Region is enabled in the account. (${message})`;
    case 'unavailable':
      return joined(
        `${name} could not be reached or failed on ${action} for ${seconds} s (${count}).`, remedy, `(${message})`,
      );
    case 'rejected':
      return `${name} rejected ${action}: ${message}`;
  }
}

function joined(...sentences: (string | undefined)[]): string {
  return sentences.filter(Boolean).join(' ');
}
