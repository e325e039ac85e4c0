import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { firstCreate } from './first-create';
import { manyKeys } from './many-keys';
import { Row } from './measure';
import { picture, table } from './report';
import { synthesisAndSize } from './synthesis';

const ROOT = path.join(__dirname, '..');
const DOCUMENT = path.join(ROOT, 'docs', 'benchmarks.md');
const PICTURE = path.join(ROOT, 'docs', 'images', 'benchmark.svg');
const PART = /(?<=<!-- benchmark -->\n).*(?=<!-- end of benchmark -->)/s;

/** `--quick` shows that everything works. It measures nothing, so it leaves the document as it is. */
async function main(): Promise<void> {
  const { values: { quick } } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
  const rows: Row[] = [];
  for (const [name, run] of [
    ['first create', () => firstCreate(quick ? 1 : 15)],
    ['keys at the quota', () => manyKeys(quick ? [5] : [20, 100])],
    ['synthesis and size', () => synthesisAndSize([1, quick ? 50 : 200], quick ? 1 : 7)],
  ] as const) {
    console.log(`… ${name}`);
    rows.push(...await run());
  }
  console.log(table(rows));
  if (quick) return;
  const document = readFileSync(DOCUMENT, 'utf8');
  if (!PART.test(document)) throw new Error(`${DOCUMENT} does not say where the table belongs`);
  const part = `\n${table(rows)}\n\n${environment()}\n\n![The same as bars](images/benchmark.svg)\n\n`;
  writeFileSync(DOCUMENT, document.replace(PART, () => part));
  writeFileSync(PICTURE, picture(rows));
}

function environment(): string {
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
  const commit = execFileSync('git', ['log', '-1', '--format=%h'], { cwd: ROOT, encoding: 'utf8' }).trim();
  return [
    `${new Date().toISOString().slice(0, 10)}, commit ${commit}`,
    `${os.cpus().length} × ${os.cpus()[0].model.trim()}`,
    `Node.js ${process.version}`,
    ...['aws-cdk-lib', '@aws-sdk/client-wafv2'].map((name) => `${name} ${versionOf(name)}`),
  ].join(' · ');
}

// process.exit ends what was started, too, and a signal alone would not.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
