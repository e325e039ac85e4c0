import { Cloud } from '../cloud';
import { WarmFunction } from '../functions';
import { round } from '../measure';
import { BenchCase, CaseReport, check, Options, Ratio } from '../report';
import { SUBJECTS } from '../subjects';

/** Lambda runs the events of a stack side by side. */
const INSTANCES = 4;

export const manyKeys: BenchCase = {
  name: 'many-keys',
  title: 'Many keys in one stack, at AWS WAF\'s one create a second',

  async run({ quick }: Options): Promise<CaseReport> {
    const rows: (string | number)[][] = [];
    const ratios: Ratio[] = [];
    const raw: object[] = [];
    for (const count of quick ? [5] : [20, 100]) {
      for (const name of ['this package', 'AwsCustomResource'] as const) {
        const { created, seconds, calls } = await deploy(name, count);
        if (name === 'this package') check(created === count, `${created} of ${count} keys created`);
        const bound = count - 1; // the first one does not wait
        rows.push([
          `${count} keys: ${name}`,
          `${created} of ${count}`,
          round(seconds),
          round(seconds / bound, 2),
          round(calls / count, 1),
        ]);
        if (name === 'this package') {
          ratios.push({
            what: `${count} keys / quota's own bound`, value: round(seconds / bound, 2), goal: 1.25,
          });
        }
        raw.push({ count, name, created, seconds, calls });
      }
    }
    return {
      text: 'All events at once, as CloudFormation sends them. One run of each: it is the quota that takes the time.',
      head: ['', 'created', 's', 'over the bound', 'calls per key'],
      rows,
      ratios,
      raw,
    };
  },
};

async function deploy(
  name: 'this package' | 'AwsCustomResource', count: number,
): Promise<{ created: number; seconds: number; calls: number }> {
  const cloud = await Cloud.start({ quotas: 'aws' });
  const functions = Array.from({ length: INSTANCES }, () => new WarmFunction(SUBJECTS[name], cloud));
  const started = Date.now();
  const responses = await Promise.all(Array.from({ length: count }, (_, index) =>
    functions[index % INSTANCES].run(
      cloud.event('Create', { ResourceProperties: SUBJECTS[name].properties(`shop-${index}.example.com`) }),
    )));
  const seconds = (Date.now() - started) / 1000;
  const calls = cloud.waf.calls.length;
  const created = responses.filter(({ Status }) => Status === 'SUCCESS').length;
  check(cloud.waf.keys().length === created, 'keys without a response', cloud.waf.keys().length);
  await Promise.all(functions.map((fn) => fn.stop()));
  await cloud.stop();
  return { created, seconds, calls };
}
