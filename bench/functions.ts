import { spawn } from 'node:child_process';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import type { CustomResourceResponse, BenchEvent, Cloud } from './cloud';
import { check } from './report';
import type { Subject } from './subjects';
import type { ResourceEvent } from '../lambda/events';
import { functionEnvironment, FunctionProcess } from '../local/function-process';

const ROOT = path.join(__dirname, '..');
const REGION = 'eu-west-1';

/** Beside what every function gets. */
function environment(cloud: Cloud): NodeJS.ProcessEnv {
  const bucket = new URL(cloud.bucketUrl);
  return {
    ...cloud.env,
    NODE_PATH: path.join(ROOT, 'node_modules'), // where Lambda has the SDK
    BENCH_BUCKET_PROTOCOL: bucket.protocol,
    BENCH_BUCKET_PORT: bucket.port,
  };
}

/** An event on its way, and the response to come. */
export interface Pending {
  readonly event: BenchEvent;
  readonly responded: Promise<CustomResourceResponse>;
}

export interface ColdRun {
  readonly response: CustomResourceResponse;
  /** From the start of the process to the response. */
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly megabytes: number;
}

/** A function that has to start for its only event. */
export async function runCold(
  subject: Subject, cloud: Cloud, { event, responded }: Pending, node: string,
): Promise<ColdRun> {
  const started = process.hrtime.bigint();
  const child = spawn(node, [path.join(__dirname, 'handlers', 'host.cjs'), subject.file, JSON.stringify(event)], {
    env: { ...functionEnvironment(REGION, cloud.wafUrl, cloud.cloudFormation.url), ...environment(cloud) },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let figures = '';
  let errors = '';
  (child.stdio[3] as Readable).on('data', (chunk) => { figures += chunk; });
  child.stderr!.on('data', (chunk) => { errors += chunk; });
  const closed = new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined)));
  const response = await Promise.race([responded, closed]);
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  check(response !== undefined, 'no response', errors);
  await closed;
  const { cpu, memory } = JSON.parse(figures);
  return { response, milliseconds, cpuMilliseconds: (cpu.user + cpu.system) / 1e3, megabytes: memory / 1024 };
}

/** A function that has started before, and takes one event after the other or many at once. */
export class WarmFunction {
  private readonly host: FunctionProcess;

  constructor(subject: Subject, cloud: Cloud) {
    this.host = new FunctionProcess({
      file: subject.file,
      region: REGION,
      wafUrl: cloud.wafUrl,
      cloudFormationUrl: cloud.cloudFormation.url,
      env: environment(cloud),
    });
  }

  public async run({ event, responded }: Pending): Promise<CustomResourceResponse> {
    const ended = this.host.invoke(event as unknown as ResourceEvent);
    return Promise.race([responded, ended.then(() => responded)]);
  }

  public async stop(): Promise<void> {
    await this.host.stop();
  }
}
