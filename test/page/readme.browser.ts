import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { useScenario } from './scenario';

const README = readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8');
const [, PAGE] = /```html\n([^]*?)```/.exec(README)!;

const scenario = useScenario();

beforeEach(async () => {
  await scenario.restart({ headers: {} }); // its script is inline
  scenario.site.pages['/first-example'] = PAGE;
}, 60_000);

const open = () => scenario.visitor.page.goto(`${scenario.edge.url()}first-example`);

async function send(): Promise<void> {
  const { page } = scenario.visitor;
  await page.locator('[name=email]').fill('ada@example.com');
  await page.getByRole('button', { name: 'Sign up' }).click();
}

async function says(text: RegExp): Promise<void> {
  await scenario.visitor.page.getByRole('status').filter({ hasText: text }).waitFor();
}

describe('The page of the first example in the README', () => {
  it('sends the form with the token after the puzzle', async () => {
    await open();
    await scenario.visitor.solve();
    await scenario.visitor.puzzle.waitFor({ state: 'detached' });
    await send();
    await says(/^Thank you$/);
    expect(scenario.site.signUps).toEqual(['{"email":"ada@example.com"}']);
    expect(scenario.edge.tokenStatuses).toEqual(['OK']);
  });

  it('says when AWS WAF does not accept the token', async () => {
    await open();
    await scenario.visitor.solve();
    await scenario.visitor.puzzle.waitFor({ state: 'detached' });
    scenario.double.expireTokens();
    await send();
    await says(/^Reload the page \(405\)$/);
    expect(scenario.site.signUps).toEqual([]);
  });

  it('says why there is no puzzle', async () => {
    scenario.waf.removeKey(scenario.site.config!.apiKey);
    await open();
    await says(/the key does not exist/);
  });

  it('says that it could not read its configuration', async () => {
    await scenario.visitor.page.route('**/config.json', (route) => route.fulfill({ body: '<!doctype html>' }));
    await open();
    await says(/JSON/);
  });

  it('says that the form could not be sent', async () => {
    await open();
    await scenario.visitor.solve();
    await scenario.visitor.puzzle.waitFor({ state: 'detached' });
    await scenario.visitor.page.route('**/api/**', (route) => route.abort());
    await send();
    await says(/fetch/i);
  });

  it('says that the script is blocked', async () => {
    await scenario.visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await open();
    await says(/^The security check did not load$/);
  });
});
