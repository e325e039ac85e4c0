import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = path.join(__dirname, '..');

/** In bytes. The same deflate as in a zip file, whose own few lines are not counted. */
export function zippedHandlerSize(): number {
  return gzipSync(readFileSync(path.join(ROOT, 'assets', 'handler', 'index.js'))).length;
}

/** In bytes, as npm would publish what is compiled now. */
export function packageSize(): { packed: number; unpacked: number; dependencies: string[]; files: string[] } {
  const output = execFileSync(
    'npm',
    ['pack', '--dry-run', '--json', '--ignore-scripts'],
    { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [{ size, unpackedSize, bundled, files }] = JSON.parse(output);
  return {
    packed: size,
    unpacked: unpackedSize,
    dependencies: bundled,
    files: files.map((file: { path: string }) => file.path),
  };
}
