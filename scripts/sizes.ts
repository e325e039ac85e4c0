import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = path.join(__dirname, '..');

/** In bytes, of all files. The same deflate as in a zip file, whose own few lines are not counted. */
export function zippedHandlerSize(): number {
  const folder = path.join(ROOT, 'assets', 'handler');
  return readdirSync(folder).reduce((sum, file) => sum + gzipSync(readFileSync(path.join(folder, file))).length, 0);
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
