import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { GLOBAL_REGION, REGION, STACKS } from './names';
import { Cdk, Context } from '../local/cdk';
import { LOCAL_FOLDER, LocalEnvironment, LocalEnvironmentOptions, typeScriptApp } from '../local/local-environment';
import { expectEqual, note, say } from '../local/progress';

export const LOG = path.join(LOCAL_FOLDER, 'demo.log');

/** The local environment and the CDK CLI on the demo's app. */
export interface DemoEnvironment {
  readonly local: LocalEnvironment;
  readonly cdk: Cdk;
}

function optionsOf(signal: AbortSignal): LocalEnvironmentOptions {
  return { folder: LOCAL_FOLDER, logFile: LOG, emulator: { quotas: 'aws' }, signal };
}

/** Returns the Python that has MiniStack. */
export async function install(signal: AbortSignal): Promise<string> {
  const { python, reused } = await LocalEnvironment.install(optionsOf(signal));
  if (reused) note('found', 'installed by an earlier run');
  return python;
}

export async function start(python: string, signal: AbortSignal): Promise<DemoEnvironment> {
  const local = await LocalEnvironment.start(python, optionsOf(signal));
  note('CloudFormation', local.url);
  note('AWS WAF', local.waf.url);
  const app = typeScriptApp('demo/app.ts');
  const exports = Object.entries({ ...local.settings, CDK_APP: app }).map(
    ([name, value]) => `export ${name}='${value}'\n`,
  );
  writeFileSync(path.join(LOCAL_FOLDER, 'env.sh'), exports.join(''));
  return { local, cdk: local.cdk(app) };
}

/** Puts the key's outputs into the site's Region too: MiniStack resolves weak references there only. */
export async function deployGlobal({ local, cdk }: DemoEnvironment, context: Context): Promise<void> {
  const outputs = await cdk.deploy([STACKS.globalKey], context);
  await local.aws.putOutputs(REGION, STACKS.globalKey, outputs[STACKS.globalKey]);
  await cdk.deploy([STACKS.globalSite], context, '--exclusively');
  const template = readFileSync(path.join(LOCAL_FOLDER, 'cdk.out', `${STACKS.globalSite}.template.json`), 'utf8');
  const references = [...template.matchAll(/"Fn::GetStackOutput": \{[^}]*"Region": "([^"]+)"/g)];
  const regions = [...new Set(references.map(([, region]) => region))];
  note('its template', `reads outputs of ${STACKS.globalKey} in ${regions}`);
  expectEqual('The Regions of its references', regions, [GLOBAL_REGION]);
}

export async function destroyGlobal({ local, cdk }: DemoEnvironment, context: Context): Promise<void> {
  await cdk.destroy([STACKS.globalSite, STACKS.globalKey], context);
  await local.aws.deleteStack(REGION, STACKS.globalKey);
}

/** Keeps everything running until Ctrl-C. */
export async function stayUp(signal: AbortSignal): Promise<void> {
  say(`
Everything stays up until Ctrl-C. In another terminal, in this folder:
  . .demo/env.sh
  npx cdk list
  npx cdk diff --method template ${STACKS.key} -c domains=example.com,example.edu
  npx cdk deploy ${STACKS.key} ${STACKS.site} -c domains=example.com,example.edu
  npx cdk deploy ${STACKS.key} -c domains=https://example.com/login
  npx cdk destroy --all -f`);
  const alive = setInterval(() => {}, 60_000);
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  clearInterval(alive);
}
