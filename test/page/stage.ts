import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Browser } from 'playwright-core';
import { FolderSite, Handler } from './folder-site';
import { Visitor } from './visitor';
import { WafEmulator } from '../../emulator';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';
import { Edge } from '../../local/page/edge';
import { Served, servedBy } from '../../local/page/synthesized';
import { WafDouble } from '../../local/page/waf-double';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'captcha-page');
const SCRIPT_URL = 'https://0a1b2c3d4e5f.edge.captcha-sdk.awswaf.com/0a1b2c3d4e5f/jsapi.js';

export const PLAIN_PAGE = path.join(EXAMPLE, 'page');

let served: Served | undefined;

/** The page of a folder behind an edge with the web ACL and the headers of the example's stack; a key for it; and somebody who visits. */
export class Stage {
  static async set(browser: Browser, folder: string): Promise<Stage> {
    served ??= servedBy(new CaptchaPageStack(new App(), 'CaptchaPage', { env: { region: 'us-east-1' } }));
    const waf = await WafEmulator.start();
    const double = await WafDouble.start(waf);
    const site = new FolderSite(folder, jest.requireActual<{ handler: Handler }>(path.join(EXAMPLE, 'sign-up', 'index.js')).handler);
    const edge = await Edge.start({ ...served, site, double });
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

  /** As a deployment does: a new key, a new config.json, the end of the old key. */
  rotate(): void {
    const old = this.site.config?.apiKey;
    const { apiKey } = this.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['localhost', 'd111111abcdef8.cloudfront.net'] });
    this.site.config = { apiKey, scriptUrl: SCRIPT_URL };
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
