import { BODY, Caller, SIGN_UP, SIGNED_UP } from './caller';
import { useScenario } from './scenario';

const scenario = useScenario();
let caller: Caller;

beforeEach(async () => { caller = await Caller.in(scenario); });

/** Lets requests to the API wait until the returned function is called. */
async function hold(): Promise<{ reached: Promise<void>; release: () => void }> {
  let release!: () => void;
  let arrive!: () => void;
  const reached = new Promise<void>((resolve) => { arrive = resolve; });
  const released = new Promise<void>((resolve) => { release = resolve; });
  await scenario.visitor.page.route('**/api/**', async (route) => {
    arrive();
    await released;
    await route.continue().catch(() => {}); // the page may have aborted it
  });
  return { reached, release };
}

describe('fetchWithCaptcha accepts', () => {
  const STREAM = `new Blob(['${BODY}']).stream()`;
  test.each([
    ['a string', SIGN_UP],
    ['a URL', `new URL('/api/sign-up', location), { method: 'POST', body: '${BODY}' }`],
    ['a Request', `new Request('/api/sign-up', { method: 'POST', body: '${BODY}' })`],
    ['a Request and an init that overrides it',
      `new Request('/api/sign-up', { method: 'PUT' }), { method: 'POST', body: '${BODY}' }`],
    ['a Blob', `'/api/sign-up', { method: 'POST', body: new Blob(['${BODY}']) }`],
    ['bytes', `'/api/sign-up', { method: 'POST', body: new TextEncoder().encode('${BODY}') }`],
    ['a stream', `'/api/sign-up', { method: 'POST', body: ${STREAM}, duplex: 'half' }`],
    ['a Request with a stream', `new Request('/api/sign-up', { method: 'POST', body: ${STREAM}, duplex: 'half' })`],
  ])('%s, and sends its body again after the puzzle', async (_, args) => {
    await caller.start('call', args);
    await scenario.visitor.solve();
    expect(await caller.outcome('call')).toEqual(SIGNED_UP);
    expect(scenario.site.signUps).toEqual([BODY]);
  });

  test('a form with its files', async () => {
    await caller.start('call', `'/api/sign-up', { method: 'POST', body: (() => {
      const form = new FormData();
      form.append('file', new File(['content of the file'], 'letter.txt'));
      return form;
    })() }`);
    await scenario.visitor.solve();
    await caller.outcome('call');
    const [{ headers, body }] = scenario.site.requests;
    const boundary = /^multipart\/form-data; boundary=(.*)$/.exec(headers['content-type']!)![1];
    expect(body).toContain(`--${boundary}\r\n`);
    expect(body).toContain('filename="letter.txt"');
    expect(body).toContain('content of the file');
  });

  test('headers and a referrer, and sends them with both attempts', async () => {
    await caller.start('call', `'/api/sign-up?from=page', {
      method: 'POST', body: '${BODY}', referrer: '/elsewhere',
      headers: { 'content-type': 'application/json', 'x-own': '1' },
    }`);
    await scenario.visitor.solve();
    expect(await caller.outcome('call')).toEqual(SIGNED_UP);
    expect(scenario.site.requests[0].headers).toMatchObject({
      'content-type': 'application/json', 'x-own': '1', 'referer': `${scenario.edge.url()}elsewhere`,
    });
  });

  test('requests that need no puzzle, like fetch', async () => {
    expect(await caller.call('\'/style.css\', undefined')).toMatchObject({ status: 200 });
    expect(await caller.call('\'/style.css\', { method: \'HEAD\' }')).toEqual({ status: 200, text: '' });
    expect(await caller.call('\'/nothing\'')).toEqual({ status: 404, text: 'not found' });
  });
});

test('The script is requested while the body is read, so that others who ask for it share the request', async () => {
  await scenario.visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
  caller = await Caller.in(scenario);
  await scenario.visitor.problem(); // the page has asked for it, too
  const requested = scenario.visitor.page.waitForRequest('**/jsapi.js', { timeout: 10_000 });
  await caller.start('call', '\'/api/sign-up\', { method: \'POST\', body: new ReadableStream(), duplex: \'half\' }');
  await requested;
});

test('What the page changes while the puzzle is open does not change the call', async () => {
  const { site, double, visitor } = scenario;
  const values = { apiKey: site.config!.apiKey, scriptUrl: `${double.origin}/0a1b2c3d4e5f/jsapi.js` };
  site.config = undefined;
  await visitor.page.evaluate(`(async () => {
    const { fetchWithCaptcha } = await import('/captcha.js');
    const url = new URL('/api/sign-up', location);
    const body = new URLSearchParams({ email: 'ada' });
    const init = { method: 'POST', headers: { 'x-own': 'ada' }, body };
    const config = ${JSON.stringify(values)};
    const options = { container: document.getElementById('captcha'), config };
    options.onPuzzle = () => record('puzzle');
    options.onSolved = () => record('solved');
    calls.own = outcomeOf(fetchWithCaptcha(url, init, options));
    url.pathname = '/api/elsewhere';
    body.set('email', 'grace');
    init.headers['x-own'] = 'grace';
    config.apiKey = 'another';
    options.container = document.body;
    options.onPuzzle = options.onSolved = () => record('another');
  })()`);
  await visitor.solve();
  await caller.outcome('own');
  const [{ path, headers, body }] = scenario.site.requests;
  expect([path, headers['x-own'], body]).toEqual(['/api/sign-up', 'ada', 'email=ada']);
  expect(await caller.events()).toEqual(['puzzle', 'solved']);
});

describe('An abort', () => {
  const ABORTED = { name: 'AbortError' };

  test('before the call rejects at once, without a request', async () => {
    await scenario.visitor.page.route('**/jsapi.js', () => {}); // never responds
    caller = await Caller.in(scenario);
    expect(await caller.call(SIGN_UP.replace('signal', 'signal: AbortSignal.abort()'))).toMatchObject(ABORTED);
    expect(scenario.edge.tokenStatuses).toEqual([]);
  });

  test('while the script loads rejects', async () => {
    const script = '**/jsapi.js';
    await scenario.visitor.page.route(script, () => {}); // never responds
    caller = await Caller.in(scenario);
    await caller.start('call', SIGN_UP);
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
  });

  test('while the body is read rejects', async () => {
    const endless = 'new ReadableStream()';
    await caller.start('call', `'/api/sign-up', { method: 'POST', body: ${endless}, duplex: 'half', signal }`);
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
  });

  test.each([
    ['', ABORTED],
    ['new TypeError("changed my mind")', { name: 'TypeError' }],
  ])('during the first request rejects with its reason: %s', async (reason, outcome) => {
    const { reached } = await hold();
    await caller.start('call', SIGN_UP);
    await reached;
    await caller.abort('call', reason);
    expect(await caller.outcome('call')).toMatchObject(outcome);
  });

  test('while the puzzle is open rejects and removes the puzzle', async () => {
    await caller.start('call', SIGN_UP);
    await scenario.visitor.puzzleQuestion();
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
    expect(await caller.puzzles()).toBe(0);
    expect(scenario.site.signUps).toEqual([]);
  });

  test('while the puzzle loads rejects, and no puzzle appears later', async () => {
    let release!: () => void;
    const released = new Promise<void>((resolve) => { release = resolve; });
    const requested = scenario.visitor.page.waitForRequest('**/problem');
    await scenario.visitor.page.route('**/problem', async (route) => {
      await released;
      await route.continue();
    });
    await caller.start('call', SIGN_UP);
    await requested;
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
    const response = scenario.visitor.page.waitForResponse('**/problem');
    release();
    await (await response).finished();
    expect(await caller.puzzles()).toBe(0);
    expect(await caller.events()).toEqual([]);
  });

  test('during the second request rejects', async () => {
    await caller.start('call', SIGN_UP);
    await scenario.visitor.puzzleQuestion();
    const { reached } = await hold();
    await scenario.visitor.solve();
    await reached;
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
  });

  test('rejects with its reason, also that of a Request or of a timeout', async () => {
    await caller.start('reason', SIGN_UP);
    await scenario.visitor.puzzleQuestion();
    await caller.abort('reason', '\'changed my mind\'');
    expect(await caller.outcome('reason')).toMatchObject({ name: 'changed my mind' });
    await caller.start('request', 'new Request(\'/api/sign-up\', { method: \'POST\', signal })');
    await scenario.visitor.puzzleQuestion();
    await caller.abort('request');
    expect(await caller.outcome('request')).toMatchObject(ABORTED);
    expect(await caller.call('\'/api/sign-up\', { method: \'POST\', signal: AbortSignal.timeout(200) }'))
      .toMatchObject({ name: 'TimeoutError' });
    expect(await caller.puzzles()).toBe(0);
  });
});

describe('Requests at the same time', () => {
  test('share one puzzle, and all succeed after it', async () => {
    await caller.start('first', SIGN_UP);
    await caller.start('second', SIGN_UP);
    await scenario.visitor.puzzleQuestion();
    await caller.start('third', SIGN_UP);
    await caller.eventCount(3);
    expect(await caller.puzzles()).toBe(1);
    await scenario.visitor.solve();
    for (const name of ['first', 'second', 'third']) expect(await caller.outcome(name)).toEqual(SIGNED_UP);
    expect((await caller.events()).filter((event) => event === 'solved')).toHaveLength(3);
  });

  test('succeed if one of them is aborted', async () => {
    await caller.start('first', SIGN_UP);
    await scenario.visitor.puzzleQuestion();
    await caller.start('second', SIGN_UP);
    await caller.eventCount(2);
    await caller.abort('first');
    expect(await caller.outcome('first')).toMatchObject({ name: 'AbortError' });
    expect(await caller.puzzles()).toBe(1);
    await scenario.visitor.solve();
    expect(await caller.outcome('second')).toEqual(SIGNED_UP);
  });

  test('need no second puzzle if the first was solved while one of them was on its way', async () => {
    await caller.start('first', SIGN_UP);
    await scenario.visitor.puzzleQuestion();
    let release!: () => void;
    const released = new Promise<void>((resolve) => { release = resolve; });
    let refused!: () => void;
    const late = new Promise<void>((resolve) => { refused = resolve; });
    await scenario.visitor.page.route('**/api/sign-up?late', async (route) => {
      const response = await route.fetch();
      refused();
      await released;
      await route.fulfill({ response });
    }, { times: 1 });
    await caller.start('second', SIGN_UP.replace('sign-up', 'sign-up?late'));
    await late;
    await scenario.visitor.solve();
    expect(await caller.outcome('first')).toEqual(SIGNED_UP);
    release();
    expect(await caller.outcome('second')).toEqual(SIGNED_UP);
    expect(await caller.events()).toEqual(['puzzle', 'solved']);
  });

  test('all fail with the reason of the one puzzle, and the next request gets another puzzle', async () => {
    scenario.double.puzzleLifetimeMs = 1_000;
    await caller.start('first', SIGN_UP);
    await caller.start('second', SIGN_UP);
    for (const name of ['first', 'second']) expect(await caller.outcome(name)).toMatchObject({ code: 'expired' });
    scenario.double.puzzleLifetimeMs = 60_000;
    await caller.start('third', SIGN_UP);
    await scenario.visitor.solve();
    expect(await caller.outcome('third')).toEqual(SIGNED_UP);
  });

  test('have a puzzle each in containers of their own', async () => {
    await scenario.visitor.page.evaluate(`{
      document.body.append(Object.assign(document.createElement('div'), { id: 'other' }));
    }`);
    await caller.start('first', SIGN_UP);
    await caller.start('second', `${SIGN_UP}, { container: document.getElementById('other') }`);
    await scenario.visitor.puzzle.nth(1).locator('legend').waitFor();
    expect(await caller.puzzles()).toBe(2);
    await caller.abort('second');
    await scenario.visitor.solve();
    expect(await caller.outcome('first')).toEqual(SIGNED_UP);
  });
});
