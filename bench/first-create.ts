import { spawn } from 'node:child_process';
import * as path from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { Cloud, HandlerName, HANDLERS } from './cloud';
import { check, inTurn, median, ratioOf, Row } from './measure';

/** The first key of a function: from the start of its process to CloudFormation's response. */
export async function firstCreate(rounds: number): Promise<Row[]> {
  const cloud = await Cloud.start();
  const runs = await inTurn(Object.keys(HANDLERS) as HandlerName[], rounds, (name) => run(name, cloud));
  await cloud.stop();

  const row = (what: string, unit: string, figure: 'ms' | 'cpuMs' | 'mb', goal?: number): Row => {
    const of = (name: HandlerName) => runs[name].map((one) => one[figure]);
    return {
      what: `first key: ${what}`,
      unit,
      ours: median(of('ours')),
      awsCustomResource: median(of('awsCustomResource')),
      bareHandler: median(of('bareHandler')),
      ratio: ratioOf(of('ours'), of('awsCustomResource')),
      goal,
    };
  };
  return [
    row('start of the function to the response', 'ms', 'ms', 0.85),
    row('processor time', 'ms', 'cpuMs', 0.85),
    row('memory', 'MB', 'mb'),
  ];
}

async function run(name: HandlerName, cloud: Cloud): Promise<{ ms: number; cpuMs: number; mb: number }> {
  const event = cloud.createEvent(name, 'example.com');
  const responded = cloud.responseTo(event);
  const started = performance.now();
  const child = spawn(
    process.execPath,
    [path.join(__dirname, 'handlers', 'host.cjs'), HANDLERS[name].file, JSON.stringify(event)],
    { env: cloud.env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const [figures, errors] = [text(child.stdio[3] as Readable), text(child.stderr!)];
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  await Promise.race([responded, closed]);
  const ms = performance.now() - started;
  await closed;
  check(cloud.created(event), 'no key', await errors);
  const { cpu, memory } = JSON.parse(await figures);
  return { ms, cpuMs: (cpu.user + cpu.system) / 1e3, mb: memory / 1024 };
}
