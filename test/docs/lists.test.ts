import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly licenses: { readonly license: { readonly id: string } }[];
}

/** The cells of a table's rows, by the heading that it stands under. */
function rowsOf(file: string, heading: string): string[][] {
  const [, section] = read(file).split(`\n${heading}\n`);
  return section.split('\n#')[0].split('\n').filter((line) => line.startsWith('|')).slice(2)
    .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
}

const namesIn = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name);

test('docs/maintaining.md lists what is bundled, with the licenses', () => {
  const { components } = JSON.parse(read('assets/bundled.cdx.json')) as { components: Component[] };
  const bundled = components.map(({ group, name, licenses }) =>
    `${group ? `${group}/${name}` : name}: ${licenses.map(({ license }) => license.id)}`);
  const listed = rowsOf('docs/maintaining.md', '## What is bundled')
    .flatMap(([packages, license]) => namesIn(packages).map((name) => `${name}: ${license}`));
  expect(listed.sort()).toEqual(bundled.sort());
});
