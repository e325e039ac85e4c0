import { BODY, Caller, SIGN_UP } from './caller';
import { useScenario } from './scenario';

const CHALLENGE = { status: 202, headers: { 'x-amzn-waf-action': 'challenge' }, body: '' };
const CAPTCHA = { status: 405, headers: { 'x-amzn-waf-action': 'captcha' }, body: '' };

const scenario = useScenario();
let caller: Caller;

beforeEach(async () => { caller = await Caller.in(scenario); });

interface FulfilledResponse {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** Responds to the next requests in place of the site. Later requests reach it. */
async function respond(url: string, ...responses: FulfilledResponse[]): Promise<void> {
  await scenario.visitor.page.route(url, (route) => {
    const next = responses.shift();
    return next ? route.fulfill(next) : route.continue();
  });
}

describe('AWS WAF\'s challenge', () => {
  test('is followed by a new token and the same request', async () => {
    const tokens = scenario.visitor.page.waitForRequest((request) => request.url().endsWith('/token'));
    await respond('**/api/**', CHALLENGE);
    await caller.start('call', SIGN_UP);
    await tokens;
    await scenario.visitor.solve();
    expect(await caller.outcome('call')).toEqual({ status: 200, text: BODY });
  });

  test('is never treated as success', async () => {
    await respond('**/api/**', CHALLENGE, CHALLENGE);
    expect(await caller.call(SIGN_UP)).toEqual({ name: 'CaptchaError', code: 'not-accepted', cause: 'Error' });
    expect(scenario.site.signUps).toEqual([]);
  });

  test('is reported as not accepted by the form, too', async () => {
    await respond('**/api/**', CHALLENGE, CHALLENGE);
    await scenario.open();
    await scenario.visitor.fillIn();
    expect(await scenario.visitor.problem()).toMatchObject({ title: 'The security check was not accepted' });
  });

  test('fails with the reason of the script if the script gets no new token', async () => {
    await caller.call('\'/style.css\''); // with the first token
    await respond('**/api/**', CHALLENGE);
    await scenario.visitor.page.route('**/token', (route) => route.abort('connectionrefused'));
    expect(await caller.call(SIGN_UP)).toMatchObject({ name: 'CaptchaError', code: 'offline' });
  });

  test('fails with the reason of the script if the script gets no token', async () => {
    await respond('**/api/**', CHALLENGE);
    await scenario.visitor.page.route('**/token', (route) => route.abort('connectionrefused'));
    await scenario.visitor.context.clearCookies();
    expect(await caller.call(SIGN_UP)).toMatchObject({ name: 'CaptchaError', code: 'offline' });
  });
});

describe('A solved puzzle', () => {
  test('that AWS WAF does not accept is reported as not accepted', async () => {
    await respond('**/api/**', CAPTCHA, CAPTCHA);
    await caller.start('call', SIGN_UP);
    await scenario.visitor.solve();
    expect(await caller.outcome('call')).toMatchObject({ name: 'CaptchaError', code: 'not-accepted' });
    expect(await caller.puzzles()).toBe(0);
  });

  test('can be followed by a challenge', async () => {
    await respond('**/api/**', CAPTCHA, CHALLENGE, { status: 200, body: 'accepted' });
    await caller.start('call', SIGN_UP);
    await scenario.visitor.solve();
    expect(await caller.outcome('call')).toEqual({ status: 200, text: 'accepted' });
  });
});

describe('Returns the response of the site itself', () => {
  test.each([
    { status: 202, body: 'queued' },
    { status: 202, body: '' },
    { status: 405, body: 'use PUT' },
    { status: 405, body: '' },
    { status: 403, body: 'blocked' },
    { status: 503, body: 'busy' },
  ])('%j', async (own) => {
    await respond('**/api/**', own);
    expect(await caller.call(SIGN_UP)).toEqual({ status: own.status, text: own.body });
    expect(await caller.events()).toEqual([]);
  });
});

describe('An error', () => {
  test('of the network has the code offline', async () => {
    await scenario.visitor.page.route('**/api/**', (route) => route.abort('connectionrefused'));
    expect(await caller.call(SIGN_UP)).toEqual({ name: 'CaptchaError', code: 'offline', cause: 'TypeError' });
  });

  test.each([
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

  test('of the body is not one of the network', async () => {
    const body = 'new ReadableStream({ pull() { throw new RangeError("broken"); } })';
    const args = `'/api/sign-up', { method: 'POST', body: ${body}, duplex: 'half' }`;
    expect(await caller.call(args)).toEqual({ name: 'TypeError' }); // and no CaptchaError
  });
});
