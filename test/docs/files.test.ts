import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const DOCUMENTS = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const NAMED = /`((?:\.ci|bench|demo|docs|emulator|examples|lambda|local|rosetta|scripts|src|test)\/[\w./-]*)`/g;

/** The linter of Markdown checks links; this checks names. */
test('the files that documents name exist', () => {
  const named = DOCUMENTS.flatMap((document) => [
    ...readFileSync(path.join(ROOT, document), 'utf8').matchAll(NAMED),
  ].map(([, file]) => ({ document, file })));

  const missing = named.filter(({ document, file }) =>
    !existsSync(path.join(ROOT, file)) && !existsSync(path.join(ROOT, path.dirname(document), file)));
  expect(named).not.toEqual([]);
  expect(missing).toEqual([]);
});
