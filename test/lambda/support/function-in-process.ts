import type { ResourceEvent } from '../../../lambda/events';
import { FUNCTION_ARN, FunctionInstance, FunctionOptions, functionEnvironment } from '../../../local/function-process';
import type { VirtualClock } from '../../../local/virtual-clock';

type HandlerModule = typeof import('../../../lambda/handler');

/** Loading these takes a while, and they keep nothing of an instance. */
const SHARED = [
  '@aws-sdk/client-wafv2', '@aws-sdk/client-cloudformation', '@aws-sdk/client-scheduler', '@smithy/core/retry',
];

/**
 * The handler's source within the process of the tests, in virtual
 * time: fast, and visible to mutation testing. Only one test at a time.
 */
export class FunctionInProcess implements FunctionInstance {
  public output = '';
  public readonly errorOutput = '';
  private readonly module: HandlerModule;
  private invocations = 0;

  constructor(private readonly options: FunctionOptions, private readonly clock: VirtualClock) {
    this.setEnvironment();
    const shared = SHARED.map((name) => [name, jest.requireActual(name)] as const);
    let module: HandlerModule;
    // A module registry of its own: two instances of a function share no memory.
    jest.isolateModules(() => {
      for (const [name, sdk] of shared) jest.doMock(name, () => sdk);
      module = jest.requireActual('../../../lambda/handler');
    });
    this.module = module!;
  }

  public get log(): Record<string, unknown>[] {
    return this.output.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  public async invoke(event: ResourceEvent, remaining = this.options.remaining ?? 600_000): Promise<void> {
    this.setEnvironment();
    const end = this.clock.now() + remaining;
    const context = {
      awsRequestId: `invocation-${++this.invocations}`,
      invokedFunctionArn: `${FUNCTION_ARN}:live`, // a provider can be imported by an alias
      getRemainingTimeInMillis: () => end - this.clock.now(),
    };
    await this.clock.run(() => this.module.handle(event, context, {
      clock: this.clock,
      functionRegion: this.options.region,
      environment: this.options.env ?? {},
      writeLog: (line) => { this.output += line; },
    }));
    if (this.clock.now() > end) throw new Error(`Task timed out after ${remaining} ms`);
  }

  public async stop(): Promise<void> {}

  private setEnvironment(): void {
    Object.assign(
      process.env,
      functionEnvironment(this.options.region, this.options.wafUrl, this.options.cloudFormationUrl),
      this.options.env,
    );
  }
}
