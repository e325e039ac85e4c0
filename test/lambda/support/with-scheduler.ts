import { SchedulerDouble } from './scheduler-double';
import { CLOUDFRONT, EnvironmentOptions, TestEnvironment } from './test-environment';
import type { ResourceEvent } from '../../../lambda/events';
import type { FunctionInstance } from '../../../local/function-process';
import type { ReceivedResponse } from '../../../local/response-bucket';
import {
  ENVIRONMENT_VARIABLES, GRACE_PERIOD_RESOURCE_TYPE, GracePeriodProperties,
} from '../../../src/contract/grace-period';

/** The schedule group of the provider. */
export const GROUP = 'ShopWafCaptchaApiKeyPr1A2B3C-6a5b4c3d';

export const WITHOUT: GracePeriodProperties = { ScheduleGroupName: GROUP };

/** Nothing ever listens here. The port that a double gives up, that of another test could take. */
export const NOWHERE = 'http://127.0.0.1:1';

export const SCHEDULER_ROLE = 'arn:aws:iam::123456789012:role/Shop-SchedulerRole';

/** A setting in minutes. */
export function setting(minutes: number): GracePeriodProperties {
  return { ...WITHOUT, GracePeriodMinutes: String(minutes), SchedulerRoleArn: SCHEDULER_ROLE };
}

/** An environment whose function has a schedule group and a grace period of an hour. */
export class GracePeriodEnvironment {
  constructor(public readonly keys: TestEnvironment, public readonly scheduler: SchedulerDouble) {}

  /** The physical ids whose keys are pending. */
  public get pending(): string[] {
    return this.scheduler.pending(GROUP).map(({ Target }) => JSON.parse(Target.Input!).PhysicalResourceId);
  }

  /** Instances of the function with another setting: CloudFormation has updated its configuration. */
  public deploy(properties: GracePeriodProperties, schedulerUrl = this.scheduler.url): FunctionInstance {
    return this.keys.fn = this.keys.anotherFunction({ env: environmentOf(properties, schedulerUrl) });
  }

  /** Lets time pass at EventBridge Scheduler, and runs what has come due. */
  public async pass(minutes: number, fn: FunctionInstance = this.keys.fn): Promise<number> {
    this.scheduler.advance(minutes * 60_000);
    const due = this.scheduler.takeDue();
    for (const event of due) await fn.invoke(event as ResourceEvent);
    return due.length;
  }

  /** CloudFormation deletes the guard of the provider. */
  public async deleteGuard(remaining?: number, id?: string, fn?: FunctionInstance): Promise<ReceivedResponse> {
    return this.keys.send(this.guardEvent('Delete', setting(60), id), fn, remaining);
  }

  public guardEvent(
    RequestType: ResourceEvent['RequestType'], properties = setting(60), PhysicalResourceId = 'grace-period',
  ): ResourceEvent {
    return this.keys.event({
      RequestType,
      ResourceType: GRACE_PERIOD_RESOURCE_TYPE,
      LogicalResourceId: 'ProviderGracePeriodGuard',
      ResourceProperties: { ...properties },
      ...RequestType === 'Create' ? {} : { PhysicalResourceId },
    });
  }
}

export function environmentOf(properties: GracePeriodProperties, schedulerUrl: string): Record<string, string> {
  const variables = Object.entries(properties).map(([name, value]) =>
    [ENVIRONMENT_VARIABLES[name as keyof GracePeriodProperties], value]);
  return { AWS_ENDPOINT_URL_SCHEDULER: schedulerUrl, ...Object.fromEntries(variables) };
}

/** Runs a test in an environment of its own. */
export function withScheduler(
  body: (environment: GracePeriodEnvironment) => Promise<void>,
  { properties = setting(60), ...options }: EnvironmentOptions & { properties?: GracePeriodProperties } = {},
): () => Promise<void> {
  return async () => {
    let keys: TestEnvironment | undefined;
    const scheduler = await SchedulerDouble.start(() => keys?.now() ?? Date.now());
    scheduler.addGroup(GROUP);
    keys = await TestEnvironment.start({ ...options, fn: { env: environmentOf(properties, scheduler.url) } });
    try {
      await body(new GracePeriodEnvironment(keys, scheduler));
    } finally {
      await keys.stop();
      await scheduler.stop();
    }
  };
}

/**
 * A replacement is rolled back while EventBridge Scheduler cannot be asked.
 *
 * @param attempts at most: denied is not tried again, and no connection for a few seconds only
 */
export async function expectRestored(
  env: GracePeriodEnvironment, breakScheduler: (env: GracePeriodEnvironment) => unknown, attempts: number,
): Promise<void> {
  const { keys } = env;
  const [before, after] = [CLOUDFRONT, { ...CLOUDFRONT, TokenDomains: ['example.org'] }];
  const first = await keys.create(before);
  const second = await keys.update(first.PhysicalResourceId, after, before);
  await breakScheduler(env);

  const restored = await keys.update(second.PhysicalResourceId, before, after);

  expect(restored).toMatchObject({ PhysicalResourceId: first.PhysicalResourceId, Data: first.Data });
  const asked = keys.fn.log.filter(({ operation }) => operation === 'GetSchedule').length;
  expect([asked > 0, asked <= attempts]).toEqual([true, true]);
}
