import { checkCreated, Cloud } from '../cloud';
import { WarmFunction } from '../function-process';
import { round } from '../measure';
import { BenchCase, CaseReport, check, Options } from '../report';
import { SUBJECTS } from '../subjects';

export const paging: BenchCase = {
  name: 'paging',
  title: 'Accounts with many keys',

  async run({ quick }: Options): Promise<CaseReport> {
    const results: (Awaited<ReturnType<typeof live>> & { readonly count: number })[] = [];
    for (const count of quick ? [1, 250] : [1, 100, 500, 1000, 2500, 5000]) results.push({ count, ...await live(count) });
    return {
      text: 'Create and delete cost the same whatever else is in the account. Only an update that has to look whether its key still exists goes through the list, 100 keys a page, and stops where it finds it.',
      head: ['other keys', 'create: calls', 'ms', 'update that keeps the key: calls', 'ms', 'delete: calls', 'ms'],
      rows: results.map(({ count, steps }) => [count, ...steps.flatMap(({ calls, ms }) => [calls, round(ms)])]),
      plot: {
        title: 'Time of an event, AWS WAF on this machine',
        x: 'other keys in the account',
        y: 'ms',
        series: ['create', 'update', 'delete'].map((name, index) => ({
          name, points: results.map(({ count, steps }) => [count, round(steps[index].ms)] as const),
        })),
      },
      raw: results,
    };
  },
};

async function live(others: number): Promise<{ steps: { calls: number; ms: number }[] }> {
  const cloud = await Cloud.start();
  for (let index = 0; index < others; index++) {
    cloud.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: [`other-${index}.example.com`] });
  }
  const subject = SUBJECTS['this package'];
  const fn = new WarmFunction(subject, cloud);
  const steps: { calls: number; ms: number }[] = [];
  const step = async (type: 'Create' | 'Update' | 'Delete', more: object) => {
    const before = cloud.waf.calls.length;
    const started = process.hrtime.bigint();
    const answer = await fn.run(cloud.event(type, { ResourceProperties: subject.properties('example.com'), ...more }));
    steps.push({ ms: Number(process.hrtime.bigint() - started) / 1e6, calls: cloud.waf.calls.length - before });
    return answer;
  };
  checkCreated(cloud, await fn.run(cloud.event('Create', { ResourceProperties: subject.properties('example.net') }))); // warms up

  const created = await step('Create', {});
  checkCreated(cloud, created);
  const { PhysicalResourceId } = created;
  const updated = await step('Update', { PhysicalResourceId });
  check(updated.Data?.APIKey === created.Data?.APIKey, 'another key', updated);
  const deleted = await step('Delete', { PhysicalResourceId });
  check(deleted.Status === 'SUCCESS' && cloud.waf.keys().length === others + 1, 'not deleted', deleted);
  fn.stop();
  await cloud.stop();
  return { steps };
}
