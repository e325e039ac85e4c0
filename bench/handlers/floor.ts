import { createHash, createHmac } from 'node:crypto';
import * as http from 'node:http';
import * as https from 'node:https';

/**
 * The floor: a handler without any SDK that does no more than a
 * Create needs. It signs by hand, retries nothing, rolls nothing back,
 * understands no error and cannot delete, so it is a measure and not a choice.
 */
interface CreateEvent {
  readonly RequestType: string;
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: { readonly Scope: string; readonly TokenDomains: string[] };
}

const region = 'us-east-1';
const endpoint = new URL(process.env.AWS_ENDPOINT_URL_WAFV2 ?? `https://wafv2.${region}.amazonaws.com`);

export async function handler(event: CreateEvent): Promise<void> {
  const { Scope, TokenDomains } = event.ResourceProperties;
  const [{ APIKey }, { ApplicationIntegrationURL }] = await Promise.all([
    call('CreateAPIKey', { Scope, TokenDomains }),
    call('ListAPIKeys', { Scope, Limit: 100 }),
  ]);
  const content = JSON.stringify({
    Status: 'SUCCESS',
    PhysicalResourceId: APIKey,
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
    Data: { APIKey, ApplicationIntegrationURL },
  });
  await send(
    new URL(event.ResponseURL),
    'PUT',
    { 'content-type': '', 'content-length': String(Buffer.byteLength(content)) },
    content,
  );
}

async function call(operation: string, input: object): Promise<Record<string, string>> {
  const body = JSON.stringify(input);
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'host': endpoint.host,
    'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
    'x-amz-security-token': process.env.AWS_SESSION_TOKEN!,
    'x-amz-target': `AWSWAF_20190729.${operation}`,
  };
  return JSON.parse(await send(endpoint, 'POST', { ...headers, authorization: authorization(headers, body) }, body));
}

function authorization(headers: Record<string, string>, body: string): string {
  const names = Object.keys(headers).sort();
  const canonical = [
    'POST', '/', '', ...names.map((name) => `${name}:${headers[name]}`), '', names.join(';'), sha256(body),
  ].join('\n');
  const time = headers['x-amz-date'];
  const scope = [time.slice(0, 8), region, 'wafv2', 'aws4_request'];
  const key = scope.reduce(
    (secret: string | Buffer, part) => hmac(secret, part), `AWS4${process.env.AWS_SECRET_ACCESS_KEY}`,
  );
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const credential = [process.env.AWS_ACCESS_KEY_ID, ...scope].join('/');
  return `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function send(url: URL, method: string, headers: Record<string, string>, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'http:' ? http : https;
    client.request(url, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => { text += chunk; });
      response.on(
        'end',
        () => response.statusCode === 200 ? resolve(text) : reject(new Error(`HTTP ${response.statusCode}: ${text}`)),
      );
    }).on('error', reject).end(body);
  });
}
