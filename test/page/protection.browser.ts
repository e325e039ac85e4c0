import { useScenario } from './scenario';

const ROBOT = '{"email":"robot@example.com"}';

const scenario = useScenario();

describe('The content security policy', () => {
  it('lets the script, its puzzle with style and pictures through, without a violation', async () => {
    const { visitor } = scenario;
    await scenario.open();
    await visitor.fillIn();
    await visitor.puzzleQuestion();
    const corner =
      'getComputedStyle(document.querySelector("awswaf-captcha").shadowRoot.querySelector("fieldset")).borderRadius';
    expect(await visitor.page.evaluate(corner)).toBe('8px');
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
    await scenario.open();
    await scenario.visitor.page.evaluate(`new Promise((resolve) => {
      document.addEventListener('securitypolicyviolation', () => resolve());
      ${attempt};
    })`);
    expect((await scenario.visitor.violations())[0]).toMatch(new RegExp(`^${directive} `));
  });
});

describe('The web ACL', () => {
  it.each([
    'api/sign-up', '%61pi/sign-up', '/api/sign-up', 'x/..%2fapi/sign-up',
  ])('stops a POST to /%s without a token', async (written) => {
    const response = await fetch(scenario.edge.url() + written, { method: 'POST', body: ROBOT });
    expect([response.status, response.headers.get('x-amzn-waf-action')]).toEqual([405, 'captcha']);
    expect(scenario.site.signUps).toEqual([]);
  });

  it('lets the page and a POST to another path through', async () => {
    expect((await fetch(scenario.edge.url())).status).toBe(200);
    await fetch(`${scenario.edge.url()}other`, { method: 'POST', body: ROBOT });
    expect(scenario.edge.tokenStatuses).toEqual([]);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('lets a %s pass to the function, which rejects it', async (method) => {
    const response = await fetch(`${scenario.edge.url()}api/sign-up`, { method, body: ROBOT });
    expect([response.status, await response.json()]).toEqual([404, { message: 'only POST is supported' }]);
  });
});
