// Mutation testing: `npm run mutation`. The handler runs from its source, in virtual time, one test at a time.
const part = process.env.MUTATE ?? 'handler'; // or 'construct': what is changed, and whose tests run
const FILES = {
  handler: ['lambda/**/*.ts', '!lambda/index.ts', '!lambda/runtime/clock.ts'],
  construct: ['src/**/*.ts', '!src/index.ts'],
};

export default {
  packageManager: 'npm',
  testRunner: 'jest',
  testRunnerNodeArgs: ['--no-warnings'],
  mutate: FILES[part],
  jest: { configFile: 'test/mutation/jest.config.js', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  ignoreStatic: true,
  concurrency: 4,
  maxTestRunnerReuse: 40, // each run leaves hooks and memory behind that slow the next
  dryRunTimeoutMinutes: 20,
  timeoutMS: 20_000,
  reporters: ['progress-append-only', 'clear-text', 'json'],
  jsonReporter: { fileName: `test-reports/mutation-${part}.json` },
  clearTextReporter: { allowColor: false, logTests: false },
  tempDirName: '.stryker-tmp',
  disableTypeChecks: '**/*.ts', // not assets/, whose first line is looked at
  ignorePatterns: ['.ci-tools', '.demo', 'dist'], // virtual environments of Python have links that cannot be copied
};
