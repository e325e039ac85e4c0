import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { WafCaptchaApiKeyProvider } from '../src';
import { environmentTest, TestEnvironment, withEnvironment } from './lambda/support/test-environment';
import { newKey } from './support/stacks';

const ROOT = path.join(__dirname, '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const DOCUMENTS = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
const NAMED = /`((?:\.ci|bench|demo|docs|emulator|examples|lambda|local|rosetta|scripts|src|test)\/[\w./-]*)`/g;

/** The linter of Markdown checks links; this checks names. */
test('the files that documents name exist', () => {
  const named = DOCUMENTS.flatMap((document) => [
    ...read(document).matchAll(NAMED),
  ].map(([, file]) => ({ document, file })));

  const missing = named.filter(({ document, file }) =>
    !existsSync(path.join(ROOT, file)) && !existsSync(path.join(ROOT, path.dirname(document), file)));
  expect(named).not.toEqual([]);
  expect(missing).toEqual([]);
});

describe('what a reader can take in', () => {
  const guides = ['README.md', ...DOCUMENTS.filter((document) => document.startsWith('docs/'))];
  /** The blocks of code and output, each with the number of the line on which it starts. */
  const blocksOf = (document: string) => [...read(document).matchAll(/^ *```\w.*\n([^]*?)\n *```$/gm)]
    .map(({ index, 1: block }) => ({
      document, start: read(document).slice(0, index).split('\n').length, lines: block.split('\n').length,
    }));

  test('the README has at most 150 lines, and shows the construct in 12 that end by line 30', () => {
    const [{ start, lines }] = blocksOf('README.md');
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
    expect(lines).toBeLessThanOrEqual(12);
    expect(start + lines).toBeLessThanOrEqual(30);
  });

  test('README and documents have at most 12,000 words, and no block of more than 15 lines', () => {
    expect(guides.map(read).join('\n').match(/\S+/g)!.length).toBeLessThanOrEqual(12_000);
    expect(guides.flatMap(blocksOf).filter(({ lines }) => lines > 15)).toEqual([]);
  });
});

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

const SNIPPET = read('docs/troubleshooting.md').split('### An alarm')[1].split('```')[1].replace(/^ts\n/, '');
const NAMES = { MetricFilter, FilterPattern, TreatMissingData, WafCaptchaApiKeyProvider };

/** A stack with a key, into which a user has pasted the alarm of the document. */
function templateWithAlarm(): Template {
  const stack = new Stack(new App(), 'Shop');
  newKey(stack);
  new Function(...Object.keys(NAMES), SNIPPET).call(stack, ...Object.values(NAMES));
  return Template.fromStack(stack);
}

/** The lines of a function's log that the alarm's filter counts. */
function counted({ fn: { log } }: TestEnvironment): object[] {
  const [{ Properties }] = Object.values(templateWithAlarm().findResources('AWS::Logs::MetricFilter'));
  const [, field, value] = /^\{ \$\.(\w+) = "(\w+)" \}$/.exec(Properties.FilterPattern as string)!;
  return log.filter((line) => (line as Record<string, unknown>)[field] === value);
}

test('the alarm of the document watches the log group of the provider', () => {
  const template = templateWithAlarm();
  const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    LogGroupName: { Ref: logGroup },
    MetricTransformations: [{ MetricNamespace: 'CaptchaKeys', MetricName: 'Errors', MetricValue: '1' }],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'CaptchaKeys',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Threshold: 1,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
});

describe('the filter of the alarm', () => {
  environmentTest('counts a failed event', withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'CreateAPIKey' });
    await environment.create();
    expect(counted(environment)).toEqual([expect.objectContaining({ operation: 'Create', outcome: 'FAILED' })]);
  }));

  environmentTest('counts an orphaned key', withEnvironment({}, async (environment) => {
    environment.bucket.fail(403);
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1_000 });
    await environment.fn.invoke(environment.createEvent(), 18_000);
    expect(counted(environment)).toContainEqual(
      expect.objectContaining({ outcome: 'orphaned', apiKey: environment.liveKeys[0] }),
    );
  }));

  environmentTest('does not count a key that is created, changed and deleted', withEnvironment({}, async (
    environment,
  ) => {
    const { PhysicalResourceId } = await environment.create();
    await environment.delete(PhysicalResourceId);
    expect(environment.fn.log).not.toEqual([]);
    expect(counted(environment)).toEqual([]);
  }));
});
