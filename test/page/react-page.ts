import { copyFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { build } from 'esbuild';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

/** Builds the React example as its own build script does. Returns the folder. */
export async function buildReactPage(): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'captcha-page-react-'));
  await build({ entryPoints: [path.join(EXAMPLES, 'captcha-page-react', 'src', 'main.tsx')], bundle: true, minify: true, outdir: folder });
  copyFileSync(path.join(EXAMPLES, 'captcha-page-react', 'src', 'index.html'), path.join(folder, 'index.html'));
  for (const file of ['style.css', 'icon.svg']) copyFileSync(path.join(EXAMPLES, 'captcha-page', 'page', file), path.join(folder, file));
  return folder;
}
