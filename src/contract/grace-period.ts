/**
 * What the construct and the handler agree upon about grace periods.
 *
 * The settings of the function are in its environment. Those of the guard are in its properties, because CloudFormation
 * changes the function before it deletes the guard.
 */

/** The custom resource that proves a grace period, and whose deletion deletes every key that is still pending. */
export const GRACE_PERIOD_RESOURCE_TYPE = 'Custom::WafCaptchaApiKeyGracePeriod';

export interface GracePeriodProperties {
  /** Also without a grace period: schedules of an earlier one are found by it. */
  readonly ScheduleGroupName: string;
  /** EventBridge Scheduler counts in minutes, too. */
  readonly GracePeriodMinutes?: string;
  /** The role with which EventBridge Scheduler invokes the function. */
  readonly SchedulerRoleArn?: string;
}

/** The environment variable of each setting. */
export const ENVIRONMENT_VARIABLES: Readonly<Record<keyof GracePeriodProperties, string>> = {
  ScheduleGroupName: 'SCHEDULE_GROUP_NAME',
  GracePeriodMinutes: 'GRACE_PERIOD_MINUTES',
  SchedulerRoleArn: 'SCHEDULER_ROLE_ARN',
};
