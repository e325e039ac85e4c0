import { App, Duration, Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as iam from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider } from '../src';
import { allowedIn, envOf, keyIdOf, keyOf, neededBy, newKey, newStack, resourcesOf, SITE_KEY } from './support/stacks';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../src/contract/grace-period';

const gracePeriod = Duration.days(1);

const countResources = (stack: Stack) => Object.keys(Template.fromStack(stack).toJSON().Resources).length;

/** The logical ids that a resource depends on, by DependsOn. */
const dependencies = (stack: Stack, type: string) =>
  Object.values(resourcesOf(stack, type)).flatMap(({ DependsOn }) => DependsOn ?? []);

describe('a key with a grace period', () => {
  test('has it in minutes in its properties, and other keys have no such property', () => {
    const [with_, without] = [newStack(), newStack()];
    newKey(with_, { gracePeriod });
    newKey(without);

    expect(keyOf(with_).Properties.GracePeriod).toBe('1440');
    expect(keyOf(without).Properties).not.toHaveProperty('GracePeriod');
  });

  test('is the same resource with another grace period, and with none', () => {
    const ids = [undefined, Duration.minutes(1), gracePeriod, Duration.days(365)].map((duration) => {
      const stack = newStack();
      newKey(stack, { gracePeriod: duration });
      return keyIdOf(stack);
    });

    expect(new Set(ids).size).toBe(1);
  });

  test.each([
    [Duration.seconds(90), '1 minute 30 seconds'],
    [Duration.minutes(0), '0 minutes'],
    [Duration.days(366), '366 days'],
    [Duration.millis(60_001), ''],
    [Duration.minutes(Lazy.number({ produce: () => 5 })), '<token> minutes'],
  ])('is an error unless it has whole minutes from 1 minute to 365 days: %#', (duration, given) => {
    const declare = () => newKey(newStack(), { gracePeriod: duration });

    expect(declare).toThrow(
      'Shop/Key: gracePeriod: must be whole minutes, from 1 minute to 365 days, known at synthesis, got ',
    );
    expect(declare).toThrow(given);
  });

  const accepted = [Duration.seconds(60), Duration.minutes(1), Duration.hours(36), Duration.days(365)];
  test.each(accepted)('accepts whole minutes in any unit: %s', (duration) => {
    const stack = newStack();
    newKey(stack, { gracePeriod: duration });

    expect(keyOf(stack).Properties.GracePeriod).toBe(String(duration.toMinutes()));
  });

  test('is kept with RETAIN and still has the grace period in its properties', () => {
    const stack = newStack();
    newKey(stack, { gracePeriod, removalPolicy: RemovalPolicy.RETAIN });

    expect(keyOf(stack)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain', Properties: { GracePeriod: '1440' },
    });
  });

  test('is an error with an imported provider', () => {
    const stack = newStack();
    const functionArn = 'arn:aws:lambda:eu-west-1:123456789012:function:Captcha';
    const provider = WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Imported', functionArn);

    expect(() => newKey(stack, { gracePeriod, provider })).toThrow(
      'Shop/Key: gracePeriod: Shop/Imported, which is imported or not a WafCaptchaApiKeyProvider, cannot delete keys '
      + 'later; use a provider of this app, or leave the grace period out');
  });
});

describe('resources', () => {
  test.each([1, 50])('%i keys create as many resources, and nine', (count) => {
    const stack = newStack();
    for (let index = 0; index < count; index++) newKey(stack, { gracePeriod }, `Key${index}`);

    expect(countResources(stack)).toBe(count + 9);
  });

  test('are created only if a key has a grace period', () => {
    const [none, one] = [newStack(), newStack()];
    newKey(none);
    newKey(none, {}, 'Other');
    newKey(one);
    newKey(one, { gracePeriod }, 'Other');

    expect(countResources(none)).toBe(2 + 4);
    expect(countResources(one)).toBe(2 + 9);
    expect(JSON.stringify(allowedIn(none))).not.toContain('scheduler');
  });

  test('the schedule group has the name of the function, and is deleted with the stack', () => {
    const stack = newStack();
    newKey(stack, { gracePeriod });

    const [functionId] = Object.keys(resourcesOf(stack, 'AWS::Lambda::Function'));
    const groups = Object.values(resourcesOf(stack, 'AWS::Scheduler::ScheduleGroup'));
    expect(groups).toMatchObject([{ Properties: { Name: { Ref: functionId } }, DeletionPolicy: 'Delete' }]);
  });

  test('the template of the schedules never runs, and names the function to invoke and the role to assume', () => {
    const stack = newStack();
    newKey(stack, { gracePeriod });

    const [functionId] = Object.keys(resourcesOf(stack, 'AWS::Lambda::Function'));
    Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', {
      Name: { Ref: functionId }, // CloudFormation takes a name once in an account and Region, whatever the group
      GroupName: { Ref: functionId },
      State: 'DISABLED',
      Target: {
        Arn: { 'Fn::GetAtt': [functionId, 'Arn'] },
        RoleArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('SchedulerRole'), 'Arn'] },
      },
    });
  });

  test('EventBridge Scheduler may invoke the function, for this group only', () => {
    const stack = newStack();
    newKey(stack, { gracePeriod });

    const [functionId] = Object.keys(resourcesOf(stack, 'AWS::Lambda::Function'));
    const [groupId] = Object.keys(resourcesOf(stack, 'AWS::Scheduler::ScheduleGroup'));
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Condition: {
            StringEquals: {
              'aws:SourceAccount': { Ref: 'AWS::AccountId' },
              'aws:SourceArn': { 'Fn::GetAtt': [groupId, 'Arn'] },
            },
          },
        }],
      },
    });
    expect(allowedIn(stack)['lambda:InvokeFunction']).toEqual({ Resource: { 'Fn::GetAtt': [functionId, 'Arn'] } });
  });

  test('the function may create, read and delete the schedules of its group, and pass that role', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { gracePeriod });

    const allowed = allowedIn(stack);
    const [functionId] = Object.keys(resourcesOf(stack, 'AWS::Lambda::Function'));
    for (const action of ['CreateSchedule', 'GetSchedule', 'DeleteSchedule']) {
      expect(allowed[`scheduler:${action}`]).toEqual({
        Resource: {
          'Fn::Join': ['', [
            'arn:', { Ref: 'AWS::Partition' }, ':scheduler:eu-west-1:123456789012:schedule/', { Ref: functionId }, '/*',
          ]],
        },
      });
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

  test('CloudFormation deletes the guard after the keys, and before all other resources of the provider', () => {
    const stack = newStack();
    newKey(stack, { gracePeriod });
    newKey(stack, {}, 'Without');

    const resources = Template.fromStack(stack).toJSON().Resources as Record<string, { Type: string }>;
    const [guard] = Object.keys(resourcesOf(stack, GRACE_PERIOD_RESOURCE_TYPE));
    const others = Object.keys(resources)
      .filter((id) => !resources[id].Type.startsWith('Custom::') && !/SchedulerRole/.test(id));
    expect(neededBy(stack, guard)).toEqual(expect.arrayContaining(others));
    expect(dependencies(stack, 'Custom::WafCaptchaApiKey').filter((id) => id === guard)).toHaveLength(2);
    const [groupId] = Object.keys(resourcesOf(stack, 'AWS::Scheduler::ScheduleGroup'));
    expect(dependencies(stack, 'AWS::Scheduler::Schedule')).toContain(groupId);
  });

  test('have no findings of AwsSolutions', () => {
    const app = new App();
    newKey(new Stack(app, 'Shop', envOf('eu-west-1')), { gracePeriod });
    newKey(new Stack(app, 'Blog'), { gracePeriod });

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
    newKey(stack, { gracePeriod, provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role }) });

    expect(allowedIn(stack)).toHaveProperty('scheduler:CreateSchedule');
    expect(countResources(role.stack)).toBe(1);
  });

  test('gets no policy if it is immutable', () => {
    const stack = newStack();
    const role = givenRole(stack).withoutPolicyUpdates();
    newKey(stack, { gracePeriod, provider: new WafCaptchaApiKeyProvider(stack, 'Provider', { role }) });

    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual({});
    expect(Object.keys(resourcesOf(stack, GRACE_PERIOD_RESOURCE_TYPE))).toHaveLength(1);
  });
});

describe('a provider that stacks share', () => {
  function synthesize(duration?: Duration) {
    const app = new App();
    const platform = new Stack(app, 'Platform', envOf('eu-west-1'));
    const provider = new WafCaptchaApiKeyProvider(platform, 'Provider');
    const shop = new Stack(app, 'Shop', envOf('eu-west-1'));
    new WafCaptchaApiKey(shop, 'Key', { ...SITE_KEY, provider, gracePeriod: duration });
    return {
      platform: Template.fromStack(platform).toJSON(),
      shop: Template.fromStack(shop).toJSON(),
      dependsOn: shop.dependencies.map(({ node }) => node.id),
    };
  }

  test('holds everything that the grace period needs', () => {
    const { platform, shop } = synthesize(gracePeriod);

    expect(Object.keys(platform.Resources)).toHaveLength(4 + 5);
    expect(Object.keys(shop.Resources)).toHaveLength(1);
  });

  // References that come and go could lock a stack, or be missing in a roll-back.
  test('is referenced in the same way with and without a grace period', () => {
    const [without, with_] = [synthesize(), synthesize(gracePeriod)];

    expect(with_.platform.Outputs).toEqual(without.platform.Outputs);
    expect(with_.dependsOn).toEqual(without.dependsOn);
    const [key] = Object.values(with_.shop.Resources) as { Properties: { GracePeriod?: string } }[];
    expect(key.Properties.GracePeriod).toBe('1440');
    delete key.Properties.GracePeriod;
    expect(with_.shop).toEqual(without.shop);
  });
});
