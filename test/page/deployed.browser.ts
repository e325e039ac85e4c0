import { Browser } from 'playwright-core';
import { openBrowser, Visitor } from './visitor';
import { DeployedPage } from '../../local/page/deployed-page';
import { Edge } from '../../local/page/edge';

let browser: Browser;
let deployed: DeployedPage;
let edge: Edge;

beforeAll(async () => {
  browser = await openBrowser();
  deployed = new DeployedPage();
  await deployed.start();
  await deployed.deploy();
  edge = await deployed.serve();
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await deployed?.stop();
}, 60_000);

/** In the order of a site's life. */
describe('The page as deployed by cdk', () => {
  it('has a config.json with the one key that exists, for its own domain and the distribution\'s', async () => {
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

  it('lets a visitor solve the puzzle; the request reaches the function', async () => {
    const visitor = await Visitor.arrive(browser, { url: edge.url() });
    await visitor.fillIn();
    await visitor.solve();
    expect(await visitor.thanks()).toContain('ada@example.com');
    expect(await visitor.violations()).toEqual([]);
    expect(edge.verdicts).toEqual(['TOKEN_INVALID', 'OK']);
    await visitor.leave();
  });

  it('goes on in a tab that was open while another deployment rotated the key', async () => {
    const before = deployed.waf.keys()[0].apiKey;
    const visitor = await Visitor.arrive(browser, { url: edge.url() });
    await deployed.deploy('2026-11');
    expect(deployed.waf.keys().map(({ apiKey }) => apiKey)).toEqual([
      expect.not.stringMatching(before.slice(0, 40).replace(/\W/g, '.')),
    ]);
    await visitor.fillIn('grace@example.com');
    await visitor.solve();
    expect(await visitor.thanks()).toContain('grace@example.com');
    await visitor.leave();
  }, 120_000);

  it('leaves no key behind when it is destroyed, and an open tab is told', async () => {
    const visitor = await Visitor.arrive(browser, { url: edge.url() });
    await deployed.destroy();
    expect(deployed.waf.keys()).toEqual([]);
    await visitor.fillIn();
    expect((await visitor.problem()).title).toMatch(/^The security check (does not work on this page|is not set up)$/);
    await visitor.leave();
  }, 120_000);
});
