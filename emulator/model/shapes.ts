export interface StringShape {
  readonly kind: 'string';
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
}

export interface EnumShape<Value extends string = string> {
  readonly kind: 'enum';
  readonly values: readonly Value[];
}

export interface IntegerShape {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface ListShape {
  readonly kind: 'list';
  readonly member: StringShape;
  readonly min: number;
}

export type MemberShape = StringShape | EnumShape | IntegerShape | ListShape;

export type Members = Readonly<Record<string, MemberShape>>;

export interface StructureShape<Required extends Members = Members, Optional extends Members = Members> {
  readonly required: Required;
  readonly optional: Optional;
}

type MemberValue<Shape> =
  Shape extends EnumShape<infer Value> ? Value :
    Shape extends IntegerShape ? number :
      Shape extends ListShape ? string[] :
        string;

/** The TypeScript type of a structure's values. */
export type Infer<Shape> = Shape extends StructureShape<infer Required, infer Optional>
  ? { [Name in keyof Required]: MemberValue<Required[Name]> }
    & { [Name in keyof Optional]?: MemberValue<Optional[Name]> }
  : never;
