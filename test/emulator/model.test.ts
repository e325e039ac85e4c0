import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-wafv2';
import { call } from './requests';
import { useEmulator } from './use-emulator';
import { systemClock } from '../../emulator/clock';
import * as errors from '../../emulator/errors';
import { MemberShape } from '../../emulator/model/shapes';
import { createOperations } from '../../emulator/operations';
import { OPERATION_NAMES } from '../../emulator/operations/names';
import { createServices } from '../../emulator/services';

/**
 * The official service model's part on API keys, without its
 * prose; python/test_emulator.py holds it against the newest one.
 */
interface ServiceModel {
  readonly operations: Record<string, { readonly input: string; readonly output: string; readonly errors: string[] }>;
  readonly shapes: Record<string, ModelShape>;
}

interface ModelShape {
  readonly type: string;
  readonly required?: string[];
  readonly members?: Record<string, { readonly shape: string }>;
  readonly member?: { readonly shape: string };
  readonly enum?: string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly fault?: boolean;
}

const model = JSON.parse(readFileSync(join(__dirname, 'service-model.json'), 'utf8')) as ServiceModel;
const operations = createOperations(createServices({}, systemClock));

/** As the SDK's own schema keeps a structure: its members' names, the required ones first, and how many those are. */
function sdkStructure(
  name: string,
): { readonly members: string[]; readonly required: string[]; readonly traits: unknown } {
  const schema =
    sdk[`${name}$` as keyof typeof sdk] as unknown as [number, string, string, unknown, string[], unknown[], number?];
  const [, , , traits, members, , required = 0] = schema;
  return { members, required: members.slice(0, required), traits };
}

function fromModel(name: string): object {
  const { type, member, enum: values, ...constraints } = model.shapes[name];
  if (values) {
    return { kind: 'enum', values };
  }
  return { kind: type, ...constraints, ...member && { member: fromModel(member.shape) } };
}

const sorted = (names: Iterable<string>) => [...names].sort();

describe.each(OPERATION_NAMES)('%s', (name) => {
  const operation = operations[name];
  const { input, output, errors: modelErrors } = model.operations[name];

  test('accepts the members of the model with the same constraints', () => {
    const members: Record<string, MemberShape> = { ...operation.input.required, ...operation.input.optional };
    const expected = Object.fromEntries(
      Object.entries(model.shapes[input].members ?? {}).map(([member, { shape }]) => [member, fromModel(shape)]),
    );
    expect(members).toEqual(expected);
  });

  test('requires the members that the model and the SDK require', () => {
    expect(sorted(Object.keys(operation.input.required))).toEqual(sorted(model.shapes[input].required ?? []));
    expect(sorted(Object.keys(operation.input.required))).toEqual(sorted(sdkStructure(input).required));
  });

  test('has the same input and output members in the SDK as in the model', () => {
    expect(sorted(sdkStructure(input).members)).toEqual(sorted(Object.keys(model.shapes[input].members ?? {})));
    expect(sorted(sdkStructure(output).members)).toEqual(sorted(Object.keys(model.shapes[output].members ?? {})));
  });

  test('declares the errors of the model', () => {
    expect(sorted(operation.errors.map((error) => error.name))).toEqual(sorted(modelErrors));
  });
});

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

  test.each(modelled)('%s has the members of the model and of the SDK', (name) => {
    const members = sorted(Object.keys(samples[name].members()));
    expect(members).toEqual(sorted(Object.keys(model.shapes[name].members ?? {})));
    expect(members).toEqual(sorted(sdkStructure(name).members));
  });

  test.each(modelled)('%s has the status 500 if the model calls it a fault, otherwise 400', (name) => {
    const { fault = false } = model.shapes[name];
    expect(samples[name].status).toBe(fault ? 500 : 400);
    expect(sdkStructure(name).traits).toEqual({ error: fault ? 'server' : 'client' });
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
