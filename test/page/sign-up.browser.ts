import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Browser } from 'playwright-core';
import { Edge } from './edge';
import { FolderSite, Handler } from './folder-site';
import { Served, servedBy } from './synthesized';
import { openBrowser, Visitor } from './visitor';
import { WafDouble } from './waf-double';
import { WafEmulator } from '../../emulator';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'captcha-page');
const SCRIPT_URL = 'https://0a1b2c3d4e5f.edge.captcha-sdk.awswaf.com/0a1b2c3d4e5f/jsapi.js';

let browser: Browser;
let served: Served;
let handler: Handler;
let waf: WafEmulator;
let double: WafDouble;
let site: FolderSite;
let edge: Edge;
let visitor: Visitor;

function makeKey(...tokenDomains: string[]): string {
  return waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains }).apiKey;
}

beforeAll(async () => {
  browser = await openBrowser();
  served = servedBy(new CaptchaPageStack(new App(), 'CaptchaPage', { env: { region: 'us-east-1' } }));
  handler = jest.requireActual<{ handler: Handler }>(path.join(EXAMPLE, 'sign-up', 'index.js')).handler;
}, 60_000);

afterAll(async () => browser?.close());

beforeEach(async () => {
  waf = await WafEmulator.start();
  double = await WafDouble.start(waf);
  site = new FolderSite(path.join(EXAMPLE, 'page'), handler);
  site.config = { apiKey: makeKey('localhost', 'd111111abcdef8.cloudfront.net'), scriptUrl: SCRIPT_URL };
  edge = await Edge.start({ ...served, site, double });
  visitor = await Visitor.arrive(browser);
});

afterEach(async () => {
  await visitor.leave();
  await edge.stop();
  await double.stop();
  await waf.stop();
});

async function opens(url = edge.url()): Promise<void> {
  await visitor.page.goto(url);
}

describe('A visitor', () => {
  it('solves the puzzle, and the protected request passes', async () => {
    await opens();
    await visitor.screenshot('01-form');
    await visitor.fillIn();
    await visitor.puzzleQuestion();
    await visitor.screenshot('02-puzzle');
    expect(site.signUps).toEqual([]);
    await visitor.solve();
    expect(await visitor.thanks()).toBe('Thank you Your next letter goes to ada@example.com.');
    await visitor.screenshot('03-done');
    expect(site.signUps).toEqual(['{"email":"ada@example.com"}']);
    expect(edge.verdicts).toEqual(['TOKEN_INVALID', 'OK']);
  });

  it('is asked once for what is sent within the immunity time, and again after it', async () => {
    await opens();
    await visitor.fillIn();
    await visitor.solve();
    await visitor.thanks();

    await opens();
    await visitor.fillIn('grace@example.com');
    expect(await visitor.thanks()).toContain('grace@example.com');

    double.expireTokens();
    await opens();
    await visitor.fillIn('mary@example.com');
    await visitor.solve();
    expect(await visitor.thanks()).toContain('mary@example.com');
    expect(edge.verdicts).toEqual(['TOKEN_INVALID', 'OK', 'OK', 'TOKEN_EXPIRED', 'OK']);
  });

  it('who answers wrongly gets another puzzle, and is told so', async () => {
    await opens();
    await visitor.fillIn();
    await visitor.answerWrongly();
    await visitor.page.getByRole('status').filter({ hasText: 'That was not it. Here is another puzzle.' }).waitFor();
    await visitor.screenshot('04-wrong-answer');
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
  });

  it('who takes too long for the puzzle can try again, with the form still filled in', async () => {
    double.puzzleLifetimeMs = 300;
    await opens();
    await visitor.fillIn();
    expect(await visitor.problem()).toMatchObject({ title: 'The puzzle took too long', code: 'Code: expired, on localhost' });
    await visitor.screenshot('05-expired');
    double.puzzleLifetimeMs = 60_000;
    await visitor.tryAgain();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
  });

  it('can do everything with the keyboard, and the focus is where something happens', async () => {
    await opens();
    const { keyboard } = visitor.page;
    await keyboard.press('Tab');
    expect(await visitor.focusedId()).toBe('email');
    await keyboard.type('ada@example.com');
    await keyboard.press('Enter');
    const wanted = (await visitor.puzzleQuestion()).split(' ').pop()!;
    expect(await visitor.focusedId()).toBe('check');
    const labels = await visitor.puzzle.getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label')));
    for (let tabs = 0; tabs <= labels.indexOf(wanted); tabs++) await keyboard.press('Tab');
    await keyboard.press('Enter');
    await visitor.thanks();
    expect(await visitor.focusedId()).toBe('done');
  });

  it('with an old tab does not notice that the key was rotated', async () => {
    await opens();
    waf.removeKey(site.config!.apiKey);
    site.config = { apiKey: makeKey('localhost'), scriptUrl: SCRIPT_URL };
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
  });
});

describe('The page says what is wrong', () => {
  it('when its domain is not one of the key', async () => {
    await opens(edge.url('elsewhere.localhost'));
    await visitor.fillIn();
    expect(await visitor.problem()).toEqual({
      title: 'The security check does not work on this page',
      advice: 'That is not your fault. Please come back later, or tell the people who run this site.',
      code: 'Code: refused, on elsewhere.localhost',
    });
    await visitor.screenshot('06-wrong-domain');
    expect(site.signUps).toEqual([]);
  });

  it('when the key was deleted', async () => {
    await opens();
    waf.removeKey(site.config!.apiKey);
    await visitor.fillIn();
    expect(await visitor.problem()).toMatchObject({ title: 'The security check does not work on this page', code: 'Code: refused, on localhost' });
    await visitor.screenshot('07-deleted-key');
  });

  it('when the script is blocked, before the form is filled in; and works once it is not', async () => {
    await visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await opens();
    expect(await visitor.problem()).toEqual({
      title: 'The security check did not load',
      advice: 'Check your connection, and whether an ad blocker or your network blocks awswaf.com. Then try again.',
      code: 'Code: blocked, on localhost',
    });
    await visitor.screenshot('08-script-blocked');
    await visitor.page.unroute('**/jsapi.js');
    await visitor.tryAgain();
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
  });

  it('when the puzzles cannot be reached', async () => {
    await opens();
    await visitor.page.route('**/problem', (route) => route.abort('connectionrefused'));
    await visitor.fillIn();
    expect(await visitor.problem()).toMatchObject({ title: 'No connection', code: 'Code: offline, on localhost' });
    await visitor.screenshot('09-unreachable');
  });

  it('when there is no config.json', async () => {
    site.config = undefined;
    await opens();
    expect(await visitor.problem()).toMatchObject({ title: 'The security check is not set up', code: 'Code: unconfigured, on localhost' });
    await visitor.screenshot('10-no-config');
  });

  it('when the web ACL does not accept the solution', async () => {
    await opens();
    await visitor.fillIn();
    await visitor.puzzleQuestion();
    jest.spyOn(double, 'judge').mockReturnValue('TOKEN_DOMAIN_MISMATCH');
    await visitor.solve();
    expect(await visitor.problem()).toMatchObject({ title: 'Your solution was not accepted', code: 'Code: not-accepted, on localhost' });
    await visitor.screenshot('11-not-accepted');
  });

  it('when the site itself fails', async () => {
    jest.spyOn(site, 'respond').mockImplementation(async ({ path: requested }) => requested.startsWith('/api/')
      ? { status: 500, headers: {}, body: '' }
      : FolderSite.prototype.respond.call(site, { method: 'GET', path: requested, headers: {}, body: '' }));
    await opens();
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.problem()).toMatchObject({ title: 'We could not sign you up', advice: 'The site answered with an error (500).' });
    await visitor.screenshot('12-site-fails');
  });
});

describe('The content security policy', () => {
  it('lets the script, its puzzle and its style through, without a violation', async () => {
    await opens();
    await visitor.fillIn();
    const corner = 'getComputedStyle(document.querySelector("awswaf-captcha").shadowRoot.querySelector("fieldset")).borderRadius';
    await visitor.puzzleQuestion();
    expect(await visitor.page.evaluate(corner)).toBe('8px');
    await visitor.solve();
    await visitor.thanks();
    expect(await visitor.violations()).toEqual([]);
  });

  it.each([
    ['a script of another site', 'script-src-elem', 'document.head.append(Object.assign(document.createElement("script"), { src: "http://other.localhost/x.js" }))'],
    ['a script in the page', 'script-src-elem', 'document.head.append(Object.assign(document.createElement("script"), { text: "1" }))'],
    ['a request to another site', 'connect-src', 'void fetch("http://other.localhost/").catch(() => {})'],
    ['a picture of another site', 'img-src', 'new Image().src = "http://other.localhost/x.png"'],
  ])('stops %s', async (_, directive, attempt) => {
    await opens();
    await visitor.page.evaluate(attempt);
    await visitor.page.waitForFunction('violations.length > 0');
    expect((await visitor.violations())[0]).toMatch(new RegExp(`^${directive} `));
  });
});

describe('The web ACL', () => {
  it.each(['api/sign-up', '%61pi/sign-up', '/api/sign-up', 'x/..%2fapi/sign-up'])('stops a POST to /%s without a token', async (written) => {
    const response = await fetch(edge.url() + written, { method: 'POST', body: '{"email":"robot@example.com"}' });
    expect([response.status, response.headers.get('x-amzn-waf-action')]).toEqual([405, 'captcha']);
    expect(site.signUps).toEqual([]);
  });

  it('lets the page through', async () => {
    expect((await fetch(edge.url())).status).toBe(200);
  });
});
