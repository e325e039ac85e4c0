import type { javascript } from 'projen';

/** What each folder may import of the others. Of itself it may import everything. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/contract': [], // shared by construct and handler
  'src': ['src/contract'],
  'lambda': ['src/contract'],
  'emulator': [],
  'local': ['emulator', 'lambda', 'src', 'examples'], // what imitates AWS on a developer's machine
  'demo': ['local', 'emulator', 'src', 'examples'],
  'bench': ['local', 'emulator', 'lambda', 'scripts'],
  'test': ['local', 'emulator', 'lambda', 'src', 'examples', 'scripts'],
  'examples': ['src'],
  'scripts': [],
};

/** Lets the linter hold the folders apart, and files out of circles. */
export function addImportRules(eslint: javascript.Eslint): void {
  const folders = Object.keys(MAY_IMPORT);
  const zones = folders.flatMap((target) => folders
    .filter((from) => from !== target && !target.startsWith(`${from}/`) && !MAY_IMPORT[target].includes(from)
      && from !== 'src/contract')
    .map((from) => ({
      target: `./${target}`,
      from: `./${from}`,
      except: MAY_IMPORT[target].filter((allowed) => allowed.startsWith(`${from}/`)).map(
        (allowed) => `./${allowed.slice(from.length + 1)}`,
      ),
      message: `${target}/ must not import of ${from}/: see projenrc/import-rules.ts.`,
    })));
  zones.push({
    target: './src/contract',
    from: './src',
    except: ['./contract'],
    message: 'src/contract/ must not import of the rest of src/.',
  });
  eslint.addRules({
    'import/no-restricted-paths': ['error', { zones }],
    'import/no-cycle': ['error', { ignoreExternal: true }],
  });
  eslint.addOverride({
    files: ['src/contract/**', 'lambda/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: ['aws-cdk-lib*', 'constructs*'] }],
    } as unknown as Record<string, string[]>,
  });
  // An app can have two copies of aws-cdk-lib: its own, and that of this package.
  eslint.addOverride({
    files: ['src/**'],
    rules: {
      'no-restricted-syntax': ['error', {
        selector: "BinaryExpression[operator='instanceof']",
        message: 'A class of another copy is another class: ask for a member.',
      }],
    } as unknown as Record<string, string[]>,
  });
}
