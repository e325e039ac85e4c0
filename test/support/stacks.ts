import { App, AppProps, Stack, StackProps } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import type { IConstruct } from 'constructs';
import { WafCaptchaApiKey, WafCaptchaApiKeyProps, WafScope } from '../../src';
import { RESOURCE_TYPE } from '../../src/contract/resource';

export const ACCOUNT = '123456789012';

/** An account and region that are known at synth. */
export const envOf = (region: string) => ({ env: { account: ACCOUNT, region } });

/** A stack of an app of its own; its region is known at deployment only. */
export function newStack(props?: StackProps, appProps?: AppProps): Stack {
  return new Stack(new App(appProps), 'Shop', props);
}

export const SITE_KEY: WafCaptchaApiKeyProps = { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] };

/** A CLOUDFRONT key for example.com, or what is said instead. */
export function newKey(scope: IConstruct, props: Partial<WafCaptchaApiKeyProps> = {}, id = 'Key'): WafCaptchaApiKey {
  return new WafCaptchaApiKey(scope, id, { ...SITE_KEY, ...props });
}

/** The resources of a type, by logical id. */
export function resourcesOf(stack: Stack, type: string) {
  return Template.fromStack(stack).findResources(type);
}

/** The logical id of the only key of a stack. */
export function keyIdOf(stack: Stack): string {
  const ids = Object.keys(resourcesOf(stack, RESOURCE_TYPE));
  expect(ids).toHaveLength(1);
  return ids[0];
}

/** What the template says of the only key of a stack. */
export function keyOf(stack: Stack) {
  return resourcesOf(stack, RESOURCE_TYPE)[keyIdOf(stack)];
}

/** The logical ids of all that a resource needs, directly or not. */
export function neededBy(stack: Stack, id: string): string[] {
  const found = new Set<string>();
  const { Resources } = Template.fromStack(stack).toJSON();
  const visit = (one: string) => {
    const ids = new Set<string>(Resources[one].DependsOn ?? []);
    JSON.stringify(Resources[one], (key, value) => {
      if (key === 'Ref') ids.add(value);
      if (key === 'Fn::GetAtt') ids.add(value[0]);
      return value;
    });
    for (const needed of ids) {
      if (!Resources[needed] || found.has(needed)) continue; // a pseudo parameter, or seen before
      found.add(needed);
      visit(needed);
    }
  };
  visit(id);
  return [...found];
}

/** The texts of the warnings of a stack. */
export function warningsOf(stack: Stack): string[] {
  return Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => String(entry.data));
}

/** All that the function of a stack is allowed, whichever policy says it. */
export function allowedIn(stack: Stack): Record<string, { Resource: unknown; Condition?: unknown }> {
  const inline = Object.values(resourcesOf(stack, 'AWS::IAM::Role')).flatMap(
    ({ Properties }) => Properties.Policies ?? [],
  );
  const attached = ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) => Object.values(
    resourcesOf(stack, type))).map(({ Properties }) => Properties);
  return Object.fromEntries([...inline, ...attached]
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition }) => [Action].flat().map(
      (action) => [action, Condition ? { Resource, Condition } : { Resource }],
    )));
}

export const NOT_A_HOST =
  'is not a bare host name (no scheme, user, port, path, whitespace or quotation marks); write ';

/** The domains of a key that is declared with these. */
export function domainsOf(...tokenDomains: string[]): string[] {
  return newKey(newStack(), { tokenDomains }).tokenDomains;
}

export function label(length: number): string {
  return 'a'.repeat(length);
}

/** A name of a length up to 253, of labels that are short enough. */
export function name(length: number): string {
  return `${label(47)}.`.repeat(6).slice(0, length - 4) + '.com';
}
