import { useBrowser } from './scenario';
import { Visitor } from './visitor';
import { DeployedPage } from '../../local/page/deployed-page';
import { Edge } from '../../local/page/edge';

const used = useBrowser();
let deployed: DeployedPage;
let edge: Edge;

beforeAll(async () => {
  deployed = new DeployedPage();
  await deployed.start();
  await deployed.deploy();
  edge = await deployed.serve();
}, 300_000);

afterAll(async () => {
  await deployed?.stop();
}, 60_000);

/** In the order of a site's life. */
describe('The page as deployed by cdk', () => {
  test('has a config.json with the only key, for its own domain and that of the distribution', async () => {
    const config = JSON.parse(
      (await deployed.respond({ method: 'GET', path: '/config.json', headers: {}, body: '' })).body,
    ) as Record<string, string>;
    const [key, ...others] = deployed.waf.keys();
    expect(others).toEqual([]);
    expect(key).toMatchObject({
      scope: 'CLOUDFRONT',
      region: 'us-east-1',
      tokenDomains: [expect.stringMatching(/\.cloudfront\.net$/), 'localhost'],
    });
    expect(config).toEqual({
      apiKey: key.apiKey,
      scriptUrl: expect.stringMatching(/^https:\/\/(\w+)\.edge\.captcha-sdk\.awswaf\.com\/\1\/jsapi\.js$/),
    });
  });

  test('lets a visitor solve the puzzle, and the request reaches the function', async () => {
    const visitor = await Visitor.arrive(used.browser, { url: edge.url() });
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
    expect(await visitor.violations()).toEqual([]);
    expect(edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
    await visitor.leave();
  });

  test('works in a tab that was opened before a deployment rotated the key', async () => {
    const before = deployed.waf.keys()[0].apiKey;
    const visitor = await Visitor.arrive(used.browser, { url: edge.url() });
    await deployed.deploy('2026-11');
    expect(deployed.waf.keys().map(({ apiKey }) => apiKey)).toEqual([
      expect.not.stringMatching(before.slice(0, 40).replace(/\W/g, '.')),
    ]);
    await visitor.fillIn('grace@example.com');
    await visitor.solve();
    expect(await visitor.thanks()).toContain('grace@example.com');
    await visitor.leave();
  }, 120_000);

  test('deletes its key when it is destroyed, and reports that in an open tab', async () => {
    const visitor = await Visitor.arrive(used.browser, { url: edge.url() });
    await deployed.destroy();
    expect(deployed.waf.keys()).toEqual([]);
    await visitor.fillIn();
    expect((await visitor.problem()).title).toMatch(/^The security check (does not work on this page|is not set up)$/);
    await visitor.leave();
  }, 120_000);
});
