import {
  CfnElement, DefaultTokenResolver, IPostProcessor, IResolvable, IResolveContext, Reference, Stack, Stage, Token,
  Tokenization,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';

// Classes of tokens are recognized by their form: some are not exported, and an app can have a second copy of the CDK.
// If the CDK changes one, its tokens count as unresolved, and key-hash-tokens.test.ts fails.

/** Stands for a value that only a later phase of synthesis knows. */
const UNRESOLVED = '*';

/**
 * What can be said of a value with tokens before synthesis: literal parts as they are, references by the path of their
 * target. Not the texts of tokens, which are numbered, nor what they resolve to, which differs between the phases.
 */
export function tokenStructure(construct: IConstruct, value: unknown): unknown {
  return Tokenization.resolve(value, { scope: construct, resolver: new StructureResolver(construct) });
}

class StructureResolver extends DefaultTokenResolver {
  constructor(private readonly construct: IConstruct) {
    super({ join: (left: unknown, right: unknown) => [left, right] });
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): unknown {
    const reference = referenceIn(token);
    if (reference) return [this.pathOf(reference.target), reference.displayName];
    if (isKnown(token)) return super.resolveToken(token, context, postProcessor);
    if (Construct.isConstruct(token)) return [this.pathOf(token)];
    // `mapping.findInMap`, whose class is not exported. In another stack, it would resolve to a copy of the mapping.
    const { cfnMapping, key1, key2, defaultValue = '' } = token as any;
    if (cfnMapping) return context.resolve([this.pathOf(cfnMapping), key1, key2, defaultValue]);
    const element = this.construct.node.root.node.findAll().filter(CfnElement.isCfnElement)
      .find(({ logicalId }) => logicalId === Token.asString(token));
    // Not lazy values: some keep their first result, which is too early.
    return element ? [this.pathOf(element), 'logicalId'] : UNRESOLVED;
  }

  /** Relative to the own stack, or to the stage for another stack: the same in an app and in each stage. */
  private pathOf(target: IConstruct): string {
    const stack = Stack.of(this.construct);
    return Stack.of(target) === stack ? `/${pathWithin(stack, target)}` : pathWithin(Stage.of(target), target);
  }
}

/** The path of a construct without that of the scope around it. */
export function pathWithin(scope: IConstruct | undefined, construct: IConstruct): string {
  return construct.node.path.slice(scope?.node.path.length ?? 0).replace(/^\//, '');
}

/** A reference itself, or the one within `Stack.consumeReference`. */
function referenceIn(token: IResolvable): Reference | undefined {
  const candidate = Reference.isReference(token) ? token : (token as { reference?: unknown }).reference;
  return Reference.isReference(candidate) ? candidate : undefined;
}

/** Whether a token resolves to what was written, as intrinsics, `Fn.join`, `Fn.toJsonString` and `Fn.len` do. */
function isKnown(token: IResolvable & { toJSON?(): unknown }): boolean {
  return /^<(unresolved-token|Fn::.*)>$/.test(String(token.toJSON?.()));
}
