import { mkdirSync } from 'node:fs';
import * as path from 'node:path';
import { Browser, BrowserContext, chromium, Locator, Page } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SCREENSHOTS = path.join(__dirname, '..', '..', 'test-reports', 'page');
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Runs in the page before its own scripts: what the content security policy stops. */
const COLLECT_VIOLATIONS = `
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    violations.push(event.effectiveDirective + ' ' + event.blockedURI);
  });
`;

export async function openBrowser(): Promise<Browser> {
  try {
    return await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', ...QUIET] });
  } catch (cause) {
    throw new Error(
      'Chromium does not start from '
        + `${CHROMIUM}. Install it (Debian: apt-get install chromium) or set CHROMIUM to its path.`,
      { cause },
    );
  }
}

/** Somebody with a browser of their own: no cookies, nothing cached. */
export class Visitor {
  public static async arrive(browser: Browser, options: { readonly url?: string } = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 640, height: 620 } });
    const page = await context.newPage();
    await page.addInitScript({ content: COLLECT_VIOLATIONS });
    if (options.url) await page.goto(options.url);
    return new Visitor(context, page);
  }

  private constructor(public readonly context: BrowserContext, public readonly page: Page) {}

  /** Waits for the form: a page may render it after it has loaded. */
  public async seesForm(): Promise<void> {
    await this.emailAddress.waitFor();
  }

  public async fillIn(email = 'ada@example.com'): Promise<void> {
    await this.emailAddress.fill(email);
    await this.page.getByRole('button', { name: 'Sign up' }).click();
  }

  private get emailAddress(): Locator {
    return this.page.getByLabel('E-mail address');
  }

  public get puzzle(): Locator {
    return this.page.locator('awswaf-captcha');
  }

  /** Resolves when the puzzle is there. */
  public async puzzleQuestion(): Promise<string> {
    return (await this.puzzle.locator('legend').textContent())!;
  }

  public async solve(): Promise<void> {
    const wanted = (await this.puzzleQuestion()).split(' ').pop()!;
    await this.puzzle.getByRole('button', { name: wanted, exact: true }).click();
  }

  public async chooseWrongShape(): Promise<void> {
    const wanted = (await this.puzzleQuestion()).split(' ').pop()!;
    await this.puzzle.getByRole('button', { name: wanted === 'circle' ? 'square' : 'circle', exact: true }).click();
  }

  /** The page's thanks, when they are there. */
  public async thanks(): Promise<string> {
    const done = this.page.locator('#done');
    await done.waitFor({ state: 'visible' });
    return (await done.innerText()).replace(/\s+/g, ' ');
  }

  /** What the page says is wrong, when it does: title, advice and code. */
  public async problem(): Promise<{ title: string; advice: string; code: string }> {
    const alert = this.page.getByRole('alert');
    const texts = await Promise.all(['h2', 'p', 'small'].map((name) => alert.locator(name).innerText()));
    return { title: texts[0], advice: texts[1], code: texts[2] };
  }

  public async tryAgain(): Promise<void> {
    await this.page.getByRole('button', { name: 'Try again' }).click();
  }

  public violations(): Promise<string[]> {
    return this.page.evaluate('violations');
  }

  /** Waits for the focus: a page may move it a moment after it shows something. */
  public async hasFocusOn(id: string): Promise<void> {
    await this.page.locator(`#${id}:focus`).waitFor({ state: 'attached' });
  }

  public async screenshot(name: string): Promise<void> {
    mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`) });
  }

  public async leave(): Promise<void> {
    await this.context.close();
  }
}
