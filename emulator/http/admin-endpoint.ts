import { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { WafEmulator } from '../waf-emulator';

export const ADMIN_PATH = '/_emulator/';

interface AdminRequest {
  readonly query: Readonly<Record<string, string>>;
  /** Whatever JSON came: what takes it checks it. */
  readonly body: never;
}

type Route = (waf: WafEmulator, request: AdminRequest) => unknown;

const ROUTES: Readonly<Record<string, Route>> = {
  'GET health': () => ({ status: 'ok' }),
  'GET settings': (waf) => waf.settings,
  'POST settings': (waf, { body }) => {
    waf.configure(body);
    return waf.settings;
  },
  'GET keys': (waf, { query }) => waf.keys(query),
  'POST keys': (waf, { body }) => waf.addKey(body),
  'DELETE keys': (waf, { body }) => ({ removed: waf.removeKey((body as { apiKey: string }).apiKey) }),
  'GET calls': (waf) => waf.calls,
  'GET faults': (waf) => waf.faults,
  'POST faults': (waf, { body }) => {
    waf.fail(body);
    return waf.faults;
  },
  'POST reset': (waf) => {
    waf.reset();
    return {};
  },
};

export async function handleAdminRequest(
  waf: WafEmulator, request: IncomingMessage, response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const route = ROUTES[`${request.method} ${pathname.slice(ADMIN_PATH.length)}`];
  const content = await text(request);
  if (!route) {
    return respond(response, 404, { message: `No such path. There is: ${Object.keys(ROUTES).join(', ')}` });
  }
  try {
    const body = JSON.parse(content || '{}') as never;
    respond(response, 200, route(waf, { query: Object.fromEntries(searchParams), body }));
  } catch (error) {
    respond(response, 400, { message: error instanceof Error ? error.message : String(error) });
  }
}

function respond(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
