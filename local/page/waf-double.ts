import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import type { WafEmulator } from '../../emulator';
import { close } from '../listen';

const SCRIPT = readFileSync(path.join(__dirname, 'waf-script-double.js'), 'utf8');
const SHAPES = ['circle', 'square', 'triangle', 'cross'];

interface Token {
  readonly host: string;
  readonly solvedAt?: number;
}

interface Puzzle {
  readonly host: string;
  readonly wanted: string;
  readonly expiresAt: number;
}

/** What the script sends, by what it asks for. */
interface Input {
  readonly apiKey: string;
  readonly cookieDomains?: string[];
  readonly id: string;
  readonly shape: string;
}

/** What a web ACL finds out about the token of a request; the names are those of AWS WAF's logs. */
export type TokenStatus = 'OK' | 'TOKEN_MISSING' | 'TOKEN_INVALID' | 'TOKEN_EXPIRED' | 'TOKEN_DOMAIN_MISMATCH';

/**
 * The hosts below awswaf.com on a port of this machine: the script,
 * its puzzles and its tokens. It knows the keys of the emulator.
 */
export class WafDouble {
  public static async start(waf: WafEmulator): Promise<WafDouble> {
    const double = new WafDouble(waf);
    await new Promise<void>((resolve) => double.server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  /** How long a puzzle can be solved. */
  public puzzleLifetimeMs = 120_000;
  private readonly tokens = new Map<string, Token>();
  private readonly puzzles = new Map<string, Puzzle>();
  private readonly server: Server;

  private constructor(private readonly waf: WafEmulator) {
    this.server = createServer((request, response) => void this.handle(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    }));
  }

  public get origin(): string {
    return `http://localhost:${(this.server.address() as AddressInfo).port}`;
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }

  /** Validates a request's token as a web ACL does. */
  public validateToken(
    token: string | undefined, host: string, tokenDomains: readonly string[], immunityMs: number,
  ): TokenStatus {
    if (!token) return 'TOKEN_MISSING';
    const known = this.tokens.get(token);
    if (!known?.solvedAt) return 'TOKEN_INVALID';
    if (known.host !== host
      && !tokenDomains.some((domain) => isWithin(known.host, domain))) return 'TOKEN_DOMAIN_MISMATCH';
    return Date.now() < known.solvedAt + immunityMs ? 'OK' : 'TOKEN_EXPIRED';
  }

  /** As if the immunity time of every token had passed. */
  public expireTokens(): void {
    for (const [name, token] of this.tokens) this.tokens.set(name, { ...token, solvedAt: token.solvedAt && 1 });
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = request.url!.split('/').pop();
    if (request.method === 'GET' && action === 'jsapi.js') {
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(SCRIPT);
      return;
    }
    const host = new URL(request.headers.origin ?? 'http://none').hostname; // set by the browser, not by the page
    const input = JSON.parse(await text(request)) as Input;
    const [status, content] = this.respond(action, host, input);
    response.writeHead(status, { 'access-control-allow-origin': '*', 'content-type': 'application/json' }).end(
      JSON.stringify(content),
    );
  }

  private respond(action: string | undefined, host: string, input: Input): [number, object] {
    switch (action) {
      case 'token': return [200, { token: this.newToken({ host }) }];
      case 'problem': {
        const refusal = this.refusal(input.apiKey, host, input.cookieDomains);
        return refusal ? [403, { message: refusal }] : [200, this.newPuzzle(host)];
      }
      case 'solution': {
        const puzzle = this.puzzles.get(input.id);
        this.puzzles.delete(input.id);
        if (!puzzle || Date.now() > puzzle.expiresAt) return [400, { message: 'no such puzzle' }];
        return [
          200,
          puzzle.wanted === input.shape ? { token: this.newToken({ host: puzzle.host, solvedAt: Date.now() }) } : {},
        ];
      }
      default: return [404, { message: 'no such path' }];
    }
  }

  /**
   * Why a key does not work on a page. The rule is that of "Managing API
   * keys for the JS CAPTCHA API": the host has to be a domain of the key,
   * or, if the page sets awsWafCookieDomainList, one of that list has to be a domain of the key or below it.
   */
  private refusal(apiKey: string, host: string, cookieDomains: readonly string[] | undefined): string | undefined {
    const key = this.waf.keys().find((candidate) => candidate.apiKey === apiKey);
    if (!key) return 'the key does not exist';
    const fits = cookieDomains
      ? cookieDomains.some((domain) => key.tokenDomains.some((ofKey) => isWithin(domain.replace(/^\./, ''), ofKey)))
      : key.tokenDomains.includes(host);
    return fits ? undefined : `the key is for ${key.tokenDomains.join(', ')}, not for ${host}`;
  }

  private newToken(token: Token): string {
    const name = randomUUID();
    this.tokens.set(name, token);
    return name;
  }

  private newPuzzle(host: string): object {
    const id = randomUUID();
    const shapes = SHAPES.map((shape) => ({ shape, order: Math.random() })).sort((a, b) => a.order - b.order).map(
      ({ shape }) => shape,
    );
    const wanted = SHAPES[Math.floor(Math.random() * SHAPES.length)];
    this.puzzles.set(id, { host, wanted, expiresAt: Date.now() + this.puzzleLifetimeMs });
    return { id, wanted, shapes, expiresInMs: this.puzzleLifetimeMs };
  }
}

function isWithin(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`);
}
