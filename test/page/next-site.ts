import { ChildProcess, execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { FolderSite, Handler } from './folder-site';
import { Site, SiteRequest, SiteResponse } from '../../local/page/edge';

const APP = path.join(__dirname, 'next-app');
const EXAMPLES = path.join(__dirname, '..', '..', 'examples');
const FILES = [
  ...['problem.tsx', 'sign-up.tsx', 'use-captcha.tsx'].map((name) => path.join('captcha-page-react', 'src', name)),
  ...['captcha.js', 'captcha-loader.js'].map((name) => path.join('captcha-page', 'page', name)),
  path.join('captcha-page', 'aws-waf.d.ts'),
];

/** The React example in a Next.js app, built and started by Next.js itself, after `npm ci` there. */
export class NextSite implements Site {
  static async build(): Promise<void> {
    const folder = path.join(APP, 'app', 'captcha');
    mkdirSync(folder, { recursive: true });
    for (const file of FILES) copyFileSync(path.join(EXAMPLES, file), path.join(folder, path.basename(file)));
    const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
    await promisify(execFile)('npm', ['run', 'build'], { cwd: APP, env });
  }

  static async start(env: Record<string, string>, handler: Handler): Promise<NextSite> {
    const next = path.join(APP, 'node_modules', 'next', 'dist', 'bin', 'next');
    const server = spawn(process.execPath, [next, 'start', '--port', '0', '--hostname', '127.0.0.1'], {
      cwd: APP, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...env }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    const url = await new Promise<string>((resolve, reject) => {
      let output = '';
      server.stdout.on('data', (chunk) => {
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(output += String(chunk));
        if (found) resolve(found[0]);
      });
      server.on('exit', (code) => reject(new Error(`next start ended with ${code}: ${output}`)));
    });
    return new NextSite(server, url, new FolderSite(APP, handler));
  }

  private constructor(
    private readonly server: ChildProcess,
    private readonly url: string,
    public readonly api: FolderSite,
  ) {}

  async respond(request: SiteRequest): Promise<SiteResponse> {
    if (request.path.startsWith('/api/')) return this.api.respond(request);
    const response = await fetch(`${this.url}${request.path}`);
    const headers = { 'content-type': response.headers.get('content-type') ?? '' };
    return { status: response.status, headers, body: await response.text() };
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server.on('exit', resolve));
    this.server.kill();
    await ended;
  }
}
