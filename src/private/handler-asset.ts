import { existsSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { IConstruct } from 'constructs';

/** The first line of the handler's bundle. */
const MARKER = '// cdk-waf-captcha-api-key: handler';

/**
 * The folder of the bundled handler.
 *
 * In an app that is bundled into one file, `__dirname` is the folder of that file, and the folder found from there can
 * be one of the user's.
 */
export function handlerAsset(scope: IConstruct): string {
  // A bundle of ECMAScript modules has no `__dirname`.
  const folder = path.join(typeof __dirname === 'string' ? __dirname : '', '..', '..', 'assets', 'handler');
  const file = path.join(folder, 'index.js');
  if (!existsSync(file) || !readFileSync(file, 'utf8').startsWith(MARKER)) {
    throw new Error(`${scope.node.path}: the code of the function is not in ${folder}; `
      + 'if your app is bundled, mark cdk-waf-captcha-api-key as external, so that it is loaded from node_modules '
      + "(esbuild: '--external:cdk-waf-captcha-api-key')");
  }
  return folder;
}
