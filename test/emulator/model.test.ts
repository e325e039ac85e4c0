import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { call, useEmulator } from './support';
import * as errors from '../../emulator/errors';

/** The emulator validates requests by the service model itself; responses and errors are its own. */
const MODEL = path.join(__dirname, '..', '..', 'emulator', 'model', 'service-model.json');
const model = JSON.parse(readFileSync(MODEL, 'utf8')) as {
  readonly operations: Record<string, { readonly errors: string[] }>;
  readonly shapes: Record<string, {
    readonly members?: Record<string, unknown>; readonly enum?: string[]; readonly fault?: boolean;
  }>;
};

const sorted = (names: Iterable<string>) => [...names].sort();

describe('every modelled error', () => {
  const modelled = sorted(new Set(Object.values(model.operations).flatMap((operation) => operation.errors)));
  const samples: Record<string, errors.AwsError> = {
    WAFInternalErrorException: new errors.WAFInternalErrorException(),
    WAFInvalidOperationException: new errors.WAFInvalidOperationException(),
    WAFInvalidParameterException: new errors.WAFInvalidParameterException({
      Reason: 'reason', Field: 'SCOPE_VALUE', Parameter: 'parameter',
    }),
    WAFInvalidResourceException: new errors.WAFInvalidResourceException(),
    WAFLimitsExceededException: new errors.WAFLimitsExceededException('message', 'source'),
    WAFNonexistentItemException: new errors.WAFNonexistentItemException(),
    WAFOptimisticLockException: new errors.WAFOptimisticLockException(),
  };

  test('has a class', () => {
    expect(sorted(Object.keys(samples))).toEqual(modelled);
  });

  test.each(modelled)('%s has the members of the model', (name) => {
    expect(sorted(Object.keys(samples[name].members()))).toEqual(sorted(Object.keys(model.shapes[name].members ?? {})));
  });

  test.each(modelled)('%s has the status 500 if the model calls it a fault, otherwise 400', (name) => {
    const { fault = false } = model.shapes[name];
    expect(samples[name].status).toBe(fault ? 500 : 400);
  });

  test.each(['SCOPE_VALUE', 'TOKEN_DOMAIN'])('names its field %s as the model does', (field) => {
    expect(model.shapes.ParameterExceptionField.enum).toContain(field);
  });
});

describe('responses', () => {
  const aws = useEmulator({ pageSize: 1 });

  test('have exactly the members of the model', async () => {
    const Scope = 'CLOUDFRONT';
    const created = await call(aws.waf, 'CreateAPIKey', { Scope, TokenDomains: ['example.com'] });
    await call(aws.waf, 'CreateAPIKey', { Scope, TokenDomains: ['example.com'] });
    const listed = await call(aws.waf, 'ListAPIKeys', { Scope });
    const decrypted = await call(aws.waf, 'GetDecryptedAPIKey', { Scope, APIKey: created.json.APIKey });
    const deleted = await call(aws.waf, 'DeleteAPIKey', { Scope, APIKey: created.json.APIKey });

    const members = (name: string) => sorted(Object.keys(model.shapes[name].members ?? {}));
    expect(sorted(Object.keys(created.json))).toEqual(members('CreateAPIKeyResponse'));
    expect(sorted(Object.keys(listed.json))).toEqual(members('ListAPIKeysResponse'));
    expect(sorted(Object.keys((listed.json.APIKeySummaries as object[])[0]))).toEqual(members('APIKeySummary'));
    expect(sorted(Object.keys(decrypted.json))).toEqual(members('GetDecryptedAPIKeyResponse'));
    expect(sorted(Object.keys(deleted.json))).toEqual(members('DeleteAPIKeyResponse'));
  });
});
