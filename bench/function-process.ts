import { ChildProcess, fork, spawn } from 'node:child_process';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import type { Answer, BenchEvent, Cloud } from './cloud';
import { check } from './report';
import type { Subject } from './subjects';

const ROOT = path.join(__dirname, '..');

function environment(cloud: Cloud): NodeJS.ProcessEnv {
  const bucket = new URL(cloud.bucketUrl);
  return {
    ...cloud.env,
    PATH: process.env.PATH,
    NODE_PATH: path.join(ROOT, 'node_modules'), // where Lambda has the SDK
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_WAFV2: cloud.wafUrl,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLEEXAMPLE00',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00',
    AWS_SESSION_TOKEN: 'session-token',
    BENCH_BUCKET_PROTOCOL: bucket.protocol,
    BENCH_BUCKET_PORT: bucket.port,
  };
}

/** An event on its way, and the answer to come. */
export interface Pending {
  readonly event: BenchEvent;
  readonly answered: Promise<Answer>;
}

export interface ColdRun {
  readonly answer: Answer;
  /** From the start of the process to the answer. */
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly megabytes: number;
}

/** A function that has to start for its only event. */
export async function runCold(subject: Subject, cloud: Cloud, { event, answered }: Pending, node: string): Promise<ColdRun> {
  const started = process.hrtime.bigint();
  const child = spawn(node, [path.join(__dirname, 'handlers', 'host.cjs'), subject.file, JSON.stringify(event)], {
    env: environment(cloud),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let figures = '';
  let errors = '';
  (child.stdio[3] as Readable).on('data', (chunk) => { figures += chunk; });
  child.stderr!.on('data', (chunk) => { errors += chunk; });
  const closed = new Promise<undefined>((resolve) => child.once('close', () => resolve(undefined)));
  const answer = await Promise.race([answered, closed]);
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  check(answer !== undefined, 'no answer', errors);
  await closed;
  const { cpu, memory } = JSON.parse(figures);
  return { answer, milliseconds, cpuMilliseconds: (cpu.user + cpu.system) / 1e3, megabytes: memory / 1024 };
}

/** A function that has started before, and takes one event after the other or many at once. */
export class WarmFunction {
  private readonly child: ChildProcess;
  private readonly failed: Promise<never>;

  constructor(subject: Subject, cloud: Cloud) {
    this.child = fork(path.join(ROOT, 'test', 'lambda', 'support', 'function-host.js'), [subject.file], {
      env: environment(cloud),
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    this.failed = new Promise((_, reject) => {
      this.child.on('message', ({ error }: { error?: string }) => error && reject(new Error(error)));
      this.child.once('exit', () => reject(new Error('the function\'s process ended')));
    });
    this.failed.catch(() => {}); // of interest only to those who wait for an answer
  }

  public async run({ event, answered }: Pending): Promise<Answer> {
    this.child.send({ invocation: event.RequestId, event, remaining: 600_000 });
    return Promise.race([answered, this.failed]);
  }

  public stop(): void {
    this.child.kill('SIGKILL');
  }
}
