import { Browser } from 'playwright-core';
import { Caller } from './caller';
import { PLAIN_PAGE, Stage } from './stage';
import { openBrowser } from './visitor';

const BODY = '{"email":"ada@example.com"}';
const POST = `'/api/sign-up', { method: 'POST', body: '${BODY}', signal }`;
const SIGNED_UP = { status: 200, text: BODY };

let browser: Browser;
let stage: Stage;
let caller: Caller;

beforeAll(async () => { browser = await openBrowser(); }, 60_000);
afterAll(async () => browser?.close());
beforeEach(async () => {
  stage = await Stage.set(browser, PLAIN_PAGE);
  caller = await Caller.in(stage);
}, 60_000);
afterEach(async () => stage.clear());

/** Lets requests to the API wait until the returned function is called. */
async function hold(): Promise<{ reached: Promise<void>; release: () => void }> {
  let release!: () => void;
  let arrive!: () => void;
  const reached = new Promise<void>((resolve) => { arrive = resolve; });
  const released = new Promise<void>((resolve) => { release = resolve; });
  await stage.visitor.page.route('**/api/**', async (route) => {
    arrive();
    await released;
    await route.continue().catch(() => {}); // the page may have aborted it
  });
  return { reached, release };
}

describe('fetchWithCaptcha takes', () => {
  const STREAM = `new Blob(['${BODY}']).stream()`;
  it.each([
    ['a string', POST],
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
    await stage.visitor.solve();
    expect(await caller.outcome('call')).toEqual(SIGNED_UP);
    expect(stage.site.signUps).toEqual([BODY]);
  });

  it('a form with its files', async () => {
    await caller.start('call', `'/api/sign-up', { method: 'POST', body: (() => {
      const form = new FormData();
      form.append('file', new File(['content of the file'], 'letter.txt'));
      return form;
    })() }`);
    await stage.visitor.solve();
    await caller.outcome('call');
    const [{ headers, body }] = stage.site.requests;
    const boundary = /^multipart\/form-data; boundary=(.*)$/.exec(headers['content-type']!)![1];
    expect(body).toContain(`--${boundary}\r\n`);
    expect(body).toContain('filename="letter.txt"');
    expect(body).toContain('content of the file');
  });

  it('headers and a referrer, which both attempts have', async () => {
    await caller.start('call', `'/api/sign-up?from=page', {
      method: 'POST', body: '${BODY}', referrer: '/elsewhere',
      headers: { 'content-type': 'application/json', 'x-own': '1' },
    }`);
    await stage.visitor.solve();
    expect(await caller.outcome('call')).toEqual(SIGNED_UP);
    expect(stage.site.requests[0].headers).toMatchObject({
      'content-type': 'application/json', 'x-own': '1', 'referer': `${stage.edge.url()}elsewhere`,
    });
  });

  it('requests that need no puzzle, like fetch', async () => {
    expect(await caller.call('\'/style.css\', undefined')).toMatchObject({ status: 200 });
    expect(await caller.call('\'/style.css\', { method: \'HEAD\' }')).toEqual({ status: 200, text: '' });
    expect(await caller.call('\'/nothing\'')).toEqual({ status: 404, text: 'not found' });
  });
});

describe('An abort', () => {
  const ABORTED = { name: 'AbortError' };

  it('before the call rejects at once, without a request', async () => {
    expect(await caller.call(POST.replace('signal', 'signal: AbortSignal.abort()'))).toMatchObject(ABORTED);
    expect(stage.edge.verdicts).toEqual([]);
  });

  it('while the script loads rejects', async () => {
    const script = '**/jsapi.js';
    await stage.visitor.page.route(script, () => {}); // never answers
    caller = await Caller.in(stage);
    await caller.start('call', POST);
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
  });

  it('during the first request rejects', async () => {
    const { reached } = await hold();
    await caller.start('call', POST);
    await reached;
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
  });

  it('while the puzzle is open rejects and removes the puzzle', async () => {
    await caller.start('call', POST);
    await stage.visitor.puzzleQuestion();
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
    expect(await caller.puzzles()).toBe(0);
    expect(stage.site.signUps).toEqual([]);
  });

  it('while the puzzle loads rejects, and no puzzle appears later', async () => {
    let release!: () => void;
    const released = new Promise<void>((resolve) => { release = resolve; });
    const asked = stage.visitor.page.waitForRequest('**/problem');
    await stage.visitor.page.route('**/problem', async (route) => {
      await released;
      await route.continue();
    });
    await caller.start('call', POST);
    await asked;
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
    const answered = stage.visitor.page.waitForResponse('**/problem');
    release();
    await (await answered).finished();
    expect(await caller.puzzles()).toBe(0);
    expect(await caller.events()).toEqual([]);
  });

  it('during the second request rejects', async () => {
    await caller.start('call', POST);
    await stage.visitor.puzzleQuestion();
    const { reached } = await hold();
    await stage.visitor.solve();
    await reached;
    await caller.abort('call');
    expect(await caller.outcome('call')).toMatchObject(ABORTED);
  });

  it('rejects with its reason, also that of a Request or of a timeout', async () => {
    await caller.start('reason', POST);
    await stage.visitor.puzzleQuestion();
    await caller.abort('reason', '\'changed my mind\'');
    expect(await caller.outcome('reason')).toMatchObject({ name: 'changed my mind' });
    await caller.start('request', 'new Request(\'/api/sign-up\', { method: \'POST\', signal })');
    await stage.visitor.puzzleQuestion();
    await caller.abort('request');
    expect(await caller.outcome('request')).toMatchObject(ABORTED);
    expect(await caller.call('\'/api/sign-up\', { method: \'POST\', signal: AbortSignal.timeout(200) }'))
      .toMatchObject({ name: 'TimeoutError' });
    expect(await caller.puzzles()).toBe(0);
  });
});

describe('Requests at the same time', () => {
  it('share one puzzle, and all go on', async () => {
    await caller.start('first', POST);
    await caller.start('second', POST);
    await stage.visitor.puzzleQuestion();
    await caller.start('third', POST);
    await caller.eventCount(3);
    expect(await caller.puzzles()).toBe(1);
    await stage.visitor.solve();
    for (const name of ['first', 'second', 'third']) expect(await caller.outcome(name)).toEqual(SIGNED_UP);
    expect((await caller.events()).filter((event) => event === 'solved')).toHaveLength(3);
  });

  it('go on if one of them is aborted', async () => {
    await caller.start('first', POST);
    await stage.visitor.puzzleQuestion();
    await caller.start('second', POST);
    await caller.eventCount(2);
    await caller.abort('first');
    expect(await caller.outcome('first')).toMatchObject({ name: 'AbortError' });
    expect(await caller.puzzles()).toBe(1);
    await stage.visitor.solve();
    expect(await caller.outcome('second')).toEqual(SIGNED_UP);
  });

  it('need no second puzzle if the first was solved while one of them was on its way', async () => {
    await caller.start('first', POST);
    await stage.visitor.puzzleQuestion();
    let release!: () => void;
    const released = new Promise<void>((resolve) => { release = resolve; });
    let refused!: () => void;
    const late = new Promise<void>((resolve) => { refused = resolve; });
    await stage.visitor.page.route('**/api/sign-up?late', async (route) => {
      const response = await route.fetch();
      refused();
      await released;
      await route.fulfill({ response });
    }, { times: 1 });
    await caller.start('second', POST.replace('sign-up', 'sign-up?late'));
    await late;
    await stage.visitor.solve();
    expect(await caller.outcome('first')).toEqual(SIGNED_UP);
    release();
    expect(await caller.outcome('second')).toEqual(SIGNED_UP);
    expect(await caller.events()).toEqual(['puzzle', 'solved']);
  });

  it('all fail with the reason of the one puzzle, and the next request gets another puzzle', async () => {
    stage.double.puzzleLifetimeMs = 1_000;
    await caller.start('first', POST);
    await caller.start('second', POST);
    for (const name of ['first', 'second']) expect(await caller.outcome(name)).toMatchObject({ code: 'expired' });
    stage.double.puzzleLifetimeMs = 60_000;
    await caller.start('third', POST);
    await stage.visitor.solve();
    expect(await caller.outcome('third')).toEqual(SIGNED_UP);
  });

  it('have a puzzle each in containers of their own', async () => {
    await stage.visitor.page.evaluate(`{
      document.body.append(Object.assign(document.createElement('div'), { id: 'other' }));
    }`);
    await caller.start('first', POST);
    await caller.start('second', `${POST}, { container: document.getElementById('other') }`);
    await stage.visitor.puzzle.nth(1).locator('legend').waitFor();
    expect(await caller.puzzles()).toBe(2);
    await caller.abort('second');
    await stage.visitor.solve();
    expect(await caller.outcome('first')).toEqual(SIGNED_UP);
  });
});
