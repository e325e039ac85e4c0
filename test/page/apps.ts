import { execFile, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');
const PLAIN_PAGE = path.join(EXAMPLES, 'captcha-page', 'page');

/** The React example, an app as `npm create vite -- --template react-ts` creates it. */
export const REACT_EXAMPLE = path.join(EXAMPLES, 'captcha-page-react');
/** An app as create-next-app creates it, without web fonts. */
export const NEXT_APP = path.join(__dirname, 'next-app');
/** A new Vite app. It has the packages of the example, because it is below it. */
export const VITE_APP = path.join(REACT_EXAMPLE, '.fresh');

/** What the README of the example tells to copy. */
const COPIED = [
  ...['use-captcha.tsx', 'captcha.d.ts'].map((name) => path.join(REACT_EXAMPLE, 'src', name)),
  ...['captcha.js', 'captcha-loader.js'].map((name) => path.join(PLAIN_PAGE, name)),
];
const FORM = path.join(REACT_EXAMPLE, 'src', 'sign-up.tsx');
const VITE_SETTINGS = [
  'tsconfig.json', 'tsconfig.app.json', 'tsconfig.node.json', '.oxlintrc.json', 'index.html',
  'vite.config.ts',
];
const VITE_MAIN = `
  import { StrictMode } from 'react';
  import { createRoot } from 'react-dom/client';
  import Page from './probe/page';

  createRoot(document.getElementById('root')!).render(<StrictMode><Page /></StrictMode>);
`;

/** Next.js sends no telemetry, and ESLint reads the settings of the app, not those of this project. */
const ENVIRONMENT = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ESLINT_USE_FLAT_CONFIG: 'true' };

const bin = (app: string, name: string) => path.join(app, 'node_modules', '.bin', name);

/** Throws with the output of a command that fails. */
async function run(cwd: string, command: string, ...args: string[]): Promise<void> {
  await promisify(execFile)(command, args, { cwd, env: ENVIRONMENT }).catch(
    ({ stdout, stderr }: { stdout: string; stderr: string }) => { throw new Error(stdout + stderr); },
  );
}

function copy(files: readonly string[], folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, path.join(folder, path.basename(file)));
}

/** Builds the example by its own scripts, after `npm ci` there. Returns the folder with the page. */
export async function buildReactExample(): Promise<string> {
  await run(REACT_EXAMPLE, 'npm', 'run', 'build');
  await run(REACT_EXAMPLE, 'npm', 'run', 'lint', '--', '--deny-warnings');
  return path.join(REACT_EXAMPLE, 'dist');
}

/** Builds a new app with the copied files and the page of the test. Returns the folder with the page. */
export async function buildViteApp(): Promise<string> {
  rmSync(VITE_APP, { recursive: true, force: true });
  copy(VITE_SETTINGS.map((name) => path.join(REACT_EXAMPLE, name)), VITE_APP);
  copy(COPIED, path.join(VITE_APP, 'src', 'captcha'));
  copy([path.join(NEXT_APP, 'app', 'probe', 'page.tsx')], path.join(VITE_APP, 'src', 'probe'));
  writeFileSync(path.join(VITE_APP, 'src', 'main.tsx'), VITE_MAIN);
  mkdirSync(path.join(VITE_APP, '.git')); // the linter skips what the repository around it ignores
  await run(VITE_APP, bin(REACT_EXAMPLE, 'oxlint'), '--deny-warnings');
  await run(VITE_APP, bin(REACT_EXAMPLE, 'tsc'), '-b');
  await run(VITE_APP, bin(REACT_EXAMPLE, 'vite'), 'build');
  return path.join(VITE_APP, 'dist');
}

/** Builds the app with the copied files and the form, after `npm ci` there. */
export async function buildNextApp(): Promise<void> {
  copy([...COPIED, FORM], path.join(NEXT_APP, 'app', 'captcha'));
  await run(NEXT_APP, 'npm', 'run', 'build');
  await run(NEXT_APP, 'npm', 'run', 'lint', '--', '--max-warnings', '0');
}

export interface RunningApp {
  /** Its address, without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

/** @param command of Vite or Next.js: its name, and the subcommand if there is one */
export async function startApp(
  app: string, [name, ...args]: readonly string[], env: Readonly<Record<string, string>>,
): Promise<RunningApp> {
  const packages = app === VITE_APP ? REACT_EXAMPLE : app;
  const server = spawn(bin(packages, name), [...args, '--port', '0'], {
    cwd: app, env: { ...ENVIRONMENT, ...env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => server.on('exit', resolve));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    server.stdout.on('data', (chunk) => {
      const found = /http:\/\/localhost:\d+/.exec(output += String(chunk));
      if (found) resolve(found[0]);
    });
    server.on('exit', (code) => reject(new Error(`${name} ended with ${code}: ${output}`)));
  });
  return {
    url,
    stop: async () => {
      server.kill();
      await ended;
    },
  };
}
