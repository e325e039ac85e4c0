import { buildReactExample } from './apps';
import { useScenario } from './scenario';
import { Visitor } from './visitor';

describe.each([
  { page: 'plain' },
  { page: 'react', build: buildReactExample },
])('The $page page', ({ page, build }) => {
  const scenario = useScenario(build);
  let visitor: Visitor;

  beforeEach(() => { visitor = scenario.visitor; });

  const screenshot = (name: string) => visitor.screenshot(`${page}-${name}`);

  describe('lets a visitor', () => {
    test('solve the puzzle, and the protected request passes', async () => {
      await scenario.open();
      await screenshot('01-form');
      await visitor.fillIn();
      await visitor.puzzleQuestion();
      await screenshot('02-puzzle');
      expect(scenario.site.signUps).toEqual([]);
      await visitor.solve();
      expect(await visitor.thanks()).toBe('Thank you Your next letter goes to ada@example.com.');
      await screenshot('03-done');
      expect(scenario.site.signUps).toEqual(['{"email":"ada@example.com"}']);
      expect(scenario.edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK']);
    });

    test('send more within the immunity time without a puzzle, and shows one after it', async () => {
      await scenario.open();
      await visitor.fillIn();
      await visitor.solve();
      await visitor.thanks();

      await scenario.open();
      await visitor.fillIn('grace@example.com');
      expect(await visitor.thanks()).toContain('grace@example.com');

      scenario.double.expireTokens();
      await scenario.open();
      await visitor.fillIn('mary@example.com');
      await visitor.solve();
      expect(await visitor.thanks()).toContain('mary@example.com');
      expect(scenario.edge.tokenStatuses).toEqual(['TOKEN_INVALID', 'OK', 'OK', 'TOKEN_EXPIRED', 'OK']);
    });

    test('solve another puzzle after a wrong one, and says so', async () => {
      await scenario.open();
      await visitor.fillIn();
      await visitor.chooseWrongShape();
      await visitor.page.getByRole('status').filter({ hasText: 'That was not it. Here is another puzzle.' }).waitFor();
      await screenshot('04-incorrect');
      await visitor.solve();
      expect(await visitor.thanks()).toContain('ada@example.com');
    });

    test('try again after a puzzle that took too long, with the form still filled in', async () => {
      scenario.double.puzzleLifetimeMs = 300;
      await scenario.open();
      await visitor.fillIn();
      expect(await visitor.problem()).toMatchObject({
        title: 'The puzzle took too long', code: 'Code: expired, on localhost',
      });
      await screenshot('05-expired');
      scenario.double.puzzleLifetimeMs = 60_000;
      await visitor.tryAgain();
      await visitor.solve();
      expect(await visitor.thanks()).toContain('ada@example.com');
      expect(await visitor.page.getByRole('alert').innerText()).toBe('');
    });

    test('use only the keyboard, and moves the focus to what appears', async () => {
      await scenario.open();
      const { keyboard } = visitor.page;
      await visitor.seesForm();
      await keyboard.press('Tab');
      await visitor.hasFocusOn('email');
      await keyboard.type('ada@example.com');
      await keyboard.press('Enter');
      const wanted = (await visitor.puzzleQuestion()).split(' ').pop()!;
      await visitor.hasFocusOn('check');
      const buttons = await visitor.puzzle.getByRole('button').all();
      const labels = await Promise.all(buttons.map((button) => button.getAttribute('aria-label')));
      for (let tabs = 0; tabs <= labels.indexOf(wanted); tabs++) await keyboard.press('Tab');
      await keyboard.press('Enter');
      await visitor.thanks();
      await visitor.hasFocusOn('done');
    });

    test('type something else while the puzzle is open: what was sent is confirmed', async () => {
      await scenario.open();
      await visitor.fillIn('ada@example.com');
      await visitor.puzzleQuestion();
      await visitor.page.getByLabel('E-mail address').fill('grace@example.com');
      await visitor.solve();
      expect(await visitor.thanks()).toBe('Thank you Your next letter goes to ada@example.com.');
      expect(scenario.site.signUps).toEqual(['{"email":"ada@example.com"}']);
    });

    test('send again with the keyboard: the focus is on what failed, and then on the button', async () => {
      scenario.site.fails = true;
      await scenario.open();
      await visitor.seesForm();
      const { keyboard } = visitor.page;
      await keyboard.press('Tab');
      await keyboard.type('ada@example.com');
      await keyboard.press('Enter');
      await visitor.solve();
      await visitor.hasFocusOn('problem');
      scenario.site.fails = false;
      let release!: () => void;
      const released = new Promise<void>((resolve) => { release = resolve; });
      await visitor.page.route('**/api/**', async (route) => {
        await released;
        await route.continue();
      });
      await keyboard.press('Tab');
      await keyboard.press('Enter');
      await visitor.page.locator('button:focus', { hasText: 'Sign up' }).waitFor();
      await keyboard.press('Enter'); // is already being sent
      release();
      await visitor.thanks();
      await visitor.hasFocusOn('done');
      expect(scenario.site.signUps).toHaveLength(2);
    });

    test('use a narrow phone', async () => {
      const width = () => visitor.page.evaluate('document.documentElement.scrollWidth');
      await visitor.page.setViewportSize({ width: 320, height: 640 });
      await scenario.open();
      await visitor.fillIn();
      await visitor.puzzleQuestion();
      await screenshot('13-narrow');
      expect(await width()).toBe(320);
      expect(await visitor.page.evaluate(
        '(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.getElementById("captcha"))',
      )).toBe(0);
      scenario.site.fails = true;
      await visitor.solve();
      await visitor.problem();
      expect(await width()).toBe(320);
    });

    test('use a tab opened before the key was rotated', async () => {
      const script = visitor.page.waitForRequest('**/jsapi.js'); // whose address is in config.json
      await scenario.open();
      await script;
      scenario.rotate();
      await visitor.fillIn();
      await visitor.solve();
      expect(await visitor.thanks()).toContain('ada@example.com');
    });
  });

  describe('says what is wrong', () => {
    test('when its domain is not one of the key', async () => {
      await scenario.open('elsewhere.localhost');
      await visitor.fillIn();
      expect(await visitor.problem()).toEqual({
        title: 'The security check does not work on this page',
        advice: 'That is not your fault. Please come back later, or tell the people who run this site.',
        code: 'Code: refused, on elsewhere.localhost',
      });
      await screenshot('06-wrong-domain');
      expect(scenario.site.signUps).toEqual([]);
    });

    test('when the key was deleted', async () => {
      await scenario.open();
      scenario.waf.removeKey(scenario.site.config!.apiKey);
      await visitor.fillIn();
      expect(await visitor.problem()).toMatchObject({
        title: 'The security check does not work on this page', code: 'Code: refused, on localhost',
      });
      await screenshot('07-deleted-key');
    });

    test('when the script is blocked, before the form is filled in, and works when it no longer is', async () => {
      await visitor.page.route('**/jsapi.js', (route) => route.abort('blockedbyclient'));
      await scenario.open();
      expect(await visitor.problem()).toEqual({
        title: 'The security check did not load',
        advice: 'Check your connection, and whether an ad blocker or your network blocks awswaf.com.',
        code: 'Code: blocked, on localhost',
      });
      await screenshot('08-script-blocked');
      await visitor.page.unroute('**/jsapi.js');
      await visitor.tryAgain();
      await visitor.fillIn();
      await visitor.solve();
      expect(await visitor.thanks()).toContain('ada@example.com');
    });

    test('when the puzzles cannot be reached', async () => {
      await scenario.open();
      await visitor.page.route('**/problem', (route) => route.abort('connectionrefused'));
      await visitor.fillIn();
      expect(await visitor.problem()).toMatchObject({ title: 'No connection', code: 'Code: offline, on localhost' });
      await screenshot('09-unreachable');
    });

    test('when there is no config.json', async () => {
      scenario.site.config = undefined;
      await scenario.open();
      expect(await visitor.problem()).toMatchObject({
        title: 'The security check is not set up', code: 'Code: unconfigured, on localhost',
      });
      await screenshot('10-no-config');
    });

    test('when the web ACL does not accept the solution', async () => {
      await scenario.open();
      await visitor.fillIn();
      await visitor.puzzleQuestion();
      jest.spyOn(scenario.double, 'validateToken').mockReturnValue('TOKEN_DOMAIN_MISMATCH');
      await visitor.solve();
      expect(await visitor.problem()).toMatchObject({
        title: 'The security check was not accepted', code: 'Code: not-accepted, on localhost',
      });
      await screenshot('11-not-accepted');
    });

    test('when the site itself fails, and the form can be sent again', async () => {
      scenario.site.fails = true;
      await scenario.open();
      await visitor.fillIn();
      await visitor.solve();
      expect(await visitor.problem()).toMatchObject({
        title: 'We could not sign you up', advice: 'The site returned an error (500).',
      });
      await screenshot('12-site-fails');
      scenario.site.fails = false;
      await visitor.fillIn();
      expect(await visitor.thanks()).toContain('ada@example.com');
    });
  });
});
