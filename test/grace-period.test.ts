import { App, Duration, Lazy, NestedStack, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafCaptchaApiKeyProviderProps } from '../src';
import { allowedIn, envOf, keyIdOf, keyOf, newKey, newStack, resourcesOf, SITE_KEY } from './support/stacks';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../src/contract/grace-period';

const gracePeriod = Duration.days(1);

const countResources = (stack: Stack) => Object.keys(Template.fromStack(stack).toJSON().Resources).length;

const onlyOne = (stack: Stack, type: string) => {
  const resources = Object.entries(resourcesOf(stack, type));
  expect(resources).toHaveLength(1);
  return { id: resources[0][0], ...resources[0][1] } as { id: string; Properties: any; DependsOn?: string[] };
};

const environmentIn = (stack: Stack) => onlyOne(stack, 'AWS::Lambda::Function').Properties.Environment.Variables;

/** A stack whose default provider has a grace period. */
function stackWith(props: WafCaptchaApiKeyProviderProps = { gracePeriod }, stack = newStack()): Stack {
  WafCaptchaApiKeyProvider.getOrCreate(stack, props);
  return stack;
}

describe('a grace period', () => {
  test.each([
    [Duration.seconds(90), '1 minute 30 seconds'],
    [Duration.minutes(0), '0 minutes'],
    [Duration.days(366), '366 days'],
    [Duration.millis(60_001), ''],
    [Duration.minutes(Lazy.number({ produce: () => 5 })), '<token> minutes'],
    [Duration.hours(Lazy.number({ produce: () => 5 })), '<token> hours'],
  ])('is an error unless it has whole minutes from 1 minute to 365 days: %#', (duration, given) => {
    const declare = () => new WafCaptchaApiKeyProvider(newStack(), 'Provider', { gracePeriod: duration });

    expect(declare).toThrow(
      'Shop/Provider: gracePeriod: must be whole minutes, from 1 minute to 365 days, known at synthesis, got ',
    );
    expect(declare).toThrow(given);
  });

  test.each<[unknown, string]>([[60, '60'], ['1d', '"1d"'], [{ days: 1 }, 'an instance of Object']])(
    'is an error in JavaScript if it is no Duration: %j', (value, shown) => {
      expect(() => stackWith({ gracePeriod: value as Duration })).toThrow(
        'Shop/WafCaptchaApiKeyProvider: gracePeriod: must be a Duration, such as Duration.days(1), '
        + `got ${shown}`);
    });

  test.each([
    [Duration.seconds(60), 1], [Duration.minutes(1), 1], [Duration.hours(1.1), 66], [Duration.hours(0.55), 33],
    [Duration.days(1.5), 2160], [Duration.days(365), 525_600],
  ])('accepts whole minutes in any unit: %s', (duration, minutes) => {
    expect(environmentIn(stackWith({ gracePeriod: duration })).GRACE_PERIOD_MINUTES).toBe(String(minutes));
  });

  test('is in the environment of the function beside what the user has set, and no property of a key', () => {
    const stack = stackWith({ gracePeriod, environment: { LOG: 'all' } });
    newKey(stack);

    expect(environmentIn(stack)).toEqual({
      LOG: 'all',
      SCHEDULE_GROUP_NAME: expect.anything(),
      GRACE_PERIOD_MINUTES: '1440',
      SCHEDULER_ROLE_ARN: { 'Fn::GetAtt': [expect.stringContaining('SchedulerRole'), 'Arn'] },
    });
    const without = newStack();
    newKey(without);
    const { DependsOn: needed, ...key } = keyOf(stack);
    const { DependsOn: neededWithout, ...keyWithout } = keyOf(without);
    expect(key).toEqual(keyWithout);
    expect(needed).toEqual(expect.arrayContaining(neededWithout));
    expect(environmentIn(without)).toEqual({ SCHEDULE_GROUP_NAME: environmentIn(stack).SCHEDULE_GROUP_NAME });
  });

  test('has reserved names of environment variables', () => {
    expect(() => stackWith({ environment: { GRACE_PERIOD_MINUTES: '5' } })).toThrow(
      'Shop/WafCaptchaApiKeyProvider: environment: GRACE_PERIOD_MINUTES is reserved for the grace period');
  });

  test('does not change the id of a key', () => {
    const ids = [undefined, Duration.minutes(1), gracePeriod].map((duration) => {
      const stack = stackWith({ gracePeriod: duration });
      newKey(stack);
      return keyIdOf(stack);
    });

    expect(new Set(ids)).toEqual(new Set(['Key9B39A253E6F343FB']));
  });
});

describe('getOrCreate', () => {
  test('creates the default provider with the properties of the first call, and returns it later', () => {
    const stack = newStack();
    const provider = WafCaptchaApiKeyProvider.getOrCreate(stack, { gracePeriod, memorySize: 512 });
    const key = newKey(stack);

    expect(WafCaptchaApiKeyProvider.getOrCreate(key)).toBe(provider);
    expect(WafCaptchaApiKeyProvider.getOrCreate(stack, {})).toBe(provider);
    expect(onlyOne(stack, 'AWS::Lambda::Function').Properties.MemorySize).toBe(512);
  });

  test('serves the stack of its scope', () => {
    const stack = newStack();
    const nested = new NestedStack(stack, 'Nested');
    const providers = [stack, nested].map((scope) => WafCaptchaApiKeyProvider.getOrCreate(scope));

    expect(providers.map((provider) => provider.stack)).toEqual([stack, nested]);
  });

  const set = { gracePeriod: undefined, memorySize: 512 };
  test.each<[string, (stack: Stack) => unknown]>([
    ['a key', newKey],
    ['a call without properties', (stack) => WafCaptchaApiKeyProvider.getOrCreate(stack)],
    ['a call with the same properties', (stack) => WafCaptchaApiKeyProvider.getOrCreate(stack, set)],
    ['the user', (stack) => new WafCaptchaApiKeyProvider(stack, 'WafCaptchaApiKeyProvider')],
  ])('is an error with a property if the provider was created by %s', (_, create) => {
    const stack = newStack();
    create(stack);

    expect(() => WafCaptchaApiKeyProvider.getOrCreate(stack, set)).toThrow(
      'Shop/WafCaptchaApiKeyProvider: memorySize: the default provider of the stack exists already, because of an '
      + 'earlier call or key; call getOrCreate with properties once, before the first key');
    // As Python passes them.
    const empty = { gracePeriod: undefined, memorySize: null } as unknown as WafCaptchaApiKeyProviderProps;
    expect(() => WafCaptchaApiKeyProvider.getOrCreate(stack, empty)).not.toThrow();
  });

  test('gives a key that names the default provider the ids of one that names none', () => {
    const [named, other] = [newStack(), newStack()];
    newKey(named, { provider: WafCaptchaApiKeyProvider.getOrCreate(named) });
    newKey(other);

    expect(Template.fromStack(named).toJSON()).toEqual(Template.fromStack(other).toJSON());
  });

  test('but not one that names the default provider of another stack', () => {
    const app = new App();
    const [platform, shop] = ['Platform', 'Shop'].map((id) => new Stack(app, id, envOf('eu-west-1')));
    newKey(shop, { provider: WafCaptchaApiKeyProvider.getOrCreate(platform) });

    expect(keyIdOf(shop)).not.toBe('Key9B39A253E6F343FB');
    expect(JSON.stringify(keyOf(shop).Properties.ServiceToken)).toContain('Platform:ExportsOutput');
  });
});

describe('resources', () => {
  test.each([0, 1, 50])('%i keys create as many resources, and nine', (count) => {
    const stack = stackWith();
    for (let index = 0; index < count; index++) newKey(stack, {}, `Key${index}`);

    expect(countResources(stack)).toBe(count + 9);
  });

  test('without a grace period are four, which know nothing of EventBridge Scheduler', () => {
    const stack = newStack();
    const { schedulerRole, scheduleGroup } = WafCaptchaApiKeyProvider.getOrCreate(stack);
    newKey(stack);
    newKey(stack, {}, 'Other');

    expect(countResources(stack)).toBe(2 + 4);
    expect(JSON.stringify(allowedIn(stack))).not.toContain('scheduler');
    expect([schedulerRole, scheduleGroup]).toEqual([undefined, undefined]);
  });

  test('the schedule group has a name of its own, and is deleted with the stack', () => {
    const stack = stackWith();
    const { Properties, ...group } = onlyOne(stack, 'AWS::Scheduler::ScheduleGroup');

    expect(Properties.Name).toEqual(environmentIn(stack).SCHEDULE_GROUP_NAME);
    expect(Properties.Name).toEqual({
      'Fn::Join': ['', [
        expect.stringMatching(/^WafCaptchaApiKeys-[0-9a-f]{8}-$/), // and 36 characters, of 64
        { 'Fn::Select': [2, { 'Fn::Split': ['/', { Ref: 'AWS::StackId' }] }] },
      ]],
    });
    expect(group).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  test('providers of one stack have groups of their own', () => {
    const stack = newStack();
    for (const id of ['A', 'B']) new WafCaptchaApiKeyProvider(stack, `${'Provider'.repeat(9)}${id}`, { gracePeriod });

    const groups = Object.values(resourcesOf(stack, 'AWS::Scheduler::ScheduleGroup'));
    const names = groups.map(({ Properties }) => JSON.stringify(Properties.Name));
    expect(new Set(names).size).toBe(2);
  });

  test('EventBridge Scheduler may invoke the function, for this group only', () => {
    const stack = stackWith();
    const { id } = onlyOne(stack, 'AWS::Scheduler::ScheduleGroup');
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' }, 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] },
            },
          },
        }],
      },
    });
    const functionId = onlyOne(stack, 'AWS::Lambda::Function').id;
    expect(allowedIn(stack)['lambda:InvokeFunction']).toEqual({ Resource: { 'Fn::GetAtt': [functionId, 'Arn'] } });
  });

  test('the function may create, read and delete the schedules of its group, and pass that role', () => {
    const stack = stackWith({ gracePeriod }, newStack(envOf('eu-west-1')));

    const allowed = allowedIn(stack);
    for (const action of ['CreateSchedule', 'GetSchedule', 'DeleteSchedule']) {
      const { Resource } = allowed[`scheduler:${action}`];
      expect(JSON.stringify(Resource)).toMatch(
        /^\{"Fn::Join":\["",\["arn:",\{"Ref":"AWS::Partition"\},":scheduler:eu-west-1:123456789012:schedule\//);
      expect(JSON.stringify(Resource)).toMatch(/-",\{"Fn::Select":.*\},"\/\*"\]\]\}$/);
    }
    expect(allowed['scheduler:ListSchedules']).toEqual({ Resource: '*' });
    expect(allowed['iam:PassRole']).toEqual({
      Resource: { 'Fn::GetAtt': [expect.stringContaining('SchedulerRole'), 'Arn'] },
      Condition: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    });
    expect(Object.keys(allowed).filter((action) => /^(scheduler|iam):/.test(action)).sort()).toEqual([
      'iam:PassRole',
      ...['CreateSchedule', 'DeleteSchedule', 'GetSchedule', 'ListSchedules'].map((action) => `scheduler:${action}`),
    ]);
  });

  test('the guard has the setting in its properties, as the function has it in its environment', () => {
    const stack = stackWith();
    const { SCHEDULE_GROUP_NAME, GRACE_PERIOD_MINUTES, SCHEDULER_ROLE_ARN } = environmentIn(stack);

    expect(onlyOne(stack, GRACE_PERIOD_RESOURCE_TYPE).Properties).toMatchObject({
      ScheduleGroupName: SCHEDULE_GROUP_NAME,
      GracePeriodMinutes: GRACE_PERIOD_MINUTES,
      SchedulerRoleArn: SCHEDULER_ROLE_ARN,
      ServiceTimeout: '780',
    });
  });

  test('CloudFormation deletes the guard after the keys, and before all other resources of the provider', () => {
    const stack = stackWith();
    newKey(stack);

    const guard = onlyOne(stack, GRACE_PERIOD_RESOURCE_TYPE);
    const others = Object.entries(Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>)
      // The function refers to its role and log group.
      .filter(([id, { Type }]) => !/^Custom::|LogGroup$/.test(Type) && !/ProviderRole/.test(id)).map(([id]) => id);
    expect(others).toHaveLength(6);
    expect(guard.DependsOn!.sort()).toEqual(others.sort());
    expect(keyOf(stack).DependsOn).toContain(guard.id);
  });

  test('the function has the setting after it is allowed to use it', () => {
    const stack = stackWith();

    const policies = Object.entries(resourcesOf(stack, 'AWS::IAM::Policy'))
      .filter(([, { Properties }]) => JSON.stringify(Properties).includes('iam:PassRole')).map(([id]) => id);
    expect(policies).toHaveLength(1);
    expect(onlyOne(stack, 'AWS::Lambda::Function').DependsOn).toEqual(expect.arrayContaining(policies));
  });

  test('have no findings of AwsSolutions', () => {
    const app = new App();
    newKey(stackWith({ gracePeriod }, new Stack(app, 'Shop', envOf('eu-west-1'))));
    stackWith({ gracePeriod }, new Stack(app, 'Blog'));

    expect(new AwsSolutionsChecks(app).validate({ templatePaths: [], appConstruct: app }).violations).toEqual([]);
  });
});

describe('a role of the user', () => {
  const assumedBy = new iam.ServicePrincipal('lambda.amazonaws.com');
  const givenRole = (stack: Stack) => new iam.Role(stack, 'Role', { assumedBy });

  test('of another stack gets a policy in the stack of the provider', () => {
    const app = new App();
    const role = givenRole(new Stack(app, 'Security'));
    const stack = new Stack(app, 'Shop');
    stackWith({ gracePeriod, role }, stack);

    expect(allowedIn(stack)).toHaveProperty('scheduler:CreateSchedule');
    expect(countResources(role.stack)).toBe(1);
  });

  /** As docs/design.md advises. */
  function grantSchedules(scope: Stack, provider: WafCaptchaApiKeyProvider, role: iam.IRole): void {
    const policy = new iam.ManagedPolicy(scope, 'CaptchaSchedules', { roles: [role] });
    policy.addStatements(new iam.PolicyStatement({ actions: ['scheduler:ListSchedules'], resources: ['*'] }));
    provider.schedulerRole!.grantPassRole(policy.grantPrincipal);
    provider.scheduleGroup!.grantReadSchedules(policy);
    provider.scheduleGroup!.grantWriteSchedules(policy);
    provider.scheduleGroup!.grantDeleteSchedules(policy);
    provider.handler.node.addDependency(policy);
  }

  test.each(['of the same stack', 'of another stack'])('%s that is immutable gets what its owner grants', (where) => {
    const app = new App();
    const stack = new Stack(app, 'Shop');
    const role = givenRole(where === 'of the same stack' ? stack : new Stack(app, 'Security'));
    const props = { gracePeriod, role: role.withoutPolicyUpdates() };
    grantSchedules(stack, WafCaptchaApiKeyProvider.getOrCreate(stack, props), role);
    newKey(stack);

    const { id, ...policy } = onlyOne(stack, 'AWS::IAM::ManagedPolicy');
    // The role of another stack can get one of each stack: they must not have one name.
    expect(policy.Properties).toEqual({
      PolicyDocument: expect.anything(), Roles: [stack.resolve(role.roleName)], Description: '', Path: '/',
    });
    const fn = onlyOne(stack, 'AWS::Lambda::Function'); // fails for circular dependencies
    expect(fn.DependsOn).toContain(id);
    expect(JSON.stringify(policy)).not.toContain(fn.id);
    const guard = onlyOne(stack, GRACE_PERIOD_RESOURCE_TYPE);
    expect(guard.Properties.ServiceToken).toEqual({ 'Fn::GetAtt': [fn.id, 'Arn'] });
    onlyOne(stack, 'AWS::IAM::Policy'); // that of the scheduler's role
    const allowed = allowedIn(stack);
    for (const action of ['CreateSchedule', 'GetSchedule', 'DeleteSchedule', 'ListSchedules']) {
      expect(allowed).toHaveProperty(`scheduler:${action}`);
    }
    expect(allowed['iam:PassRole'].Resource).toEqual({
      'Fn::GetAtt': [expect.stringContaining('SchedulerRole'), 'Arn'],
    });
    expect(app.synth().stacks.length).toBe(where === 'of the same stack' ? 1 : 2);
  });
});

describe('a provider that stacks share', () => {
  function synthesize(duration?: Duration) {
    const app = new App();
    const platform = new Stack(app, 'Platform', envOf('eu-west-1'));
    const provider = new WafCaptchaApiKeyProvider(platform, 'Provider', { gracePeriod: duration });
    const shop = new Stack(app, 'Shop', envOf('eu-west-1'));
    new WafCaptchaApiKey(shop, 'Key', { ...SITE_KEY, provider });
    return { platform: Template.fromStack(platform).toJSON(), shop: Template.fromStack(shop).toJSON() };
  }

  test('holds everything that the grace period needs, so the other stack is the same with and without', () => {
    const [without, with_] = [synthesize(), synthesize(gracePeriod)];

    expect(Object.keys(with_.platform.Resources)).toHaveLength(4 + 5);
    expect(with_.platform.Outputs).toEqual(without.platform.Outputs);
    expect(with_.shop).toEqual(without.shop);
  });

  test('in a nested stack has a group of that stack', () => {
    const nested = new NestedStack(newStack(), 'Nested');
    newKey(stackWith({ gracePeriod }, nested));

    const { Name } = onlyOne(nested, 'AWS::Scheduler::ScheduleGroup').Properties;
    expect(JSON.stringify(Name)).toContain('{"Ref":"AWS::StackId"}');
    Template.fromStack(nested).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ SCHEDULE_GROUP_NAME: Name }) },
    });
  });
});
