import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, AppProps, NestedStack, PhysicalName, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { WafCaptchaApiKeyProvider, WafScope } from '../src';
import { ACCOUNT, allowedIn, envOf, keyOf, newKey, newStack, resourcesOf } from './support/stacks';

const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/security/captcha`;
const LAMBDA = { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') };
const CREATE = 'wafv2:CreateAPIKey';

const newRole = (stack: Stack, props: Partial<iam.RoleProps> = {}) => new iam.Role(
  stack, 'Role', { ...LAMBDA, ...props },
);

/** A stack for the role and one for the provider with a key. */
function twoStacks(roleEnv = envOf('eu-west-1'), appProps?: AppProps) {
  const app = new App(appProps);
  return { app, security: new Stack(app, 'Security', roleEnv), shop: new Stack(app, 'Shop', envOf('eu-west-1')) };
}

/** The policies of a stack: their roles, and the names as CloudFormation resolves them in stacks of these UUIDs. */
const policiesIn = (stack: Stack) => Object.values(resourcesOf(stack, 'AWS::IAM::Policy')).map(
  ({ Properties }) => Properties,
);

describe('a role of the user', () => {
  test('gets a policy of the provider, on which function and key depend', () => {
    const stack = newStack();
    const role = newRole(stack);
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role }) });
    const [policyId] = Object.keys(resourcesOf(stack, 'AWS::IAM::Policy'));
    expect(Object.keys(allowedIn(stack)).sort()).toEqual([
      'cloudformation:DescribeStackResource', 'logs:CreateLogStream', 'logs:PutLogEvents',
      CREATE, 'wafv2:DeleteAPIKey', 'wafv2:ListAPIKeys',
    ]);
    expect(policiesIn(stack)).toEqual([expect.objectContaining({ Roles: [stack.resolve(role.roleName)] })]);
    const [[functionId, fn]] = Object.entries(resourcesOf(stack, 'AWS::Lambda::Function'));
    expect(fn.DependsOn).toContain(policyId);
    expect(keyOf(stack).DependsOn).toContain(functionId);
  });

  test('can serve two providers, each with its permissions under a name of its own', () => {
    const stack = newStack();
    const role = newRole(stack);
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'One', { role }) }, 'Edge');
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Two', { role }), scope: WafScope.REGIONAL }, 'Api');
    const policies = policiesIn(stack);
    expect(policies.map(({ PolicyDocument }) => JSON.stringify(PolicyDocument).includes(CREATE))).toEqual([true, true]);
    expect(new Set(policies.map(({ PolicyName }) => JSON.stringify(PolicyName))).size).toBe(2);
  });

  test('can be of another stack, which does not depend on the provider', () => {
    const { app, security, shop } = twoStacks();
    const logGroup = new logs.LogGroup(shop, 'Log');
    newKey(shop, { provider: new WafCaptchaApiKeyProvider(shop, 'Provider', { role: newRole(security), logGroup }) });
    app.synth();
    expect(allowedIn(shop)).toHaveProperty([CREATE]);
    expect(allowedIn(security)).toEqual({});
    expect(shop.dependencies).toEqual([security]);
    expect(security.dependencies).toEqual([]);
  });

  test('can be of another stack when the provider has X-Ray and an encryption key of its own stack', () => {
    const { app, security, shop } = twoStacks();
    const provider = new WafCaptchaApiKeyProvider(shop, 'Provider', {
      role: newRole(security),
      tracing: lambda.Tracing.ACTIVE,
      environmentEncryption: new kms.Key(shop, 'Cmk'),
      environment: { MODE: 'x' },
    });
    newKey(shop, { provider });
    app.synth();
    expect(Object.keys(allowedIn(security))).toEqual(['xray:PutTraceSegments', 'xray:PutTelemetryRecords']);
  });

  test('can be of a stack in another Region, by its physical name', () => {
    const { app, security, shop } = twoStacks(envOf('us-east-1'));
    const role = newRole(security, { roleName: PhysicalName.GENERATE_IF_NEEDED });
    newKey(shop, { provider: new WafCaptchaApiKeyProvider(shop, 'Provider', { role }) });
    app.synth();
    expect(policiesIn(shop)).toEqual([expect.objectContaining({ Roles: [expect.stringMatching(/^security/)] })]);
  });

  test('can be of a stack in another Region, by crossRegionReferences', () => {
    const app = new App();
    const security = new Stack(app, 'Security', { ...envOf('us-east-1'), crossRegionReferences: true });
    const shop = new Stack(app, 'Shop', { ...envOf('eu-west-1'), crossRegionReferences: true });
    newKey(shop, { provider: new WafCaptchaApiKeyProvider(shop, 'Provider', { role: newRole(security) }) });
    app.synth();
    expect(allowedIn(shop)).toHaveProperty([CREATE]);
  });

  test('can be of the parent when the provider is in a nested stack', () => {
    const parent = newStack();
    const nested = new NestedStack(parent, 'Nested');
    newKey(nested, { provider: new WafCaptchaApiKeyProvider(nested, 'Provider', { role: newRole(parent) }) });
    Template.fromStack(parent);
    expect(allowedIn(nested)).toHaveProperty([CREATE]);
  });

  test('can be imported by ARN or name', () => {
    const roles: ((stack: Stack) => iam.IRole)[] = [
      (stack) => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN),
      (stack) => iam.Role.fromRoleName(stack, 'Role', 'captcha'),
    ];
    for (const roleIn of roles) {
      for (const stack of [newStack(), newStack(envOf('eu-west-1'))]) {
        newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role: roleIn(stack) }) });
        expect(policiesIn(stack)).toEqual([expect.objectContaining({ Roles: ['captcha'] })]);
      }
    }
  });

  test.each<[string, (stack: Stack) => iam.IRole]>([
    ['imported as immutable', (stack) => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false })],
    ['created without policy updates', (stack) => newRole(stack).withoutPolicyUpdates()],
  ])('is not changed when %s', (_, roleIn) => {
    const stack = newStack();
    const role = roleIn(stack);
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role }) });
    expect(allowedIn(stack)).toEqual({});
    expect(Object.values(resourcesOf(stack, 'AWS::Lambda::Function'))[0].Properties.Role).toEqual(
      stack.resolve(role.roleArn),
    );
  });

  test('cannot be of another account, because AWS Lambda accepts none', () => {
    const stack = newStack(envOf('eu-west-1'));
    const role = iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::210987654321:role/captcha');
    expect(() => new WafCaptchaApiKeyProvider(stack, 'Provider', { role })).toThrow(
      `Shop/Provider: role: AWS Lambda accepts only roles of the stack's account (${ACCOUNT}), got one of `
        + `210987654321; use a role of ${ACCOUNT}`);
  });

  test('can come from a look-up, whose first pass gives a role of another account', () => {
    const app = new App();
    const stack = new Stack(app, 'Shop', { env: { account: '210987654321', region: 'eu-west-1' } });
    const role = iam.Role.fromLookup(stack, 'Role', { roleName: 'captcha' });
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role }) });
    expect(app.synth().manifest.missing).toHaveLength(1);
  });
});

describe('the name of the policy', () => {
  /** The literal part of it, in the given stack. */
  const nameIn = (stack: Stack) => policiesIn(stack)[0].PolicyName['Fn::Join'];

  test('contains the UUID of the stack, because another stack of the same name can use the same role', () => {
    const stack = newStack();
    new WafCaptchaApiKeyProvider(stack, 'Provider', { role: iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN) });
    expect(nameIn(stack)).toEqual(['', [
      expect.stringMatching(/^ShopProvider\w*-$/),
      { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
    ]]);
  });

  test('has at most 128 characters, however deep the provider is', () => {
    const stack = new Stack(new App(), 'S'.repeat(120));
    new WafCaptchaApiKeyProvider(stack, 'P'.repeat(120), { role: iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN) });
    expect(nameIn(stack)[1][0].length + 'e722ae60-fe62-11e8-9a0e-0ae8cc519968'.length).toBeLessThanOrEqual(128);
  });
});

describe('Role.customizeRoles', () => {
  let outdir: string;
  beforeEach(() => { outdir = mkdtempSync(path.join(tmpdir(), 'roles-')); });
  afterEach(() => rmSync(outdir, { recursive: true }));

  test.each<[string, (stack: Stack) => iam.IRole | undefined]>([
    ['the role of the provider', () => undefined],
    ['a role of the app', (stack) => newRole(stack)],
    ['an imported role', (stack) => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN)],
  ])('reports the permissions of %s in full and creates neither role nor policy', (_, roleIn) => {
    const app = new App({ outdir });
    const stack = new Stack(new Stage(app, 'Beta'), 'Shop', envOf('eu-west-1'));
    iam.Role.customizeRoles(stack, { usePrecreatedRoles: { 'Provider/Role': 'captcha', 'Role': 'captcha' } });
    newKey(stack, { provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role: roleIn(stack) }) });
    app.synth();
    const report = readFileSync(path.join(outdir, 'iam-policy-report.json'), 'utf8');
    expect(report).toContain(CREATE);
    expect(report).toContain('cloudformation:DescribeStackResource');
    expect(report).toContain('logs:PutLogEvents');
    expect(report).not.toContain('unresolved');
    for (const type of ['AWS::IAM::Role', 'AWS::IAM::Policy']) expect(resourcesOf(stack, type)).toEqual({});
  });
});
