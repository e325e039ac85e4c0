import { createHash } from 'node:crypto';
import { Annotations, CfnResource, Duration, Fn, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import { Construct, DependencyGroup, IConstruct } from 'constructs';
import { createCustomResource } from './custom-resource';
import { dependOn } from './dependencies';
import { addPolicy, allow } from './permissions';
import { pathWithin } from './token-structure';
import { propertyError, replacedError, show } from './validate';
import { ENVIRONMENT_VARIABLES, GRACE_PERIOD_RESOURCE_TYPE, GracePeriodProperties } from '../contract/grace-period';

const MAX_MINUTES = Duration.days(365).toMinutes();

/** @throws Error for environment variables of the user that are those of the setting, or for another type */
export function validateEnvironment(construct: Construct, environment: object = {}): void {
  if (typeof environment !== 'object' || Array.isArray(environment)) {
    throw propertyError(construct, 'environment', `must be a map such as { NAME: 'value' }, got ${show(environment)}`);
  }
  const reserved = Object.values(ENVIRONMENT_VARIABLES).find((name) => name in environment);
  if (reserved) throw propertyError(construct, 'environment', `${reserved} is reserved for the grace period`);
}

/**
 * The grace period in minutes.
 *
 * @throws Error for anything but whole minutes from 1 minute to 365 days
 */
export function parseGracePeriod(construct: Construct, gracePeriod?: Duration): number | undefined {
  if (gracePeriod === undefined) return undefined;
  if (typeof gracePeriod.toMilliseconds !== 'function') {
    throw propertyError(construct, 'gracePeriod',
      `must be a Duration, such as Duration.days(1), got ${show(gracePeriod)}`);
  }
  const isKnown = !gracePeriod.isUnresolved();
  // In whole milliseconds, because 1.1 hours are 66.00000000000001 minutes.
  const minutes = isKnown ? Math.round(gracePeriod.toMilliseconds({ integral: false })) / 60_000 : 0;
  if (Number.isInteger(minutes) && minutes >= 1 && minutes <= MAX_MINUTES) return minutes;
  const problem = 'must be whole minutes, from 1 minute to 365 days, known at synthesis, '
    + `got ${gracePeriod.toHumanString() || 'no number'}`;
  if (!Number.isNaN(minutes)) throw propertyError(construct, 'gracePeriod', problem);
  // It may be the number of a look-up that has not happened. Such an error does not stop the first pass.
  Annotations.of(construct).addError(`gracePeriod: ${problem}`);
  return undefined;
}

/**
 * The name of the schedule group, which the function has in its environment with and without a grace period.
 *
 * Not after the function: its role for schedules trusts only the group.
 */
export function scheduleGroupNameOf(provider: Construct): string {
  const stack = Stack.of(provider);
  const hash = createHash('sha256').update(pathWithin(stack, provider)).digest('hex').slice(0, 8);
  return `WafCaptchaApiKeys-${hash}-${Fn.select(2, Fn.split('/', stack.stackId))}`;
}

/** Adds the setting to the environment of the function, whoever else has set variables there. */
export function addToEnvironment(handler: lambda.Function, setting: GracePeriodProperties): void {
  for (const [name, value] of Object.entries(setting)) {
    handler.addEnvironment(ENVIRONMENT_VARIABLES[name as keyof GracePeriodProperties], value);
  }
}

/** What the function of a provider with a grace period needs. */
export class GracePeriodResources extends Construct {
  public readonly group: scheduler.IScheduleGroup;
  public readonly schedulerRole: iam.Role;

  /** Creates what the function names in its environment. */
  constructor(private readonly provider: Construct, private readonly scheduleGroupName: string) {
    super(provider, 'GracePeriod');

    // Deleted with all its schedules, so the guard has to be deleted first.
    this.group = new scheduler.ScheduleGroup(this, 'Schedules', {
      scheduleGroupName,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { name } = this.group.node.defaultChild as scheduler.CfnScheduleGroup;
    if (name !== scheduleGroupName) throw replacedError(this, 'scheduleGroupName', show(name), show(scheduleGroupName));
    this.schedulerRole = new iam.Role(this, 'SchedulerRole', {
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': this.group.scheduleGroupArn },
        },
      }),
    });
  }

  /**
   * Adds the guard. Keys depend on it, so it is deleted after the keys and before all that it needs, also when only the
   * grace period is removed.
   *
   * @param needed what the guard needs beside the resources of the grace period
   */
  public addGuard(handler: lambda.Function, needed: IConstruct[], properties: GracePeriodProperties): CfnResource {
    // A policy of its own: in the role, the function would depend on itself.
    this.schedulerRole.addToPolicy(allow(['lambda:InvokeFunction'], handler.functionArn));
    // Of a resource of its own, too, which outlives the guard. The function has the setting only after it.
    const policy = addPolicy(this, handler.role!, this.permissions());
    if (policy) dependOn(handler.node.defaultChild as CfnResource, policy.resource);
    const guard = createCustomResource(
      this.provider, 'GracePeriodGuard', GRACE_PERIOD_RESOURCE_TYPE, handler.functionArn, properties);
    const own = this.node.findAll().filter(CfnResource.isCfnResource);
    dependOn(guard, new DependencyGroup(...needed, ...own));
    return guard;
  }

  private permissions(): iam.PolicyStatement[] {
    const resourceName = `${this.scheduleGroupName}/*`; // the schedules do not exist yet
    return [
      allow(
        ['scheduler:CreateSchedule', 'scheduler:GetSchedule', 'scheduler:DeleteSchedule'],
        Stack.of(this).formatArn({ service: 'scheduler', resource: 'schedule', resourceName }),
      ),
      // EventBridge Scheduler supports no resource-level permissions for this action.
      allow(['scheduler:ListSchedules'], '*'),
      allow(['iam:PassRole'], this.schedulerRole.roleArn, {
        StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
      }),
    ];
  }
}
