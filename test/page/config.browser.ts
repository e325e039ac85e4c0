import { Caller, SIGN_UP, SIGNED_UP } from './caller';
import { useScenario } from './scenario';

const scenario = useScenario();

/** The values as a server writes them into the page, with the address of the script that the browser can reach. */
function passedValues(): string {
  const { apiKey } = scenario.site.config!;
  return JSON.stringify({ apiKey, scriptUrl: `${scenario.double.origin}/0a1b2c3d4e5f/jsapi.js` });
}

it('reads config.json of the root for a page at any path', async () => {
  const { body } = await scenario.site.respond({ method: 'GET', path: '/', headers: {}, body: '' });
  scenario.site.pages['/account/sign-up'] = body;
  const { visitor } = scenario;
  await visitor.page.goto(`${scenario.edge.url()}account/sign-up`);
  await visitor.fillIn();
  await visitor.solve();
  expect(await visitor.thanks()).toContain('ada@example.com');
});

it('reads the values from another address', async () => {
  const caller = await Caller.in(scenario);
  scenario.site.pages['/assets/captcha.json'] = passedValues();
  scenario.site.config = undefined;
  await caller.start('call', `${SIGN_UP}, { config: '/assets/captcha.json' }`);
  await scenario.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

it('needs no config.json if the page passes the values', async () => {
  const caller = await Caller.in(scenario);
  const values = passedValues();
  scenario.site.config = undefined;
  await caller.start('call', `${SIGN_UP}, { config: ${values} }`);
  await scenario.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

it('uses the key in config.json if the key that the page passed is deleted', async () => {
  const caller = await Caller.in(scenario);
  const values = passedValues();
  scenario.rotate();
  await caller.start('call', `${SIGN_UP}, { config: ${values} }`);
  await scenario.visitor.solve();
  expect(await caller.outcome('call')).toEqual(SIGNED_UP);
});

it.each([
  ['a value is missing', '{ "apiKey": "key" }'],
  ['the values are not JSON', '<!doctype html>'],
  ['there are no values', 'null'],
])('says that the security check is not set up if %s', async (_, content) => {
  const caller = await Caller.in(scenario);
  scenario.site.pages['/wrong.json'] = content;
  expect(await caller.call(`${SIGN_UP}, { config: '/wrong.json' }`)).toMatchObject({ code: 'unconfigured' });
  expect(await caller.call(`${SIGN_UP}, { config: '/none.json' }`)).toMatchObject({ code: 'unconfigured' });
});
