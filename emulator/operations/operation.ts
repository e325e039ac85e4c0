import { OperationName } from './names';
import { AwsError } from '../errors';
import { deserialize, Document } from '../model/deserialize';
import { Infer, StructureShape } from '../model/shapes';
import { validate } from '../model/validate';
import { Caller } from '../services/key-location';
import { QuotaClass } from '../settings';

type ErrorClass = abstract new (...args: never[]) => AwsError;

interface Definition<Input extends StructureShape> {
  readonly name: OperationName;
  readonly quota: QuotaClass;
  readonly input: Input;
  /** Those of the service model. */
  readonly errors: readonly ErrorClass[];
  handle(input: Infer<Input>, caller: Caller): object;
}

export interface Operation extends Omit<Definition<StructureShape>, 'handle'> {
  call(document: Document, caller: Caller): object;
}

export function defineOperation<const Input extends StructureShape>(
  { handle, ...definition }: Definition<Input>,
): Operation {
  return {
    ...definition,
    call: (document, caller) => {
      const input = deserialize(definition.input, document);
      validate(definition.input, input);
      return handle(input as Infer<Input>, caller);
    },
  };
}
