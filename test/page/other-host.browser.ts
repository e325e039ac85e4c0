import { BODY, Caller, Outcome } from './caller';
import { useScenario } from './scenario';
import { Edge, Site, SiteRequest, SiteResponse } from '../../local/page/edge';

const scenario = useScenario();
let api: Edge;
let caller: Caller;

/** An API that lets pages of other hosts call it. AWS WAF adds no such headers to its own responses. */
class OtherHost implements Site {
  public readonly received: string[] = [];
  /** In place of a 200 with the body. */
  public response?: { readonly status: number; readonly body: string };
  public isReadable = true;

  public async respond({ method, body }: SiteRequest): Promise<SiteResponse> {
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': 'x-aws-waf-token' };
    if (method === 'OPTIONS') return { status: 204, headers, body: '' };
    this.received.push(body);
    return { status: 200, body, ...this.response, headers: this.isReadable ? headers : {} };
  }
}

let site: OtherHost;

async function serve(tokenDomains = ['localhost']): Promise<void> {
  await scenario.restart({ headers: {} }); // no policy that forbids the other host
  site = new OtherHost();
  api = await Edge.start({ ...scenario.served, site, double: scenario.double, tokenDomains });
  caller = await Caller.in(scenario);
}

afterEach(() => api?.stop());

const start = (options: string) => caller.start(
  'call', `'${api.url('api.localhost')}api/sign-up', { method: 'POST', body: '${BODY}' }, ${options}`,
);

async function callAfterPuzzle(): Promise<Outcome> {
  await start('{ puzzleFirst: true }');
  await scenario.visitor.solve();
  return caller.outcome('call');
}

test('a puzzle that is shown ahead lets the request pass, which is sent once', async () => {
  await serve();
  expect(await callAfterPuzzle()).toEqual({ status: 200, text: BODY });
  expect(api.tokenStatuses).toEqual(['OK']);
  expect(await caller.events()).toEqual(['puzzle', 'solved']);
});

test('without it the page cannot read what AWS WAF asks for, and does not send again', async () => {
  await serve();
  await start('{}');
  expect(await caller.outcome('call')).toEqual({ name: 'CaptchaError', code: 'offline', cause: 'TypeError' });
  expect(api.tokenStatuses).toEqual(['TOKEN_INVALID']);
  expect(await caller.events()).toEqual([]);
});

test('without the page\'s host in its token domains AWS WAF does not accept the solution', async () => {
  await serve([]);
  expect(await callAfterPuzzle()).toMatchObject({ code: 'offline' });
  expect(api.tokenStatuses).toEqual(['TOKEN_DOMAIN_MISMATCH']);
});

test('a request that was processed, but whose response cannot be read, is not sent again', async () => {
  await serve();
  site.isReadable = false;
  expect(await callAfterPuzzle()).toMatchObject({ code: 'offline' });
  expect(site.received).toEqual([BODY]);
});

test.each([
  { status: 202, body: 'queued' }, { status: 202, body: '' }, { status: 405, body: 'use PUT' },
  { status: 405, body: '' },
])('returns the response of the site itself: %j', async (own) => {
  await serve();
  site.response = own;
  expect(await callAfterPuzzle()).toEqual({ status: own.status, text: own.body });
  expect(site.received).toEqual([BODY]);
});

test('a puzzle ahead on the page\'s own host is not followed by another one', async () => {
  await serve();
  jest.spyOn(scenario.double, 'validateToken').mockReturnValue('TOKEN_DOMAIN_MISMATCH');
  await caller.start('call', `'/api/sign-up', { method: 'POST', body: '${BODY}' }, { puzzleFirst: true }`);
  await scenario.visitor.solve();
  expect(await caller.outcome('call')).toMatchObject({ code: 'not-accepted' });
});
