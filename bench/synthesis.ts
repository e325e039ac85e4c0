import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { check, inTurn, median, ratioOf, Row } from './measure';
import { packageSize, zippedHandlerSize } from '../scripts/sizes';

const NAMES = ['ours', 'awsCustomResource'] as const;
type Name = typeof NAMES[number];

interface Synthesis {
  /** From the app to the written template, with the loading of the construct; aws-cdk-lib is loaded before. */
  readonly ms: number;
  readonly resources: number;
  readonly kb: number;
}

/** A stack with another function and so many keys, and what the package ships. */
export async function synthesisAndSize(counts: readonly number[], rounds: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of counts) {
    const runs = await inTurn(NAMES, rounds, (name) => synthesize(name, count));
    const row = (what: string, unit: string, figure: keyof Synthesis, goal?: number): Row => {
      const of = (name: Name) => runs[name].map((run) => run[figure]);
      return {
        what: `stack of ${count === 1 ? 'one key' : `${count} keys`}: ${what}`,
        unit,
        ours: median(of('ours')),
        awsCustomResource: median(of('awsCustomResource')),
        ratio: ratioOf(of('ours'), of('awsCustomResource')),
        goal,
      };
    };
    rows.push(
      row('synthesis', 'ms', 'ms', count === 1 ? 1.2 : 0.75),
      row('template', 'KB', 'kb', count === 1 ? undefined : 0.6),
      row('resources', '', 'resources'),
    );
  }
  return [
    ...rows,
    { what: 'handler, zipped', unit: 'KB', ours: zippedHandlerSize() / 1024, goal: 100 },
    { what: 'package, packed', unit: 'KB', ours: packageSize().packed / 1024, goal: 250 },
  ];
}

/** In a process of its own. */
function synthesize(name: Name, keys: number): Synthesis {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const output = execFileSync(
      process.execPath,
      [path.join(__dirname, 'handlers', 'synth.cjs'), name, String(keys), folder],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    );
    const result = JSON.parse(output);
    check(result.keys === keys, 'another number of keys in the template', result);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
