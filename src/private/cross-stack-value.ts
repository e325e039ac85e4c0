import {
  CfnOutput, CfnParameter, CfnResource, Fn, IResolveContext, NestedStack, Reference, ReferenceStrength, Stack, Stage,
  Token,
} from 'aws-cdk-lib';
import { Construct, IConstruct } from 'constructs';
import { pathWithin } from './token-structure';
import { differ } from './unresolved';
import type { KeyAttributes } from '../contract/resource';
import type { WafCaptchaApiKeyAttributes } from '../i-waf-captcha-api-key';

const ATTRIBUTES: (keyof KeyAttributes)[] = ['APIKey', 'ApplicationIntegrationURL'];

export interface CrossStackValuesProps {
  /** Outputs and parameters are named after the key, so they are stable as long as it exists. */
  readonly key: IConstruct;
  /** The stack that has the values: that of the key, or the one around it. */
  readonly home: Stack;
  /** Part of the templates of other top-level stacks, which change with it. */
  readonly version?: string;
  /** An expression for a value, in a stack that needs no other stack for it. */
  readonly read: (stack: Stack, name: keyof KeyAttributes) => string | undefined;
}

/** The values of a key for any stack of the app, without a lock. */
export function crossStackValues(props: CrossStackValuesProps): WafCaptchaApiKeyAttributes {
  const value = (name: keyof KeyAttributes) => Token.asString(new CrossStackValue(props, name));
  return { apiKey: value('APIKey'), applicationIntegrationUrl: value('ApplicationIntegrationURL') };
}

/**
 * The CDK gives the output of a new key a new name. A consuming stack whose update fails would roll back to a template
 * that reads an output which is gone, so the outputs here have stable names. `cdk deploy` skips unchanged templates, so
 * the version is in the template, as the delimiter of a list of one, which does not show in the value.
 *
 * It is a `Reference`, so that the identity of another key can contain it, by its key. The CDK itself resolves only the
 * subclass `CfnReference` between stacks. As the CDK does, it creates outputs and parameters when references are
 * resolved, because only then it is known what is read.
 */
class CrossStackValue extends Reference {
  private readonly imports = new Map<Stack, string>();

  constructor(private readonly props: CrossStackValuesProps, private readonly name: keyof KeyAttributes) {
    super(name, props.key, name);
  }

  public resolve(context: IResolveContext): any {
    return this.valueIn(Stack.of(context.scope));
  }

  private valueIn(stack: Stack): string {
    const own = this.props.read(stack, this.name) ?? this.imports.get(stack);
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
    deployAfter(consumer, producer, `${this.props.key.node.path}.${this.name}`);
    // Both: a consumer whose update fails can roll back to a template that reads the other value, too.
    for (const name of ATTRIBUTES) new CrossStackValue(this.props, name).outputOf(producer);
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
    const path = `${pathWithin(root, this.props.key)}/${this.name}`;
    const id = path.replace(/[%|]/g, encodeURIComponent).replace(/\//g, '|');
    return stack.node.tryFindChild(id) as Construct ?? new Construct(stack, id);
  }
}

/** Deploys a stack after another one. If that closes a cycle, the error of the CDK names what the stack reads. */
export function deployAfter(consumer: Stack, producer: Stack, read: string): void {
  const reason = `${consumer.node.path} -> ${read}`; // as in references of the CDK
  // Newer versions of aws-cdk-lib deprecate the older name.
  const stack = consumer as Stack & { addStackDependency?: Stack['addDependency'] };
  if (stack.addStackDependency) stack.addStackDependency(producer, reason);
  else stack.addDependency(producer, reason);
}

/** The stack itself, and the stacks around a nested stack. */
function ancestors(stack: Stack): Stack[] {
  return [stack, ...stack.nestedStackParent ? ancestors(stack.nestedStackParent) : []];
}

/** The stack that is deployed with the given one. */
export function topLevel(stack: Stack): Stack {
  return ancestors(stack).pop()!;
}
