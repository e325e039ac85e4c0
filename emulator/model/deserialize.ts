import { MemberShape, StructureShape } from './shapes';
import { SerializationException } from '../errors';

export type Document = Readonly<Record<string, unknown>>;

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

/** Null counts as absent and unknown members are dropped, as AWS JSON services do. */
export function deserialize(shape: StructureShape, document: Document): Document {
  const values: Record<string, unknown> = {};
  for (const members of [shape.required, shape.optional]) {
    for (const name in members) {
      const value = document[name] ?? undefined;
      if (value !== undefined) {
        assertType(members[name], value);
        values[name] = value;
      }
    }
  }
  return values;
}

function assertType(shape: MemberShape, value: unknown): void {
  switch (shape.kind) {
    case 'string':
    case 'enum':
      return assertConvertible(typeof value === 'string', value, 'String');
    case 'integer':
      return assertConvertible(Number.isInteger(value), value, 'Integer');
    case 'list':
      assertConvertible(Array.isArray(value), value, 'List');
      (value as unknown[]).forEach((item) => assertType(shape.member, item));
  }
}

function assertConvertible(ok: boolean, value: unknown, type: string): void {
  if (!ok) {
    throw new SerializationException(`${tokenOf(value)} cannot be converted to ${type}`);
  }
}

function tokenOf(value: unknown): string {
  if (value === null) {
    return 'NULL_VALUE';
  }
  if (typeof value === 'object') {
    return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
  }
  return typeof value === 'boolean' ? `${value}_VALUE`.toUpperCase() : `${typeof value}_VALUE`.toUpperCase();
}
