import { github } from 'projen';
import type { awscdk } from 'projen';

const { JobPermission } = github.workflows;
const UBUNTU = ['ubuntu-latest'];

/**
 * What a pull request must pass besides projen's build: every Node.js and
 * aws-cdk-lib that is supported, every language, and the supply chain.
 */
export function addChecksWorkflow(project: awscdk.AwsCdkConstructLibrary): void {
  const checks = project.github!.addWorkflow('checks');
  // weekly: the newest aws-cdk-lib moves
  checks.on({ pullRequest: {}, workflowDispatch: {}, schedule: [{ cron: '17 4 * * 1' }] });
  const setup = (node: string) => [
    github.WorkflowSteps.checkout(),
    { uses: 'actions/setup-node@v7.0.0', with: { 'node-version': node, 'package-manager-cache': false } },
    { run: 'npm ci' },
  ];
  const job = { runsOn: UBUNTU, permissions: { contents: JobPermission.READ } };

  checks.addJobs({
    'test': {
      ...job,
      strategy: {
        failFast: false,
        matrix: { domain: { node: ['20', '22', '24'], cdk: [project.cdkVersion.replace('^', ''), 'latest'] } },
      },
      steps: [
        ...setup('${{ matrix.node }}'),
        {
          run: 'npm install --no-save "aws-cdk-lib@${{ matrix.cdk }}" "constructs@latest"',
          if: "matrix.cdk == 'latest'",
        },
        { run: 'npx projen test' },
      ],
    },
    'packages': {
      ...job,
      steps: [
        ...setup('24'),
        { uses: 'actions/setup-java@v6.0.0', with: { 'distribution': 'corretto', 'java-version': '17' } },
        { uses: 'actions/setup-go@v7.0.0', with: { 'go-version': '^1.25.0', 'cache': false } },
        { uses: 'actions/setup-dotnet@v6.0.0', with: { 'dotnet-version': '8.x', 'cache': false } },
        { run: 'scripts/verify.sh packages' },
        { run: 'scripts/verify.sh tarball' },
        { run: 'scripts/verify.sh release' },
      ],
    },
    'supply-chain': {
      ...job,
      steps: [
        ...setup('24'),
        { run: 'npx projen pre-compile' },
        { run: 'npx projen compile' },
        { run: 'npx projen compat' },
        { run: 'scripts/audit-bundled.sh' },
      ],
    },
  });
}
