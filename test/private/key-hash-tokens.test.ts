import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import {
  App, Aws, CfnCondition, CfnDynamicReference, CfnDynamicReferenceService, CfnJson, CfnMapping, CfnParameter,
  Fn, Lazy, PhysicalName, ScopedAws, SecretValue, Stack, Stage, Token, Tokenization,
} from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { calculateKeyHash } from '../../src/private/key-hash';

type Declare = (stack: Stack, value: string) => string | string[];

/** The hash of a key whose domain is the token, in a stack with a fixed name. */
function hashOf(declare: Declare, value: string, root: Construct = new App(), calculate = calculateKeyHash): string {
  const stack = new Stack(root, 'shop', { stackName: 'shop' });
  const domains = [declare(stack, value)].flat();
  return calculate(stack, { scope: 'CLOUDFRONT', tokenDomains: domains });
}

/** What the core of aws-cdk-lib loads. */
const PARTS = [
  'core', 'cx-api', 'cloud-assembly-schema', 'region-info', 'node_modules',
  'index.js', 'package.json', '.warnings.jsii.js',
];

/**
 * Loads a module of this package with a second copy of aws-cdk-lib.
 *
 * The registries of jest do not separate copies, because aws-cdk-lib loads its own modules late. So the copy has files
 * of its own. Call it outside of tests.
 */
function withSecondCdk<T>(load: () => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'second-cdk-'));
  const original = path.dirname(require.resolve('aws-cdk-lib/package.json'));
  const copy = path.join(folder, 'node_modules', 'aws-cdk-lib');
  for (const part of PARTS) {
    fs.cpSync(path.join(original, part), path.join(copy, part), { recursive: true });
  }
  fs.symlinkSync(path.dirname(require.resolve('constructs/package.json')),
    path.join(folder, 'node_modules', 'constructs'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  let loaded: T;
  jest.isolateModules(() => {
    jest.doMock('aws-cdk-lib', () => jest.requireActual(path.join(copy, 'index.js')));
    loaded = load();
  });
  jest.dontMock('aws-cdk-lib');
  return loaded!;
}

/** As in an app in which this package resolves another copy of aws-cdk-lib than the app. */
const calculateWithSecondCdk = withSecondCdk(() =>
  jest.requireActual<typeof import('../../src/private/key-hash')>('../../src/private/key-hash').calculateKeyHash);

const neighbour = (stack: Stack) => new Stack(stack.node.scope!, 'site', { stackName: 'site' });
const mappingIn = (scope: Construct, lazy?: boolean, id = 'Map') =>
  new CfnMapping(scope, id, { lazy, mapping: { one: { one: '1', two: '2' }, two: { one: '1', two: '2' } } });
const bucketIn = (scope: Construct, id: string, bucketName?: string) => new s3.Bucket(scope, id, { bucketName });
const logicalIdOf = ({ node }: s3.Bucket) => (node.defaultChild as s3.CfnBucket).logicalId;

/** Tokens by what the user writes as `value`. */
const TOKENS: Record<string, Declare> = {
  'the first key of a mapping': (stack, value) => mappingIn(stack).findInMap(value, 'one'),
  'the second key of a mapping': (stack, value) => mappingIn(stack).findInMap('one', value),
  'a key of a mapping that is a token': (stack, value) => mappingIn(stack).findInMap(Fn.ref(value), 'one'),
  'a key of a lazy mapping': (stack, value) => mappingIn(stack, true).findInMap(Fn.ref('Other'), value),
  'the default of a mapping': (stack, value) => mappingIn(stack).findInMap(Fn.ref('Other'), 'one', value),
  'a mapping': (stack, value) => mappingIn(stack, false, value).findInMap('one', 'one'),
  'a key of a mapping of another stack': (stack, value) => mappingIn(neighbour(stack)).findInMap(value, 'one'),
  'a mapping of another stack': (stack, value) => mappingIn(neighbour(stack), false, value).findInMap('one', 'one'),
  'a text around the key of a mapping': (stack, value) => `${value}.${mappingIn(stack).findInMap('one', 'one')}`,
  'Fn.findInMap: the name': (_, value) => Fn.findInMap(value, 'one', 'two'),
  'Fn.findInMap: a key': (_, value) => Fn.findInMap('Map', value, 'two'),
  'Fn.findInMap: the default': (_, value) => Fn.findInMap('Map', 'one', 'two', value),
  'Fn.findInMap: the logical id': (stack, value) =>
    Fn.findInMap(mappingIn(stack, false, value).logicalId, 'one', 'two'),
  'Fn.importValue': (_, value) => Fn.importValue(value),
  'Fn.importListValue': (_, value) => Fn.importListValue(value, 2),
  'Fn.getStackOutput': (_, value) => Fn.getStackOutput('Site', value),
  'Fn.ref': (_, value) => Fn.ref(value),
  'Fn.ref: the logical id': (stack, value) => Fn.ref(logicalIdOf(bucketIn(stack, value))),
  'Fn.getAtt': (_, value) => Fn.getAtt('Bucket', value).toString(),
  'Fn.getAtt: the logical id': (stack, value) =>
    Fn.getAtt(logicalIdOf(bucketIn(stack, value)), 'DomainName').toString(),
  'Fn.select: the index': (_, value) => Fn.select(value === 'one' ? 0 : 1, Fn.split('.', Fn.importValue('Domain'))),
  'Fn.select: the list': (_, value) => Fn.select(0, Fn.split('.', Fn.importValue(value))),
  'Fn.split: the delimiter': (_, value) => Fn.split(value, Fn.importValue('Domains')),
  'Fn.split: the text': (_, value) => Fn.split(',', Fn.importValue(value)),
  'Fn.join: the delimiter': (_, value) => Fn.join(value, [Fn.importValue('One'), Fn.importValue('Two')]),
  'Fn.join: a part': (_, value) => Fn.join('.', [value, Fn.importValue('Domain')]),
  'Fn.join: a list': (_, value) => Fn.join('.', Fn.split('-', Fn.importValue(value))),
  'Fn.sub: the text': (_, value) => Fn.sub(`${value}.\${AWS::StackName}.com`),
  'Fn.sub: a variable': (_, value) => Fn.sub('${Name}.com', { Name: Fn.importValue(value) }),
  'Fn.conditionIf: a value': (_, value) => Fn.conditionIf('IsLive', `${value}.com`, 'example.com').toString(),
  'Fn.conditionIf: a condition': (stack, value) =>
    Fn.conditionIf(new CfnCondition(stack, value).logicalId, 'example.com', 'example.org').toString(),
  'Fn.cidr': (_, value) => Fn.cidr(Fn.importValue(value), 2),
  'Fn.base64': (_, value) => Fn.base64(value),
  'Fn.getAzs': (_, value) => Fn.getAzs(value),
  'Fn.transform': (_, value) => Fn.transform('Macro', { value }).toString(),
  'Fn.refAll': (_, value) => Fn.refAll(value),
  'Fn.valueOf': (_, value) => Fn.valueOf(value, 'Domain'),
  'Fn.toJsonString': (_, value) => Fn.toJsonString(Token.asAny({ Domain: Fn.importValue(value) })),
  'Fn.len': (_, value) =>
    Token.asString(Tokenization.reverseNumber(Fn.len(Fn.split(',', Fn.importValue(value))))),
  'a dynamic reference': (_, value) => new CfnDynamicReference(CfnDynamicReferenceService.SSM, value).toString(),
  'a dynamic reference as text': (_, value) => `{{resolve:ssm:${value}}}`,
  'a secret': (_, value) => SecretValue.secretsManager(value).unsafeUnwrap(),
  'an SSM parameter': (stack, value) => ssm.StringParameter.valueForStringParameter(stack, value),
  'a list of an SSM parameter': (stack, value) => ssm.StringListParameter.valueForTypedListParameter(stack, value),
  'a parameter': (stack, value) => new CfnParameter(stack, value).valueAsString,
  'a parameter as a token': (stack, value) => Token.asString(new CfnParameter(stack, value)),
  'a parameter with a list': (stack, value) =>
    new CfnParameter(stack, value, { type: 'CommaDelimitedList' }).valueAsList,
  'a value of CfnJson': (stack, value) => Token.asString(new CfnJson(stack, value, { value: {} })),
  'a pseudo parameter': (_, value) => (value === 'one' ? Aws.ACCOUNT_ID : Aws.STACK_NAME),
  'a scoped pseudo parameter': (stack, value) => new ScopedAws(stack)[value === 'one' ? 'accountId' : 'stackName'],
  'the Region of the stack, in a text': (stack, value) => `${value}.${stack.region}.example.com`,
  'an attribute of a resource': (stack, value) => bucketIn(stack, value).bucketDomainName,
  'a resource of another stack': (stack, value) => bucketIn(neighbour(stack), value).bucketName,
  'a resource with a generated name': (stack, value) =>
    bucketIn(neighbour(stack), value, PhysicalName.GENERATE_IF_NEEDED).bucketName,
  'a reference with a strength': (stack, value) =>
    Stack.consumeReference(bucketIn(neighbour(stack), value).bucketDomainName),
};

describe.each(Object.entries(TOKENS))('%s', (_, declare) => {
  test('counts by what the user wrote', () => {
    expect(hashOf(declare, 'one')).not.toBe(hashOf(declare, 'two'));
    expect(hashOf(declare, 'one')).toBe(hashOf(declare, 'one'));
  });

  test('gives the same hash with a second copy of aws-cdk-lib', () => {
    expect(hashOf(declare, 'one', undefined, calculateWithSecondCdk)).toBe(hashOf(declare, 'one'));
  });

  test('gives the same hash in an app and in a stage', () => {
    expect(hashOf(declare, 'one', new Stage(new App(), 'Production'))).toBe(hashOf(declare, 'one'));
  });
});

test.each<[string, Declare]>([
  ['Lazy.string', (_, value) => Lazy.string({ produce: () => value })],
  ['Lazy.uncachedString', (_, value) => Lazy.uncachedString({ produce: () => value })],
  ['Lazy.any', (_, value) => Token.asString(Lazy.any({ produce: () => value }))],
  ['Lazy.list', (_, value) => Lazy.list({ produce: () => [value] })],
  ['toJsonString', (stack, value) => stack.toJsonString(value)],
])('the value of %s does not count, because only a later phase knows it', (_, declare) => {
  expect(hashOf(declare, 'one')).toBe(hashOf(declare, 'two'));
});
