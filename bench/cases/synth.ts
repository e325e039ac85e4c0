import { inTurn, median, ratioOf, round } from '../measure';
import { BenchCase, CaseReport, Options, Ratio } from '../report';
import { Beside, Kind, synthesize, Synthesis } from '../synthesis';

const TIME_GOALS: Record<number, number> = { 1: 1.15, 200: 0.7 };

/** Each takes two resources, and a stack 500. */
const MOST_AWS_CUSTOM_RESOURCES = 248;

const NAMES: Record<Kind, string> = { ours: 'this package', awscr: 'AwsCustomResource' };

export const synth: BenchCase = {
  name: 'synth',
  title: 'Synthesis',

  async run({ quick }: Options): Promise<CaseReport> {
    const rows: (string | number)[][] = [];
    const ratios: Ratio[] = [];
    const raw: object[] = [];
    const sizes: Record<Kind, [number, number][]> = { ours: [], awscr: [] };
    const times: Record<Kind, [number, number][]> = { ours: [], awscr: [] };

    const measure = async (keys: number, beside: Beside) => {
      const kinds: Kind[] = keys <= MOST_AWS_CUSTOM_RESOURCES ? ['ours', 'awscr'] : ['ours'];
      const runs = await inTurn<Kind, Synthesis>(kinds, quick ? 1 : 5, async (kind) => synthesize(kind, keys, beside));
      const stack = `${keys} ${keys === 1 ? 'key' : 'keys'}${beside === 'function' ? ' beside another function' : ''}`;
      const of = (kind: Kind, figure: keyof Synthesis) => runs[kind].map((run) => run[figure]);
      const time = (kind: Kind) => runs[kind].map((run) => run.import + run.synth);
      for (const kind of kinds) {
        rows.push([
          `${stack}: ${NAMES[kind]}`, runs[kind][0].resources, runs[kind][0].bytes, round(median(time(kind))),
        ]);
      }
      raw.push({ keys, beside, ...runs });
      const compare = (what: string, values: (kind: Kind) => number[], goal?: number) =>
        ratios.push({
          what: `${what} of ${stack} / AwsCustomResource`,
          value: round(ratioOf(values('ours'), values('awscr')), 2),
          goal,
        });
      return { kinds, of, time, compare };
    };

    for (const keys of quick ? [1, 50] : [1, 10, 50, 100, 200, 400]) {
      const { kinds, of, time, compare } = await measure(keys, 'nothing');
      for (const kind of kinds) {
        sizes[kind].push([keys, of(kind, 'bytes')[0]]);
        times[kind].push([keys, round(median(time(kind)))]);
      }
      if (TIME_GOALS[keys]) compare('synth', time, TIME_GOALS[keys]);
      if (keys >= 50 && kinds.length === 2) compare('template', (kind) => of(kind, 'bytes'), 0.6);
      if (keys === 1) {
        ratios.push({
          what: 'import of the package, in 30 ms', value: round(median(of('ours', 'import')) / 30, 2), goal: 1,
        });
      }
    }
    const { time, compare } = await measure(1, 'function');
    compare('synth', time);

    const series = (points: typeof sizes) => (['ours', 'awscr'] as const).map(
      (kind) => ({ name: NAMES[kind], points: points[kind] }),
    );
    return {
      text: [
        'A stack of nothing but keys, in a new process each. The time is that of loading the construct and of',
        'synthesis, `aws-cdk-lib` being loaded. A stack of 500 resources has room for 248 AwsCustomResources.',
      ].join(' '),
      head: ['', 'resources', 'template bytes', 'ms'],
      rows,
      ratios,
      plots: [
        { file: 'synth.svg', title: 'Size of the template', x: 'keys in the stack', y: 'bytes', series: series(sizes) },
        { file: 'synth-time.svg', title: 'Time of synthesis', x: 'keys in the stack', y: 'ms', series: series(times) },
      ],
      raw,
    };
  },
};
