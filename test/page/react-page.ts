import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';

const EXAMPLE = path.join(__dirname, '..', '..', 'examples', 'captcha-page-react');

/** Builds the React example by its own script, after `npm ci` there. Returns the folder with the page. */
export async function buildReactPage(): Promise<string> {
  await promisify(execFile)('npm', ['run', 'build'], { cwd: EXAMPLE });
  return path.join(EXAMPLE, 'dist');
}
