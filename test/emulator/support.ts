import { request } from 'node:http';
import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { Settings, WafEmulator } from '../../emulator';

export interface ClientOptions {
  readonly region?: string;
  readonly account?: string;
  readonly maxAttempts?: number;
}

/** The official client; it does not retry unless told to, so that one send is one request. */
export function clientOf(
  waf: WafEmulator, { region = 'us-east-1', account = 'AKIDEXAMPLE', maxAttempts = 1 }: ClientOptions = {},
): WAFV2Client {
  return new WAFV2Client({
    endpoint: waf.url,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'secret' },
    maxAttempts,
  });
}

export interface RawResponse {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string;
}

const CREDENTIAL = 'AKIDEXAMPLE/20300101/us-east-1/wafv2/aws4_request';

export const AUTHORIZATION =
  `AWS4-HMAC-SHA256 Credential=${CREDENTIAL}, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=00ff`;

/** Sends what no SDK would send; a header given as undefined is omitted. */
export function send(
  waf: WafEmulator, { method = 'POST', path = '/', headers = {}, body = '{}' }: RawRequest,
): Promise<RawResponse> {
  const sent = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSWAF_20190729.ListAPIKeys',
    'authorization': AUTHORIZATION,
    ...headers,
  };
  const given = Object.fromEntries(Object.entries(sent).filter(([, value]) => value !== undefined));
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(path, waf.url), { method, headers: given }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const json = incoming.headers['content-type']?.includes('json') ? JSON.parse(text) as RawResponse['json'] : {};
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text, json });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function call(
  waf: WafEmulator, operation: string, input: unknown, headers: RawRequest['headers'] = {},
): Promise<RawResponse> {
  return send(
    waf, { headers: { 'x-amz-target': `AWSWAF_20190729.${operation}`, ...headers }, body: JSON.stringify(input) },
  );
}

/** The time at the start of each test. */
export const START = Date.UTC(2030, 0, 1);

export interface EmulatorInUse {
  readonly waf: WafEmulator;
  /** The official client, for us-east-1. */
  readonly client: WAFV2Client;
  /** The emulator's clock, in milliseconds; it stands still until a test sets it. */
  now: number;
}

/** One emulator for all tests of a file or a describe block. Each test starts at START, without keys and faults. */
export function useEmulator(settings: Partial<Settings> = {}): EmulatorInUse {
  const used = { now: START } as { -readonly [name in keyof EmulatorInUse]: EmulatorInUse[name] };
  beforeAll(async () => {
    used.waf = await WafEmulator.start({ ...settings, now: () => used.now });
    used.client = clientOf(used.waf);
  });
  beforeEach(() => {
    used.now = START;
    used.waf.reset();
  });
  afterAll(() => used.waf.stop());
  return used;
}
