import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Browser } from 'playwright-core';
import { FolderSite, Handler } from './folder-site';
import { Visitor } from './visitor';
import { WafEmulator } from '../../emulator';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';
import { Edge, EdgeOptions } from '../../local/page/edge';
import { Served, servedBy } from '../../local/page/synthesized';
import { WafDouble } from '../../local/page/waf-double';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'captcha-page');
const SCRIPT_URL = 'https://0a1b2c3d4e5f.edge.captcha-sdk.awswaf.com/0a1b2c3d4e5f/jsapi.js';
const TOKEN_DOMAINS = ['localhost', 'd111111abcdef8.cloudfront.net'];

export const PLAIN_PAGE = path.join(EXAMPLE, 'page');

let served: Served | undefined;

/** A page behind an edge with the web ACL and the headers of the example's stack, a key for it, and a visitor. */
export class Stage {
  /** @param overrides what the edge does in place of the example's stack */
  static async set(browser: Browser, folder: string, overrides: Partial<EdgeOptions> = {}): Promise<Stage> {
    served ??= servedBy(new CaptchaPageStack(new App(), 'CaptchaPage', { env: { region: 'us-east-1' } }));
    const waf = await WafEmulator.start();
    const double = await WafDouble.start(waf);
    const { handler } = jest.requireActual<{ handler: Handler }>(path.join(EXAMPLE, 'sign-up', 'index.js'));
    const site = new FolderSite(folder, handler);
    const edge = await Edge.start({ ...served, site, double, ...overrides });
    const stage = new Stage(waf, double, site, edge, await Visitor.arrive(browser));
    stage.rotate();
    return stage;
  }

  private constructor(
    public readonly waf: WafEmulator,
    public readonly double: WafDouble,
    public readonly site: FolderSite,
    public readonly edge: Edge,
    public readonly visitor: Visitor,
  ) {}

  /** Deploys a new key: updates config.json and deletes the old key. */
  rotate(): void {
    const old = this.site.config?.apiKey;
    const { apiKey } = this.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: TOKEN_DOMAINS });
    this.site.config = { ...this.site.config, apiKey, scriptUrl: SCRIPT_URL };
    if (old) this.waf.removeKey(old);
  }

  async open(host?: string): Promise<void> {
    await this.visitor.page.goto(this.edge.url(host));
  }

  async clear(): Promise<void> {
    await this.visitor.leave();
    await this.edge.stop();
    await this.double.stop();
    await this.waf.stop();
  }
}
