import { CfnOutput, CfnResource, CustomResource, Lazy, Names, ReferenceStrength, Stack, Token } from 'aws-cdk-lib';

/**
 * An attribute of a key, for any stack.
 *
 * On the way out of a nested stack the CDK forgets how strong a reference is meant to be: it sees one to the nested stack, and locks that.
 */
export function attributeOf(resource: CustomResource, name: string): string {
  const value = resource.getAttString(name);
  if (!Stack.of(resource).nestedStackResource) return value;

  let weak: string | undefined;
  return Lazy.uncachedString({
    produce: (context) => topLevel(Stack.of(context.scope)) === topLevel(Stack.of(resource)) ? value : weak ??= weakOutput(resource, name, value),
  });
}

/** Hands the value up to the top-level stack; the outputs' ids, like the resource's, say which key it is. */
function weakOutput(resource: CustomResource, name: string, value: string): string {
  let stack = Stack.of(resource);
  let reference = value;
  while (stack.nestedStackResource && stack.nestedStackParent) {
    const output = new CfnOutput(stack, `Outside${Names.uniqueId(resource)}${name}`, { value: reference });
    reference = Token.asString((stack.nestedStackResource as CfnResource).getAtt(`Outputs.${stack.resolve(output.logicalId)}`));
    stack = stack.nestedStackParent;
  }
  return Stack.consumeReference(reference, ReferenceStrength.WEAK);
}

function topLevel(stack: Stack): Stack {
  return stack.nestedStackParent ? topLevel(stack.nestedStackParent) : stack;
}
