import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const GENERATED = ['API.md', '.github/workflows/'];

/** The linter holds it for JavaScript and TypeScript. */
const PATTERNS = ['*.md', '*.sh', '*.py', '*.go', '*.java', '*.cs', '*.yml', '.ci'];
const FILES = execFileSync('git', ['ls-files', ...PATTERNS], { cwd: ROOT, encoding: 'utf8' })
  .split('\n').filter((file) => file && !GENERATED.some((generated) => file.startsWith(generated)));

/** Tables cannot be wrapped, and output of programs is shown as it is. */
const wrappable = (markdown: string) => markdown
  .replace(/^```(\w*)\n(.*?)^```$/gms, (_, language, code) => language === 'text' ? '' : code)
  .split('\n').filter((line) => !line.startsWith('|'));

test.each(FILES)('no line of %s has more than 120 columns', (file) => {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const lines = file.endsWith('.md') ? wrappable(text) : text.split('\n');
  expect(lines.filter((line) => line.length > 120)).toEqual([]);
});
