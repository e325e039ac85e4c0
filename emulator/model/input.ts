import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { SerializationException, ValidationException } from '../errors';

export const OPERATION_NAMES = ['CreateAPIKey', 'ListAPIKeys', 'GetDecryptedAPIKey', 'DeleteAPIKey'] as const;

export type OperationName = typeof OPERATION_NAMES[number];

interface Shape {
  readonly type: string;
  readonly required?: readonly string[];
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
  readonly member?: { readonly shape: string };
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

interface ServiceModel {
  readonly operations: Readonly<Record<OperationName, { readonly input: string }>>;
  readonly shapes: Readonly<Record<string, Shape>>;
}

export type Document = Readonly<Record<string, unknown>>;

/** The official service model's part on API keys, without its prose. */
const MODEL = JSON.parse(readFileSync(path.join(__dirname, 'service-model.json'), 'utf8')) as ServiceModel;

export function parseDocument(body: string): Document {
  let document: unknown;
  try {
    document = JSON.parse(body);
  } catch {
    throw new SerializationException('Unable to parse the request body as JSON.');
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new SerializationException('Start of structure expected.');
  }
  return document as Document;
}

/**
 * The members of the model. Null counts as absent and unknown members are dropped, as AWS JSON services do. One
 * ValidationException names all constraints that fail, in the words AWS uses.
 */
export function parseInput(operation: OperationName, document: Document): Document {
  const { required = [], members = {} } = MODEL.shapes[MODEL.operations[operation].input];
  const names = [...new Set([...required, ...Object.keys(members)])];
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const value = document[name] ?? undefined;
    if (value === undefined) continue;
    assertType(MODEL.shapes[members[name].shape], value);
    values[name] = value;
  }
  const failures = names.flatMap((name) => {
    const at = `at '${name[0].toLowerCase()}${name.slice(1)}' failed to satisfy constraint:`;
    const value = values[name];
    if (value === undefined) return required.includes(name) ? [`Value null ${at} Member must not be null`] : [];
    const quoted = Array.isArray(value) ? `'[${value.join(', ')}]'` : `'${String(value)}'`;
    return violations(MODEL.shapes[members[name].shape], value).map((violated) => `Value ${quoted} ${at} ${violated}`);
  });
  if (failures.length > 0) {
    const errors = failures.length === 1 ? 'error' : 'errors';
    throw new ValidationException(`${failures.length} validation ${errors} detected: ${failures.join('; ')}`);
  }
  return values;
}

function assertType({ type, member }: Shape, value: unknown): void {
  const fits = { string: typeof value === 'string', integer: Number.isInteger(value), list: Array.isArray(value) };
  if (!fits[type as keyof typeof fits]) {
    throw new SerializationException(`${JSON.stringify(value)} cannot be converted to ${type}.`);
  }
  if (member) (value as unknown[]).forEach((item) => assertType(MODEL.shapes[member.shape], item));
}

function violations({ type, member, enum: values, min = -Infinity, max = Infinity, pattern }: Shape, value: unknown) {
  const violated: string[] = [];
  const [measure, size] = type === 'integer' ? ['value', value as number] : ['length', (value as string).length];
  if (size > max) violated.push(`Member must have ${measure} less than or equal to ${max}`);
  if (size < min) violated.push(`Member must have ${measure} greater than or equal to ${min}`);
  if (pattern !== undefined && !new RegExp(pattern).test(value as string)) {
    violated.push(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  if (values && !values.includes(value as string)) {
    violated.push(`Member must satisfy enum value set: [${values.join(', ')}]`);
  }
  if (member && violated.length === 0) {
    const inMembers = new Set((value as unknown[]).flatMap((item) => violations(MODEL.shapes[member.shape], item)));
    if (inMembers.size > 0) violated.push(`Member must satisfy constraint: [${[...inMembers].join(', ')}]`);
  }
  return violated;
}
