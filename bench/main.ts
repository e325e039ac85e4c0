import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { coldStart } from './cases/cold-start';
import { deploy } from './cases/deploy';
import { farAway } from './cases/far-away';
import { manyKeys } from './cases/many-keys';
import { manyStacks } from './cases/many-stacks';
import { paging } from './cases/paging';
import { size } from './cases/size';
import { synth } from './cases/synth';
import { CaseReport, markdown, Ratio, ratioTable } from './report';
import { bars, lines } from './svg';

const CASES = [coldStart, farAway, manyKeys, size, synth, deploy, paging, manyStacks];
const ROOT = path.join(__dirname, '..');
const USAGE =
  `npm run bench -- [--quick] [--node <path of a Node.js binary>]... [--out <folder>] [<part of a case's name>]...

Cases: ${CASES.map(({ name }) => name).join(', ')}`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      node: { type: 'string', multiple: true, default: [process.execPath] },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const chosen = CASES.filter(
    ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  if (values.help || chosen.length === 0) return console.log(USAGE);

  // A quick run is no measurement, so it stays out of the docs.
  const out = values.out
    ?? (values.quick ? mkdtempSync(path.join(os.tmpdir(), 'bench-')) : path.join(ROOT, 'docs', 'bench'));
  mkdirSync(out, { recursive: true });
  const environment = describeEnvironment();
  console.log(environment);
  for (const benchCase of chosen) {
    console.log(`… ${benchCase.title}`);
    const report = await benchCase.run({ quick: values.quick, nodes: values.node });
    console.log(markdown(benchCase, report));
    if (report.ratios?.length) console.log(ratioTable(report.ratios));
    for (const plot of report.plots ?? []) writeFileSync(path.join(out, plot.file), lines(plot));
    writeFileSync(
      path.join(out, `${benchCase.name}.json`), `${JSON.stringify({ environment, ...report }, undefined, 1)}\n`,
    );
  }
  writeSummary(out);
  console.log(`Written to ${path.relative('', out)}`);
}

/** Of all cases that have ever been run into this folder, each with the environment of its own run. */
function writeSummary(out: string): void {
  const parts: string[] = [];
  const ratios: Ratio[] = [];
  for (const benchCase of CASES) {
    const file = path.join(out, `${benchCase.name}.json`);
    if (!existsSync(file)) continue;
    const report = JSON.parse(readFileSync(file, 'utf8')) as CaseReport & { environment: string };
    ratios.push(...report.ratios ?? []);
    parts.push(markdown(benchCase, report), `<sub>${report.environment}</sub>`, '');
  }
  const head = [
    '# Benchmark',
    '',
    'Created by `npm run bench`; the figures behind it are in the JSON files.',
    '',
    ratioTable(ratios),
    '![ratios](ratios.svg)',
    '',
  ];
  writeFileSync(path.join(out, 'README.md'), [...head, ...parts].join('\n'));
  writeFileSync(path.join(out, 'ratios.svg'), bars(ratios));
}

function describeEnvironment(): string {
  const versionOf = (name: string): string =>
    JSON.parse(readFileSync(path.join(ROOT, 'node_modules', name, 'package.json'), 'utf8')).version;
  const cpus = os.cpus();
  return [
    `${cpus.length} × ${cpus[0].model.trim()}`,
    `${Math.round(os.totalmem() / 2 ** 30)} GiB`,
    `${os.platform()} ${os.arch()}`,
    `load ${os.loadavg()[0].toFixed(1)} at the start`,
    `Node.js ${process.version} where no other is named`,
    ...['aws-cdk-lib', '@aws-sdk/client-wafv2'].map((name) => `${name} ${versionOf(name)}`),
  ].join(' · ');
}

// Ends what was started, too: that happens when this process exits, but not when a signal ends it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
