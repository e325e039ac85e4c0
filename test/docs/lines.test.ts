import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const DOCUMENTS = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n').filter((file) => file && !['API.md', 'docs/bench/README.md'].includes(file)); // generated

/** Tables cannot be wrapped, and output of programs is shown as it is. */
const wrappable = (markdown: string) => markdown
  .replace(/^```(\w*)\n(.*?)^```$/gms, (_, language, code) => language === 'text' ? '' : code)
  .split('\n').filter((line) => !line.startsWith('|'));

test.each(DOCUMENTS)('no line of %s has more than 120 columns', (file) => {
  const lines = wrappable(readFileSync(path.join(ROOT, file), 'utf8'));
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});
