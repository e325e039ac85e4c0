import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Handler } from './folder-site';
import { useBrowser } from './scenario';
import { Visitor } from './visitor';
import { WafEmulator } from '../../emulator';
import { RegionalStack } from '../../examples/captcha-page/regional-stack';
import { contentSecurityPolicy } from '../../examples/captcha-page/security-headers';
import { Edge, Site, SiteRequest, SiteResponse } from '../../local/page/edge';
import { servedBy } from '../../local/page/synthesized';
import { WafDouble } from '../../local/page/waf-double';

const SERVER = path.join(__dirname, '..', '..', 'examples', 'captcha-page', 'server', 'index.js');

/** The function behind the load balancer, in this process. */
class LoadBalanced implements Site {
  private readonly handler = jest.requireActual<{ handler: Handler }>(SERVER).handler;

  public async respond({ method, path: requested, body }: SiteRequest): Promise<SiteResponse> {
    const event = { httpMethod: method, path: requested, body, isBase64Encoded: false };
    const response = await this.handler(event);
    return { status: response.statusCode, headers: response.headers ?? {}, body: response.body ?? '' };
  }
}

const environment = process.env;
const used = useBrowser();

const cleanups: (() => Promise<void>)[] = [];
const started = <T extends { stop(): Promise<void> }>(part: T) => {
  cleanups.push(() => part.stop());
  return part;
};

afterEach(async () => {
  process.env = environment;
  for (const cleanup of cleanups.reverse()) await cleanup();
});

test('a load balancer serves the page under its policy, and a solved puzzle lets the request pass', async () => {
  const waf = started(await WafEmulator.start());
  const double = started(await WafDouble.start(waf));
  const { apiKey } = waf.addKey({ scope: 'REGIONAL', region: 'eu-west-1', tokenDomains: ['localhost'] });
  const scriptUrl = 'https://0a1b2c3d4e5f.eu-west-1.captcha-sdk.awswaf.com/0a1b2c3d4e5f/jsapi.js';
  process.env = {
    ...environment, API_KEY: apiKey, SCRIPT_URL: scriptUrl, CONTENT_SECURITY_POLICY: contentSecurityPolicy(),
  };
  const stack = new RegionalStack(new App(), 'Regional', {
    env: { region: 'eu-west-1' },
    domain: 'app.example.com',
    certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d',
  });
  const edge = started(await Edge.start({ site: new LoadBalanced(), double, ...servedBy(stack) }));
  const visitor = await Visitor.arrive(used.browser, { url: edge.url() });
  cleanups.push(() => visitor.leave());

  await visitor.fillIn();
  await visitor.solve();

  expect(await visitor.thanks()).toContain('ada@example.com');
  expect(edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
  expect(await visitor.violations()).toEqual([]);
  const { headers } = await fetch(edge.url());
  expect(headers.get('content-security-policy')).toBe(
    contentSecurityPolicy().replaceAll('https://*.awswaf.com', double.origin),
  );
});
