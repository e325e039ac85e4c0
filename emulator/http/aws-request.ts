import { IncomingMessage } from 'node:http';
import { UnknownOperationException } from '../errors';
import { Operations } from '../operations';
import { OPERATION_NAMES } from '../operations/names';
import { Operation } from '../operations/operation';

const TARGET_PREFIX = 'AWSWAF_20190729.';
const CONTENT_TYPE = 'application/x-amz-json-1.1';

export function operationName({ headers }: IncomingMessage): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string' && target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : '';
}

export function findOperation(request: IncomingMessage, operations: Operations): Operation {
  const name = OPERATION_NAMES.find((known) => known === operationName(request));
  const contentType = request.headers['content-type']?.split(';')[0].trim();
  if (!name || request.method !== 'POST' || request.url !== '/' || contentType !== CONTENT_TYPE) {
    throw new UnknownOperationException(
      `The emulator supports POST / with ${CONTENT_TYPE} for ${OPERATION_NAMES.join(', ')} only.`,
    );
  }
  return operations[name];
}
