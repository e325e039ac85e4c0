import type { ResourceEvent } from '../../../lambda/cloudformation';
import { CREDENTIALS, FunctionInstance, FunctionOptions } from '../../../local/function-process';
import type { VirtualClock } from '../../../local/virtual-clock';

type HandlerModule = typeof import('../../../lambda/handler');

/** The handler's source within the tests' own process, in virtual time: what mutation testing can see into. Only one test at a time. */
export class FunctionInProcess implements FunctionInstance {
  public output = '';
  public readonly errorOutput = '';
  private readonly module: HandlerModule;
  private invocations = 0;

  constructor(private readonly options: FunctionOptions, private readonly clock: VirtualClock) {
    let module: HandlerModule;
    // A module registry of its own, for another instance of a function shares no memory with the first.
    jest.isolateModules(() => { module = jest.requireActual('../../../lambda/handler'); });
    this.module = module!;
  }

  public get log(): Record<string, unknown>[] {
    return this.output.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  public async invoke(event: ResourceEvent, remaining = this.options.remaining ?? 600_000): Promise<void> {
    Object.assign(process.env, CREDENTIALS, { AWS_REGION: this.options.region, AWS_ENDPOINT_URL_WAFV2: this.options.wafUrl });
    const end = this.clock.now() + remaining;
    const context = { awsRequestId: `invocation-${++this.invocations}`, getRemainingTimeInMillis: () => end - this.clock.now() };
    await this.module.handle(event, context, {
      clock: this.clock,
      functionRegion: this.options.region,
      writeLog: (line) => { this.output += line; },
    });
  }

  public async stop(): Promise<void> {}
}
