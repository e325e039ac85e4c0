import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { check } from './report';

export interface Synthesis {
  /** Milliseconds of `require` for the package, aws-cdk-lib being loaded. */
  readonly import: number;
  /** Milliseconds from the first construct to the written template. */
  readonly synth: number;
  /** Milliseconds from before `require('aws-cdk-lib')`. */
  readonly total: number;
  readonly resources: number;
  readonly bytes: number;
}

/** Synthesizes a stack of nothing but keys, in a process of its own. */
export function synthesize(kind: 'ours' | 'awscr', keys: number): Synthesis {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  try {
    const output = execFileSync(process.execPath, [path.join(__dirname, 'handlers', 'synth.cjs'), kind, String(keys), folder], {
      encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'],
    });
    const result = JSON.parse(output);
    check(result.keys === keys, `${result.keys} keys in the template instead of ${keys}`);
    return result;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
