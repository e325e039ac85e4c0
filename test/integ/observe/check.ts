/** Runs the observation against local services that lag, and checks that it finds the lags and leaves nothing. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { AssumptionName } from './assumptions';
import { withoutAws } from '../../../local/cdk';
import { LocalEnvironment, LocalEnvironmentOptions, ROOT } from '../../../local/local-environment';
import { expectEqual, ExpectationError, expectMatch, say } from '../../../local/progress';

/** By how many seconds the services lag. */
const LAGS = { newKeyListed: 2, newKeyDeletable: 1.5, deletedKeyListed: 2.5, url: 4, views: 2 };
/** By how much later a busy machine may notice. */
const MAX_DELAY = 4;
/** Has a key already. */
const TAKEN_REGION = 'eu-north-1';
const REGION = 'ap-northeast-3';

interface Observed {
  readonly code: number | null;
  readonly output: string;
  /** Keys and stacks. */
  readonly left: string[];
}

/** Observes local services of its own. The signal is sent when it is time. */
async function observeLocally(
  folder: string,
  signal?: NodeJS.Signals,
  isTime: (local: LocalEnvironment, output: string) => Promise<boolean> | boolean = () => false,
): Promise<Observed> {
  mkdirSync(folder, { recursive: true });
  const logFile = path.join(folder, 'observe.log');
  const options: LocalEnvironmentOptions = {
    folder,
    logFile,
    emulator: { quotas: 'aws' },
    functionEnv: () => ({ LAG_SECONDS: String(LAGS.views) }),
  };
  const { python } = await LocalEnvironment.install(options);
  const local = await LocalEnvironment.start(python, options);
  try {
    local.waf.addKey({ scope: 'REGIONAL', region: TAKEN_REGION, tokenDomains: ['example.com'] });
    await new Promise((resolve) => setTimeout(resolve, 1_000 * LAGS.newKeyListed));
    local.waf.configure({
      createdKeyListedAfterMs: 1_000 * LAGS.newKeyListed,
      createdKeyDeletableAfterMs: 1_000 * LAGS.newKeyDeletable,
      deletedKeyListedForMs: 1_000 * LAGS.deletedKeyListed,
      integrationUrlAfterMs: 1_000 * LAGS.url,
    });
    const env = { ...withoutAws(process.env), ...local.settings, AWS_ENDPOINT_URL_WAFV2: local.waf.url };
    const args = ['--import', 'tsx', 'test/integ/main.ts', '--observe', '--yes', '--table', tableIn(folder)];
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        appendFileSync(logFile, text);
      });
    }
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    for (let isSent = !signal; !isSent && child.exitCode === null;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (!await isTime(local, output)) continue;
      // Deletions may fail, too.
      local.waf.fail({ kind: 'WAFInternalErrorException', operation: 'DeleteAPIKey', times: 2 });
      isSent = child.kill(signal);
    }
    const code = await ended;
    const keys = local.waf.keys({ region: REGION }).map(({ tokenDomains }) => `a key for ${tokenDomains.join()}`);
    return { code, output, left: [...keys, ...await local.aws.stacks(REGION)] };
  } finally {
    await local.stop();
  }
}

const tableIn = (folder: string) => path.join(folder, 'assumptions.md');

/** How each observation is checked: its lags in seconds, or what its text matches. */
const EXPECTED: Partial<Record<AssumptionName, number | RegExp>> = {
  'url before the first key': /^there is none$/,
  'url after the first key': LAGS.url,
  'new key listed': LAGS.newKeyListed,
  'new key deletable': LAGS.newKeyDeletable,
  'deleted key listed': LAGS.deletedKeyListed,
  'deleted key decrypted': /^\d+\.\d s after the deletion: succeeds$/,
  'form of a key': /^688 characters, ending in `_0_1`$/,
  'domains as given': /^so$/,
  'unknown key': /^`WAFNonexistentItemException: .*; one that never existed: `WAFNonexistentItemException: /,
  'rejected domains': /^six: `WAFInvalidParameter.*; `co.uk`: `WAFInvalidParameter.*; a space: `ValidationException: /,
  'private suffix': /: succeeds$/,
  'quotas': new RegExp(
    '^of 10 creates at once 1 admitted, then of \\d+ within 3.0 s [1-3]; '
      + 'of 20 lists at once 5; of \\d+ deletions at once 1$',
  ),
  'throttling': /^`ThrottlingException: /,
  'view of an update':
    /^from the response on: −\S+ s CREATE_COMPLETE id-1, .*Delete of id-1, .*\+[2-6]\.\d s UPDATE_COMPLETE id-2, /,
  'view of a cancelled creation': /^from the failure on: /,
  'events of a cancelled creation': /^it was not cancelled$/, // MiniStack creates one resource after the other
  'view of a deleted stack': /^right after: UPDATE_COMPLETE id-4; 3\.0 s later: no such resource$/,
  'quota of DescribeStackResource': /^of 20 at once 20 admitted$/,
  'roll-back of a replacement': /^after the failure: Delete of id-3$/,
  'failed clean-up': /^1 in all; UPDATE_COMPLETE$/,
  'output in a roll-back': /^new in the update, old in its roll-back; UPDATE_ROLLBACK_COMPLETE$/,
  'new schedule found': LAGS.views,
  'deleted schedule found': LAGS.views,
  'new role': /^it does not$/,
};

/** Fails if an observation is not the expected one, or if anything is left. */
export async function checkObservation(folder: string): Promise<void> {
  say('- Observe local services that lag, to the end and until SIGINT and SIGTERM');
  const folderOf = (name: string) => path.join(folder, `observe-${name}`);
  const [complete, ...interrupted] = await Promise.all([
    observeLocally(folderOf('to-the-end')),
    // With keys and stacks that are being created, and with a key in the middle of all others.
    observeLocally(folderOf('until-sigint'), 'SIGINT', async ({ aws, waf }) =>
      waf.keys({ region: REGION }).length > 0 && (await aws.stacks(REGION)).length > 2),
    observeLocally(folderOf('until-sigterm'), 'SIGTERM', (_, output) => output.includes('- view of an update:')),
  ]);

  expectMatch('The Region', complete.output, new RegExp(`^Account 123456789012, Region ${REGION},`, 'm'));
  const table = readFileSync(tableIn(folderOf('to-the-end')), 'utf8');
  const observed = new Map(
    Array.from(complete.output.matchAll(/^- ([\w\s-]+): (.*)$/gm), ([, name, text]) => [name, text]),
  );
  for (const [name, expected] of Object.entries(EXPECTED)) {
    const text = observed.get(name) ?? 'nothing';
    say(`    ${name}: ${text}`);
    if (expected instanceof RegExp) expectMatch(name, text, expected);
    else expectLags(name, text, expected);
    expectEqual(`Whether the table has '${text}'`, table.includes(`| ${text} |`), true);
  }
  expectEqual('What is left', complete.left, []);
  expectEqual('The exit code', complete.code, 0);
  for (const { output, left, code } of interrupted) {
    expectMatch('The output after the signal', output, /\nStopped: [^]*\nNothing is left\.\n/);
    expectEqual('What is left after the signal', left, []);
    expectEqual('The exit code after the signal', code, 130);
  }
  say('  As expected; nothing is left.');
}

function expectLags(name: string, text: string, lag: number): void {
  const lags = [...text.matchAll(/(\d+\.\d) s/g)].map(([, seconds]) => Number(seconds));
  const isLag = (seconds: number) => seconds > lag - 0.3 && seconds < lag + MAX_DELAY;
  if (!lags.length || !lags.every(isLag)) throw new ExpectationError(name, `some ${lag} s`, text);
}
