import { Annotations, CfnResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct, IConstruct } from 'constructs';
import { createCustomResource } from './custom-resource';
import { dependableOn, dependOn } from './dependencies';
import { addPolicy, allow } from './permissions';
import { propertyError } from './validate';
import { GRACE_PERIOD_RESOURCE_TYPE, MAX_GRACE_PERIOD, MIN_GRACE_PERIOD } from '../contract/grace-period';

/**
 * The grace period of a key in minutes.
 *
 * @throws Error for anything but whole minutes within the limits
 */
export function validateGracePeriod(construct: Construct, gracePeriod?: Duration): number | undefined {
  if (!gracePeriod) return undefined;
  const minutes = gracePeriod.toMinutes({ integral: false });
  if (Number.isInteger(minutes) && minutes >= MIN_GRACE_PERIOD && minutes <= MAX_GRACE_PERIOD) return minutes;
  const problem = 'must be whole minutes, from 1 minute to 365 days, known at synthesis, '
    + `got ${gracePeriod.toHumanString() || 'no number'}`;
  if (!Number.isNaN(minutes)) throw propertyError(construct, 'gracePeriod', problem);
  // It may be the number of a look-up that has not happened. Such an error does not stop the first pass.
  Annotations.of(construct).addError(`gracePeriod: ${problem}`);
  return undefined;
}

/** What a provider needs for keys with a grace period: five resources, as children of the provider. */
export class GracePeriodResources extends Construct {
  public readonly guard: CfnResource;

  constructor(provider: Construct, handler: lambda.Function, role: iam.IRole, needed: IConstruct[]) {
    super(provider, 'GracePeriod');

    // Deleted with all its schedules, so the guard below has to be deleted first.
    const group = new scheduler.ScheduleGroup(this, 'Schedules', {
      scheduleGroupName: handler.functionName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const schedulerRole = this.createSchedulerRole(handler, group);
    const policy = addPolicy(this, role, this.permissions(group, schedulerRole));
    const template = new scheduler.Schedule(this, 'Template', {
      description: 'Never runs. The schedules of the keys take their target and their role from it.',
      scheduleName: handler.functionName, // CloudFormation takes a name once in an account, whatever the group
      scheduleGroup: group,
      enabled: false,
      schedule: scheduler.ScheduleExpression.rate(Duration.days(1)),
      target: { bind: () => ({ arn: handler.functionArn, role: schedulerRole }) },
    });
    // By its name it depends on the function only. The policy gives IAM time to know the new role.
    template.node.addDependency(group, ...policy ? [policy.resource] : []);

    this.guard = createCustomResource(this, 'Guard', GRACE_PERIOD_RESOURCE_TYPE, handler.functionArn, {});
    // Keys depend on their provider and so on the guard, which is deleted after the keys and before all that it needs.
    dependOn(this.guard, dependableOn(() => [...needed, template]));
  }

  private createSchedulerRole(handler: lambda.Function, group: scheduler.ScheduleGroup): iam.Role {
    return new iam.Role(this, 'SchedulerRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.scheduleGroupArn },
        },
      }),
      inlinePolicies: {
        InvokeFunction: new iam.PolicyDocument({ statements: [allow(['lambda:InvokeFunction'], handler.functionArn)] }),
      },
    });
  }

  private permissions(group: scheduler.ScheduleGroup, schedulerRole: iam.Role): iam.PolicyStatement[] {
    const { stack, scheduleGroupName } = group;
    const resourceName = `${scheduleGroupName}/*`; // the schedules do not exist yet
    return [
      allow(
        ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:DeleteSchedule'],
        stack.formatArn({ service: 'scheduler', resource: 'schedule', resourceName }),
      ),
      // EventBridge Scheduler supports no resource-level permissions for this action.
      allow(['scheduler:ListSchedules'], '*'),
      allow(['iam:PassRole'], schedulerRole.roleArn, {
        StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
      }),
    ];
  }
}
