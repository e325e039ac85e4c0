import { execFileSync } from 'node:child_process';
import { checkCreated, Cloud } from '../cloud';
import { runCold } from '../functions';
import { inTurn, median, ratioOf, round } from '../measure';
import { BenchCase, CaseReport, Options, Ratio } from '../report';
import { SubjectName, SUBJECTS } from '../subjects';

const NAMES = Object.keys(SUBJECTS) as SubjectName[];
const FIGURES = ['milliseconds', 'cpuMilliseconds', 'megabytes'] as const;
type Figure = typeof FIGURES[number];

export const coldStart: BenchCase = {
  name: 'cold-start',
  title: 'The first key: a new process to CloudFormation\'s response',

  async run({ quick, nodes }: Options): Promise<CaseReport> {
    const rows: (string | number)[][] = [];
    const ratios: Ratio[] = [];
    const raw: object[] = [];
    for (const node of nodes) {
      const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
      for (const tls of [false, true]) {
        const cloud = await Cloud.start({}, tls);
        const runs = await inTurn(NAMES, quick ? 2 : 15, async (name) => {
          const subject = SUBJECTS[name];
          const run = await runCold(
            subject, cloud, cloud.event('Create', { ResourceProperties: subject.properties('example.com') }), node,
          );
          checkCreated(cloud, run.response);
          return run;
        });
        await cloud.stop();

        const setting = `${version}, ${tls ? 'https' : 'http'}`;
        const of = (name: SubjectName, figure: Figure) => runs[name].map((run) => run[figure]);
        for (const name of NAMES) {
          rows.push([`${setting}: ${name}`, ...FIGURES.map((figure) => round(median(of(name, figure))))]);
        }
        // TLS costs all of them about the same, whatever a handler does.
        const goal = tls ? undefined : 0.8;
        const versus = (other: SubjectName, figure: Figure) => round(
          ratioOf(of('this package', figure), of(other, figure)), 2,
        );
        ratios.push(
          {
            what: `cold create / AwsCustomResource, ${setting}`,
            value: versus('AwsCustomResource', 'milliseconds'),
            goal,
          },
          { what: `cold create / floor, ${setting}`, value: versus('floor', 'milliseconds') },
          {
            what: `processor time / AwsCustomResource, ${setting}`,
            value: versus('AwsCustomResource', 'cpuMilliseconds'),
            goal,
          },
          { what: `processor time / floor, ${setting}`, value: versus('floor', 'cpuMilliseconds') },
          { what: `memory / floor, ${setting}`, value: versus('floor', 'megabytes') },
        );
        raw.push(...NAMES.map((name) => ({
          version,
          tls,
          name,
          ...Object.fromEntries(FIGURES.map((figure) => [figure, of(name, figure).map((value) => round(value))])),
        })));
      }
    }
    return {
      text: [
        'AWS WAF and the bucket for the response are on this machine, over http and over https. The floor signs by',
        'hand and has no SDK. AwsCustomResource asks for the key alone, without the URL of the script. TLS costs all',
        'of them about the same, so the goals against AwsCustomResource are for http. Processor time is what other',
        'work on the machine disturbs least.',
      ].join(' '),
      head: ['', 'ms', 'processor ms', 'MB'],
      rows,
      ratios,
      raw,
    };
  },
};
