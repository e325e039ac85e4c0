import { randomUUID } from 'node:crypto';
import { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { authorize } from './authorization';
import { findOperation, operationName } from './aws-request';
import { AwsResponse, failure, SERVICE_UNAVAILABLE, success, truncated } from './aws-response';
import { errorOf } from './fault-errors';
import { Document, parseDocument } from '../model/deserialize';
import { Operations } from '../operations';
import { Services } from '../services';
import { Fault } from '../services/faults';
import { Caller } from '../services/key-location';

/** What the client receives: a response (perhaps late), a reset connection, or nothing. */
type Reaction = { readonly response: AwsResponse; readonly delayMs?: number } | 'reset' | 'hang';

interface Progress {
  caller?: Caller;
  document: Document;
  fault?: Fault;
}

export class AwsEndpoint {
  constructor(private readonly operations: Operations, private readonly services: Services) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { settings } = this.services;
    const reaction = this.react(request, body);
    if (reaction === 'hang') {
      return;
    }
    if (reaction === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    const delayMs = settings.current.latencyMs + (reaction.delayMs ?? 0);
    if (delayMs > 0) {
      await setTimeout(delayMs, undefined, { ref: false }); // the server keeps the process alive for as long as it runs
    }
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
    this.services.calls.add({
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
      const operation = findOperation(request, this.operations);
      const caller = progress.caller = authorize(request.headers.authorization);
      const document = progress.document = parseDocument(body);
      const fault = progress.fault = this.services.faults.take({
        operation: operation.name, region: caller.region, scope: document.Scope,
      });
      const instead = fault && responseInstead(fault, operation.name, caller);
      if (instead) {
        return instead;
      }
      this.services.quotas.take(operation.quota, caller);
      return success(operation.call(document, caller));
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
    default: {
      const error = errorOf(kind, operation, caller);
      return error && failure(error);
    }
  }
}

function reactionTo(response: AwsResponse, fault: Fault | undefined): Reaction {
  switch (fault?.kind) {
    case 'reset-before':
    case 'reset-after': return 'reset';
    case 'hang':
    case 'hang-after': return 'hang';
    case 'truncated-body': return { response: truncated(response) };
    case 'slow': return { response, delayMs: fault.delayMs ?? 1000 };
    default: return { response };
  }
}
