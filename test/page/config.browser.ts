import { Caller, SIGN_UP, SIGNED_UP } from './caller';
import { useScenario } from './scenario';

const scenario = useScenario();

/** The values as a server writes them into the page, with the address of the script that the browser can reach. */
function passedValues(): string {
  const { apiKey } = scenario.site.config!;
  return JSON.stringify({ apiKey, scriptUrl: `${scenario.double.origin}/0a1b2c3d4e5f/jsapi.js` });
}

/** How often the page requests an address from now on. */
async function countRequests(url: string): Promise<() => number> {
  let count = 0;
  await scenario.visitor.page.route(url, (route) => {
    count++;
    return route.continue();
  });
  return () => count;
}

test('reads config.json of the root for a page at any path', async () => {
  const { body } = await scenario.site.respond({ method: 'GET', path: '/', headers: {}, body: '' });
  scenario.site.pages['/account/sign-up'] = body;
  const { visitor } = scenario;
  await visitor.page.goto(`${scenario.edge.url()}account/sign-up`);
  await visitor.fillIn();
  await visitor.solve();
  expect(await visitor.thanks()).toContain('ada@example.com');
});

test('reads the values from another address', async () => {
  const caller = await Caller.in(scenario);
  await caller.call('\'/style.css\''); // loads the script
  scenario.site.pages['/assets/captcha.json'] = passedValues();
  scenario.site.config = undefined;
  const scripts = await countRequests('**/jsapi.js');
  await caller.start('call', `${SIGN_UP}, { config: '/assets/captcha.json' }`);
  await scenario.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
  expect(scripts()).toBe(0); // a second load of the script would fail
});

test('does not load the script again if the page has loaded it', async () => {
  const { site, double, edge, visitor } = scenario;
  const { body } = await site.respond({ method: 'GET', path: '/', headers: {}, body: '' });
  const script = `<script src="${double.origin}/0a1b2c3d4e5f/jsapi.js"></script>`;
  site.pages['/with-script'] = body.replace('<script ', `${script}<script `);
  const scripts = await countRequests('**/jsapi.js');
  await visitor.page.goto(`${edge.url()}with-script`);
  await visitor.fillIn();
  await visitor.solve();
  expect(await visitor.thanks()).toContain('ada@example.com');
  expect(scripts()).toBe(1);
});

test('needs no config.json if the page passes the values', async () => {
  const caller = await Caller.in(scenario);
  const values = passedValues();
  scenario.site.config = undefined;
  await caller.start('call', `${SIGN_UP}, { config: ${values} }`);
  await scenario.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

test('uses the key in config.json if the key that the page passed is deleted', async () => {
  const caller = await Caller.in(scenario);
  const values = passedValues();
  const puzzles = await countRequests('**/problem');
  scenario.rotate();
  for (const name of ['first', 'second']) { // with another object that has the same values
    await caller.start(name, `${SIGN_UP}, { config: ${values} }`);
    await scenario.visitor.solve();
    expect(await caller.outcome(name)).toEqual(SIGNED_UP);
    scenario.double.expireTokens();
  }
  expect(puzzles()).toBe(3); // one with the deleted key
});

test.each([
  ['a value is missing', '{ "apiKey": "key" }'],
  ['the values are not JSON', '<!doctype html>'],
  ['there are no values', 'null'],
])('says that the security check is not set up if %s', async (_, content) => {
  const caller = await Caller.in(scenario);
  scenario.site.pages['/wrong.json'] = content;
  expect(await caller.call(`${SIGN_UP}, { config: '/wrong.json' }`)).toMatchObject({ code: 'unconfigured' });
  expect(await caller.call(`${SIGN_UP}, { config: '/none.json' }`)).toMatchObject({ code: 'unconfigured' });
});

test('does not use the values of an error response', async () => {
  const caller = await Caller.in(scenario);
  await scenario.visitor.page.route('**/wrong.json', (route) => route.fulfill({ status: 503, body: passedValues() }));
  expect(await caller.call(`${SIGN_UP}, { config: '/wrong.json' }`)).toMatchObject({ code: 'unconfigured' });
});

test('asks once with a deleted key that config.json still has', async () => {
  const caller = await Caller.in(scenario);
  const puzzles = await countRequests('**/problem');
  scenario.waf.removeKey(scenario.site.config!.apiKey);
  expect(await caller.call(SIGN_UP)).toMatchObject({ code: 'refused' });
  expect(puzzles()).toBe(1);
});

test('says that the script is blocked if it does not respond', async () => {
  const { page } = scenario.visitor;
  await page.clock.install();
  await page.route('**/jsapi.js', () => {}); // never responds
  const requested = page.waitForRequest('**/jsapi.js');
  const opened = scenario.open();
  await requested;
  await page.clock.fastForward(15_000);
  await opened;
  expect((await scenario.visitor.problem()).code).toBe('Code: blocked, on localhost');
});
