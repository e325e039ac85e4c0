import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Handler } from './folder-site';
import { NextSite } from './next-site';
import { openBrowser, Visitor } from './visitor';
import { WafEmulator } from '../../emulator';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';
import { Edge } from '../../local/page/edge';
import { servedBy } from '../../local/page/synthesized';
import { WafDouble } from '../../local/page/waf-double';

const SIGN_UP = path.join(__dirname, '..', '..', 'examples', 'captcha-page', 'sign-up', 'index.js');

const cleanups: (() => Promise<void>)[] = [];
const started = <T extends { stop(): Promise<void> }>(part: T) => {
  cleanups.push(() => part.stop());
  return part;
};

beforeAll(() => NextSite.build(), 240_000);
afterAll(async () => { for (const cleanup of cleanups.reverse()) await cleanup(); });

test('the React files build with Next.js, render on its server with given values, and show the puzzle', async () => {
  const waf = started(await WafEmulator.start());
  const double = started(await WafDouble.start(waf));
  const { apiKey } = waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['localhost'] });
  const { handler } = jest.requireActual<{ handler: Handler }>(SIGN_UP);
  const env = { API_KEY: apiKey, SCRIPT_URL: `${double.origin}/0a1b2c3d4e5f/jsapi.js` };
  const site = started(await NextSite.start(env, handler));
  const stack = new CaptchaPageStack(new App(), 'CaptchaPage', { env: { region: 'us-east-1' } });
  const edge = started(await Edge.start({ ...servedBy(stack), site, double, headers: {} }));
  const address = `${edge.url()}account/sign-up`;
  expect(await (await fetch(address)).text()).toContain('Sign up for our letter'); // rendered on the server

  const browser = await openBrowser();
  cleanups.push(() => browser.close());
  const visitor = await Visitor.arrive(browser, { url: address });
  await visitor.page.waitForFunction('"AwsWafCaptcha" in window'); // the page is hydrated
  await visitor.fillIn();
  await visitor.solve();

  expect(await visitor.thanks()).toContain('ada@example.com');
  expect(site.api.signUps).toEqual(['{"email":"ada@example.com"}']);
  expect(edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
}, 60_000);
