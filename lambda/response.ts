import * as http from 'node:http';
import * as https from 'node:https';
import { UserFacingError } from './errors';
import type { ResourceEvent } from './events';
import type { Clock } from './runtime/clock';
import type { Logger } from './runtime/log';

export interface CustomResourceResponse {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason?: string;
  readonly data?: object;
}

/** CloudFormation's limit for a response. */
const MAX_RESPONSE_BYTES = 4096;
const MAX_REASON_BYTES = 1000;
const PUT_TIMEOUT_MS = 5_000;

/**
 * The body of a response. A reason is shortened to what fits.
 *
 * @throws UserFacingError for a response with a key that CloudFormation would not accept
 */
export function renderResponse(event: ResourceEvent, response: CustomResourceResponse): string {
  const render = (reason: string | undefined) => JSON.stringify({
    Status: response.status,
    Reason: reason,
    PhysicalResourceId: response.physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: response.data,
  });
  const { reason } = response;
  if (reason !== undefined) {
    const room = MAX_RESPONSE_BYTES - Buffer.byteLength(render(''));
    // JSON escapes quotation marks and backslashes, so a reason can need twice its bytes.
    return render(shorten(reason, Math.min(MAX_REASON_BYTES, Math.floor(room / 2))));
  }
  const body = render(undefined);
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_RESPONSE_BYTES) {
    throw new UserFacingError(
      `The response has ${withCommas(bytes)} bytes; CloudFormation accepts at most ${withCommas(MAX_RESPONSE_BYTES)}.`,
    );
  }
  return body;
}

/** One line of at most so many bytes, without a character that is cut in two. */
function shorten(reason: string, bytes: number): string {
  const line = Buffer.from(reason.replace(/[\x00-\x1f]+/g, ' '));
  return line.subarray(0, Math.max(0, bytes)).toString().replace(/\ufffd$/, '');
}

function withCommas(count: number): string {
  return count.toLocaleString('en-US');
}

/** What happened to a response. If it is unknown, CloudFormation may have it. */
export type Delivery = 'delivered' | 'unknown' | 'rejected';

export interface SubmitOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly deadline: number;
  /** Asked before each retry: whether CloudFormation no longer waits for the response. */
  readonly isSettled?: () => Promise<boolean>;
}

/** Sends a response to CloudFormation, with retries until the deadline. */
export async function submitResponse(
  event: ResourceEvent, body: string, { clock, log, deadline, isSettled }: SubmitOptions,
): Promise<Delivery> {
  let outcome: Delivery = 'rejected';
  for (let attempt = 1; ; attempt++) {
    const started = clock.now();
    const result = await put(
      event.ResponseURL, body, clock.timeout(Math.max(1, Math.min(PUT_TIMEOUT_MS, deadline - started))),
    );
    log({
      operation: 'SubmitResponse',
      attempt,
      duration: clock.now() - started,
      outcome: result.delivery,
      detail: result.detail,
    });
    if (result.delivery === 'delivered') return result.delivery;
    if (result.delivery === 'unknown') outcome = 'unknown';
    const wait = Math.round(Math.min(250 * 2 ** attempt, 4_000) * (0.75 + Math.random() / 2));
    if (result.final || clock.now() + wait >= deadline) return outcome;
    await clock.sleep(wait);
    if (await isSettled?.()) return 'unknown';
  }
}

interface PutResult {
  readonly delivery: Delivery;
  /** A retry would give the same result. */
  readonly final?: boolean;
  /** For the log: never the URL, which is a credential. */
  readonly detail: string;
}

function put(url: string, body: string, signal: AbortSignal): Promise<PutResult> {
  return new Promise((resolve) => {
    let sent = false;
    // Local CloudFormations use http.
    const client = url.startsWith('http:') ? http : https;
    const request = client.request(url, {
      method: 'PUT',
      // The presigned URL is signed without a content type.
      headers: { 'content-type': '', 'content-length': Buffer.byteLength(body) },
      signal,
    }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve({
        // Of the server errors only 503 says that nothing was stored.
        delivery: status < 300 ? 'delivered' : status >= 500 && status !== 503 ? 'unknown' : 'rejected',
        final: status >= 400 && status < 500 && status !== 408 && status !== 429,
        detail: `HTTP ${status}`,
      });
    });
    request.on('finish', () => { sent = true; });
    request.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ delivery: sent ? 'unknown' : 'rejected', detail: error.code ?? error.name }));
    request.end(body);
  });
}
