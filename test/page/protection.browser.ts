import { Browser } from 'playwright-core';
import { PLAIN_PAGE, Stage } from './stage';
import { openBrowser } from './visitor';

let browser: Browser;
let stage: Stage;

beforeAll(async () => { browser = await openBrowser(); }, 60_000);
afterAll(async () => browser?.close());
beforeEach(async () => { stage = await Stage.set(browser, PLAIN_PAGE); }, 60_000);
afterEach(async () => stage.clear());

describe('The content security policy', () => {
  it('lets the script, its puzzle and its style through, without a violation', async () => {
    const { visitor } = stage;
    await stage.open();
    await visitor.fillIn();
    await visitor.puzzleQuestion();
    const corner =
      'getComputedStyle(document.querySelector("awswaf-captcha").shadowRoot.querySelector("fieldset")).borderRadius';
    expect(await visitor.page.evaluate(corner)).toBe('8px');
    await visitor.solve();
    await visitor.thanks();
    expect(await visitor.violations()).toEqual([]);
  });

  it.each([
    [
      'a script of another site',
      'script-src-elem',
      'document.head.append(Object.assign(document.createElement("script"), { src: "http://other.localhost/x.js" }))',
    ],
    [
      'a script in the page',
      'script-src-elem',
      'document.head.append(Object.assign(document.createElement("script"), { text: "1" }))',
    ],
    ['a request to another site', 'connect-src', 'void fetch("http://other.localhost/").catch(() => {})'],
    ['a picture of another site', 'img-src', 'new Image().src = "http://other.localhost/x.png"'],
  ])('stops %s', async (_, directive, attempt) => {
    await stage.open();
    await stage.visitor.page.evaluate(attempt);
    await stage.visitor.page.waitForFunction('violations.length > 0');
    expect((await stage.visitor.violations())[0]).toMatch(new RegExp(`^${directive} `));
  });
});

describe('The web ACL', () => {
  it.each([
    'api/sign-up', '%61pi/sign-up', '/api/sign-up', 'x/..%2fapi/sign-up',
  ])('stops a POST to /%s without a token', async (written) => {
    const response = await fetch(stage.edge.url() + written, { method: 'POST', body: '{"email":"robot@example.com"}' });
    expect([response.status, response.headers.get('x-amzn-waf-action')]).toEqual([405, 'captcha']);
    expect(stage.site.signUps).toEqual([]);
  });

  it('lets the page through', async () => {
    expect((await fetch(stage.edge.url())).status).toBe(200);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('lets a %s pass, which the function does not accept', async (method) => {
    const response = await fetch(`${stage.edge.url()}api/sign-up`, { method, body: '{"email":"robot@example.com"}' });
    expect([response.status, await response.json()]).toEqual([404, { message: 'only POST is supported' }]);
  });
});
