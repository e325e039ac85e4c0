import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { useScenario } from './scenario';
import { Served, servedByTemplate } from '../../local/page/synthesized';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');

let served: Served;

/** The rule is the one of the example, too. */
beforeAll(() => {
  const outdir = process.env.CDK_OUTDIR = mkdtempSync(path.join(tmpdir(), 'site-'));
  jest.requireActual(path.join(EXAMPLES, 'site-in-one-stack.ts'));
  delete process.env.CDK_OUTDIR;
  served = servedByTemplate(Template.fromJSON(new CloudAssembly(outdir).getStackByName('CaptchaSite').template));
  rmSync(outdir, { recursive: true });
}, 60_000);

const scenario = useScenario(() => Promise.resolve(path.join(EXAMPLES, 'site-in-one-stack')));

beforeEach(async () => {
  await scenario.restart(served);
  await scenario.open();
}, 60_000);

async function says(text: RegExp): Promise<void> {
  await scenario.visitor.page.getByRole('status').filter({ hasText: text }).waitFor();
}

describe('The page of the site in one stack', () => {
  test('sends the form again when the puzzle is solved, and shows what it sent', async () => {
    await scenario.visitor.fillIn();
    await scenario.visitor.hasFocusOn('captcha');
    await scenario.visitor.page.getByLabel('E-mail address').fill('grace@example.com');
    await scenario.visitor.solve();
    await says(/^Thank you, ada@example\.com$/);
    expect(scenario.site.signUps).toEqual(['{"email":"ada@example.com"}']);
    expect(scenario.edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
    await scenario.visitor.hasFocusOn('status');
    expect(await scenario.visitor.puzzle.count()).toBe(0);
  });

  test('shows no puzzle within the immunity time of the last one', async () => {
    await scenario.visitor.fillIn();
    await scenario.visitor.solve();
    await says(/^Thank you, ada/);
    await scenario.visitor.fillIn('grace@example.com');
    await says(/^Thank you, grace/);
    expect(scenario.site.signUps).toHaveLength(2);
  });

  test('sends the form once, however often the button is pressed meanwhile', async () => {
    await scenario.visitor.fillIn();
    await scenario.visitor.puzzle.waitFor();
    await scenario.visitor.fillIn('grace@example.com');
    await scenario.visitor.solve();
    await says(/^Thank you, ada/);
    expect(scenario.edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
  });

  test('fits a narrow phone', async () => {
    const { page } = scenario.visitor;
    await page.setViewportSize({ width: 320, height: 640 });
    await scenario.visitor.fillIn();
    await scenario.visitor.puzzleQuestion();
    await scenario.visitor.screenshot('one-stack-narrow');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
  });

  test('says when AWS WAF does not accept the token', async () => {
    await scenario.visitor.fillIn();
    await scenario.visitor.puzzle.waitFor();
    await scenario.visitor.page.route('**/api/**', (route) => route.fulfill({ status: 405 }));
    await scenario.visitor.solve();
    await says(/^The form was not accepted \(405\)/);
    expect(scenario.site.signUps).toEqual([]);
  });

  test('says why there is no puzzle', async () => {
    scenario.waf.removeKey(scenario.site.config!.apiKey);
    await scenario.visitor.fillIn();
    await says(/the key does not exist/);
  });

  test('says that it could not read its configuration', async () => {
    await scenario.visitor.page.route('**/config.json', (route) => route.fulfill({ body: '<!doctype html>' }));
    await scenario.visitor.page.reload();
    await says(/JSON/);
  });

  test('says that the form could not be sent', async () => {
    await scenario.visitor.page.route('**/api/**', (route) => route.abort());
    await scenario.visitor.fillIn();
    await says(/fetch/i);
  });

  test('says that the script is blocked before the form is filled in', async () => {
    await scenario.visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await scenario.visitor.page.reload();
    await says(/^The security check did not load/);
  });

  test('says that an ad blocker has substituted the script, also if the page has the SDK', async () => {
    await scenario.visitor.page.addInitScript({ content: 'window.AwsWafIntegration = { fetch };' });
    await scenario.visitor.page.route('**/jsapi.js', (route) => route.fulfill({ body: '(function () {})();' }));
    await scenario.visitor.page.reload();
    await scenario.visitor.fillIn();
    await says(/^The security check did not load/);
    expect(scenario.site.signUps).toEqual([]);
  });
});
