import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

/** What the core of aws-cdk-lib loads. */
const PARTS = [
  'core', 'cx-api', 'cloud-assembly-schema', 'region-info', 'node_modules',
  'index.js', 'package.json', '.warnings.jsii.js',
];

/**
 * Loads a module of this package with a second copy of aws-cdk-lib.
 *
 * The registries of jest do not separate copies, because aws-cdk-lib loads its own modules late. So the copy has files
 * of its own. Call it outside of tests.
 */
export function withSecondCdk<T>(load: () => T): T {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'second-cdk-'));
  const original = path.dirname(require.resolve('aws-cdk-lib/package.json'));
  const copy = path.join(folder, 'node_modules', 'aws-cdk-lib');
  for (const part of PARTS) {
    fs.cpSync(path.join(original, part), path.join(copy, part), { recursive: true });
  }
  fs.symlinkSync(path.dirname(require.resolve('constructs/package.json')),
    path.join(folder, 'node_modules', 'constructs'));
  afterAll(() => fs.rmSync(folder, { recursive: true }));
  let loaded: T;
  jest.isolateModules(() => {
    jest.doMock('aws-cdk-lib', () => jest.requireActual(path.join(copy, 'index.js')));
    loaded = load();
  });
  jest.dontMock('aws-cdk-lib');
  return loaded!;
}
