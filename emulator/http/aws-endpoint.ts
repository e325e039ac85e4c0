import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { authorize } from './authorization';
import { AwsError, UnknownOperationException, WAFInternalErrorException } from '../errors';
import { Document, OPERATION_NAMES, OperationName, parseDocument, parseInput } from '../model/input';
import { OPERATIONS } from '../operations';
import { Services } from '../services';
import { Caller } from '../services/api-keys';
import { ERROR_FAULTS, Fault } from '../services/faults';

const TARGET_PREFIX = 'AWSWAF_20190729.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';

interface AwsResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** `ok` or the error's code. */
  readonly outcome: string;
}

const SERVICE_UNAVAILABLE: AwsResponse = {
  status: 503,
  contentType: 'text/html',
  body: '<html><body><h1>503 Service Unavailable</h1></body></html>',
  outcome: 'service-unavailable',
};

/** What the client receives: a response (perhaps late), a reset connection, or nothing. */
type Reaction = { readonly response: AwsResponse; readonly delayMs?: number } | 'reset' | 'hang';

interface Progress {
  caller?: Caller;
  document: Document;
  fault?: Fault;
}

export class AwsEndpoint {
  constructor(private readonly services: Services) {}

  public async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reaction = this.react(request, await text(request));
    if (reaction === 'hang') return;
    if (reaction === 'reset') return void request.socket.resetAndDestroy();
    // The server keeps the process alive for as long as it runs.
    if (reaction.delayMs) await setTimeout(reaction.delayMs, undefined, { ref: false });
    const { status, contentType, body: content } = reaction.response;
    response.writeHead(
      status,
      { 'content-type': contentType, 'content-length': Buffer.byteLength(content), 'x-amzn-requestid': randomUUID() },
    );
    response.end(content);
  }

  private react(request: IncomingMessage, body: string): Reaction {
    const time = this.services.clock.now();
    const progress: Progress = { document: {} };
    const response = this.respond(request, body, progress);
    const { caller, document, fault } = progress;
    const reaction = reactionTo(response, fault);
    this.services.calls.push({
      operation: operationName(request),
      account: caller?.account,
      region: caller?.region,
      scope: typeof document.Scope === 'string' ? document.Scope : undefined,
      input: document,
      time,
      outcome: typeof reaction === 'string' ? fault?.kind ?? reaction : reaction.response.outcome,
      status: typeof reaction === 'string' ? undefined : reaction.response.status,
    });
    return reaction;
  }

  private respond(request: IncomingMessage, body: string, progress: Progress): AwsResponse {
    try {
      const operation = findOperation(request);
      const caller = progress.caller = authorize(request.headers.authorization);
      const document = progress.document = parseDocument(body);
      const fault = progress.fault = this.services.faults.take({
        operation, region: caller.region, scope: document.Scope,
      });
      const instead = fault && responseInstead(fault, operation, caller);
      if (instead) return instead;
      const { quota, call } = OPERATIONS[operation];
      this.services.quotas.take(quota, caller);
      const output = call(this.services, parseInput(operation, document) as never, caller);
      return { status: 200, contentType: CONTENT_TYPE, body: JSON.stringify(output), outcome: 'ok' };
    } catch (error) {
      return failure(error);
    }
  }
}

/** The response of a fault that keeps the operation from acting. */
function responseInstead({ kind }: Fault, operation: string, caller: Caller): AwsResponse | undefined {
  switch (kind) {
    case 'reset-before': // Nobody receives the response of this one and the next.
    case 'hang':
    case 'service-unavailable': return SERVICE_UNAVAILABLE;
    default: return kind in ERROR_FAULTS
      ? failure(ERROR_FAULTS[kind as keyof typeof ERROR_FAULTS](operation, caller))
      : undefined;
  }
}

function reactionTo(response: AwsResponse, fault: Fault | undefined): Reaction {
  switch (fault?.kind) {
    case 'reset-before':
    case 'reset-after': return 'reset';
    case 'hang':
    case 'hang-after': return 'hang';
    case 'truncated-body':
      return { response: { ...response, body: response.body.slice(0, response.body.length / 2), outcome: fault.kind } };
    case 'slow': return { response, delayMs: fault.delayMs ?? 1000 };
    default: return { response };
  }
}

/** The only part that turns errors into HTTP. */
function failure(thrown: unknown): AwsResponse {
  const error = thrown instanceof AwsError
    ? thrown
    : new WAFInternalErrorException(`Bug in the emulator: ${String(thrown)}`);
  const body = JSON.stringify({ __type: error.type, ...error.members() });
  return { status: error.status, contentType: CONTENT_TYPE, body, outcome: error.name };
}

function operationName({ headers }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
}

function findOperation(request: IncomingMessage): OperationName {
  const name = OPERATION_NAMES.find((known) => known === operationName(request));
  const contentType = request.headers['content-type']?.split(';')[0].trim();
  if (!name || request.method !== 'POST' || request.url !== '/' || contentType !== CONTENT_TYPE) {
    throw new UnknownOperationException(
      `The emulator supports POST / with ${CONTENT_TYPE} for ${OPERATION_NAMES.join(', ')} only.`,
    );
  }
  return name;
}
