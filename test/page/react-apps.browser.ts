import {
  buildNextApp, buildReactExample, buildViteApp, NEXT_APP, REACT_EXAMPLE, RunningApp, startApp, VITE_APP,
} from './apps';
import { useScenario } from './scenario';
import { Edge, Site } from '../../local/page/edge';

const scenario = useScenario(buildViteApp);
const started: { stop(): Promise<void> }[] = [];

beforeAll(async () => {
  await buildReactExample();
  await buildNextApp();
}, 240_000);

afterEach(async () => { for (const part of started.splice(0).reverse()) await part.stop(); });

async function start(...args: Parameters<typeof startApp>): Promise<RunningApp> {
  const app = await startApp(...args);
  started.push(app);
  return app;
}

/** The values that a page receives, with the address of the script that the browser can reach. */
const values = () => ({
  apiKey: scenario.site.config!.apiKey, scriptUrl: `${scenario.double.origin}/0a1b2c3d4e5f/jsapi.js`,
});

/** A development server, which takes the API from the edge as from `npm run demo:page`. Returns its address. */
async function develop(app: string, ...command: string[]): Promise<string> {
  const { apiKey: API_KEY, scriptUrl: SCRIPT_URL } = values();
  return (await start(app, command, { SITE_URL: scenario.edge.url(), API_KEY, SCRIPT_URL })).url;
}

/** Next.js in production, behind an edge that has the API. Returns the address of the edge. */
async function serveNext(): Promise<string> {
  const { apiKey: API_KEY, scriptUrl: SCRIPT_URL } = values();
  const { url } = await start(NEXT_APP, ['next', 'start'], { API_KEY, SCRIPT_URL });
  const site: Site = {
    respond: async (request) => {
      if (request.path.startsWith('/api/')) return scenario.site.respond(request);
      const response = await fetch(url + request.path);
      const headers = { 'content-type': response.headers.get('content-type') ?? '' };
      return { status: response.status, headers, body: await response.text() };
    },
  };
  const edge = await Edge.start({ ...scenario.served, site, double: scenario.double, headers: {} });
  started.push(edge);
  return edge.url().slice(0, -1);
}

describe('A component that passes a new object in each render', () => {
  test.each([
    ['Vite in development', () => develop(VITE_APP, 'vite')],
    ['Vite in production', async () => scenario.edge.url()],
    ['Next.js in development', async () => `${await develop(NEXT_APP, 'next', 'dev')}/probe`],
    ['Next.js in production', async () => `${await serveNext()}/probe`],
  ])('asks once for a script that is blocked, and again only when the visitor does: %s', async (_, serve) => {
    const { page } = scenario.visitor;
    await page.addInitScript({ content: `globalThis.captchaConfig = ${JSON.stringify(values())}` });
    let requests = 0;
    await page.route('**/jsapi.js', (route) => {
      requests++;
      return route.abort('blockedbyclient');
    });
    const alerts = page.getByRole('alert').filter({ hasText: 'CaptchaError' });
    const again = alerts.getByRole('button', { name: 'Try again' });

    await page.goto(await serve(), { timeout: 0 }); // a development server compiles first
    await again.waitFor();
    await page.waitForTimeout(1_000); // a loop would go on
    expect([requests, await alerts.count()]).toEqual([1, 1]);
    expect(await page.evaluate('renders')).toBeLessThan(10);
    await again.click();
    await page.waitForTimeout(1_000);
    expect([requests, await alerts.count()]).toEqual([2, 1]);

    await page.unroute('**/jsapi.js');
    await page.getByRole('button', { name: 'Send' }).click();
    await scenario.visitor.solve();
    expect(await page.evaluate('outcome')).toBe(200);
    expect(await alerts.count()).toBe(0);
    expect(await page.evaluate('renders')).toBeLessThan(30);

    scenario.double.expireTokens();
    await page.getByRole('button', { name: 'Send' }).click();
    await scenario.visitor.puzzleQuestion();
    await page.getByRole('button', { name: 'Leave' }).click();
    expect(await page.evaluate('outcome')).toBe('AbortError');
    expect(await scenario.visitor.puzzle.count()).toBe(0);
  }, 180_000);
});

describe('The form', () => {
  test.each([
    ['Vite in development', () => develop(REACT_EXAMPLE, 'vite')],
    ['Next.js in development', async () => `${await develop(NEXT_APP, 'next', 'dev')}/account/sign-up`],
    ['Next.js in production, rendered on its server', async () => `${await serveNext()}/account/sign-up`],
  ])('sends a request after the puzzle: %s', async (_, serve) => {
    const { visitor } = scenario;
    const address = await serve();
    await visitor.page.goto(address, { timeout: 0 });
    await visitor.page.waitForFunction('"AwsWafCaptcha" in window'); // the page is hydrated
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
    expect(scenario.site.signUps).toEqual(['{"email":"ada@example.com"}']);
  }, 180_000);

  test('is in the HTML that Next.js sends', async () => {
    const response = await fetch(`${await serveNext()}/account/sign-up`);
    expect(await response.text()).toContain('Sign up for our letter');
  });
});
