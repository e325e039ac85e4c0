import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WafCaptchaApiKeyProvider } from '../../src';
import { newKey } from '../support/stacks';

const ROOT = path.join(__dirname, '..', '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

interface Component {
  readonly group?: string;
  readonly name: string;
  readonly licenses: { readonly license: { readonly id: string } }[];
}

interface Statement {
  readonly Action: string | string[];
}

interface Policy {
  readonly PolicyDocument?: { readonly Statement: Statement[] };
}

interface Resource {
  readonly Type: string;
  readonly Properties?: Policy & { readonly Policies?: Policy[] };
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

/** A stack with a key, and with a grace period if there is one. */
function resourcesOf(gracePeriod?: Duration): Resource[] {
  const stack = new Stack(new App(), 'Shop');
  WafCaptchaApiKeyProvider.getOrCreate(stack, { gracePeriod });
  newKey(stack);
  return Object.values(Template.fromStack(stack).toJSON().Resources as Record<string, Resource>);
}

const DAY = Duration.days(1);
const typesOf = (resources: Resource[]) => resources.map(({ Type }) => Type).sort();

describe('docs/design.md', () => {
  test('lists the resources of key, provider and grace period', () => {
    const rows = rowsOf('docs/design.md', '## Provider').map(([, types]) => namesIn(types));
    expect(rows.slice(0, 2).flat().sort()).toEqual(typesOf(resourcesOf()));
    expect(new Set(rows.flat())).toEqual(new Set(typesOf(resourcesOf(DAY))));
  });

  test('lists the permissions of the function\'s role', () => {
    const listed = rowsOf('docs/design.md', '## Permissions').flatMap(([actions]) => namesIn(actions));
    const policies = (resources: Resource[]) => resources
      .flatMap(({ Properties = {} }) => [Properties, ...Properties.Policies ?? []])
      .flatMap(({ PolicyDocument }) => PolicyDocument?.Statement ?? []);
    const granted = policies(resourcesOf(DAY)).flatMap(({ Action }) => Action);
    // The role of EventBridge Scheduler has the only one that is not the function's.
    expect(new Set([...listed, 'lambda:InvokeFunction'])).toEqual(new Set(granted));
  });
});

test('the numbers of resources in README and documents are those of the templates', () => {
  expect(resourcesOf()).toHaveLength(1 + 4);
  expect(resourcesOf(DAY)).toHaveLength(1 + 9);
  expect(read('README.md')).toContain('N keys in a stack are N + 4 resources');
  expect(read('docs/usage.md')).toContain('Five more resources per provider');
});
