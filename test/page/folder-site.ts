import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Site, SiteRequest, SiteResponse } from '../../local/page/edge';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

export interface Config {
  readonly apiKey: string;
  readonly scriptUrl: string;
}

export type Handler = (event: object) => Promise<{
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}>;

/** Serves a page from a folder, with a config.json that can change, and calls the function of the sign-up form. */
export class FolderSite implements Site {
  /** The content of config.json; undefined if there is none. */
  public config?: Config;
  /** Makes the function fail. */
  public fails = false;
  /** More pages, by path. */
  public readonly pages: Record<string, string> = {};
  /** The requests that the function received. */
  public readonly requests: SiteRequest[] = [];

  constructor(private readonly folder: string, private readonly handler: Handler) {}

  /** The bodies that the function received. */
  public get signUps(): string[] {
    return this.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
  }

  public async respond(request: SiteRequest): Promise<SiteResponse> {
    if (request.path.startsWith('/api/')) return this.callFunction(request);
    const file = path.join(this.folder, request.path === '/' ? 'index.html' : request.path);
    const content = this.contentOf(request.path, file);
    if (content === undefined) return { status: 404, headers: {}, body: 'not found' };
    const headers = { 'content-type': TYPES[path.extname(file)] ?? TYPES['.html'], 'cache-control': 'no-cache' };
    return { status: 200, headers, body: content };
  }

  private contentOf(requested: string, file: string): string | undefined {
    if (requested === '/config.json') return this.config && JSON.stringify(this.config);
    return this.pages[requested] ?? (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  }

  private async callFunction(request: SiteRequest): Promise<SiteResponse> {
    this.requests.push(request);
    if (this.fails) return { status: 500, headers: {}, body: 'Internal Server Error' };
    const { method, body } = request;
    const response = await this.handler({ requestContext: { http: { method } }, body });
    return { status: response.statusCode, headers: response.headers ?? {}, body: response.body ?? '' };
  }
}
