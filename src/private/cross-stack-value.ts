import {
  CfnOutput, CfnParameter, CfnResource, Fn, IResolveContext, NestedStack, Reference, ReferenceStrength, Stack, Stage,
  Token,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { pathWithin } from './token-structure';
import { differ } from './unresolved';

export interface CrossStackValueProps {
  /** Outputs and parameters are named after the owner, so they are stable as long as it exists. */
  readonly owner: IConstruct;
  readonly name: string;
  /** The stack that has the value: that of the owner, or the one around it. */
  readonly home: Stack;
  /** Part of the templates of other top-level stacks, which change with it. */
  readonly version?: string;
  /** An expression for the value, in a stack that needs no other stack for it. */
  readonly read: (stack: Stack) => string | undefined;
}

/**
 * A value for any stack of the app, without a lock.
 *
 * The CDK gives the output of a new key a new name. A consuming stack whose update fails would roll back to a template
 * that reads an output which is gone, so the outputs here have stable names. `cdk deploy` skips unchanged templates, so
 * the version is in the template, as the delimiter of a list of one, which does not show in the value.
 *
 * It is a `Reference`, so that the identity of another key can contain it, by its owner. The CDK itself resolves only
 * the subclass `CfnReference` between stacks.
 */
export class CrossStackValue extends Reference {
  public static asString(props: CrossStackValueProps): string {
    return Token.asString(new CrossStackValue(props));
  }

  private readonly imports = new Map<Stack, string>();

  constructor(private readonly props: CrossStackValueProps) {
    super(props.name, props.owner, props.name);
  }

  public resolve(context: IResolveContext): any {
    return this.valueIn(Stack.of(context.scope));
  }

  private valueIn(stack: Stack): string {
    const own = this.props.read(stack) ?? this.imports.get(stack);
    if (own !== undefined) return own;
    const nested = ancestors(this.props.home).find(({ nestedStackParent }) => nestedStackParent === stack);
    if (nested) {
      return Token.asString((nested.nestedStackResource as CfnResource).getAtt(`Outputs.${this.outputOf(nested)}`));
    }
    if (stack.nestedStackParent) return this.parameterOf(stack as NestedStack, this.valueIn(stack.nestedStackParent));
    const imported = Token.asString({ 'Fn::Join': [this.props.version ?? '', [this.importInto(stack)]] });
    this.imports.set(stack, imported);
    return imported;
  }

  private importInto(consumer: Stack): string {
    const producer = topLevel(this.props.home);
    const isRegionOfOneUnknown = Token.isUnresolved(producer.region) !== Token.isUnresolved(consumer.region);
    if (differ(producer.account, consumer.account) || isRegionOfOneUnknown) {
      // Roles for another account, and errors for unknown regions, are the CDK's.
      return Stack.consumeReference(this.valueIn(producer), ReferenceStrength.WEAK);
    }
    // Newer versions of aws-cdk-lib deprecate the older name.
    const stack = consumer as Stack & { addStackDependency?(target: Stack): void };
    if (stack.addStackDependency) stack.addStackDependency(producer);
    else stack.addDependency(producer);
    return Fn.getStackOutput(producer.stackName, this.outputOf(producer), producer.region);
  }

  private outputOf(stack: Stack): string {
    const scope = this.scopeIn(stack, topLevel(stack));
    const output = scope.node.tryFindChild('Output') ?? new CfnOutput(scope, 'Output', { value: this.valueIn(stack) });
    return (output as CfnOutput).logicalId;
  }

  private parameterOf(stack: NestedStack, value: string): string {
    const scope = this.scopeIn(stack, Stage.of(stack));
    const parameter = scope.node.tryFindChild('Parameter') as CfnParameter ?? new CfnParameter(scope, 'Parameter');
    stack.setParameter(parameter.logicalId, value);
    return parameter.valueAsString;
  }

  private scopeIn(stack: Stack, root?: IConstruct): Construct {
    const path = `${pathWithin(root, this.props.owner)}/${this.props.name}`;
    const id = path.replace(/[%|]/g, encodeURIComponent).replace(/\//g, '|');
    return stack.node.tryFindChild(id) as Construct ?? new Construct(stack, id);
  }
}

/** The stack itself, and the stacks around a nested stack. */
function ancestors(stack: Stack): Stack[] {
  return [stack, ...stack.nestedStackParent ? ancestors(stack.nestedStackParent) : []];
}

/** The stack that is deployed with the given one. */
export function topLevel(stack: Stack): Stack {
  return ancestors(stack).pop()!;
}
