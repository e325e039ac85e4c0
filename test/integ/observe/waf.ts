import {
  APIKeySummary, CreateAPIKeyCommand, DeleteAPIKeyCommand, GetDecryptedAPIKeyCommand, ListAPIKeysCommand,
  ListAPIKeysCommandOutput, WAFNonexistentItemException, WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { isThrottlingError } from '@smithy/core/retry';
import { Observations } from './assumptions';
import { describeError, PACE, seconds, sleep, timeUntil } from './timing';

const Scope = 'REGIONAL';
const BURST = 10;
/** Between two calls of an operation with a quota of one a second. */
const TURN_MS = 1_100;
/** How long a key may take to be listed that a lost response has created. */
const LATE_MS = 10_000;

/** The keys of one Region. It knows those that it creates, and deletes them. */
export class Keys {
  private readonly client: WAFV2Client;
  private readonly created = new Set<string>();

  /** @param domain of all keys whose domains do not matter: nobody else's keys have it */
  constructor(region: string, public readonly domain: string) {
    this.client = new WAFV2Client({ region, maxAttempts: 1 });
  }

  public async create(...domains: string[]): Promise<string> {
    const { APIKey } = await this.client.send(new CreateAPIKeyCommand({ Scope, TokenDomains: domains }));
    this.created.add(APIKey!);
    return APIKey!;
  }

  public async delete(key: string): Promise<void> {
    await this.client.send(new DeleteAPIKeyCommand({ Scope, APIKey: key }));
    this.created.delete(key);
  }

  public async decrypt(key: string): Promise<void> {
    await this.client.send(new GetDecryptedAPIKeyCommand({ Scope, APIKey: key }));
  }

  public async list(): Promise<{ keys: APIKeySummary[]; url?: string }> {
    const keys: APIKeySummary[] = [];
    let page: ListAPIKeysCommandOutput | undefined;
    do {
      page = await this.client.send(new ListAPIKeysCommand({ Scope, Limit: 100, NextMarker: page?.NextMarker }));
      keys.push(...page.APIKeySummaries ?? []);
    } while (page.NextMarker);
    return { keys, url: page.ApplicationIntegrationURL };
  }

  /** Those that it created and has not deleted. */
  public get existing(): string[] {
    return [...this.created];
  }

  /** Deletes what it created, and what a lost response has created. What it could not delete still exists. */
  public async deleteAll(signal: AbortSignal): Promise<void> {
    const until = Date.now() + LATE_MS;
    const deleted = new Set<string>();
    while (Date.now() < until || this.created.size) {
      const { keys } = await unthrottled(() => this.list(), signal);
      keys.filter(({ APIKey, TokenDomains }) => TokenDomains?.includes(this.domain) && !deleted.has(APIKey!))
        .forEach(({ APIKey }) => this.created.add(APIKey!));
      for (const key of this.created) {
        try {
          await unthrottled(() => this.delete(key), signal);
          deleted.add(key);
        } catch (error) {
          if (signal.aborted) throw error;
          // A new key may not be known yet.
          if (error instanceof WAFNonexistentItemException && Date.now() >= until) this.created.delete(key);
        }
      }
      await sleep(TURN_MS, signal);
    }
  }
}

function isThrottling(error: unknown): boolean {
  return isThrottlingError(error as Parameters<typeof isThrottlingError>[0]);
}

/** Calls again while the quota is used up. */
async function unthrottled<T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isThrottling(error)) throw error;
      await sleep(TURN_MS, signal);
    }
  }
}

export async function observeWaf(
  keys: Keys, observations: Observations, signal: AbortSignal,
): Promise<void> {
  const { domain } = keys;
  const patiently = <T>(call: () => Promise<T>) => unthrottled(call, signal);
  const list = () => patiently(() => keys.list());
  const outcome = (call: () => Promise<unknown>) => patiently(call).then(() => 'succeeds', describeError);

  observations.note('url before the first key', (await list()).url ? 'there is one' : 'there is none');

  // Three keys, and a list that is read all the time.
  const domains = [`B.${domain}`, domain];
  const createdAt = new Map<string, number>();
  const listedAt = new Map<string, number>();
  let urlAt: number | undefined;
  const creating = (async () => {
    for (const given of [domains, [domain], [domain]]) {
      createdAt.set(await patiently(() => keys.create(...given)), Date.now());
      await sleep(TURN_MS, signal);
    }
  })();
  creating.catch(() => undefined); // is awaited below
  await timeUntil(async () => {
    const { keys: listed, url } = await list();
    if (url && createdAt.size) urlAt ??= Date.now();
    listed.forEach(({ APIKey }) => listedAt.set(APIKey!, listedAt.get(APIKey!) ?? Date.now()));
    return createdAt.size === 3 && [...createdAt.keys()].every((key) => listedAt.has(key)) && urlAt !== undefined;
  }, signal);
  await creating;
  const since = (start: number, end: number | undefined) => seconds(end && Math.max(0, end - start));
  const lags = Array.from(createdAt, ([key, at]) => since(at, listedAt.get(key)));
  observations.note('new key listed', `after ${lags.join(', ')}`);
  const [[first, firstAt], [second], [third]] = createdAt;
  observations.note('url after the first key', `after ${since(firstAt, urlAt)}`);
  observations.note('form of a key', `${first.length} characters, ending in \`${first.slice(-4)}\``);
  const shown = (await list()).keys.find(({ APIKey }) => APIKey === first)?.TokenDomains?.join(', ');
  observations.note('domains as given', shown === domains.join(', ') ? 'so' : `${domains.join(', ')} as ${shown}`);

  // A key is deleted as soon as there is one.
  const short = await patiently(() => keys.create(domain));
  const knownAfter = await timeUntil(async () => {
    try {
      await patiently(() => keys.delete(short));
      return true;
    } catch (error) {
      if (error instanceof WAFNonexistentItemException) return false;
      throw error;
    }
  }, signal);
  observations.note('new key deletable', `after ${seconds(knownAfter)}`);

  // A list that is read after each deletion.
  const unlistedAfter: string[] = [];
  let deletedAt = 0;
  for (const key of [first, second, third]) {
    await patiently(() => keys.delete(key));
    deletedAt = Date.now();
    const isUnlisted = async () => !(await list()).keys.some(({ APIKey }) => APIKey === key);
    unlistedAfter.push(seconds(await timeUntil(isUnlisted, signal)));
  }
  observations.note('deleted key listed', `for ${unlistedAfter.join(', ')}`);
  observations.note('unknown key', await outcome(() => keys.delete(first)), 'one that never existed: '
    + await outcome(() => keys.delete(`${Buffer.alloc(512, 'x').toString('base64')}_0_1`)));

  const creating6 = Array.from({ length: 6 }, (_, index) => `d${index}.${domain}`);
  observations.note(
    'rejected domains',
    `six: ${await outcome(() => keys.create(...creating6))}`,
    `\`co.uk\`: ${await outcome(() => keys.create('co.uk'))}`,
    `a space: ${await outcome(() => keys.create(`a b.${domain}`))}`,
  );
  observations.note('private suffix', `a key for \`github.io\`: ${await outcome(() => keys.create('github.io'))}`);

  // What a quota admits at once, and then a second.
  const throttled: unknown[] = [];
  const admit = async (call: () => Promise<unknown>): Promise<number> => {
    try {
      await call();
      return 1;
    } catch (error) {
      if (!isThrottling(error)) throw error;
      throttled.push(error);
      return 0;
    }
  };
  const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
  const atOnce = async (calls: (() => Promise<unknown>)[]) => sum(await Promise.all(calls.map(admit)));
  await sleep(PACE.rest, signal);
  const burst = await atOnce(Array.from({ length: BURST }, () => () => keys.create(domain)));
  const stream: number[] = [];
  for (const until = Date.now() + PACE.stream; Date.now() < until;) {
    stream.push(await admit(() => keys.create(domain)));
    await sleep(250, signal);
  }
  const lists = await atOnce(Array.from({ length: 2 * BURST }, () => () => keys.list()));
  await sleep(PACE.rest, signal); // also for keys that are not deletable yet
  const toDelete = keys.existing.slice(0, BURST);
  const deletions = await atOnce(toDelete.map((key) => () => keys.delete(key)));
  observations.note(
    'quotas',
    `of ${BURST} creates at once ${burst} admitted, then of ${stream.length} within ${seconds(PACE.stream)} `
      + `${sum(stream)}`,
    `of ${2 * BURST} lists at once ${lists}`,
    `of ${toDelete.length} deletions at once ${deletions}`,
  );
  observations.note('throttling', throttled.length ? describeError(throttled[0]) : 'no call was throttled');
  const age = seconds(Date.now() - deletedAt);
  observations.note('deleted key decrypted', `${age} after the deletion: ${await outcome(() => keys.decrypt(third))}`);
}
