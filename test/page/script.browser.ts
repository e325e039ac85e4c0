import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { buildReactExample } from './apps';
import { useScenario } from './scenario';

const SCRIPT = readFileSync(path.join(__dirname, '..', '..', 'local', 'page', 'waf-script-double.js'), 'utf8');
/** What ad blockers, networks and servers send in place of the script. */
const SUBSTITUTES: [string, string][] = [
  ['an empty file', ''],
  ['an empty function', '(function () {})();'],
  ['HTML', '<!doctype html><title>Wi-Fi</title>'],
  ['a part that does not parse', SCRIPT.slice(0, SCRIPT.length / 2)],
];
/** Runs up to the definition of the element, which no script can define again. */
const ELEMENT_ONLY = 'customElements.define("awswaf-captcha", class extends HTMLElement {}); throw new Error();';
/** Defines its API after the script has loaded. */
const later = (address: string) => `setTimeout(() => {
  ${SCRIPT.replaceAll('document.currentScript.src', JSON.stringify(address))}
}, 200);`;

describe.each([
  { page: 'plain', build: undefined },
  { page: 'react', build: buildReactExample },
])('The $page page', ({ page, build }) => {
  const scenario = useScenario(build);

  /** Responds with a text in place of the script. Returns the number of requests so far. */
  async function replaceScript(body: string): Promise<() => number> {
    let requests = 0;
    await scenario.visitor.page.route('**/jsapi.js', (route) => {
      requests++;
      return route.fulfill({ contentType: 'text/javascript', body });
    });
    return () => requests;
  }

  async function signUp(): Promise<void> {
    await scenario.visitor.fillIn();
    await scenario.visitor.solve();
    expect(await scenario.visitor.thanks()).toContain('ada@example.com');
  }

  test.each(
    page === 'plain' ? SUBSTITUTES : SUBSTITUTES.slice(0, 1),
  )('loads the script again when the visitor does, if it was %s', async (_, body) => {
    const { visitor } = scenario;
    const requests = await replaceScript(body);
    await scenario.open();
    expect(await visitor.problem()).toMatchObject({
      title: 'The security check did not load', code: 'Code: blocked, on localhost',
    });
    expect(requests()).toBe(1);
    const requested = visitor.page.waitForRequest('**/jsapi.js');
    await visitor.tryAgain();
    await requested;
    await visitor.page.getByRole('button', { name: 'Try again' }).waitFor();
    expect(requests()).toBe(2);
    await visitor.page.unroute('**/jsapi.js');
    await visitor.tryAgain();
    await signUp();
  });

  test('loads the script again when the visitor does, if the page has only the SDK without puzzles', async () => {
    const { visitor } = scenario;
    await visitor.page.addInitScript({ content: 'window.AwsWafIntegration = { getToken: async () => "token" };' });
    await visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await scenario.open();
    await visitor.problem();
    await visitor.page.unroute('**/jsapi.js');
    await visitor.tryAgain();
    await signUp();
  });

  test.each([
    ['half of it has run', ELEMENT_ONLY],
    ['another global has its name', 'var AwsWafCaptcha = function () {};'],
  ])('offers to reload the page if %s', async (_, body) => {
    const { visitor } = scenario;
    const requests = await replaceScript(body);
    await scenario.open();
    const reload = visitor.page.getByRole('button', { name: 'Reload the page' });
    await reload.waitFor();
    expect((await visitor.problem()).code).toBe('Code: blocked, on localhost');
    await visitor.fillIn();
    await visitor.hasFocusOn('problem');
    await reload.waitFor();
    expect(requests()).toBe(1);
    await visitor.page.unroute('**/jsapi.js');
    await reload.click();
    await signUp();
  });

  test('waits for a script that defines its API a moment later', async () => {
    await replaceScript(later(`${scenario.double.origin}/0a1b2c3d4e5f/jsapi.js`));
    const runs = scenario.visitor.page.waitForRequest('**/token');
    await scenario.open();
    await runs;
    expect(await scenario.visitor.page.getByRole('alert').innerText()).toBe('');
    await signUp();
  });

  test('works if the page had a global of that name', async () => {
    await scenario.visitor.page.addInitScript({ content: 'window.AwsWafCaptcha = {};' });
    await scenario.open();
    await signUp();
  });

  test('says only that it is sending while it loads the script again', async () => {
    const { visitor } = scenario;
    await visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await scenario.open();
    await visitor.problem();
    await visitor.page.route('**/jsapi.js', () => {}); // never responds
    await visitor.fillIn();
    await visitor.page.getByRole('status').filter({ hasText: 'Sending…' }).waitFor();
    expect(await visitor.page.getByRole('alert').innerText()).toBe('');
  });

  test('moves the focus to the form when the script is loaded again by the keyboard', async () => {
    const { visitor } = scenario;
    await visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await scenario.open();
    await visitor.page.getByRole('button', { name: 'Try again' }).press('Enter');
    await visitor.hasFocusOn('email');
  });

  test('forgets that the script was blocked when the form can be sent', async () => {
    const { visitor } = scenario;
    await visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
    await scenario.open();
    await visitor.problem();
    await visitor.page.unroute('**/jsapi.js');
    await signUp();
    expect(await visitor.page.getByRole('alert').innerText()).toBe('');
  });
});
