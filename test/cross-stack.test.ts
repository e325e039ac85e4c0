import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, CfnOutput, CrossStackReferences, NestedStack, ReferenceStrength, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { IWafCaptchaApiKey, WafCaptchaApiKey, WafCaptchaApiKeyProps } from '../src';
import { ACCOUNT, envOf, newKey, warningsOf } from './support/stacks';

function output(key: IWafCaptchaApiKey, consumer: Construct) {
  new CfnOutput(consumer, 'ApiKey', { value: key.apiKey });
  new CfnOutput(consumer, 'ScriptUrl', { value: key.scriptUrl });
}

interface Setting {
  readonly shopRegion?: string;
  readonly siteRegion?: string;
  /** How many nested stacks deep the key, and its consumer, are. */
  readonly shopDepth?: number;
  readonly siteDepth?: number;
  readonly stage?: boolean;
  readonly strength?: ReferenceStrength;
}

const nest = (stack: Stack, depth = 0): Stack =>
  depth === 0 ? stack : nest(new NestedStack(stack, `Nested${depth}`), depth - 1);

/** A key in the stack Shop and a site in the stack Site. */
function synth(setting: Setting, keyProps: Partial<WafCaptchaApiKeyProps> = {}) {
  const app = new App({
    context: setting.strength && { '@aws-cdk/core:defaultCrossStackReferences': setting.strength },
  });
  const root = setting.stage ? new Stage(app, 'Production') : app;
  const shop = new Stack(root, 'Shop', setting.shopRegion ? envOf(setting.shopRegion) : {});
  const site = new Stack(root, 'Site', setting.siteRegion ? envOf(setting.siteRegion) : {});
  const key = newKey(nest(shop, setting.shopDepth), keyProps);
  if (setting.strength) CrossStackReferences.of(key).produce(setting.strength);
  const consumer = nest(site, setting.siteDepth);
  output(key, consumer);
  const assembly = root.synth();
  const templateOf = (stack: Stack) =>
    JSON.parse(readFileSync(path.join(assembly.directory, stack.templateFile), 'utf8'));
  const stacks = root.node.findAll().filter(Stack.isStack);
  return { shop, site, stacks, ofShop: templateOf(shop), ofSite: templateOf(site), templates: stacks.map(templateOf) };
}

/** All `{ Fn::Join: [hash, [{ Fn::GetStackOutput }]] }` of a template, by the name of the output. */
function reads(template: unknown): Record<string, { hash: string; stack: string; region: unknown }> {
  const found: Record<string, { hash: string; stack: string; region: unknown }> = {};
  JSON.stringify(template, (_, value) => {
    const [hash, [item]] = value?.['Fn::Join'] ?? [undefined, []];
    const read = item?.['Fn::GetStackOutput'];
    if (read) found[read.OutputName] = { hash, stack: read.StackName, region: read.Region };
    return value;
  });
  return found;
}

const settings: [string, Setting][] = [
  ['stacks of one region', { shopRegion: 'eu-west-1', siteRegion: 'eu-west-1' }],
  ['stacks without an environment', {}],
  ['stacks of a stage', { stage: true }],
  ['a key in us-east-1 and a site in eu-west-1', { shopRegion: 'us-east-1', siteRegion: 'eu-west-1' }],
  ['a key in a nested stack', { shopDepth: 1 }],
  ['a site in a nested stack', { siteDepth: 1 }],
  ['both two nested stacks deep', { shopDepth: 2, siteDepth: 2 }],
  [
    'both in nested stacks of two regions, in a stage',
    { shopRegion: 'us-east-1', siteRegion: 'eu-west-1', shopDepth: 1, siteDepth: 2, stage: true },
  ],
];

test('nested stacks have parameters of the same names in an app and in a stage', () => {
  const [inApp, inStage] = [false, true].map((stage) =>
    synth({ siteDepth: 2, stage }).templates.flatMap(({ Parameters = {} }) => Object.keys(Parameters)));
  expect(inApp.filter((name) => name.startsWith('Shop'))).toHaveLength(4);
  expect(inStage).toEqual(inApp);
});

describe.each(settings)('%s', (_, setting) => {
  test('the site reads outputs of the key\'s stack, and nothing locks them', () => {
    const { shop, site, ofShop, ofSite, templates } = synth(setting);
    const read = reads(ofSite);
    expect(Object.keys(ofShop.Outputs).sort()).toEqual(Object.keys(read).sort());
    expect(Object.keys(read)).toHaveLength(2);
    for (const { stack } of Object.values(read)) expect(stack).toBe(shop.stackName);
    for (const { Export } of Object.values<{ Export?: unknown }>(ofShop.Outputs)) expect(Export).toBeUndefined();
    expect(JSON.stringify(templates)).not.toMatch(/Fn::ImportValue|CrossRegionExport/);
    expect(site.dependencies).toEqual([shop]);
  });

  test('a rotation keeps the names of the outputs and changes the template of the site', () => {
    const before = reads(synth(setting).ofSite);
    const after = reads(synth(setting, { rotationId: '2' }).ofSite);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    for (const name of Object.keys(after)) expect(after[name].hash).not.toBe(before[name].hash);
  });

  test('the same key leaves the template of the site unchanged', () => {
    expect(synth(setting).ofSite).toEqual(synth(setting, { tokenDomains: ['Example.com.'] }).ofSite);
  });

  test.each([undefined, ...Object.values(ReferenceStrength)])(
    'the strength %s changes nothing and causes no warning',
    (strength) => {
      const { ofShop, ofSite, stacks } = synth({ ...setting, strength });
      expect([ofShop.Outputs, reads(ofSite)]).toEqual([synth(setting).ofShop.Outputs, reads(synth(setting).ofSite)]);
      expect(stacks.filter(({ nested }) => !nested).flatMap(warningsOf)).toEqual([]);
    },
  );
});

test('the names of the outputs never change, because a roll-back of deployed consumers needs them', () => {
  expect(Object.keys(synth({}).ofShop.Outputs)).toEqual([
    'KeyAPIKeyOutputA1EC569A',
    'KeyApplicationIntegrationURLOutputD4907B8F',
  ]);
  expect(Object.keys(synth({ shopDepth: 1 }).ofShop.Outputs)).toEqual([
    'Nested1KeyAPIKeyOutput6BF610FA',
    'Nested1KeyApplicationIntegrationURLOutputE9AD32B6',
  ]);
});

test('the Region of the outputs is the key\'s Region', () => {
  for (const { region } of Object.values(reads(synth({ shopRegion: 'us-east-1', siteRegion: 'eu-west-1' }).ofSite))) {
    expect(region).toBe('us-east-1');
  }
});

test.each<[string, number, (key: IWafCaptchaApiKey) => string]>([
  ['the API key', 0, (key) => key.apiKey],
  ['the URL', 0, (key) => key.scriptUrl],
  ['the URL of a key in a nested stack', 1, (key) => key.applicationIntegrationUrl],
])('if another stack reads only %s, both values are outputs, which its roll-back may need', (_, depth, valueOf) => {
  const outputsWith = (readsBoth: boolean) => {
    const app = new App();
    const [shop, site] = [new Stack(app, 'Shop'), new Stack(app, 'Site')];
    const key = newKey(nest(shop, depth));
    if (readsBoth) output(key, site);
    else new CfnOutput(site, 'Value', { value: valueOf(key) });
    Template.fromStack(site);
    return Template.fromStack(shop).toJSON().Outputs;
  };
  expect(Object.keys(outputsWith(true))).toHaveLength(2);
  expect(outputsWith(false)).toEqual(outputsWith(true));
});

test('an output without a reader is not in the template', () => {
  const stack = new Stack(new App(), 'Shop');
  output(newKey(stack), new NestedStack(stack, 'Part'));
  expect(Template.fromStack(stack).toJSON().Outputs).toBeUndefined();
});

test('a key two nested stacks deep can be used in its root stack, sibling stacks and its own stack', () => {
  const app = new App();
  const shop = new Stack(app, 'Shop');
  const inner = nest(shop, 2);
  const key = newKey(inner);
  const neighbour = new NestedStack(shop, 'Neighbour');
  for (const consumer of [shop, neighbour, inner]) output(key, consumer);
  const apiKeyIn = (stack: Stack) => JSON.stringify(Template.fromStack(stack).toJSON().Outputs.ApiKey.Value);
  expect(apiKeyIn(shop)).toMatch(/^{"Fn::GetAtt":\["Nested2Nested\w+","Outputs\.\w+APIKey\w+"\]}$/);
  expect(apiKeyIn(neighbour)).toMatch(/^{"Ref":"\w+APIKey\w+"}$/);
  expect(apiKeyIn(inner)).toMatch(/^{"Fn::GetAtt":\["Key\w+","APIKey"\]}$/);
  expect(warningsOf(shop)).toEqual([]);
});

test('two keys of the same path in two stacks can be used in one nested stack', () => {
  const app = new App();
  const keys = ['One', 'Two'].map((id) => newKey(new Stack(app, id)));
  const part = new NestedStack(new Stack(app, 'Site'), 'Part');
  const resolved = keys.map((key) => JSON.stringify(part.resolve(key.apiKey)));
  expect(new Set(resolved).size).toBe(2);
});

test('keys whose paths differ only in a vertical bar, also an encoded one, can be used in one stack', () => {
  const app = new App();
  const [shop, site] = [new Stack(app, 'Shop'), new Stack(app, 'Site')];
  const keys = [newKey(new Construct(shop, 'A'), {}, 'B'), newKey(shop, {}, 'A|B'), newKey(shop, {}, 'A%7CB')];
  const names = keys.map((key) => JSON.stringify(site.resolve(key.apiKey)));
  expect(new Set(names).size).toBe(3);
});

test('a rotation that follows another key tells its two values apart', () => {
  const hashOf = (valueOf: (key: IWafCaptchaApiKey) => string) => {
    const stack = new Stack(new App(), 'Shop');
    return newKey(stack, { rotationId: valueOf(newKey(stack, {}, 'Other')) }).node.children[0].node.id;
  };
  expect(hashOf((key) => key.apiKey)).not.toBe(hashOf((key) => key.applicationIntegrationUrl));
});

test.each([
  [{ region: 'us-east-1' }, envOf('us-east-1').env],
  [envOf('us-east-1').env, { region: 'eu-west-1' }],
])('stacks in %j and %j are treated as stacks of one account', (shopEnv, siteEnv) => {
  const app = new App();
  const [shop, site] = [new Stack(app, 'Shop', { env: shopEnv }), new Stack(app, 'Site', { env: siteEnv })];
  output(newKey(shop), site);
  const ofSite = Template.fromStack(site).toJSON();
  expect(Object.keys(reads(ofSite))).toHaveLength(2);
  expect(JSON.stringify(ofSite)).not.toContain('RoleArn');
});

test('the values work in a JSON text and in a name', () => {
  const app = new App();
  const key = newKey(new Stack(app, 'Shop'));
  const site = new Stack(app, 'Site');
  new lambda.Function(site, 'Page', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromInline('exports.handler = () => {}'),
    environment: { ...key.clientConfig, json: site.toJsonString(key.clientConfig) },
  });
  expect(Object.values(reads(Template.fromStack(site).toJSON()))).toHaveLength(2);
});

test('the stack of a key can export a value itself, for other apps', () => {
  const shop = new Stack(new App(), 'Shop');
  shop.exportValue(newKey(shop).apiKey, { name: 'captcha-key' });
  expect(Object.values(Template.fromStack(shop).toJSON().Outputs)).toEqual([
    { Value: { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'APIKey'] }, Export: { Name: 'captcha-key' } },
  ]);
});

describe('resolution by the CDK', () => {
  const inAnotherAccount = (shopDepth = 0, siteDepth = 0) => {
    const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
    const shop = new Stack(app, 'Shop', envOf('us-east-1'));
    const site = new Stack(app, 'Site', { env: { account: '210987654321', region: 'eu-west-1' } });
    output(newKey(nest(shop, shopDepth)), nest(site, siteDepth));
    return { shop, site };
  };

  test.each([
    [0, 0],
    [1, 0],
    [0, 1],
    [2, 2],
  ])('a consumer in another account reads through a role (nested: %d, %d)', (...depths) => {
    const { shop, site } = inAnotherAccount(...depths);
    const text = JSON.stringify(Template.fromStack(site).toJSON());
    expect(text).toMatch(
      /{"Fn::Join":\["[0-9A-F]{8}",\[{"Fn::GetStackOutput":{"StackName":"Shop","Region":"us-east-1","RoleArn":/,
    );
    expect(text).toContain(ACCOUNT);
    Template.fromStack(shop).resourceCountIs('AWS::IAM::Role', depths[0] ? 1 : 2);
    expect([...warningsOf(shop), ...warningsOf(site)]).toEqual([]);
  });

  test.each([
    ['a consumer whose Region is unknown', { env: { region: 'us-east-1' } }, {}],
    ['a consumer whose Region alone is known', {}, { env: { region: 'us-east-1' } }],
  ])('%s is an error', (_, shopProps, siteProps) => {
    const app = new App();
    const shop = new Stack(app, 'Shop', shopProps);
    const site = new Stack(app, 'Site', siteProps);
    output(newKey(shop), site);
    expect(() => app.synth()).toThrow('only supported for stacks with an explicit region defined');
  });

  test('a consumer in another stage is an error', () => {
    const app = new App();
    output(newKey(new Stack(new Stage(app, 'Beta'), 'Shop')), new Stack(app, 'Site'));
    expect(() => app.synth()).toThrow(/dependency cannot cross stage boundaries/i);
  });

  test('a circular dependency is an error that names what the stack reads', () => {
    const app = new App();
    const [shop, site] = [new Stack(app, 'Shop'), new Stack(app, 'Site')];
    const domain = new s3.Bucket(site, 'Bucket').bucketWebsiteDomainName;
    output(newKey(shop, { tokenDomains: [domain] }), site);
    // The CDK resolves the references of the stacks in their order, and the second one closes the cycle.
    expect(() => app.synth()).toThrow(/Site -> Shop\/Key.APIKey/);
    expect(() => app.synth()).toThrow(/cyclic/);
  });
});

describe('a key that is imported from SSM parameters', () => {
  const imported = (scope: Construct) => WafCaptchaApiKey.fromSsmParameters(scope, 'Captcha', '/captcha/shop');

  test.each([
    ['with', envOf('eu-west-1')],
    ['without', {}],
  ])('is read by each stack of its environment itself, %s an environment', (_, props) => {
    const app = new App();
    const [shop, site] = [new Stack(app, 'Shop', props), new Stack(app, 'Site', props)];
    output(imported(nest(shop, 1)), nest(site, 1));
    expect(
      Object.values(Template.fromStack(site).findParameters('*'))
        .map(({ Default }) => Default)
        .filter((name) => !name.includes('cdk'))
        .sort(),
    ).toEqual(['/captcha/shop/api-key', '/captcha/shop/application-integration-url']);
    expect(JSON.stringify([shop, site].map((stack) => Template.fromStack(stack).toJSON()))).not.toMatch(
      /Export|ImportValue|GetStackOutput/,
    );
    expect(site.dependencies).toEqual([]);
    expect([shop, site].flatMap(warningsOf)).toEqual([]);
  });

  test('is read through its own stack from another account', () => {
    const app = new App({ context: { '@aws-cdk/core:defaultCrossStackReferences': 'weak' } });
    const shop = new Stack(app, 'Shop', envOf('us-east-1'));
    const site = new Stack(app, 'Site', { env: { account: '210987654321', region: 'us-east-1' } });
    output(imported(shop), site);
    const ofSite = JSON.stringify(Template.fromStack(site).toJSON());
    expect(ofSite).toContain('"Fn::GetStackOutput":{"StackName":"Shop"');
    expect(ofSite).not.toContain('/captcha/shop');
  });

  test('is read through its own stack from another Region, without a lock', () => {
    const app = new App();
    const [shop, site] = [new Stack(app, 'Shop', envOf('us-east-1')), new Stack(app, 'Site', envOf('eu-west-1'))];
    output(imported(shop), site);
    const [ofShop, ofSite] = [shop, site].map((stack) => Template.fromStack(stack).toJSON());
    expect(Object.keys(ofShop.Outputs).sort()).toEqual(Object.keys(reads(ofSite)).sort());
    expect(JSON.stringify([ofShop, ofSite])).not.toMatch(/"Export"|Fn::ImportValue|CrossRegion/);
  });
});
