import { checkCreated, Cloud } from '../cloud';
import { WarmFunction } from '../functions';
import { median, round } from '../measure';
import { BenchCase, CaseReport, check, Options } from '../report';
import { SUBJECTS } from '../subjects';

export const paging: BenchCase = {
  name: 'paging',
  title: 'Accounts with many keys',

  async run({ quick }: Options): Promise<CaseReport> {
    const results: { readonly count: number; readonly steps: readonly Step[] }[] = [];
    for (const count of quick ? [1, 250] : [1, 100, 500, 1000, 2500, 5000]) {
      results.push({ count, steps: await lives(count, quick ? 1 : 9) });
    }
    return {
      text: [
        'Medians of several keys. AwsCustomResource lists nothing: it does not look whether its key still exists.',
        'Create and delete cost the same whatever else is in the account. Only an update that has to look whether its',
        'key still exists goes through the list, 100 keys a page, and stops where it finds it.',
      ].join(' '),
      head: ['other keys', 'create: calls', 'ms', 'update that keeps the key: calls', 'ms', 'delete: calls', 'ms'],
      rows: results.map(({ count, steps }) => [count, ...steps.flatMap(({ calls, ms }) => [calls, round(ms)])]),
      plots: [{
        file: 'paging.svg',
        title: 'Time of an event, AWS WAF on this machine',
        x: 'other keys in the account',
        y: 'ms',
        series: ['create', 'update', 'delete'].map((name, index) => ({
          name, points: results.map(({ count, steps }) => [count, round(steps[index].ms)] as const),
        })),
      }],
      raw: results,
    };
  },
};

interface Step {
  readonly calls: number;
  readonly ms: number;
}

/** Create, update and delete of a key among so many others: the median of several. */
async function lives(others: number, rounds: number): Promise<Step[]> {
  const cloud = await Cloud.start();
  for (let index = 0; index < others; index++) {
    cloud.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: [`other-${index}.example.com`] });
  }
  const fn = new WarmFunction(SUBJECTS['this package'], cloud);
  await live(cloud, fn); // warms up
  const runs: Step[][] = [];
  for (let turn = 0; turn < rounds; turn++) runs.push(await live(cloud, fn));
  await fn.stop();
  await cloud.stop();
  return runs[0].map(({ calls }, index) => {
    check(runs.every((steps) => steps[index].calls === calls), 'other calls in other rounds', runs);
    return { calls, ms: median(runs.map((steps) => steps[index].ms)) };
  });
}

/** A key from its creation to its end. */
async function live(cloud: Cloud, fn: WarmFunction): Promise<Step[]> {
  const before = cloud.waf.keys().length;
  const steps: Step[] = [];
  const step = async (type: 'Create' | 'Update' | 'Delete', more: object) => {
    const calls = cloud.waf.calls.length;
    const started = process.hrtime.bigint();
    const response = await fn.run(
      cloud.event(type, { ResourceProperties: SUBJECTS['this package'].properties('example.com'), ...more }),
    );
    steps.push({ ms: Number(process.hrtime.bigint() - started) / 1e6, calls: cloud.waf.calls.length - calls });
    return response;
  };
  const created = await step('Create', {});
  checkCreated(cloud, created);
  const { PhysicalResourceId } = created;
  const updated = await step('Update', { PhysicalResourceId });
  check(updated.Data?.APIKey === created.Data?.APIKey, 'another key', updated);
  const deleted = await step('Delete', { PhysicalResourceId });
  check(deleted.Status === 'SUCCESS' && cloud.waf.keys().length === before, 'not deleted', deleted);
  return steps;
}
