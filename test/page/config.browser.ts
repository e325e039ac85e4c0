import { Browser } from 'playwright-core';
import { Caller } from './caller';
import { PLAIN_PAGE, Stage } from './stage';
import { openBrowser } from './visitor';

const BODY = '{"email":"ada@example.com"}';
const POST = `'/api/sign-up', { method: 'POST', body: '${BODY}' }`;
const SIGNED_UP = { status: 200, text: BODY };

let browser: Browser;
let stage: Stage;

beforeAll(async () => { browser = await openBrowser(); }, 60_000);
afterAll(async () => browser?.close());
beforeEach(async () => { stage = await Stage.set(browser, PLAIN_PAGE); }, 60_000);
afterEach(async () => stage.clear());

/** The values as a server writes them into the page: with the address of the script as the browser can reach it. */
function handedIn(): string {
  const { apiKey } = stage.site.config!;
  return JSON.stringify({ apiKey, scriptUrl: `${stage.double.origin}/0a1b2c3d4e5f/jsapi.js` });
}

it('config.json of the site\'s root serves a page at any path', async () => {
  const { body } = await stage.site.respond({ method: 'GET', path: '/', headers: {}, body: '' });
  stage.site.pages['/account/sign-up'] = body;
  const { visitor } = stage;
  await visitor.page.goto(`${stage.edge.url()}account/sign-up`);
  await visitor.fillIn();
  await visitor.solve();
  expect(await visitor.thanks()).toContain('ada@example.com');
});

it('the values can come from another address', async () => {
  const caller = await Caller.in(stage);
  stage.site.pages['/assets/captcha.json'] = handedIn();
  stage.site.config = undefined;
  await caller.start('call', `${POST}, { config: '/assets/captcha.json' }`);
  await stage.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

it('the page can hand the values in, and needs no config.json then', async () => {
  const caller = await Caller.in(stage);
  const values = handedIn();
  stage.site.config = undefined;
  await caller.start('call', `${POST}, { config: ${values} }`);
  await stage.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

it('a page that handed in a key which is deleted by now uses the one in config.json', async () => {
  const caller = await Caller.in(stage);
  const values = handedIn();
  stage.rotate();
  await caller.start('call', `${POST}, { config: ${values} }`);
  await stage.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

it.each([
  ['a value is missing', '{ "apiKey": "key" }'],
  ['the values are not JSON', '<!doctype html>'],
  ['there are no values', 'null'],
])('says that the security check is not set up if %s', async (_, content) => {
  const caller = await Caller.in(stage);
  stage.site.pages['/wrong.json'] = content;
  expect(await caller.call(`${POST}, { config: '/wrong.json' }`)).toMatchObject({ code: 'unconfigured' });
  expect(await caller.call(`${POST}, { config: '/none.json' }`)).toMatchObject({ code: 'unconfigured' });
});
