import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { BODY } from './caller';
import { buildReactPage } from './react-page';
import { useScenario } from './scenario';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'captcha-page-react');
const SCRIPT = `
  import { createElement, StrictMode } from 'react';
  import { createRoot } from 'react-dom/client';
  import { useCaptcha } from './use-captcha';

  let captcha;
  function Form() {
    captcha = useCaptcha();
    return createElement('div', { ref: captcha.container });
  }
  const root = createRoot(document.getElementById('root'));
  root.render(createElement(StrictMode, null, createElement(Form)));

  globalThis.send = () => {
    globalThis.outcome = captcha.fetch('/api/sign-up', { method: 'POST', body: '${BODY}' }).then(
      (response) => response.status, (error) => error.name);
  };
  globalThis.unmount = () => root.unmount();
`;

let script: string;

/** Bundles the component above with the hook of the example, for development: only there strict mode has an effect. */
async function bundle(): Promise<string> {
  const folder = await buildReactPage();
  const bundling = promisify(execFile)('npx', ['esbuild', '--bundle'], {
    cwd: path.join(EXAMPLE, 'src'), maxBuffer: 16 * 2 ** 20,
  });
  bundling.child.stdin!.end(SCRIPT);
  script = (await bundling).stdout;
  return folder;
}

const scenario = useScenario(bundle);

beforeEach(async () => {
  const { site, visitor, edge } = scenario;
  site.pages['/component.js'] = script;
  site.pages['/component'] = '<!doctype html><div id="root"></div><script src="/component.js"></script>';
  await visitor.page.goto(`${edge.url()}component`);
  await visitor.page.evaluate('send()');
  await visitor.puzzleQuestion();
});

it('lets the request of a component pass after the puzzle', async () => {
  const { page } = scenario.visitor;
  await scenario.visitor.solve();
  expect(await page.evaluate('outcome')).toBe(200);
  expect(scenario.site.signUps).toEqual([BODY]);
});

it('aborts the request and removes the open puzzle when the component is unmounted', async () => {
  const { page, puzzle } = scenario.visitor;
  await page.evaluate('unmount()');
  expect(await page.evaluate('outcome')).toBe('AbortError');
  expect(await puzzle.count()).toBe(0);
  expect(scenario.site.signUps).toEqual([]);
});
