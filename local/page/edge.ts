import { createServer, IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { TokenStatus, WafDouble } from './waf-double';
import { CaptchaRule, matches } from './web-acl-rule';
import { close } from '../listen';

/** What is behind CloudFront or a load balancer. */
export interface Site {
  respond(request: SiteRequest): Promise<SiteResponse>;
}

export interface SiteRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface SiteResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EdgeOptions {
  readonly site: Site;
  readonly double: WafDouble;
  /** The rule of the synthesized web ACL, if there is one. */
  readonly rule?: CaptchaRule;
  readonly tokenDomains: readonly string[];
  /** The headers that the response headers policy adds to responses of the site, and not to those of AWS WAF. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * CloudFront or a load balancer with its web ACL on a port of this
 * machine. Everything is as it would be deployed, but that the hosts below
 * awswaf.com are replaced by the double's, in the headers and in config.json alike.
 */
export class Edge {
  public static async start(options: EdgeOptions): Promise<Edge> {
    const edge = new Edge(options);
    await new Promise<void>((resolve) => edge.server.listen(0, '127.0.0.1', resolve));
    return edge;
  }

  /** What the web ACL found out about the token of each request that its rule matches. */
  public readonly tokenStatuses: TokenStatus[] = [];
  private readonly server: Server;

  private constructor(private readonly options: EdgeOptions) {
    this.server = createServer((request, response) => void this.handle(request, response).catch((error: unknown) => {
      response.writeHead(502).end(String(error));
    }));
  }

  /** The address of the page at a host name of this machine. */
  public url(host = 'localhost'): string {
    return `http://${host}:${(this.server.address() as AddressInfo).port}/`;
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }

  private async handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const [pathname] = incoming.url!.split('?');
    const request = { method: incoming.method!, path: pathname, headers: incoming.headers, body: await text(incoming) };
    const { status, headers, body } = this.inspect(request) ?? await this.siteResponse(request);
    const replaceHosts = (value: string) => value.replace(
      /https:\/\/[\w.*-]*\.awswaf\.com/g, this.options.double.origin,
    );
    const all = Object.entries(headers).map(([name, value]) => [name, replaceHosts(value)]);
    outgoing.writeHead(status, Object.fromEntries(all)).end(pathname === '/config.json' ? replaceHosts(body) : body);
  }

  private async siteResponse(request: SiteRequest): Promise<SiteResponse> {
    const response = await this.options.site.respond(request);
    return { ...response, headers: { ...response.headers, ...this.options.headers } };
  }

  /**
   * The web ACL's own response, which has no CORS headers: see "CAPTCHA and Challenge action behavior" in the guide of
   * AWS WAF.
   */
  private inspect(request: SiteRequest): SiteResponse | undefined {
    const { rule, double, tokenDomains } = this.options;
    if (!rule || !matches(rule.Statement, request)) return undefined;
    const cookie = /(?:^|; )aws-waf-token=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    const header = request.headers['x-aws-waf-token'];
    const host = new URL(`http://${request.headers.host}`).hostname;
    const immunityMs = rule.CaptchaConfig.ImmunityTimeProperty.ImmunityTime * 1000;
    const token = typeof header === 'string' ? header : cookie;
    const status = double.validateToken(token, host, tokenDomains, immunityMs);
    this.tokenStatuses.push(status);
    if (status === 'OK') return undefined;
    return {
      status: 405, headers: { 'x-amzn-waf-action': 'captcha', 'cache-control': 'no-store, max-age=0' }, body: '',
    };
  }
}
