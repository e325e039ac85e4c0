import * as http from 'node:http';
import * as https from 'node:https';
import type { Clock } from './clock';
import { Failure } from './failure';
import type { Log } from './log';

/** An event of a custom resource, as far as it is used. */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: Record<string, unknown>;
}

/** What CloudFormation is told. */
export interface Answer {
  readonly status: 'SUCCESS' | 'FAILED';
  readonly physicalId: string;
  readonly reason?: string;
  readonly data?: object;
}

/** CloudFormation's limit for an answer, in bytes. */
const MAX_ANSWER = 4096;
/** Of these bytes: room for the ids beside it. */
const MAX_REASON = 1000;
const TRY_TIMEOUT = 5_000;

/** @throws Failure for a success that CloudFormation would not take */
export function render(event: ResourceEvent, answer: Answer): string {
  const body = JSON.stringify({
    Status: answer.status,
    Reason: answer.reason && shorten(answer.reason),
    PhysicalResourceId: answer.physicalId,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: answer.data,
  });
  const length = Buffer.byteLength(body);
  if (length > MAX_ANSWER) throw new Failure(`The answer would have ${length} bytes; CloudFormation takes at most ${MAX_ANSWER}`);
  return body;
}

function shorten(reason: string): string {
  return Buffer.from(reason.replace(/[\x00-\x1f]+/g, ' ')).subarray(0, MAX_REASON).toString();
}

/** What became of an answer. In doubt, CloudFormation may have it. */
export type Delivery = 'delivered' | 'in doubt' | 'refused';

/** Puts an answer where CloudFormation waits for it, trying again until the deadline. */
export async function deliver(event: ResourceEvent, body: string, clock: Clock, log: Log, deadline: number): Promise<Delivery> {
  let outcome: Delivery = 'refused';
  for (let attempt = 1; ; attempt++) {
    const started = clock.now();
    const result = await put(event.ResponseURL, body, clock.timeout(Math.max(1, Math.min(TRY_TIMEOUT, deadline - started))));
    log({ operation: 'answer', attempt, duration: clock.now() - started, outcome: result.delivery, detail: result.detail });
    if (result.delivery === 'delivered') return result.delivery;
    if (result.delivery === 'in doubt') outcome = 'in doubt';
    const wait = Math.round(Math.min(250 * 2 ** attempt, 4_000) * (0.75 + Math.random() / 2));
    if (result.final || clock.now() + wait >= deadline) return outcome;
    await clock.sleep(wait);
  }
}

interface PutResult {
  readonly delivery: Delivery;
  /** Trying again would give the same. */
  readonly final?: boolean;
  /** For the log: never the URL, which is a credential. */
  readonly detail: string;
}

function put(url: string, body: string, signal: AbortSignal): Promise<PutResult> {
  return new Promise((resolve) => {
    let sent = false;
    // Local CloudFormations answer over http.
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
        // Of server errors only 503 says that nothing was done.
        delivery: status < 300 ? 'delivered' : status >= 500 && status !== 503 ? 'in doubt' : 'refused',
        final: status >= 400 && status < 500 && status !== 408 && status !== 429,
        detail: `HTTP ${status}`,
      });
    });
    request.on('finish', () => { sent = true; });
    request.on('error', (error: NodeJS.ErrnoException) => resolve({ delivery: sent ? 'in doubt' : 'refused', detail: error.code ?? error.name }));
    request.end(body);
  });
}
