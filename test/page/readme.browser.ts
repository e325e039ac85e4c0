import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Browser } from 'playwright-core';
import { PLAIN_PAGE, Stage } from './stage';
import { openBrowser } from './visitor';

const README = readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8');
const [, PAGE] = /```html\n([^]*?)```/.exec(README)!;

let browser: Browser;
let stage: Stage;

beforeAll(async () => { browser = await openBrowser(); }, 60_000);
afterAll(async () => browser?.close());
beforeEach(async () => {
  stage = await Stage.set(browser, PLAIN_PAGE, { headers: {} }); // its script is inline
  stage.site.pages['/first-example'] = PAGE;
}, 60_000);
afterEach(async () => stage.clear());

const open = () => stage.visitor.page.goto(`${stage.edge.url()}first-example`);

async function send(): Promise<void> {
  const { page } = stage.visitor;
  await page.locator('[name=email]').fill('ada@example.com');
  await page.getByRole('button', { name: 'Sign up' }).click();
}

async function says(text: RegExp): Promise<void> {
  await stage.visitor.page.getByRole('status').filter({ hasText: text }).waitFor();
}

describe('The page of the first example in the README', () => {
  it('sends the form with the token after the puzzle', async () => {
    await open();
    await stage.visitor.solve();
    await stage.visitor.puzzle.waitFor({ state: 'detached' });
    await send();
    await says(/^Thank you$/);
    expect(stage.site.signUps).toEqual(['{"email":"ada@example.com"}']);
    expect(stage.edge.verdicts).toEqual(['OK']);
  });

  it('says when AWS WAF does not accept the token', async () => {
    await open();
    await stage.visitor.solve();
    await stage.visitor.puzzle.waitFor({ state: 'detached' });
    stage.double.expireTokens();
    await send();
    await says(/^Not accepted \(405\)$/);
    expect(stage.site.signUps).toEqual([]);
  });

  it('says why there is no puzzle', async () => {
    stage.waf.removeKey(stage.site.config!.apiKey);
    await open();
    await says(/the key does not exist/);
  });

  it('says that the script is blocked', async () => {
    await stage.visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await open();
    await says(/^The security check did not load$/);
  });
});
