import { Browser } from 'playwright-core';
import { Caller } from './caller';
import { PLAIN_PAGE, Stage } from './stage';
import { openBrowser } from './visitor';

const BODY = '{"email":"ada@example.com"}';
const POST = `'/api/sign-up', { method: 'POST', body: '${BODY}' }`;
const CHALLENGE = { status: 202, headers: { 'x-amzn-waf-action': 'challenge' }, body: '' };
const CAPTCHA = { status: 405, headers: { 'x-amzn-waf-action': 'captcha' }, body: '' };

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

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Answers the next requests in place of the site. Later requests reach it. */
async function answer(url: string, ...answers: Answer[]): Promise<void> {
  await stage.visitor.page.route(url, (route) => {
    const next = answers.shift();
    return next ? route.fulfill(next) : route.continue();
  });
}

describe('AWS WAF\'s challenge', () => {
  it('is followed by a new token and the same request', async () => {
    const tokens = stage.visitor.page.waitForRequest((request) => request.url().endsWith('/token'));
    await answer('**/api/**', CHALLENGE);
    await caller.start('call', POST);
    await tokens;
    await stage.visitor.solve();
    expect(await caller.outcome('call')).toEqual({ status: 200, text: BODY });
  });

  it('is never taken for success', async () => {
    await answer('**/api/**', CHALLENGE, CHALLENGE);
    expect(await caller.call(POST)).toEqual({ name: 'CaptchaError', code: 'not-accepted', cause: 'Error' });
    expect(stage.site.signUps).toEqual([]);
  });

  it('is reported as not accepted by the form, too', async () => {
    await answer('**/api/**', CHALLENGE, CHALLENGE);
    await stage.open();
    await stage.visitor.fillIn();
    expect(await stage.visitor.problem()).toMatchObject({ title: 'The security check was not accepted' });
  });

  it('fails with the script\'s reason if the script gets no token', async () => {
    await answer('**/api/**', CHALLENGE);
    await stage.visitor.page.route('**/token', (route) => route.abort('connectionrefused'));
    await stage.visitor.context.clearCookies();
    expect(await caller.call(POST)).toMatchObject({ name: 'CaptchaError', code: 'offline' });
  });
});

describe('A solved puzzle', () => {
  it('that AWS WAF does not accept is an error', async () => {
    await answer('**/api/**', CAPTCHA, CAPTCHA);
    await caller.start('call', POST);
    await stage.visitor.solve();
    expect(await caller.outcome('call')).toMatchObject({ name: 'CaptchaError', code: 'not-accepted' });
    expect(await caller.puzzles()).toBe(0);
  });

  it('can be followed by a challenge', async () => {
    await answer('**/api/**', CAPTCHA, CHALLENGE, { status: 200, body: 'accepted' });
    await caller.start('call', POST);
    await stage.visitor.solve();
    expect(await caller.outcome('call')).toEqual({ status: 200, text: 'accepted' });
  });
});

describe('The site\'s own answer is returned', () => {
  it.each([
    { status: 202, body: 'queued' },
    { status: 202, body: '' },
    { status: 405, body: 'use PUT' },
    { status: 405, body: '' },
    { status: 403, body: 'blocked' },
    { status: 503, body: 'busy' },
  ])('%j', async (own) => {
    await answer('**/api/**', own);
    expect(await caller.call(POST)).toEqual({ status: own.status, text: own.body });
    expect(await caller.events()).toEqual([]);
  });
});

describe('On another host that does not expose x-amzn-waf-action', () => {
  const OTHER = '\'http://other.localhost/api\', { method: \'POST\' }';

  beforeEach(async () => {
    await stage.clear();
    stage = await Stage.set(browser, PLAIN_PAGE, { headers: {} }); // no policy that forbids the other host
    caller = await Caller.in(stage);
  });

  const answerThere = (...answers: Answer[]) => answer('http://other.localhost/**', ...answers.map((each) => ({
    ...each, headers: { ...each.headers, 'access-control-allow-origin': '*' },
  })));

  it('a 405 shows the puzzle', async () => {
    await answerThere(CAPTCHA, { status: 200, body: 'accepted' });
    await caller.start('call', OTHER);
    await stage.visitor.solve();
    expect(await caller.outcome('call')).toEqual({ status: 200, text: 'accepted' });
  });

  it.each([
    ['an empty 202', CHALLENGE],
    ['a 202 with the page of AWS WAF', {
      ...CHALLENGE, body: '<script src="https://0a1b.token.awswaf.com/0a1b/challenge.js">',
    }],
  ])('%s is not taken for success', async (_, challenge) => {
    await answerThere(challenge);
    expect(await caller.call(OTHER)).toMatchObject({ name: 'CaptchaError', code: 'not-accepted' });
  });

  it.each([
    { status: 202, body: 'queued' },
    { status: 405, body: 'use PUT' },
  ])('the site\'s own answer is returned: %j', async (own) => {
    await answerThere(own);
    expect(await caller.call(OTHER)).toEqual({ status: own.status, text: own.body });
  });

  it('an answer that a page may not read at all is returned as fetch does', async () => {
    await answer('http://other.localhost/**', CAPTCHA);
    const args = OTHER.replace('\'POST\'', '\'POST\', mode: \'no-cors\'');
    expect(await caller.call(args)).toEqual({ status: 0, text: '' });
  });
});

describe('An error', () => {
  it('of the network has the code offline', async () => {
    await stage.visitor.page.route('**/api/**', (route) => route.abort('connectionrefused'));
    expect(await caller.call(POST)).toEqual({ name: 'CaptchaError', code: 'offline', cause: 'TypeError' });
  });

  it.each([
    ['an invalid address', '\'http://\''],
    ['an invalid header', '\'/api/sign-up\', { headers: { "in valid": "1" } }'],
    ['a forbidden method', '\'/api/sign-up\', { method: "TRACE" }'],
    ['a body with GET', '\'/api/sign-up\', { body: "1" }'],
    ['a body that was read before', `(() => {
      const used = new Request('/', { method: 'POST', body: '1' });
      void used.text();
      return used;
    })()`],
  ])('of %s is that of fetch', async (_, args) => {
    expect(await caller.call(args)).toEqual({ name: 'TypeError' });
  });

  it('of the body is not one of the network', async () => {
    const body = 'new ReadableStream({ pull() { throw new RangeError("broken"); } })';
    const args = `'/api/sign-up', { method: 'POST', body: ${body}, duplex: 'half' }`;
    expect(await caller.call(args)).toEqual({ name: 'TypeError' }); // and no CaptchaError
  });
});
