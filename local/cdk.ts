import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { CommandOptions, CommandResult, run } from './processes';
import { ExpectationError } from './progress';

const CLI = path.join('node_modules', '.bin', 'cdk');

/** The CDK CLI on an app. */
export class Cdk {
  private readonly outputsFile: string;

  constructor(folder: string, private readonly options: CommandOptions) {
    this.outputsFile = path.join(folder, 'outputs.json');
  }

  public async bootstrap(...regions: string[]): Promise<void> {
    await this.succeed('bootstrap', ...regions.map((region) => `aws://${ACCOUNT}/${region}`));
  }

  /** Returns the outputs of each stack. */
  public async deploy(
    stacks: readonly string[], context: Context, ...more: string[]
  ): Promise<Record<string, Record<string, string>>> {
    await this.succeed('deploy', ...stacks, ...flags(context), '--outputs-file', this.outputsFile, ...more);
    return JSON.parse(readFileSync(this.outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  }

  public async destroy(stacks: readonly string[], context: Context): Promise<void> {
    await this.succeed('destroy', ...stacks, ...flags(context), '--force');
  }

  /** For a command that must fail. Returns its output. */
  public async fail(
    command: 'deploy' | 'synth', stacks: readonly string[], context: Context, ...more: string[]
  ): Promise<string> {
    const { code, output } = await this.cdk(command, ...stacks, ...flags(context), ...more);
    if (code === 0) throw new ExpectationError(`cdk ${command} ${stacks.join(' ')}`, 'a failure', 'success');
    return output;
  }

  private async succeed(...args: string[]): Promise<void> {
    const { code } = await this.cdk(...args);
    if (code !== 0) throw new ExpectationError(`cdk ${args.join(' ')}`, 'exit code 0', `exit code ${code}`);
  }

  private cdk(...args: string[]): Promise<CommandResult> {
    return run(process.execPath, [CLI, ...args], this.options);
  }
}

/** The account of everything deployed here. MiniStack takes it from the access key id. */
export const ACCOUNT = '123456789012';

/** What an app gets as context. */
export interface Context {
  readonly domains: readonly string[];
  readonly rotationId?: string;
  /** In minutes. */
  readonly gracePeriod?: number;
}

function flags({ domains, rotationId, gracePeriod }: Context): string[] {
  const context = { domains: domains.join(','), rotationId, gracePeriod };
  return Object.entries(context).flatMap(([name, value]) => value ? ['-c', `${name}=${value}`] : []);
}

/** The settings with which the CLI works on this machine only, whatever those of the caller are. */
export function localSettings(awsUrl: string, emulatorUrl: string, folder: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: awsUrl,
    AWS_ACCESS_KEY_ID: ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    LOCAL_WAFV2_URL: emulatorUrl, // for apps that point their functions to the emulator
    CDK_OUTPUT: path.join(folder, 'cdk.out'),
    CDK_HOME: path.join(folder, 'cdk-home'),
    CDK_REQUIRE_APPROVAL: 'never',
    // MiniStack's change sets resolve the old template again: a value that changed behind a reference looks unchanged.
    CDK_METHOD: 'direct',
    CDK_PROGRESS: 'events',
    CDK_NOTICES: 'false',
    CDK_VERSION_REPORTING: 'false',
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NO_COLOR: '1',
  };
}

/** The caller's environment without settings that lead to an AWS account or through a proxy. */
export function withoutAws(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(AWS_|CDK_|(https?|all|no)_proxy$)/i.test(name)));
}
