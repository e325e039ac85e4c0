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

export type Handler = (event: object) => Promise<{ statusCode: number; headers: Record<string, string>; body: string }>;

/** The files of a page from a folder, with a config.json that can change, and the function of the sign-up form. */
export class FolderSite implements Site {
  /** What config.json holds; undefined if there is none. */
  public config?: Config;
  /** Whether the function ends with an error. */
  public fails = false;
  /** What the function got. */
  public readonly signUps: string[] = [];

  constructor(private readonly folder: string, private readonly handler: Handler) {}

  async respond({ method, path: requested, body }: SiteRequest): Promise<SiteResponse> {
    if (requested.startsWith('/api/')) {
      this.signUps.push(body);
      if (this.fails) return { status: 500, headers: {}, body: 'Internal Server Error' };
      const answer = await this.handler({ requestContext: { http: { method } }, body });
      return { status: answer.statusCode, headers: answer.headers, body: answer.body };
    }
    const file = path.join(this.folder, requested === '/' ? 'index.html' : requested);
    const content = requested === '/config.json' ? this.config && JSON.stringify(this.config) : existsSync(file) && readFileSync(file, 'utf8');
    if (!content) return { status: 404, headers: {}, body: 'not found' };
    return { status: 200, headers: { 'content-type': TYPES[path.extname(file)], 'cache-control': 'no-cache' }, body: content };
  }
}
