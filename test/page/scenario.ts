import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Browser } from 'playwright-core';
import { FolderSite, Handler } from './folder-site';
import { openBrowser, Visitor } from './visitor';
import { WafEmulator } from '../../emulator';
import { CaptchaPageStack } from '../../examples/captcha-page/captcha-page-stack';
import { Edge, EdgeOptions } from '../../local/page/edge';
import { Served, servedBy } from '../../local/page/synthesized';
import { WafDouble } from '../../local/page/waf-double';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'captcha-page');
const PLAIN_PAGE = path.join(EXAMPLE, 'page');
const SCRIPT_URL = 'https://0a1b2c3d4e5f.edge.captcha-sdk.awswaf.com/0a1b2c3d4e5f/jsapi.js';
const TOKEN_DOMAINS = ['localhost', 'd111111abcdef8.cloudfront.net'];

/** A page behind an edge with the web ACL and the headers of the example's stack, a key for it, and a visitor. */
export class Scenario {
  public browser!: Browser;
  public folder!: string;
  public waf!: WafEmulator;
  public double!: WafDouble;
  public site!: FolderSite;
  public edge!: Edge;
  public visitor!: Visitor;
  private synthesized?: Served;

  /** How the example's stack serves its page. */
  public get served(): Served {
    return this.synthesized ??= servedBy(
      new CaptchaPageStack(new App(), 'CaptchaPage', { env: { region: 'us-east-1' } }),
    );
  }

  /** @param overrides what the edge does in place of the example's stack */
  public async start(overrides: Partial<EdgeOptions> = {}): Promise<void> {
    this.waf = await WafEmulator.start();
    this.double = await WafDouble.start(this.waf);
    const { handler } = jest.requireActual<{ handler: Handler }>(path.join(EXAMPLE, 'sign-up', 'index.js'));
    this.site = new FolderSite(this.folder, handler);
    this.edge = await Edge.start({ ...this.served, site: this.site, double: this.double, ...overrides });
    this.visitor = await Visitor.arrive(this.browser);
    this.rotate();
  }

  public async stop(): Promise<void> {
    await this.visitor?.leave();
    await this.edge?.stop();
    await this.double?.stop();
    await this.waf?.stop();
  }

  /** Starts again, with an edge that does something else. */
  public async restart(overrides: Partial<EdgeOptions>): Promise<void> {
    await this.stop();
    await this.start(overrides);
  }

  /** Deploys a new key: updates config.json and deletes the old key. */
  public rotate(): void {
    const old = this.site.config?.apiKey;
    const { apiKey } = this.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: TOKEN_DOMAINS });
    this.site.config = { ...this.site.config, apiKey, scriptUrl: SCRIPT_URL };
    if (old) this.waf.removeKey(old);
  }

  public async open(host?: string): Promise<void> {
    await this.visitor.page.goto(this.edge.url(host));
  }
}

/** One browser for all tests of a file. */
export function useBrowser(): { readonly browser: Browser } {
  const used = {} as { browser: Browser };
  beforeAll(async () => { used.browser = await openBrowser(); }, 60_000);
  afterAll(async () => used.browser?.close());
  return used;
}

/**
 * A scenario for each test of a file or a describe block.
 *
 * @param build builds the page and returns its folder. By default that is the plain page of the example.
 */
export function useScenario(build: () => Promise<string> = () => Promise.resolve(PLAIN_PAGE)): Scenario {
  const used = useBrowser();
  const scenario = new Scenario();
  beforeAll(async () => { scenario.folder = await build(); }, 60_000);
  beforeEach(async () => {
    scenario.browser = used.browser;
    await scenario.start();
  }, 60_000);
  afterEach(() => scenario.stop());
  return scenario;
}
