import { createServer, Server } from 'node:http';
import { ResourceEvent } from '../../lambda/events';
import { renderResponse, SubmitOptions, submitResponse } from '../../lambda/response';
import { listen } from '../../local/listen';
import { VirtualClock } from '../../local/virtual-clock';

const EVENT: ResourceEvent = {
  RequestType: 'Create',
  RequestId: 'request',
  StackId: 'stack',
  LogicalResourceId: 'Key',
  ResourceProperties: {},
  ResponseURL: 'https://127.0.0.1:1/',
};

describe('a response', () => {
  const bytes = (physicalId: string) => Buffer.byteLength(renderResponse(EVENT, { status: 'SUCCESS', physicalId }));

  test('can have at most 4,096 bytes', () => {
    const room = 4_096 - bytes('');
    expect(bytes('x'.repeat(room))).toBe(4_096);
    expect(() => renderResponse(EVENT, { status: 'SUCCESS', physicalId: 'x'.repeat(room + 1) })).toThrow(
      'The response has 4,097 bytes; CloudFormation accepts at most 4,096.',
    );
  });

  test('has a reason of one line, truncated at 1,000 bytes', () => {
    const { Reason } = JSON.parse(
      renderResponse(EVENT, { status: 'FAILED', physicalId: 'id', reason: `first\r\n\tsecond ${'é'.repeat(1_000)}` }),
    );
    expect(Reason).toMatch(/^first second é+/);
    expect(Buffer.byteLength(Reason)).toBeGreaterThan(990);
    expect(Buffer.byteLength(Reason)).toBeLessThanOrEqual(1_000);
  });
});

describe('the reason of a response', () => {
  const render = (reason: string, physicalId = 'id') => renderResponse(EVENT, { status: 'FAILED', physicalId, reason });

  test('is cut between two characters, and keeps a replacement character that it has', () => {
    const { Reason } = JSON.parse(render(`xy\ufffd${'é'.repeat(1_000)}`));
    expect(Reason).toBe(`xy\ufffd${'é'.repeat(497)}`);
  });

  test('has at most half of the bytes that are left, for each of them may need two', () => {
    const physicalId = 'x'.repeat(3_000);
    const left = 4_096 - Buffer.byteLength(render('', physicalId));
    expect(JSON.parse(render('y'.repeat(1_000), physicalId)).Reason).toBe('y'.repeat(Math.floor(left / 2)));
    expect(Buffer.byteLength(render('"'.repeat(1_000), physicalId))).toBeGreaterThanOrEqual(4_095);
  });
});

describe('submitting the response', () => {
  const clock = () => new VirtualClock();
  let server: Server;
  let urlOfServer: string;
  let statuses: number[];
  let bodies: string[];

  beforeEach(async () => {
    bodies = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => { body += part; });
      request.on('end', () => {
        const { 'content-type': type, 'content-length': length } = request.headers;
        bodies.push(`${request.method} ${JSON.stringify(type)} ${length} ${body}`);
        response.writeHead(statuses[bodies.length - 1] ?? statuses.at(-1)).end();
      });
    });
    urlOfServer = `http://${await listen(server)}/?signature`;
  });
  afterEach(() => { server.close(); });

  /**
   * Submits to a server that responds with these statuses, the last of them for
   * good. Returns the result and the time of each attempt, in seconds.
   */
  async function deliverTo(responses: number[], {
    within = 60, time = clock(), ResponseURL = urlOfServer, isSettled,
  }: Partial<SubmitOptions & { within: number; time: VirtualClock; ResponseURL: string }> = {}) {
    statuses = responses;
    const started = time.now();
    const attempts: number[] = [];
    const lines: Record<string, unknown>[] = [];
    const delivery = await submitResponse({ ...EVENT, ResponseURL }, 'the response', {
      clock: time,
      log: (line) => {
        attempts.push((time.now() - started) / 1_000);
        lines.push(line);
      },
      deadline: started + within * 1_000,
      isSettled,
    });
    return { delivery, attempts, lines, elapsed: (time.now() - started) / 1_000 };
  }

  test('is a PUT with an empty content type, because the URL is signed without one', async () => {
    expect(await deliverTo([200])).toMatchObject({ delivery: 'delivered' });
    expect(bodies).toEqual(['PUT "" 12 the response']);
  });

  test.each([
    ['delivered', 200, 1], ['delivered', 204, 1],
    ['rejected', 400, 1], ['rejected', 403, 1], ['rejected', 404, 1], ['rejected', 499, 1],
    ['delivered', 300, 2], ['delivered', 307, 2], ['delivered', 408, 2], ['delivered', 429, 2],
    ['delivered', 500, 2], ['delivered', 503, 2],
  ])('is %s if the first status is %d, after %d attempts', async (delivery, status, attempts) => {
    const done = await deliverTo([status, 200]);
    expect(done.delivery).toBe(delivery);
    expect(done.attempts).toHaveLength(attempts);
  });

  test.each([
    ['rejected', [503]], ['rejected', [429]], ['rejected', [307]], ['rejected', [503, 403]],
    ['unknown', [500]], ['unknown', [502]], ['unknown', [500, 503]], ['unknown', [504, 403]],
  ])('has the result %s if its attempts end with %j', async (delivery, responses) => {
    expect((await deliverTo(responses)).delivery).toBe(delivery);
  });

  test('ends after a rejected attempt if CloudFormation does not wait any more, with an unknown result', async () => {
    const { delivery, attempts } = await deliverTo([503], { isSettled: async () => true });
    expect([delivery, attempts.length]).toEqual(['unknown', 1]);
  });

  test('tries at most 25 times in a minute, and ends before the deadline', async () => {
    const { attempts, elapsed } = await deliverTo([503]);
    expect(attempts.length).toBeLessThanOrEqual(25);
    expect(elapsed).toBeGreaterThan(54);
    expect(elapsed).toBeLessThan(60);
  });

  test.each([[60, 5_000], [3, 3_000]])('times out with %d s remaining after %d ms', async (within, expected) => {
    const time = clock();
    const timeout = jest.spyOn(time, 'timeout');
    await deliverTo([200], { within, time });
    expect(timeout).toHaveBeenCalledWith(expected);
  });

  test.each([
    'http://127.0.0.1:1/', 'https://127.0.0.1:1/',
  ])('is rejected if nothing listens at %s, and the log has the cause without the URL', async (ResponseURL) => {
    const { delivery, lines } = await deliverTo([], { ResponseURL, within: 1 });
    expect(delivery).toBe('rejected');
    expect(lines[0]).toEqual({
      operation: 'SubmitResponse', attempt: 1, duration: 0, outcome: 'rejected', detail: 'ECONNREFUSED',
    });
  });

  test('makes one attempt even if no time remains', async () => {
    const time = clock();
    const timeout = jest.spyOn(time, 'timeout').mockReturnValue(new AbortController().signal);
    expect(await deliverTo([200], { within: 0, time })).toMatchObject({ delivery: 'delivered' });
    expect(timeout).toHaveBeenCalledWith(1);
  });

  test('logs a line for each attempt', async () => {
    const { lines } = await deliverTo([500, 503, 200]);
    expect(lines).toEqual([
      { operation: 'SubmitResponse', attempt: 1, duration: 0, outcome: 'unknown', detail: 'HTTP 500' },
      { operation: 'SubmitResponse', attempt: 2, duration: 0, outcome: 'rejected', detail: 'HTTP 503' },
      { operation: 'SubmitResponse', attempt: 3, duration: 0, outcome: 'delivered', detail: 'HTTP 200' },
    ]);
  });
});
