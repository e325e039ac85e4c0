import { App } from 'aws-cdk-lib';
import { useScenario } from './scenario';
import { Visitor } from './visitor';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';
import { Edge } from '../../local/page/edge';
import { Served, servedBy } from '../../local/page/synthesized';

const stack = new CaptchaPageStack(new App(), 'CaptchaPage', {
  env: { region: 'us-east-1' },
  domain: 'localhost',
  apiDomain: 'api.localhost',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d',
});

const scenario = useScenario();
let api: Edge;
let page: Edge;

afterEach(async () => {
  await page.stop();
  await api.stop();
});

/** Serves page and API as the stack does, at hosts and ports of this machine. */
async function serve(changeApi: (served: Served) => Served = (served) => served): Promise<Visitor> {
  const { site, double, visitor } = scenario;
  const origins: string[] = [];
  const served = servedBy(stack, 'ApiDistribution');
  expect(served.cors!.origins).toEqual(['https://localhost']);
  api = await Edge.start({ site, double, ...changeApi({ ...served, cors: { ...served.cors!, origins } }) });
  const apiUrl = api.url('api.localhost').slice(0, -1);
  const { headers, ...rest } = servedBy(stack, 'Distribution');
  expect(rest.rule).toBeUndefined();
  const policy = headers['content-security-policy'].replace('https://api.localhost', apiUrl);
  page = await Edge.start({ site, double, ...rest, headers: { ...headers, 'content-security-policy': policy } });
  origins.push(page.url().slice(0, -1));
  site.config = { ...site.config!, apiUrl };
  await visitor.page.goto(page.url());
  await visitor.fillIn();
  return visitor;
}

test('the page solves the puzzle for an API on another host', async () => {
  const visitor = await serve();
  await visitor.solve();
  expect(await visitor.thanks()).toContain('ada@example.com');
  expect(api.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
  expect(page.tokenStatuses).toEqual([]);
  expect(await visitor.violations()).toEqual([]);
});

test('the page solves the puzzle for an API that does not expose x-amzn-waf-action', async () => {
  const hidden = { 'access-control-expose-headers': '' };
  const visitor = await serve(({ cors, ...served }) => ({
    ...served, cors: { ...cors!, headers: { ...cors!.headers, ...hidden } },
  }));
  await visitor.solve();
  expect(await visitor.thanks()).toContain('ada@example.com');
});

test('without CORS headers the page reports that the site cannot be reached', async () => {
  const visitor = await serve((served) => ({ ...served, cors: undefined }));
  expect((await visitor.problem()).code).toBe('Code: offline, on localhost');
  expect(scenario.site.signUps).toEqual([]);
});

test('without the page\'s host in its token domains the API does not accept the solution', async () => {
  const visitor = await serve((served) => ({ ...served, tokenDomains: [] }));
  await visitor.solve();
  expect((await visitor.problem()).code).toBe('Code: not-accepted, on localhost');
  expect(api.tokenStatuses).toEqual(['TOKEN_INVALID', 'TOKEN_DOMAIN_MISMATCH']);
});
