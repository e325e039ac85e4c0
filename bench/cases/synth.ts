import { inTurn, median, ratioOf, round } from '../measure';
import { BenchCase, CaseReport, Options, Ratio } from '../report';
import { synthesize, Synthesis } from '../synthesis';

const TIME_GOALS: Record<number, number> = { 1: 1, 200: 0.7 };

type Kind = 'ours' | 'awscr';

/** Each takes two resources, and a stack 500. */
const MOST_AWS_CUSTOM_RESOURCES = 248;

export const synth: BenchCase = {
  name: 'synth',
  title: 'Synthesis',

  async run({ quick }: Options): Promise<CaseReport> {
    const rows: (string | number)[][] = [];
    const ratios: Ratio[] = [];
    const raw: object[] = [];
    const sizes: Record<Kind, [number, number][]> = { ours: [], awscr: [] };
    for (const keys of quick ? [1, 50] : [1, 10, 50, 100, 200, 400]) {
      const kinds = keys <= MOST_AWS_CUSTOM_RESOURCES ? ['ours', 'awscr'] as const : ['ours'] as const;
      const runs = await inTurn<Kind, Synthesis>(kinds, quick ? 1 : 5, async (kind) => synthesize(kind, keys));
      const of = (kind: Kind, figure: keyof Synthesis) => runs[kind].map((run) => run[figure]);
      for (const kind of kinds) {
        const { resources, bytes } = runs[kind][0];
        sizes[kind].push([keys, bytes]);
        rows.push([`${keys}: ${kind === 'ours' ? 'this package' : 'AwsCustomResource'}`, resources, bytes, round(median(of(kind, 'import')) + median(of(kind, 'synth')))]);
      }
      raw.push({ keys, ...runs });
      if (kinds.length === 1) continue;

      const time = (kind: Kind) => runs[kind].map((run) => run.import + run.synth);
      if (keys >= 50) ratios.push({ what: `template of ${keys} keys / AwsCustomResource`, value: round(ratioOf(of('ours', 'bytes'), of('awscr', 'bytes')), 2), goal: 0.6 });
      if (TIME_GOALS[keys]) ratios.push({ what: `synth of ${keys} ${keys === 1 ? 'key' : 'keys'} / AwsCustomResource`, value: round(ratioOf(time('ours'), time('awscr')), 2), goal: TIME_GOALS[keys] });
      if (keys === 1) ratios.push({ what: 'import of the package, in 30 ms', value: round(median(of('ours', 'import')) / 30, 2), goal: 1 });
    }
    return {
      text: 'A stack of nothing but keys, in a new process each. The time is that of loading the construct and of synthesis, `aws-cdk-lib` being loaded. A stack of 500 resources has room for 248 AwsCustomResources.',
      head: ['keys', 'resources', 'template bytes', 'ms'],
      rows,
      ratios,
      plot: {
        title: 'Size of the template',
        x: 'keys in the stack',
        y: 'bytes',
        series: [{ name: 'this package', points: sizes.ours }, { name: 'AwsCustomResource', points: sizes.awscr }],
      },
      raw,
    };
  },
};
