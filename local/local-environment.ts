import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { LocalAws } from './aws';
import { Cdk, localSettings, withoutAws } from './cdk';
import { installMiniStack, MiniStack } from './ministack';
import { CommandOptions } from './processes';
import { WafEmulator, WafEmulatorOptions } from '../emulator';

export const ROOT = path.join(__dirname, '..');
/** Everything that runs locally writes here. Git ignores it. */
export const LOCAL_FOLDER = path.join(ROOT, '.demo');

export interface LocalEnvironmentOptions {
  /** For assemblies, outputs and logs. */
  readonly folder: string;
  /** Receives the output of all commands. */
  readonly logFile: string;
  /** @default - the emulator's defaults */
  readonly emulator?: WafEmulatorOptions;
  /** Environment variables of MiniStack, which its functions inherit. @default - none */
  readonly functionEnv?: (waf: WafEmulator) => NodeJS.ProcessEnv;
  /** Ends commands when it aborts. @default - they run to their end */
  readonly signal?: AbortSignal;
}

/** CloudFormation with the services around it, and AWS WAF, on this machine. */
export class LocalEnvironment {
  /** Installs MiniStack unless an earlier run has. */
  public static async install(options: LocalEnvironmentOptions): Promise<{ python: string; reused: boolean }> {
    mkdirSync(options.folder, { recursive: true });
    writeFileSync(options.logFile, '');
    // pip may need the caller's proxy.
    return installMiniStack(LOCAL_FOLDER, { ...commandOptions(options), env: process.env });
  }

  public static async start(python: string, options: LocalEnvironmentOptions): Promise<LocalEnvironment> {
    const waf = await WafEmulator.start(options.emulator);
    try {
      const command = commandOptions(options);
      const env = { ...command.env, ...options.functionEnv?.(waf) };
      const logFile = path.join(options.folder, 'ministack.log');
      const ministack = await MiniStack.start(python, options.folder, { ...command, env, logFile });
      return new LocalEnvironment(waf, ministack, options.folder, command);
    } catch (error) {
      await waf.stop();
      throw error;
    }
  }

  /** What is deployed, as other clients of AWS see it. */
  public readonly aws: LocalAws;
  /** What a CDK CLI needs to work here and nowhere else. */
  public readonly settings: Readonly<Record<string, string>>;

  private constructor(
    public readonly waf: WafEmulator,
    private readonly ministack: MiniStack,
    private readonly folder: string,
    private readonly command: CommandOptions,
  ) {
    this.aws = new LocalAws(ministack.url);
    this.settings = localSettings(ministack.url, waf.url, folder);
  }

  public get url(): string {
    return this.ministack.url;
  }

  /** The CDK CLI for an app, which is given as a command. */
  public cdk(app: string, env: NodeJS.ProcessEnv = {}): Cdk {
    return new Cdk(
      this.folder, { ...this.command, env: { ...this.command.env, ...this.settings, CDK_APP: app, ...env } },
    );
  }

  public async stop(): Promise<void> {
    await this.ministack.stop();
    await this.waf.stop();
  }
}

/** The command of a CDK app in TypeScript. */
export function typeScriptApp(file: string): string {
  return `${path.join('node_modules', '.bin', 'tsx')} --tsconfig tsconfig.dev.json ${file}`;
}

/** The options of commands that do not reach AWS. */
export function commandOptions({ logFile, signal }: LocalEnvironmentOptions): CommandOptions {
  return { cwd: ROOT, env: withoutAws(process.env), logFile, signal };
}
