import { ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { ResourceEvent } from '../../lambda/events';
import { CREDENTIALS, FunctionInstance } from '../../local/function-process';
import { WafCaptchaApiKey, WafScope } from '../../src';
import { HOME } from '../lambda/support/test-environment';

const TOOLS = path.join(__dirname, 'tools', 'node_modules');
const EMULATOR = path.join(TOOLS, '.aws-sam-cli', 'samcli', 'local', 'rapid', 'aws-lambda-rie-x86_64');
const LAYER_CODE = path.join(__dirname, 'layer-code.js');

const OLDER_CLIENT = path.join(TOOLS, 'aws-lambda-ric-3', 'bin', 'index.mjs');
const CLIENT = path.join(TOOLS, 'aws-lambda-ric', 'index.mjs');

/** What is in each runtime: its Node.js, and the newest runtime interface client that works with it. */
const RUNTIMES: Readonly<Record<string, { readonly node: string; readonly client: string }>> = {
  'nodejs20.x': { node: 'node-20', client: OLDER_CLIENT },
  'nodejs22.x': { node: 'node-22', client: CLIENT },
  'nodejs24.x': { node: 'node-24', client: CLIENT },
};
export const RUNTIME_NAMES = Object.keys(RUNTIMES);

/** The provider's function as its template declares it, and the folder of its code as it would be uploaded. */
export interface DeclaredFunction {
  readonly runtime: string;
  readonly handler: string;
  readonly memorySize: number;
  readonly environment: Record<string, string>;
  readonly codeFolder: string;
  /** The temporary folder of it all. */
  readonly assembly: string;
}

interface FunctionProperties {
  readonly Runtime: string;
  readonly Handler: string;
  readonly MemorySize: number;
  readonly Environment?: { readonly Variables: Record<string, string> };
  readonly Code: { readonly S3Key: string };
}

export function declaredFunction(): DeclaredFunction {
  // Outside of this package, whose package.json would say how Node.js loads the code.
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'declared-function-')) });
  const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: HOME } });
  new WafCaptchaApiKey(stack, 'Key', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] });
  const { directory } = app.synth();

  const [{ Properties }] = Object.values(
    Template.fromStack(stack).findResources('AWS::Lambda::Function'),
  ) as { Properties: FunctionProperties }[];
  return {
    runtime: Properties.Runtime,
    handler: Properties.Handler,
    memorySize: Properties.MemorySize,
    environment: Properties.Environment?.Variables ?? {},
    codeFolder: path.join(
      directory, assetPath(path.join(directory, `${stack.artifactId}.assets.json`), Properties.Code.S3Key),
    ),
    assembly: directory,
  };
}

function assetPath(manifest: string, objectKey: string): string {
  const { files } = JSON.parse(
    readFileSync(manifest, 'utf8'),
  ) as { files: Record<string, { source: { path: string } }> };
  return files[objectKey.replace(/\.zip$/, '')].source.path;
}

export interface EnvironmentOptions {
  readonly fn: DeclaredFunction;
  /** Instead of the runtime which the function declares. */
  readonly runtime: string;
  readonly wafUrl: string;
  readonly cloudFormationUrl: string;
  /** In seconds. */
  readonly timeout: number;
}

/**
 * A function in AWS's runtime interface emulator and client: cold at
 * first, warm from then on, and ended by Lambda when its time is up.
 */
export class LambdaEnvironment implements FunctionInstance {
  public static async start(options: EnvironmentOptions): Promise<LambdaEnvironment> {
    const environment = new LambdaEnvironment(options, await freePort(), await freePort());
    await environment.listening();
    return environment;
  }

  public output = '';
  public errorOutput = '';
  private readonly emulator: ChildProcess;

  private constructor(
    { fn, runtime, wafUrl, cloudFormationUrl, timeout }: EnvironmentOptions,
    private readonly port: number,
    runtimeApiPort: number,
  ) {
    const { node, client } = RUNTIMES[runtime];
    const addresses = [
      '--runtime-interface-emulator-address',
      `127.0.0.1:${port}`,
      '--runtime-api-address',
      `127.0.0.1:${runtimeApiPort}`,
    ];
    this.emulator = spawn(EMULATOR, [...addresses, path.join(TOOLS, node, 'bin', 'node'), client, fn.handler], {
      cwd: fn.codeFolder,
      env: {
        ...fn.environment,
        ...CREDENTIALS,
        PATH: process.env.PATH,
        NODE_OPTIONS: `--require ${LAYER_CODE}`,
        AWS_ENDPOINT_URL_WAFV2: wafUrl,
        AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormationUrl,
        AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memorySize),
        AWS_LAMBDA_FUNCTION_TIMEOUT: String(timeout),
        AWS_REGION: HOME,
        LAMBDA_TASK_ROOT: fn.codeFolder,
        _HANDLER: fn.handler,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.emulator.stdout!.on('data', (chunk) => { this.output += chunk; });
    this.emulator.stderr!.on('data', (chunk) => { this.errorOutput += chunk; });
  }

  /** Without what the emulator writes in between. */
  public get log(): Record<string, unknown>[] {
    return this.output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  }

  /** The processes in which the function has run so far. */
  public get processes(): { readonly process: number; readonly node: string }[] {
    return this.log.filter((line) => 'process' in line) as { process: number; node: string }[];
  }

  /**
   * Lets something go wrong in the function's process that is none of its own.
   * Its code does not go on then, but the process ends only when the next event frees the client's native thread.
   */
  public async rejectUnhandled(): Promise<void> {
    process.kill(this.processes.at(-1)!.process, 'SIGUSR2');
    for (let checks = 0; !/of somebody else/.test(this.output + this.errorOutput); checks++) {
      if (checks > 500) throw new Error(`the rejection was not noticed:\n${this.output}\n${this.errorOutput}`);
      await sleep(20);
    }
    await sleep(250); // the older client tells Lambda, too, before it exits
  }

  public async invoke(event: ResourceEvent): Promise<void> {
    const response = await fetch(
      `http://127.0.0.1:${this.port}/2015-03-31/functions/function/invocations`,
      { method: 'POST', body: JSON.stringify(event) },
    );
    const result = await response.text();
    if (response.status !== 200
      || result !== 'null') throw new Error(`Lambda says: ${result}\n${this.output}\n${this.errorOutput}`);
  }

  /** Asked to end, the emulator ends the function's process too. */
  public async stop(): Promise<void> {
    if (this.emulator.exitCode !== null) return;
    const exited = once(this.emulator, 'exit');
    this.emulator.kill('SIGTERM');
    await exited;
  }

  private async listening(): Promise<void> {
    for (;;) {
      const socket = connect(this.port, '127.0.0.1');
      const connected = await once(socket, 'connect').then(() => true, () => false);
      socket.destroy();
      if (connected) return;
      if (this.emulator.exitCode !== null) {
        throw new Error(
          `the runtime interface emulator ended: ${this.output}${this.errorOutput}`,
        );
      }
      await sleep(20);
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
