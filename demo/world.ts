import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { GLOBAL_REGION, REGION, STACKS } from './names';
import { WafEmulator } from '../emulator';
import { LocalAws } from '../local/aws';
import { Cdk, Context, localEnvironment, withoutAws } from '../local/cdk';
import { installMiniStack, MiniStack } from '../local/ministack';
import { CommandOptions } from '../local/processes';
import { expectEqual, note, say } from '../local/progress';

export const ROOT = path.join(__dirname, '..');
const FOLDER = path.join(ROOT, '.demo');
export const LOG = path.join(FOLDER, 'demo.log');

/** What stands in for AWS here, and the CDK that talks to it. */
export class World {
  private readonly options: CommandOptions;
  private running?: { readonly waf: WafEmulator; readonly aws: LocalAws; readonly cdk: Cdk };
  private readonly cleanups: (() => Promise<void>)[] = [];

  constructor(private readonly signal: AbortSignal) {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(LOG, '');
    this.options = { cwd: ROOT, env: withoutAws(process.env), logFile: LOG, signal };
  }

  get waf(): WafEmulator {
    return this.started.waf;
  }

  get aws(): LocalAws {
    return this.started.aws;
  }

  get cdk(): Cdk {
    return this.started.cdk;
  }

  /** Returns the Python that has MiniStack. */
  async install(): Promise<string> {
    // pip may need the caller's proxy.
    const { python, reused } = await installMiniStack(FOLDER, { ...this.options, env: process.env });
    if (reused) note('found', 'installed by an earlier run');
    return python;
  }

  async start(python: string): Promise<void> {
    const waf = await WafEmulator.start({ quotas: 'aws' });
    this.cleanups.push(() => waf.stop());
    const ministack = await MiniStack.start(python, FOLDER, { ...this.options, logFile: path.join(FOLDER, 'ministack.log') });
    this.cleanups.push(() => ministack.stop());
    note('CloudFormation', ministack.url);
    note('AWS WAF', waf.url);

    const environment = {
      ...localEnvironment(ministack.url, waf.url, FOLDER),
      CDK_APP: `${path.join('node_modules', '.bin', 'tsx')} demo/app.ts`,
    };
    writeFileSync(path.join(FOLDER, 'env.sh'), Object.entries(environment).map(([name, value]) => `export ${name}='${value}'\n`).join(''));
    const cdk = new Cdk(FOLDER, { ...this.options, env: { ...this.options.env, ...environment } });
    this.running = { waf, aws: new LocalAws(ministack.url), cdk };
  }

  /** All that was started, whatever has become of the rest. */
  async stop(): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) {
      await cleanup();
    }
  }

  /** MiniStack looks for the outputs behind weak references in the region of the consumer only, so they are put there. */
  async deployGlobal(context: Context): Promise<void> {
    const outputs = await this.cdk.deploy([STACKS.globalKey], context);
    await this.aws.putOutputs(REGION, STACKS.globalKey, outputs[STACKS.globalKey]);
    await this.cdk.deploy([STACKS.globalSite], context, '--exclusively');
    const template = readFileSync(path.join(FOLDER, 'cdk.out', `${STACKS.globalSite}.template.json`), 'utf8');
    const regions = new Set([...template.matchAll(/"Fn::GetStackOutput": \{[^}]*"Region": "([^"]+)"/g)].map(([, region]) => region));
    note('its template', `reads outputs of ${STACKS.globalKey} in ${[...regions]}`);
    expectEqual('The regions of its references', [...regions], [GLOBAL_REGION]);
  }

  async destroyGlobal(context: Context): Promise<void> {
    await this.cdk.destroy([STACKS.globalSite, STACKS.globalKey], context);
    await this.aws.deleteStack(REGION, STACKS.globalKey);
  }

  /** Until Ctrl-C. */
  async stayUp(): Promise<void> {
    say(`
Everything stays up until Ctrl-C. In another terminal, in this folder:
  . .demo/env.sh
  npx cdk list
  npx cdk diff ${STACKS.key} -c domains=example.com,example.edu
  npx cdk deploy ${STACKS.key} ${STACKS.site} -c domains=example.com,example.edu
  npx cdk deploy ${STACKS.key} -c domains=https://example.com/login
  npx cdk destroy --all -f`);
    const alive = setInterval(() => {}, 60_000);
    await new Promise((resolve) => this.signal.addEventListener('abort', resolve));
    clearInterval(alive);
  }

  private get started() {
    if (!this.running) throw new Error('start() comes first');
    return this.running;
  }
}
