import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, CfnOutput, CrossStackReferences, NestedStack, ReferenceStrength, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WafCaptchaApiKeyProps } from '../src';
import { ACCOUNT, envOf, newKey, warningsOf } from './support/stacks';

type Consume = (key: { apiKey: string; scriptUrl: string }, site: Stack) => void;

const output: Consume = (key, site) => {
  new CfnOutput(site, 'ApiKey', { value: key.apiKey });
  new CfnOutput(site, 'ScriptUrl', { value: key.scriptUrl });
};

interface Setting {
  readonly shopRegion?: string;
  readonly siteRegion?: string;
  readonly strength?: ReferenceStrength;
  readonly nested?: boolean;
  readonly context?: Record<string, string>;
}

/** A key in the stack Shop and a site in the stack Site. */
function synth({ shopRegion, siteRegion, strength, nested, context }: Setting, keyProps: Partial<WafCaptchaApiKeyProps> = {}) {
  const app = new App({ context });
  const shop = new Stack(app, 'Shop', { ...(shopRegion && envOf(shopRegion)), crossRegionReferences: true });
  const site = new Stack(app, 'Site', { ...(siteRegion && envOf(siteRegion)), crossRegionReferences: true });
  const home = nested ? new NestedStack(shop, 'Nested') : shop;
  const key = newKey(home, keyProps);
  if (strength) CrossStackReferences.of(key).produce(strength);
  output(key, site);
  const assembly = app.synth();
  const nestedTemplate = nested ? JSON.parse(readFileSync(path.join(assembly.directory, (home as NestedStack).templateFile), 'utf8')) : undefined;
  return { shop, site, nested: nestedTemplate, ofShop: assembly.getStackByName('Shop').template, ofSite: assembly.getStackByName('Site').template };
}

type Synthesized = ReturnType<typeof synth>;

/** The names of the outputs of Shop that Site reads. */
const namesRead = ({ ofSite }: Synthesized) => [ofSite.Outputs.ApiKey.Value, ofSite.Outputs.ScriptUrl.Value['Fn::Join'][1][0]]
  .map((value) => value['Fn::GetStackOutput']?.OutputName);

const settings: [string, Setting][] = [
  ['stacks of one region', { shopRegion: 'eu-west-1', siteRegion: 'eu-west-1' }],
  ['stacks without a region', {}],
  ['a key in us-east-1 and a site in eu-west-1', { shopRegion: 'us-east-1', siteRegion: 'eu-west-1' }],
  ['a key in a nested stack', { nested: true }],
  ['a key in a nested stack of another region', { shopRegion: 'us-east-1', siteRegion: 'eu-west-1', nested: true }],
];

describe.each(settings)('%s', (_, setting) => {
  test('the site reads outputs, and nothing is locked', () => {
    const result = synth(setting);
    const names = namesRead(result);
    expect(Object.keys(result.ofShop.Outputs)).toEqual(names);
    for (const name of names) expect(result.ofShop.Outputs[name]).toEqual({ Value: { 'Fn::GetAtt': expect.any(Array) } });
    expect(JSON.stringify(result.ofSite)).not.toContain('Fn::ImportValue');
    expect(Object.keys(result.ofSite.Resources ?? {})).toEqual([]);
    expect(result.site.dependencies).toEqual([result.shop]);
  });

  test.each<[string, Partial<WafCaptchaApiKeyProps>]>([
    ['other domains', { tokenDomains: ['example.org'] }],
    ['a rotation', { rotationId: '2' }],
  ])('%s change the template of the site, so that the same cdk deploy brings it the new key', (__, change) => {
    const before = namesRead(synth(setting));
    const after = namesRead(synth(setting, change));
    expect(after).toHaveLength(2);
    expect(before.filter((name) => after.includes(name))).toEqual([]);
  });

  test('the same key leaves the template of the site alone', () => {
    expect(synth(setting).ofSite).toEqual(synth(setting, { tokenDomains: ['Example.com.'] }).ofSite);
  });
});

test('the output of a nested stack is that of its key', () => {
  const { nested, ofShop, ...result } = synth({ nested: true });
  const [name] = namesRead({ ...result, nested, ofShop });
  const [nestedStack, attribute] = ofShop.Outputs[name].Value['Fn::GetAtt'];
  expect(ofShop.Resources[nestedStack].Type).toBe('AWS::CloudFormation::Stack');
  expect(nested.Outputs[attribute.replace('Outputs.', '')].Value).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'APIKey'] });
});

test('a key two nested stacks deep reaches its root, its neighbours and other stacks', () => {
  const app = new App();
  const shop = new Stack(app, 'Shop');
  const outer = new NestedStack(shop, 'Outer');
  const key = newKey(new NestedStack(outer, 'Inner'));
  const site = new Stack(app, 'Site');
  const neighbour = new NestedStack(shop, 'Neighbour');
  for (const consumer of [shop, neighbour, site, new NestedStack(site, 'Part')]) output(key, consumer);
  const outputs = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON().Outputs.ApiKey.Value);
  expect(outputs(shop)).toMatch(/^{"Fn::GetAtt":\["OuterNested\w+","Outputs\.\w+APIKey"\]}$/);
  expect(outputs(neighbour)).toMatch(/^{"Ref":"referenceto\w+"}$/);
  expect(outputs(site)).toMatch(/^{"Fn::GetStackOutput":{"StackName":"Shop",.*"OutputName":"\w+"}}$/);
});

describe('the strength stays the user\'s', () => {
  test('strong, by CrossStackReferences: an export with the identity in its name', () => {
    const exportsOf = (props = {}) => Object.values<{ Export: { Name: string } }>(synth({ strength: ReferenceStrength.STRONG }, props).ofShop.Outputs)
      .map((exported) => exported.Export.Name);
    expect(exportsOf()).toEqual([expect.stringMatching(/^Shop:ExportsOutputFnGetAttKey\w+APIKey/), expect.stringMatching(/^Shop:ExportsOutputFnGetAttKey/)]);
    expect(exportsOf({ rotationId: '2' }).filter((name) => exportsOf().includes(name))).toEqual([]);
  });

  test('strong across regions: parameters with the identity in their names', () => {
    const parametersOf = (props = {}) => {
      const setting = { shopRegion: 'us-east-1', siteRegion: 'eu-west-1', strength: ReferenceStrength.STRONG };
      const [writer] = Object.values<{ Type: string; Properties: { WriterProps: { exports: object } } }>(synth(setting, props).ofShop.Resources)
        .filter(({ Type }) => Type === 'Custom::CrossRegionExportWriter');
      return Object.keys(writer.Properties.WriterProps.exports);
    };
    expect(parametersOf()).toHaveLength(2);
    expect(parametersOf({ rotationId: '2' }).filter((name) => parametersOf().includes(name))).toEqual([]);
  });

  test('both, for a transition', () => {
    const { ofShop, ofSite } = synth({ strength: ReferenceStrength.BOTH });
    expect(Object.values<{ Export?: object }>(ofShop.Outputs).filter((exported) => exported.Export)).toHaveLength(2);
    expect(JSON.stringify(ofSite)).toContain('Fn::GetStackOutput');
  });
});

describe('warnings', () => {
  test.each(settings)('none of a configured app: %s', (_, setting) => {
    const { shop, site } = synth({ ...setting, context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
    expect([...warningsOf(shop), ...warningsOf(site)]).toEqual([]);
  });

  test('of an app that is not configured there is at most the CDK\'s own advice to configure it', () => {
    const { shop, site } = synth({});
    const others = [...warningsOf(shop), ...warningsOf(site)].filter((warning) => !warning.includes('crossStackReferencesDefaultStrong'));
    expect(others).toEqual([]);
  });
});

test('a consumer in another account reads through a role that the CDK makes', () => {
  const app = new App();
  const shop = new Stack(app, 'Shop', envOf('us-east-1'));
  const site = new Stack(app, 'Site', { env: { account: '210987654321', region: 'eu-west-1' } });
  output(newKey(shop), site);
  const value = Template.fromStack(site).toJSON().Outputs.ApiKey.Value['Fn::GetStackOutput'];
  expect(value).toMatchObject({ StackName: 'Shop', Region: 'us-east-1' });
  expect(JSON.stringify(value.RoleArn)).toContain(ACCOUNT);
  expect(warningsOf(site).filter((warning) => !warning.includes('crossStackReferencesDefaultStrong'))).toEqual([]);
});
