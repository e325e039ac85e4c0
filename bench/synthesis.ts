import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { check } from './report';

export interface Synthesis {
  /** Milliseconds of `require` for the package, in an app that has a stack. */
  readonly import: number;
  /** Milliseconds from the app to the written template, without `import`. */
  readonly synth: number;
  /** Milliseconds from before `require('aws-cdk-lib')`. */
  readonly total: number;
  readonly resources: number;
  readonly bytes: number;
}

export type Kind = 'ours' | 'awscr';

/** What a stack holds beside its keys. */
export type Beside = 'nothing' | 'function';

/** How many resources the keys make, all in all. */
const RESOURCES = { ours: (keys: number) => keys + 4, awscr: (keys: number) => 2 * keys + 2 };

/** Synthesizes a stack of keys, in a process of its own. */
export function synthesize(kind: Kind, keys: number, beside: Beside = 'nothing'): Synthesis {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const output = execFileSync(process.execPath, [
      path.join(__dirname, 'handlers', 'synth.cjs'), kind, String(keys), folder, beside,
    ], {
      encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
    });
    const result = JSON.parse(output);
    check(result.keys === keys, `${result.keys} keys in the template instead of ${keys}`);
    check(
      beside !== 'nothing' || result.resources === RESOURCES[kind](keys),
      `${result.resources} resources for ${keys} keys`,
    );
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
