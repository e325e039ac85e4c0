import { createServer, IncomingMessage, Server } from 'node:http';
import {
  CreateAPIKeyCommand, CreateAPIKeyCommandInput, DeleteAPIKeyCommand, DeleteAPIKeyCommandInput, ListAPIKeysCommand, ListAPIKeysCommandInput,
  WAFV2Client,
} from '@aws-sdk/client-wafv2';
import { WafClient } from '../../lambda/waf-client';
import { CREDENTIALS } from '../../local/function-process';
import { listen } from '../../local/listen';

const REGION = 'eu-west-1';

interface Reply {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

/** Takes requests down and answers them all alike. */
let server: Server;
let reply: Reply;
let requests: { line: string; headers: IncomingMessage['headers']; body: string }[];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({ line: `${request.method} ${request.url}`, headers: request.headers, body });
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  Object.assign(process.env, CREDENTIALS, { AWS_ENDPOINT_URL_WAFV2: `http://${await listen(server)}` });
});

beforeEach(() => {
  requests = [];
  reply = { status: 200, body: '{}' };
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const never = () => new AbortController().signal;

/** What the SDK's own client does, without retries. */
const sdk = () => new WAFV2Client({ region: REGION, maxAttempts: 1 });

const COMMANDS = {
  CreateAPIKey: (client: WAFV2Client, input: CreateAPIKeyCommandInput) => client.send(new CreateAPIKeyCommand(input)),
  ListAPIKeys: (client: WAFV2Client, input: ListAPIKeysCommandInput) => client.send(new ListAPIKeysCommand(input)),
  DeleteAPIKey: (client: WAFV2Client, input: DeleteAPIKeyCommandInput) => client.send(new DeleteAPIKeyCommand(input)),
};

describe('says to AWS WAF what the SDK\'s own client says', () => {
  const scope = { Scope: 'REGIONAL' } as const;
  test.each([
    ['CreateAPIKey', { ...scope, TokenDomains: ['example.com', 'www.example.com'] }],
    ['ListAPIKeys', { ...scope, Limit: 100, NextMarker: undefined }],
    ['ListAPIKeys', { ...scope, Limit: 100, NextMarker: 'ma"rk\u00e9' }],
    ['DeleteAPIKey', { ...scope, APIKey: 'a+/=_0_1' }],
  ] as const)('%s %j', async (operation, input) => {
    await new WafClient(REGION).send(operation, input as never, never());
    await COMMANDS[operation](sdk(), input as never);

    const [ours, theirs] = requests.map(({ line, headers, body }) => ({
      line,
      body: JSON.parse(body),
      type: headers['content-type'],
      target: headers['x-amz-target'],
      host: headers.host,
      length: headers['content-length'],
      token: headers['x-amz-security-token'],
      credential: /Credential=([^,]+)/.exec(headers.authorization!)![1],
    }));
    expect(ours).toEqual(theirs);
  });
});

describe('throws what the SDK\'s own client throws', () => {
  test.each<[string, Reply]>([
    ['modelled, named in the body', { status: 400, body: '{"__type":"WAFInvalidParameterException","message":"no"}' }],
    ['named with a namespace', { status: 400, body: '{"__type":"com.amazonaws.wafv2#WAFNonexistentItemException","message":"gone"}' }],
    ['named in the header', { status: 400, headers: { 'x-amzn-errortype': 'ThrottlingException:http://internal/' }, body: '{"message":"slow"}' }],
    ['with a capital Message', { status: 400, body: '{"__type":"AccessDeniedException","Message":"denied"}' }],
    ['without a name', { status: 400, body: '{"message":"no"}' }],
    ['at the edge of success', { status: 300, body: '{"__type":"AccessDeniedException","message":"elsewhere"}' }],
    ['of the server', { status: 500, body: '{"__type":"WAFInternalErrorException","message":"oops"}' }],
    ['of something else on the way', { status: 503, body: '<html>down</html>' }],
    ['refused by something else on the way', { status: 403, body: '<html>proxy</html>' }],
    ['cut off', { status: 400, body: '{"__type":"WAFInv' }],
    ['cut off, of a success', { status: 200, body: '{"APIKey":"a' }],
  ])('%s', async (_, answer) => {
    reply = { ...answer, headers: { 'x-amzn-requestid': 'id-1', ...answer.headers } };
    const input = { Scope: 'REGIONAL', TokenDomains: ['example.com'] } as const;
    const facts = ({ name, $fault, $metadata }: { name: string; $fault?: string; $metadata: { httpStatusCode: number; requestId: string } }) =>
      ({ name, $fault, status: $metadata.httpStatusCode, requestId: $metadata.requestId });

    const ours = await new WafClient(REGION).send('CreateAPIKey', { ...input, TokenDomains: ['example.com'] }, never()).catch((error) => error);
    const theirs = await sdk().send(new CreateAPIKeyCommand({ ...input, TokenDomains: ['example.com'] })).catch((error) => error);

    expect(ours).toBeInstanceOf(Error);
    expect(facts(ours)).toEqual(facts(theirs));
    if (answer.body.endsWith('}')) expect(ours.message).toBe(theirs.message);
  });
});

test('says who asks, and reads letters that arrive in pieces and answers that are empty', async () => {
  const client = new WafClient(REGION);
  expect(await client.send('DeleteAPIKey', { Scope: 'REGIONAL', APIKey: 'key' }, never())).toEqual({});
  expect(requests[0].headers['user-agent']).toBe('cdk-waf-captcha-api-key');

  reply = { status: 200, body: '' };
  expect(await client.send('DeleteAPIKey', { Scope: 'REGIONAL', APIKey: 'key' }, never())).toEqual({});

  const NextMarker = '\u00e9'.repeat(200_000);
  reply = { status: 200, body: JSON.stringify({ NextMarker }) };
  expect(await client.send('ListAPIKeys', { Scope: 'REGIONAL' }, never())).toEqual({ NextMarker });
});

test('an error without a text says its status', async () => {
  reply = { status: 400, body: '{"__type":"WAFInvalidOperationException"}' };
  await expect(new WafClient(REGION).send('ListAPIKeys', { Scope: 'REGIONAL' }, never())).rejects.toThrow('HTTP 400');
});

describe('where AWS WAF is', () => {
  const hostOf = (region: string) => {
    const { hostname } = (new WafClient(region) as unknown as { endpoint: { hostname: string } }).endpoint;
    return hostname;
  };
  const theirs = async (region: string) => {
    const { config } = new WAFV2Client({ region, useFipsEndpoint: process.env.AWS_USE_FIPS_ENDPOINT === 'true' });
    return config.endpointProvider({ Region: region, UseFIPS: await config.useFipsEndpoint(), UseDualStack: false }, {}).url.hostname;
  };
  const endpoint = () => process.env.AWS_ENDPOINT_URL_WAFV2;
  let saved: string | undefined;

  beforeEach(() => {
    saved = endpoint();
    delete process.env.AWS_ENDPOINT_URL_WAFV2;
  });

  afterEach(() => {
    process.env.AWS_ENDPOINT_URL_WAFV2 = saved;
    delete process.env.AWS_USE_FIPS_ENDPOINT;
  });

  test.each(['us-east-1', 'eu-west-1', 'cn-north-1', 'us-gov-west-1'])('%s: as the SDK says', async (region) => {
    expect(hostOf(region)).toBe(await theirs(region));
  });

  test('with AWS_USE_FIPS_ENDPOINT: as the SDK says', async () => {
    process.env.AWS_USE_FIPS_ENDPOINT = 'true';

    expect(hostOf('us-gov-west-1')).toBe(await theirs('us-gov-west-1'));
  });
});
