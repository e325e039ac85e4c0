import { AwsError, WAFInternalErrorException } from '../errors';

export interface AwsResponse {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  /** `ok` or the error's code. */
  readonly outcome: string;
}

const CONTENT_TYPE = 'application/x-amz-json-1.1';

export function success(output: object): AwsResponse {
  return { status: 200, contentType: CONTENT_TYPE, body: JSON.stringify(output), outcome: 'ok' };
}

/** The only part that turns errors into HTTP. */
export function failure(thrown: unknown): AwsResponse {
  const error = thrown instanceof AwsError
    ? thrown
    : new WAFInternalErrorException(`Bug in the emulator: ${String(thrown)}`);
  const body = JSON.stringify({ __type: error.type, ...error.members() });
  return { status: error.status, contentType: CONTENT_TYPE, body, outcome: error.name };
}

export const SERVICE_UNAVAILABLE: AwsResponse = {
  status: 503,
  contentType: 'text/html',
  body: '<html><body><h1>503 Service Unavailable</h1></body></html>',
  outcome: 'service-unavailable',
};

export function truncated(response: AwsResponse): AwsResponse {
  return { ...response, body: response.body.slice(0, Math.floor(response.body.length / 2)), outcome: 'truncated-body' };
}
