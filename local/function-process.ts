import { ChildProcess, fork } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import type { ResourceEvent } from '../lambda/events';

const BUNDLE = path.join(__dirname, '..', 'assets', 'handler', 'index.js');
const HOST = path.join(__dirname, 'function-host.js');
const REPORT_MARK = '\u001e';

export interface FunctionOptions {
  /** The file that exports the handler. @default - the bundle that is shipped */
  readonly file?: string;
  /** The function's own region. */
  readonly region: string;
  readonly wafUrl: string;
  readonly cloudFormationUrl: string;
  /** What is left of the function's time when an event arrives. */
  readonly remaining?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** The function, as Lambda names it in the context. */
export const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:Shop-WafCaptchaApiKeyProvider-1A2B3C';

export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLEEXAMPLE00',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00',
  AWS_SESSION_TOKEN: 'session-token-that-nobody-may-see',
};

/** What Lambda tells a function, and where AWS WAF and CloudFormation are. */
export function functionEnvironment(region: string, wafUrl: string, cloudFormationUrl: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    AWS_REGION: region,
    AWS_ENDPOINT_URL_WAFV2: wafUrl,
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormationUrl,
    ...CREDENTIALS,
  };
}

/** A warm function. A second one is another instance. */
export interface FunctionInstance {
  /** What the function has written: its log, in lines of JSON. */
  readonly output: string;
  /** What Node.js and the SDK have written beside it. */
  readonly errorOutput: string;
  readonly log: Record<string, unknown>[];
  /** Resolves when the handler has returned. Rejects if it throws, or takes longer than its time. */
  invoke(event: ResourceEvent, remaining?: number): Promise<void>;
  stop(): Promise<void>;
}

/** A handler in a process of its own. */
export class FunctionProcess implements FunctionInstance {
  public output = '';
  public errorOutput = '';
  private readonly child: ChildProcess;
  private readonly waiting = new Map<string, (error?: string) => void>();
  private invocations = 0;

  constructor(private readonly options: FunctionOptions) {
    this.child = fork(HOST, [options.file ?? BUNDLE], {
      env: { ...functionEnvironment(options.region, options.wafUrl, options.cloudFormationUrl), ...options.env },
      execPath: process.env.FUNCTION_NODE ?? process.execPath,
      execArgv: [],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    createInterface(this.child.stdout!).on('line', (line) => this.receive(line));
    this.child.stderr!.on('data', (chunk) => { this.errorOutput += chunk; });
    this.child.on(
      'exit', () => this.waiting.forEach((end) => end(`the function's process ended: ${this.errorOutput}`)),
    );
  }

  public get log(): Record<string, unknown>[] {
    return this.output.split('\n').filter(Boolean).map((line) => JSON.parse(line));
  }

  public async invoke(event: ResourceEvent, remaining = this.options.remaining ?? 600_000): Promise<void> {
    const invocation = `invocation-${++this.invocations}`;
    const error = await new Promise<string | undefined>((resolve) => {
      this.waiting.set(invocation, resolve);
      this.child.send({ invocation, event, remaining, invokedFunctionArn: FUNCTION_ARN });
    });
    this.waiting.delete(invocation);
    if (error) throw new Error(error);
  }

  /** A line of the log, or the report of the host that an invocation has ended. */
  private receive(line: string): void {
    if (!line.startsWith(REPORT_MARK)) {
      this.output += `${line}\n`;
      return;
    }
    const { invocation, error } = JSON.parse(line.slice(REPORT_MARK.length));
    this.waiting.get(invocation)!(error);
  }

  public async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
  }
}
