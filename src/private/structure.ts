import { Aws, DefaultTokenResolver, Fn, IPostProcessor, IResolvable, IResolveContext, Intrinsic, Reference, Stack, Stage, Tokenization } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Stands for a value that only a later phase of synthesis knows. */
const LATER = '*';

/**
 * What can be said of a value with tokens before synthesis: literal parts as they are, references by the path of their target.
 *
 * The tokens' own texts are numbered as they come, and what they resolve to across stacks differs between the phases of synthesis.
 * This is the same each time.
 */
export function structureOf(construct: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope: construct, resolver: new StructureResolver(construct) });
}

class StructureResolver extends DefaultTokenResolver {
  constructor(private readonly construct: IConstruct) {
    super({ join: (left: unknown, right: unknown) => [left, right] });
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    const reference = referenceIn(token);
    if (reference) return [this.pathOf(reference.target), reference.displayName];
    // Not lazy values: some remember their first answer, which would be too early a one.
    return token instanceof Intrinsic || isJoin(token) ? super.resolveToken(token, context, postProcessor) : LATER;
  }

  /** Without what comes before the stack, or before the stage for another stack: the same in each stage of a pipeline. */
  private pathOf(target: IConstruct): string {
    const stack = Stack.of(this.construct);
    const root = Stack.of(target) === stack ? stack : Stage.of(target);
    return target.node.path.slice(root?.node.path.length ?? 0);
  }
}

/** A reference itself, or the one within `Stack.consumeReference`. */
function referenceIn(token: IResolvable): Reference | undefined {
  const candidate = Reference.isReference(token) ? token : (token as { reference?: unknown }).reference;
  return Reference.isReference(candidate) ? candidate : undefined;
}

let FnJoin: Function | undefined;

/** Whether it is of `Fn.join`: not an intrinsic like the others, and of a class that is not exported. */
function isJoin(token: IResolvable): boolean {
  FnJoin ??= (Tokenization.reverse(Fn.join('', [Aws.REGION])) as object).constructor; // not earlier: it loads much of the CDK's core
  return token instanceof FnJoin;
}
