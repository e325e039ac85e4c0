import { useScenario } from './scenario';
import { Visitor } from './visitor';
import { contentSecurityPolicy } from '../../examples/captcha-page/security-headers';

const ROBOT = '{"email":"robot@example.com"}';
const NONCE = 'bm9uY2Utb2YtdGhpcy1wYWdl';
const HOSTS = '\'self\' https://*.awswaf.com';
const CORNER = `getComputedStyle(
  document.querySelector('awswaf-captcha').shadowRoot.querySelector('fieldset')).borderRadius`;

const scenario = useScenario();

describe('The content security policy of the example', () => {
  test('lets the script, its puzzle with style and pictures through, without a violation', async () => {
    const { visitor } = scenario;
    await scenario.open();
    await visitor.fillIn();
    await visitor.puzzleQuestion();
    expect(await visitor.page.evaluate(CORNER)).toBe('8px');
    await visitor.solve();
    await visitor.thanks();
    for (const url of ['`data:image/svg+xml,${picture}`', 'URL.createObjectURL(new Blob([picture], { type }))']) {
      await visitor.page.evaluate(`new Promise((onload, onerror) => {
        const [picture, type] = ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'];
        Object.assign(new Image(), { onload: () => onload(), onerror, src: ${url} });
      })`);
    }
    expect(await visitor.violations()).toEqual([]);
  });

  test.each([
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
    await scenario.open();
    await scenario.visitor.page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', () => resolve());
      ${attempt};
    })`);
    expect((await scenario.visitor.violations())[0]).toMatch(new RegExp(`^${directive} `));
  });
});

/** Opens the example's page with another policy, and with a nonce on its own elements. Sends the form. */
async function send(directive: string, value: string): Promise<Visitor> {
  const policy = contentSecurityPolicy().split('; ').filter((part) => !part.startsWith(`${directive} `));
  await scenario.restart({
    headers: { 'content-security-policy': [...policy, `${directive} ${value}`].join('; ') },
  });
  const { site, visitor } = scenario;
  const { body } = await site.respond({ method: 'GET', path: '/', headers: {}, body: '' });
  site.pages['/with-nonce'] = body.replace(/<(script|link rel="stylesheet") /g, `<$1 nonce="${NONCE}" `);
  await visitor.page.goto(`${scenario.edge.url()}with-nonce`);
  await visitor.fillIn();
  return visitor;
}

describe('The page works with another policy:', () => {
  test.each([
    ['a nonce and strict-dynamic for scripts', 'script-src', `'nonce-${NONCE}' 'strict-dynamic'`],
    ['a nonce for scripts', 'script-src', `'nonce-${NONCE}'`],
    ['a nonce and the hosts of AWS WAF for scripts', 'script-src', `'nonce-${NONCE}' ${HOSTS}`],
    ['a nonce for styles, if style-src-elem allows those of the puzzle', 'style-src',
      `'nonce-${NONCE}'; style-src-elem 'self' 'unsafe-inline'`],
  ])('%s', async (_, directive, value) => {
    const visitor = await send(directive, value);
    await visitor.puzzleQuestion();
    expect(await visitor.page.evaluate(CORNER)).toBe('8px');
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
    expect(await visitor.violations()).toEqual([]);
  });
});

test('a nonce in style-src removes the styles of the puzzle, as the troubleshooting guide says', async () => {
  const visitor = await send('style-src', `'self' 'unsafe-inline' 'nonce-${NONCE}'`);
  await visitor.puzzleQuestion();
  expect(await visitor.page.evaluate(CORNER)).toBe('0px');
  expect(await visitor.violations()).toEqual(['style-src-elem inline']);
});

describe('Trusted Types', () => {
  test('block the script, as the troubleshooting guide says', async () => {
    const visitor = await send('require-trusted-types-for', '\'script\'');
    expect((await visitor.problem()).code).toBe('Code: blocked, on localhost');
  });

  test('allow script and puzzle with a default policy', async () => {
    await scenario.restart({
      headers: { 'content-security-policy': `${contentSecurityPolicy()}; require-trusted-types-for 'script'` },
    });
    const { visitor } = scenario;
    await visitor.page.addInitScript({
      content: `trustedTypes.createPolicy('default', {
        createHTML: (html) => html,
        createScriptURL: (url) => /^http:\\/\\/localhost:/.test(url) ? url : undefined,
      })`,
    });
    await scenario.open();
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
  });
});

describe('In an iframe', () => {
  /** Opens a page of the given host that shows the form in an iframe. */
  async function frame(host: string) {
    const policy = contentSecurityPolicy().replace('frame-ancestors \'none\'', 'frame-ancestors *; frame-src *');
    await scenario.restart({ headers: { 'content-security-policy': policy } });
    scenario.site.pages['/framing'] = `<iframe src="${scenario.edge.url()}" width="600" height="500"></iframe>`;
    await scenario.visitor.page.goto(`${scenario.edge.url(host)}framing`);
    return scenario.visitor.page.frameLocator('iframe');
  }

  test.each(['localhost', 'other.localhost'])('of a page at %s the puzzle works', async (host) => {
    const form = await frame(host);
    await form.getByLabel('E-mail address').fill('ada@example.com');
    await form.getByRole('button', { name: 'Sign up' }).click();
    const wanted = (await form.locator('legend').textContent())!.split(' ').pop()!;
    await form.getByRole('button', { name: wanted, exact: true }).click();
    await form.getByText('Your next letter goes to').waitFor();
    expect(scenario.edge.tokenStatuses.at(-1)).toBe('OK');
  });
});

describe('The web ACL', () => {
  test.each([
    'api/sign-up', '%61pi/sign-up', '/api/sign-up', 'x/..%2fapi/sign-up',
  ])('stops a POST to /%s without a token', async (written) => {
    const response = await fetch(scenario.edge.url() + written, { method: 'POST', body: ROBOT });
    expect([response.status, response.headers.get('x-amzn-waf-action')]).toEqual([405, 'captcha']);
    expect(scenario.site.signUps).toEqual([]);
  });

  test('lets the page and a POST to another path through', async () => {
    expect((await fetch(scenario.edge.url())).status).toBe(200);
    await fetch(`${scenario.edge.url()}other`, { method: 'POST', body: ROBOT });
    expect(scenario.edge.tokenStatuses).toEqual([]);
  });

  test.each(['PUT', 'PATCH', 'DELETE'])('lets a %s pass to the function, which rejects it', async (method) => {
    const response = await fetch(`${scenario.edge.url()}api/sign-up`, { method, body: ROBOT });
    expect([response.status, await response.json()]).toEqual([404, { message: 'only POST is supported' }]);
  });
});
