import { SchedulerDouble } from './scheduler-double';
import { Properties, TestEnvironment } from './test-environment';
import type { WafEmulatorOptions } from '../../../emulator';
import type { ResourceEvent } from '../../../lambda/events';
import type { FunctionInstance } from '../../../local/function-process';
import type { ReceivedResponse } from '../../../local/response-bucket';
import { GRACE_PERIOD_RESOURCE_TYPE } from '../../../src/contract/grace-period';

/** The name of the function, and so of its schedule group. */
export const FUNCTION_NAME = 'Shop-WafCaptchaApiKeyProvider-1A2B3C';

/** An environment whose function has a schedule group, as the stack of a provider creates it. */
export class GracePeriodEnvironment {
  constructor(public readonly keys: TestEnvironment, public readonly scheduler: SchedulerDouble) {}

  /** The physical ids whose keys are pending. */
  public get pending(): string[] {
    return this.scheduler.pending(FUNCTION_NAME).map(({ Target }) => JSON.parse(Target.Input!).PhysicalResourceId);
  }

  /** Lets time pass at EventBridge Scheduler, and runs what has come due. */
  public async pass(minutes: number, fn: FunctionInstance = this.keys.fn): Promise<number> {
    this.scheduler.advance(minutes * 60_000);
    const due = this.scheduler.takeDue();
    for (const event of due) await fn.invoke(event as ResourceEvent);
    return due.length;
  }

  /** CloudFormation deletes the guard of the provider. */
  public async deleteGuard(remaining?: number, fn: FunctionInstance = this.keys.fn): Promise<ReceivedResponse> {
    return this.keys.send(this.guardEvent('Delete'), fn, remaining);
  }

  public guardEvent(RequestType: ResourceEvent['RequestType'], PhysicalResourceId = 'grace-period'): ResourceEvent {
    return this.keys.event({
      RequestType,
      ResourceType: GRACE_PERIOD_RESOURCE_TYPE,
      LogicalResourceId: 'ProviderGracePeriodGuard',
      ...RequestType === 'Create' ? {} : { PhysicalResourceId },
    });
  }
}

/** Runs a test in an environment of its own, on the bundle: the retries of the official client take real time. */
export function withScheduler(
  body: (environment: GracePeriodEnvironment) => Promise<void>, options: WafEmulatorOptions = {},
): () => Promise<void> {
  return async () => {
    const scheduler = await SchedulerDouble.start();
    scheduler.addGroup(FUNCTION_NAME);
    const env = { AWS_ENDPOINT_URL_SCHEDULER: scheduler.url, AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME };
    const keys = await TestEnvironment.start({ ...options, fn: { env }, handler: 'bundle' });
    try {
      await body(new GracePeriodEnvironment(keys, scheduler));
    } finally {
      await keys.stop();
      await scheduler.stop();
    }
  };
}

export function withGracePeriod(properties: Properties, minutes: number | string): Properties {
  return { ...properties, GracePeriod: String(minutes) };
}
