import { awscdk, github, javascript, JsonPatch, Task } from 'projen';
import { addChecksWorkflow } from './projenrc/checks-workflow';
import { addImportRules } from './projenrc/import-rules';

/** The owner of the repository and of the published names: the one line to change in a fork. */
const OWNER = 'owner';
const NAME = 'cdk-waf-captcha-api-key';

const project = new awscdk.AwsCdkConstructLibrary({
  name: NAME,
  description: 'AWS CDK construct that creates AWS WAF CAPTCHA API keys, replaces them when they change, and deletes '
    + 'them with the stack',
  author: OWNER,
  authorAddress: `https://github.com/${OWNER}`,
  repositoryUrl: `https://github.com/${OWNER}/${NAME}.git`,
  defaultReleaseBranch: 'main',
  license: 'Apache-2.0',
  stability: 'experimental',
  keywords: ['aws', 'cdk', 'aws-cdk', 'awscdk', 'waf', 'wafv2', 'captcha', 'api-key', 'cloudfront', 'custom-resource'],

  // 2.258.0 is the first with CrossStackReferences (weak references).
  cdkVersion: '2.258.0',
  constructsVersion: '10.5.1',
  minNodeVersion: '20.16.0',
  workflowNodeVersion: '24',
  pullRequestTemplate: false,
  packageManager: javascript.NodePackageManager.NPM,
  jsiiVersion: '~6.0.16',
  typescriptVersion: '~6.0.3',
  projenrcTs: true,
  projenVersion: '0.103.25',
  devDeps: [
    // The Go module requires the version that is installed: it must be
    // the one that aws-cdk-go 2.258.0 requires, which Go's proxy has.
    '@aws-cdk/cloud-assembly-schema@54.1.0',
    '@aws-sdk/client-cloudformation',
    '@aws-sdk/client-scheduler',
    '@aws-sdk/client-sqs',
    '@aws-sdk/client-sts',
    '@aws-sdk/client-wafv2',
    '@aws-sdk/credential-provider-env',
    '@smithy/core',
    '@smithy/types',
    '@types/node@^20',
    '@stryker-mutator/core',
    '@stryker-mutator/jest-runner',
    'aws-cdk@2.1148.1',
    'cdk-nag@3.0.2',
    'cdk-nag-2@npm:cdk-nag@2.38.2',
    'esbuild@0.28.2',
    'fast-check@^4.10.2',
    'markdownlint-cli2@~0.21.0', // newer versions of both need Node.js 22
    'markdownlint-rule-relative-links@^3.0.0',
    'playwright-core',
    'tldts@^7.5.5',
    'tsx@^4',
  ],

  tsconfigDevFile: 'tsconfig.dev.json',
  tsconfigDev: {
    compilerOptions: {
      paths: { [NAME]: ['./src'] }, // the examples import the package by its name, as users do
      // Jest runs import() only as require().
      module: 'commonjs',
      moduleResolution: javascript.TypeScriptModuleResolution.BUNDLER,
    },
    include: ['.projenrc.ts'],
    exclude: [
      'lib', 'dist', 'assets', 'cdk.out', 'coverage', '.demo', 'examples/captcha-page-react', 'test/page/next-app',
    ],
  },
  eslintOptions: {
    dirs: ['src'],
    // lambda: its dependencies are bundled
    devdirs: ['lambda', 'test', 'local', 'emulator', 'demo', 'examples', 'bench', 'scripts'],
    projectService: false,
    tsconfigPath: './tsconfig.dev.json',
    commandOptions: { fix: false },
  },
  githubOptions: {
    mergify: false,
    // short-lived tokens for pull requests of dependency upgrades
    projenCredentials: github.GithubCredentials.fromApp(),
    pullRequestLintOptions: {
      semanticTitleOptions: { types: ['feat', 'fix', 'docs', 'test', 'perf', 'refactor', 'chore', 'ci', 'build'] },
    },
  },
  depsUpgradeOptions: { workflowOptions: { schedule: javascript.UpgradeDependenciesSchedule.WEEKLY } },
  bumpPackage: 'commit-and-tag-version@^12', // 13 needs Node.js 22
  nextVersionCommand: '[ "$VERSION" != 0.0.0 ] || echo 0.1.0', // the first release
  jsiiReleaseVersion: '0.2.1061', // of what uploads the packages
  typecheckTests: true,
  jestOptions: {
    jestVersion: '^30',
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
    jestConfig: {
      collectCoverage: false, // the handler is tested as a bundle in a process of its own, which coverage does not see
      maxConcurrency: 20, // tests that wait do so side by side
      moduleNameMapper: { [`^${NAME}$`]: '<rootDir>/src' }, // as in tsconfig.dev.json, for the examples
      maxWorkers: 4, // on two cores, too: most of the time is spent waiting
      // A worker loads packages once, not once for each test file.
      testEnvironment: '<rootDir>/test/jest/environment.js',
      transformIgnorePatterns: [],
      transform: {
        '/node_modules/(@aws-cdk|@aws-sdk|@smithy|aws-cdk-lib|cdk-nag|cdk-nag-2|constructs|fast-check)/.*\\.c?js$':
          new javascript.Transform('<rootDir>/test/jest/require-once.js'),
      },
      // A worker with a large heap takes longer than the default of half a second to end on a busy machine.
      additionalOptions: { workerGracefulExitTimeout: 10_000 },
    },
  },

  // jsii-pacmak writes an .npmignore, which says nothing beside package.json's list of files.
  gitignore: [
    '/.npmignore', '/assets/', '/.demo/', '/.ci-tools/', '/.stryker-tmp/', 'cdk.out/', '*.tabl.json', '__pycache__/',
    ...['.next/', 'AGENTS.md', 'app/captcha/', 'next-env.d.ts'].map((name) => `test/page/next-app/${name}`),
  ],
  npmignoreEnabled: false,

  // By the workflow's own identity, with provenance. Maven Central and the
  // repository of the Go module cannot do that yet: they need secrets.
  npmTrustedPublishing: true,
  publishToPypi: { distName: NAME, module: 'cdk_waf_captcha_api_key', trustedPublishing: true },
  publishToMaven: {
    javaPackage: `io.github.${OWNER}.cdk.wafcaptchaapikey`,
    mavenGroupId: `io.github.${OWNER}`,
    mavenArtifactId: NAME,
  },
  // In a project whose own namespace is `Cdk`, `Cdk.WafCaptchaApiKey` would hide the class of that name.
  publishToNuget: { dotNetNamespace: 'CdkWafCaptchaApiKey', packageId: 'CdkWafCaptchaApiKey', trustedPublishing: true },
  publishToGo: { moduleName: `github.com/${OWNER}/${NAME}-go`, packageName: 'wafcaptchaapikey' },
});

// jsii's banner about Node.js 20, which still works, would drown all else.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');

// What ships beside `lib`: the handler's bundle and the Public Suffix List, without anything to install.
const bundle = project.addTask(
  'bundle',
  { description: 'Bundle the handler and the Public Suffix List into assets/', exec: 'node scripts/bundle.mjs' },
);
project.preCompileTask.spawn(bundle);
// The README in the packages of the other languages leads to GitHub, not to files that are not there.
project.compileTask.exec('node scripts/absolute-links.mjs');
project.testTask.reset();
project.testTask.env('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', 'true'); // of Node.js 20, in each test file
project.testTask.spawn(project.preCompileTask);
project.testTask.spawn(project.compileTask);
project.testTask.exec('node scripts/test.mjs', { receiveArgs: true });

// unrs-resolver 1.13 lists platform bindings that `npm ci` cannot find.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

const emulator = project.addTask(
  'emulator', { description: 'Run the emulator of the AWS WAF API key operations', receiveArgs: true },
);
emulator.exec('tsx emulator/main.ts', { receiveArgs: true });

/** A task that needs the bundle of the handler. Arguments go to its last command. */
function addTask(name: string, description: string, commands: string[], env: { [name: string]: string } = {}): Task {
  const task = project.addTask(name, { description, receiveArgs: true, env });
  task.spawn(project.preCompileTask);
  commands.forEach((command, index) => task.exec(command, { receiveArgs: index === commands.length - 1 }));
  return task;
}
addTask('demo', 'Deploy, change and remove a key with the real cdk on a local CloudFormation', ['tsx demo/main.ts']);
addTask(
  'demo:page', 'Deploy the example page on a local CloudFormation and serve it until Ctrl-C', ['tsx demo/page.ts'],
);
addTask(
  'integ',
  'Deploy, change and destroy the scenarios of test/integ, or --observe AWS: in your AWS account, or with --local',
  ['tsx test/integ/main.ts'],
);
addTask(
  'bench',
  'Measure against AwsCustomResource and a handler without SDK; writes docs/benchmarks.md',
  ['projen compile', 'tsx bench/main.ts'],
);
const mutation = project.addTask('mutation', { description: 'Mutation testing of handler and construct' });
for (const part of ['handler', 'construct']) {
  mutation.spawn(addTask(
    `mutation:${part}`,
    `Mutation testing of the ${part} (long; not in CI)`,
    ['stryker run'],
    { MUTATE: part, SEQUENCES: '20', SEED: '1' },
  ));
}
// The next two are not part of `test`, which needs nothing but Node.js.
addTask('test:page', 'Test the example page in Chromium, also as deployed by the real cdk', [
  'npm ci --prefix examples/captcha-page-react --no-audit --no-fund',
  'npm ci --prefix test/page/next-app --no-audit --no-fund',
  'tsc --noEmit -p examples/captcha-page',
  'jest --testMatch "**/test/page/**/*.browser.ts" --runInBand --testTimeout 60000',
]);
addTask('test:runtime', 'Test the function in AWS\'s own runtime interface emulator and client, on Node.js 20, 22 and '
  + '24 (Linux)', [
  'test/runtime/tools/install.sh',
  'jest --testMatch "**/test/runtime/**/*.runtime.ts" --reporters default',
]);

// The everyday build packs for npm only: the other languages need their toolchains, `package-all` makes them.
project.packageTask.reset();
project.packageTask.spawn(project.tasks.tryFind('package:js')!);

project.tryFindObjectFile('package.json')!.addOverride(
  'jsii.targets.python.classifiers', ['Framework :: AWS CDK', 'Framework :: AWS CDK :: 2'],
);

// A list of what is published, not of what is not: nothing new slips into the package.
project.package.addField('files', ['lib', 'assets', '.jsii', 'API.md']);

// Source maps, with the sources in them, would be three quarters of the compiled code.
for (const option of ['inlineSourceMap', 'inlineSources']) {
  project.tsconfig!.file.addOverride(`compilerOptions.${option}`, undefined);
}

project.eslint!.addRules({
  '@stylistic/max-len': ['error', { code: 120 }], // for code, strings and comments alike
  // Without braces, what a condition is for stands on its line.
  '@stylistic/nonblock-statement-body-position': ['error', 'beside'],
  '@typescript-eslint/explicit-member-accessibility': [
    'error', { accessibility: 'explicit', overrides: { constructors: 'no-public' } },
  ],
  'no-restricted-globals': ['error', { name: 'it', message: 'Write `test`.' }],
});

// React has its types and its tsconfig in its own example, which `test:page` checks.
project.eslint!.addIgnorePattern('examples/captcha-page-react/');
project.eslint!.addIgnorePattern('test/page/next-app/');

// Everything of an experimental API counts, too: users hear of each change.
project.tasks.tryFind('compat')!.reset(`jsii-diff npm:${NAME} --keys --ignore-file .compatignore --error-on=all`);

// Built where the tools and modules are to be had; elsewhere only generated.
project.tasks.tryFind('package:dotnet')!.reset('scripts/build-or-generate.sh dotnet dotnet --version');
const goLibrary = `github.com/aws/aws-cdk-go/awscdk/v2@v${project.cdkVersion.replace('^', '')}`;
project.tasks.tryFind('package:go')!.reset(`scripts/build-or-generate.sh go go mod download ${goLibrary}`);

// The examples of README.md must compile; what this leaves behind is how
// the packages of the other languages come by them in their language.
const rosetta = project.addTask(
  'rosetta', { description: 'Compile and translate the examples', exec: 'jsii-rosetta extract --compile --strict' },
);
for (const language of ['python', 'java', 'dotnet', 'go']) {
  project.tasks.tryFind(`package:${language}`)!.prependSpawn(rosetta);
}

// One command, also after `npm ci` alone.
const packageAll = project.tasks.tryFind('package-all')!;
packageAll.prependSpawn(project.compileTask);
packageAll.prependSpawn(project.preCompileTask);

// The name of the public registry is the default of what publishes.
project.tryFindObjectFile('.github/workflows/release.yml')!.patch(
  JsonPatch.remove('/jobs/release_npm/steps/9/env/NPM_REGISTRY'),
);

addImportRules(project.eslint!);
addChecksWorkflow(project);
project.synth();
