import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { ListAPIKeysCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
import { AssumptionName, namesOf, Observations } from './assumptions';
import { observeCancellation, observeOutput, observeReplacement } from './cloudformation';
import { observeScheduler } from './scheduler';
import { PREFIX, Provider, Stacks } from './stacks';
import { describeError } from './timing';
import { Keys, observeWaf } from './waf';
import { say } from '../../../local/progress';

/** Those that every account has. The first ones are used least. */
const REGIONS = [
  'eu-north-1', 'ap-northeast-3', 'sa-east-1', 'ca-central-1', 'us-west-1', 'eu-west-3', 'ap-northeast-2',
  'ap-southeast-1', 'eu-west-2', 'us-east-2', 'ap-south-1', 'ap-southeast-2', 'ap-northeast-1', 'eu-central-1',
  'eu-west-1', 'us-west-2', 'us-east-1',
];
const OBSERVATION_MS = 7 * 60_000;
const CLEAN_UP_MS = 3 * 60_000;

export interface ObserveOptions {
  /** Whether to start without asking. */
  readonly yes: boolean;
  /** Where the table goes. */
  readonly file: string;
}

/** Observes the assumptions in an account, and deletes what that took. Returns the exit code. */
export async function observe({ yes, file }: ObserveOptions): Promise<number> {
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => interruption.abort(new Error(`interrupted by ${name}`)));
  }
  const region = await regionWithoutKeys();
  const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand());
  say(`Account ${Account}, Region ${region}, in which AWS WAF has no REGIONAL API keys.
Creates about 30 keys, and five stacks named ${PREFIX}…, which cost some cents.
Takes up to ten minutes, and deletes everything, also after Ctrl-C.`);
  if (!yes && !await isConfirmed(interruption.signal)) return 1;

  const observations = new Observations((name, observed) => say(`- ${name}: ${observed}`));
  const keys = new Keys(region, `${randomBytes(4).toString('hex')}.observe.example.com`);
  const stacks = new Stacks(region);
  const ended = new AbortController();
  const signal = AbortSignal.any([interruption.signal, ended.signal, AbortSignal.timeout(OBSERVATION_MS)]);
  const attempt = async (names: readonly AssumptionName[], action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      if (interruption.signal.aborted) return;
      observations.because(signal.aborted ? 'time ran out' : describeError(error), names);
    }
  };
  let provider: Provider | undefined;
  await Promise.all([
    attempt(namesOf('AWS WAF'), () => observeWaf(keys, observations, signal)),
    attempt([...namesOf('CloudFormation'), ...namesOf('EventBridge Scheduler')], async () => {
      const base = await stacks.createBase(signal);
      provider = new Provider(region, base.Queue, signal);
      await provider.start();
      const scene = { region, stacks, provider, topic: base.Topic, observations, signal };
      await Promise.all([
        attempt(
          namesOf('EventBridge Scheduler'), () => observeScheduler(region, base, observations, signal),
        ),
        attempt([
          'view of an update', 'roll-back of a replacement', 'failed clean-up', 'quota of DescribeStackResource',
          'view of a deleted stack',
        ], () => observeReplacement(scene)),
        attempt(
          ['view of a cancelled creation', 'events of a cancelled creation'], () => observeCancellation(scene),
        ),
        attempt(['output in a roll-back'], () => observeOutput(scene)),
      ]);
    }),
  ]);
  ended.abort();

  say(interruption.signal.aborted ? `\nStopped: ${(interruption.signal.reason as Error).message}.` : '');
  say('Deletes the keys and stacks …');
  const limit = AbortSignal.timeout(CLEAN_UP_MS);
  const deletions = await Promise.allSettled([keys.deleteAll(limit), stacks.deleteAll(limit)]);
  await provider?.stop();
  const failures = deletions.flatMap((deletion) => deletion.status === 'rejected' ? String(deletion.reason) : []);
  const left = [...keys.existing, ...await stacks.existing()];
  say(left.length || failures.length
    ? `Not deleted in ${region}:\n${[...left, ...failures].map((text) => `  ${text}`).join('\n')}`
    : 'Nothing is left.');
  if (interruption.signal.aborted) return 130;

  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(file, observations.render(`Observed on ${day} in ${region}, with REGIONAL keys.`));
  say(`The table is in ${file}.`);
  return left.length || failures.length || !observations.isComplete ? 1 : 0;
}

async function regionWithoutKeys(): Promise<string> {
  const reasons: string[] = [];
  for (const region of REGIONS) {
    try {
      const client = new WAFV2Client({ region });
      const { APIKeySummaries } = await client.send(new ListAPIKeysCommand({ Scope: 'REGIONAL', Limit: 1 }));
      if (!APIKeySummaries?.length) return region;
      reasons.push(`${region} has keys`);
    } catch (error) {
      reasons.push(`${region}: ${(error as Error).message}`);
      if ((error as Error).name === 'CredentialsProviderError') break;
    }
  }
  throw new Error(`There is no Region without keys:\n${reasons.join('\n')}`);
}

/** Asks. Without a terminal, nobody can answer. */
async function isConfirmed(signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY) {
    say('Run it in a terminal, or with --yes.');
    return false;
  }
  // As no terminal, so that Ctrl-C is a signal.
  const terminal = createInterface({ input: process.stdin, output: process.stdout, terminal: false });
  try {
    return /^y(es)?$/i.test(await terminal.question('Start? (y/N) ', { signal }));
  } catch {
    return false;
  } finally {
    terminal.close();
  }
}
