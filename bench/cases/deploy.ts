import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Cdk } from '../../local/cdk';
import { LOCAL_FOLDER, LocalEnvironment, LocalEnvironmentOptions, ROOT } from '../../local/local-environment';
import { inTurn, median, ratioOf, round } from '../measure';
import { BenchCase, CaseReport, check, Options } from '../report';

const FOLDER = path.join(LOCAL_FOLDER, 'bench');
const LOG = path.join(FOLDER, 'deploy.log');
const REGION = 'eu-west-1';
const STACK = 'Shop';
const STEPS = [
  'deploy', '– until the key exists', 'deploy other domains', '– until that key exists', 'destroy',
] as const;
const NAMES = ['this package', 'AwsCustomResource'] as const;

type Name = typeof NAMES[number];

export const deploy: BenchCase = {
  name: 'deploy',
  title: 'A whole cdk deploy of a stack with one key',

  async run({ quick }: Options): Promise<CaseReport> {
    const contenders = await Contenders.start();
    try {
      await contenders.cdk['this package'].bootstrap(REGION);
      const runs = await inTurn(NAMES, quick ? 1 : 5, (name) => live(name, contenders), quick ? 0 : 1);
      const times = (name: Name, step: number) => runs[name].map((seconds) => seconds[step]);
      return {
        text: [
          'From the start of the `cdk` command to its end: synthesis, upload of what is not there yet, CloudFormation,',
          'the function\'s first start. CloudFormation is MiniStack on this machine, which makes each resource at',
          'once; in AWS its own time comes on top. The CLI looks every five seconds whether the stack is done, which',
          'hides what differs; the moment at which the key exists does not wait for it.',
        ].join(' '),
        head: ['s', ...STEPS],
        rows: [
          ...NAMES.map((name) => [name, ...STEPS.map((_, step) => round(median(times(name, step))))]),
          [
            'ratio',
            ...STEPS.map((_, step) => round(ratioOf(times('this package', step), times('AwsCustomResource', step)), 2)),
          ],
        ],
        raw: runs,
      };
    } catch (error) {
      throw new Error(`${LOG} ends with:\n${readFileSync(LOG, 'utf8').slice(-3_000)}`, { cause: error });
    } finally {
      await contenders.local.stop();
    }
  },
};

/** From nothing to nothing. Returns the seconds of each step. */
async function live(name: Name, { cdk, local: { waf } }: Contenders): Promise<number[]> {
  const seconds: number[] = [];
  for (const domains of [['example.com'], ['example.com', 'example.org']]) {
    const started = Date.now();
    const { [STACK]: outputs } = await cdk[name].deploy([STACK], { domains });
    const ended = Date.now();
    const keys = waf.keys();
    const actual = keys.map(({ apiKey, tokenDomains }) => ({ apiKey, domains: tokenDomains }));
    check(
      isDeepStrictEqual(actual, [{ apiKey: outputs.ApiKey, domains }]),
      `the key for ${domains} is not the only one, or not in the outputs`,
      { actual, outputs },
    );
    seconds.push((ended - started) / 1000, (keys[0].createdAt - started) / 1000);
  }
  const started = Date.now();
  await cdk[name].destroy([STACK], { domains: ['example.com'] });
  seconds.push((Date.now() - started) / 1000);
  check(waf.keys().length === 0, 'keys left behind', waf.keys());
  return seconds;
}

/** The local environment, and the CDK CLI of each contender to deploy there. */
class Contenders {
  public static async start(): Promise<Contenders> {
    const options: LocalEnvironmentOptions = {
      folder: FOLDER,
      logFile: LOG,
      // Functions inherit this environment, so both templates stay as they are.
      // Lambda has the SDK, which AwsCustomResource needs; MiniStack has not.
      functionEnv: (waf) => ({ AWS_ENDPOINT_URL_WAFV2: waf.url, NODE_PATH: path.join(ROOT, 'node_modules') }),
    };
    const { python } = await LocalEnvironment.install(options);
    return new Contenders(await LocalEnvironment.start(python, options));
  }

  public readonly cdk: Record<Name, Cdk>;

  private constructor(public readonly local: LocalEnvironment) {
    const cdk = (name: Name) => local.cdk(`node bench/handlers/deploy-app.cjs '${name}'`, { AWS_REGION: REGION });
    this.cdk = { 'this package': cdk('this package'), 'AwsCustomResource': cdk('AwsCustomResource') };
  }
}
