import { CustomResourceResponse, checkCreated, Cloud } from '../cloud';
import { WarmFunction } from '../functions';
import { inTurn, median, ratioOf, round } from '../measure';
import { BenchCase, CaseReport, check, Options } from '../report';
import { SubjectName, SUBJECTS } from '../subjects';

const LATENCY = 80;
const STEPS = ['create', 'update: other domains', 'delete'] as const;
const NAMES = ['this package', 'AwsCustomResource', 'floor'] as const;

interface Steps {
  readonly times: readonly number[];
  readonly calls: readonly number[];
}

export const farAway: BenchCase = {
  name: 'far-away',
  title: `AWS WAF ${LATENCY} ms away`,

  async run({ quick }: Options): Promise<CaseReport> {
    const cloud = await Cloud.start({ latencyMs: LATENCY }, true);
    const functions = Object.fromEntries(
      NAMES.map((name) => [name, new WarmFunction(SUBJECTS[name], cloud)]),
    ) as Record<SubjectName, WarmFunction>;
    const runs = await inTurn(NAMES, quick ? 2 : 9, (name) => live(name, functions[name], cloud));
    await Promise.all(Object.values(functions).map((fn) => fn.stop()));
    await cloud.stop();

    const time = (name: SubjectName, step: number) => runs[name].map(({ times }) => times[step]);
    const rows = NAMES.flatMap((name) => STEPS.slice(0, name === 'floor' ? 1 : 3).map((step, index) => {
      const ms = median(time(name, index));
      return [`${name}: ${step}`, round(ms), round(ms / LATENCY, 2), runs[name][0].calls[index]];
    }));
    const own = STEPS.map((step, index) => ({
      what: `${step} ${LATENCY} ms away, round trips`,
      value: round(median(time('this package', index)) / LATENCY, 2),
      goal: 1.3,
    }));
    const versus = STEPS.map((step, index) => ({
      what: `${step} ${LATENCY} ms away / AwsCustomResource`,
      value: round(ratioOf(time('this package', index), time('AwsCustomResource', index)), 2),
      goal: 1.1,
    }));
    return {
      text: [
        'A function that has started before, over https. Every call connects anew, as the first ones of a function do;',
        'the delay is that of the response, not of connecting, so these are the round trips after it, with the',
        'processing that connecting takes. Calls that do not need each other\'s responses go side by side: two calls,',
        'one round trip.',
      ].join(' '),
      head: ['', 'ms', 'round trips', 'calls'],
      rows,
      ratios: [...own, ...versus],
      raw: Object.fromEntries(NAMES.map((name) => [name, runs[name]])),
    };
  },
};

async function live(name: SubjectName, fn: WarmFunction, cloud: Cloud): Promise<Steps> {
  const { properties } = SUBJECTS[name];
  const times: number[] = [];
  const calls: number[] = [];
  const step = async (type: 'Create' | 'Update' | 'Delete', more: object): Promise<CustomResourceResponse> => {
    const before = cloud.waf.calls.length;
    const started = process.hrtime.bigint();
    const response = await fn.run(cloud.event(type, more));
    times.push(Number(process.hrtime.bigint() - started) / 1e6);
    calls.push(cloud.waf.calls.length - before);
    return response;
  };

  const created = await step('Create', { ResourceProperties: properties('example.com') });
  checkCreated(cloud, created);
  if (name === 'floor') return { times, calls };

  const updated = await step('Update', {
    PhysicalResourceId: created.PhysicalResourceId,
    ResourceProperties: properties('example.org'),
    OldResourceProperties: properties('example.com'),
  });
  checkCreated(cloud, updated);
  const keys = cloud.waf.keys().length;
  const deleted = await step(
    'Delete', { PhysicalResourceId: created.PhysicalResourceId, ResourceProperties: properties('example.com') },
  );
  check(deleted.Status === 'SUCCESS' && cloud.waf.keys().length === keys - 1, 'not deleted', deleted);
  return { times, calls };
}
