import { Document } from './deserialize';
import { EnumShape, IntegerShape, ListShape, MemberShape, StringShape, StructureShape } from './shapes';
import { ValidationException } from '../errors';

/** Holds the values against the model's constraints; one exception names all that fail, in the words AWS uses. */
export function validate(shape: StructureShape, values: Document): void {
  const failures: string[] = [];
  for (const name in shape.required) {
    if (values[name] === undefined) {
      failures.push(failure(name, 'null', 'Member must not be null'));
    }
  }
  for (const members of [shape.required, shape.optional]) {
    for (const name in members) {
      if (values[name] !== undefined) {
        const value = values[name];
        violations(members[name], value).forEach((violated) => failures.push(failure(name, quote(value), violated)));
      }
    }
  }
  if (failures.length > 0) {
    const errors = failures.length === 1 ? 'error' : 'errors';
    throw new ValidationException(`${failures.length} validation ${errors} detected: ${failures.join('; ')}`);
  }
}

function violations(shape: MemberShape, value: unknown): string[] {
  switch (shape.kind) {
    case 'string': return ofString(shape, value as string);
    case 'enum': return ofEnum(shape, value as string);
    case 'integer': return ofInteger(shape, value as number);
    case 'list': return ofList(shape, value as string[]);
  }
}

const patterns = new Map<string, RegExp>();

function ofString({ min, max, pattern }: StringShape, value: string): string[] {
  const violated = [];
  const length = value.length;
  if (max !== undefined && length > max) {
    violated.push(`Member must have length less than or equal to ${max}`);
  }
  if (min !== undefined && length < min) {
    violated.push(`Member must have length greater than or equal to ${min}`);
  }
  if (pattern !== undefined && !compiled(pattern).test(value)) {
    violated.push(`Member must satisfy regular expression pattern: ${pattern}`);
  }
  return violated;
}

function ofEnum({ values }: EnumShape, value: string): string[] {
  return values.includes(value) ? [] : [`Member must satisfy enum value set: [${values.join(', ')}]`];
}

function ofInteger({ min, max }: IntegerShape, value: number): string[] {
  if (value > max) {
    return [`Member must have value less than or equal to ${max}`];
  }
  return value < min ? [`Member must have value greater than or equal to ${min}`] : [];
}

function ofList({ min, member }: ListShape, values: string[]): string[] {
  if (values.length < min) {
    return [`Member must have length greater than or equal to ${min}`];
  }
  const inMembers = new Set(values.flatMap((value) => ofString(member, value)));
  return inMembers.size > 0 ? [`Member must satisfy constraint: [${[...inMembers].join(', ')}]`] : [];
}

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern) ?? new RegExp(pattern);
  patterns.set(pattern, known);
  return known;
}

function failure(name: string, value: string, constraint: string): string {
  return `Value ${value} at '${name[0].toLowerCase()}${name.slice(1)}' failed to satisfy constraint: ${constraint}`;
}

function quote(value: unknown): string {
  return Array.isArray(value) ? `'[${value.join(', ')}]'` : `'${String(value)}'`;
}
