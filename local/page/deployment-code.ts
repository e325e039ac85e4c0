import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { REQUIREMENTS } from '../ministack';
import { CommandOptions, run } from '../processes';

const AWS_CLI = '/opt/awscli/aws'; // where the function of BucketDeployment looks for its layer

/**
 * The function of BucketDeployment runs the AWS CLI from a Lambda layer
 * and imports boto3 from Lambda's own Python, and MiniStack has neither.
 * So the layer is unpacked, boto3 installed, and the function copied
 * with another path to the CLI. Returns the folder of the copy.
 */
export async function prepareDeploymentCode(folder: string, python: string, options: CommandOptions): Promise<string> {
  const cli = path.join(folder, 'awscli');
  const layer = path.join(path.dirname(require.resolve('@aws-cdk/asset-awscli-v1/package.json')), 'lib', 'layer.zip');
  if (!existsSync(path.join(cli, 'aws'))) {
    rmSync(cli, { recursive: true, force: true });
    await succeed(python, ['-m', 'zipfile', '-e', layer, folder], options);
  }
  if ((await run(python, ['-c', 'import boto3'], options)).code !== 0) {
    await succeed(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS, 'boto3'],
      { ...options, env: process.env },
    );
  }
  const launcher = path.join(cli, 'run');
  writeFileSync(launcher, `#!/bin/sh\nexec '${python}' '${path.join(cli, 'aws')}' "$@"\n`, { mode: 0o755 });

  const copy = path.join(folder, 'deployment-code');
  const original = path.join(path.dirname(require.resolve('aws-cdk-lib/package.json')),
    'custom-resource-handlers', 'dist', 'aws-s3-deployment', 'bucket-deployment-handler');
  mkdirSync(copy, { recursive: true });
  cpSync(original, copy, { recursive: true });
  const code = readFileSync(path.join(copy, 'index.py'), 'utf8');
  if (!code.includes(AWS_CLI)) throw new Error(`The function of BucketDeployment does not run ${AWS_CLI} any more.`);
  writeFileSync(path.join(copy, 'index.py'), code.replaceAll(AWS_CLI, launcher));
  return copy;
}

async function succeed(command: string, args: string[], options: CommandOptions): Promise<void> {
  const { code, output } = await run(command, args, options);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${output}`);
}
