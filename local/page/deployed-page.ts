import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { ACCOUNT, Cdk, localEnvironment, withoutAws } from '../cdk';
import { installMiniStack, MiniStack } from '../ministack';
import { prepareDeploymentCode } from './deployment-code';
import { WafEmulator } from '../../emulator';
import { CommandOptions } from '../processes';
import { Edge, Site, SiteRequest, SiteResponse } from './edge';
import { PAGE_STACK } from './names';
import { servedByTemplate } from './synthesized';
import { WafDouble } from './waf-double';

const ROOT = path.join(__dirname, '..', '..');
const FOLDER = path.join(ROOT, '.demo');
const WORK = path.join(FOLDER, 'page');

/** The example deployed by the real cdk to a local CloudFormation, and served as CloudFront and AWS WAF would. */
export class DeployedPage implements Site {
  public readonly log = path.join(WORK, 'deploy.log');
  private readonly cleanups: (() => Promise<void>)[] = [];
  private readonly options: CommandOptions;
  private started?: { readonly waf: WafEmulator; readonly aws: string; readonly cdk: Cdk; readonly double: WafDouble };
  private outputs: Record<string, string> = {};

  constructor(signal?: AbortSignal) {
    mkdirSync(WORK, { recursive: true });
    writeFileSync(this.log, '');
    this.options = { cwd: ROOT, env: withoutAws(process.env), logFile: this.log, signal };
  }

  get waf(): WafEmulator {
    return this.running.waf;
  }

  private get running() {
    if (!this.started) throw new Error('start() comes first');
    return this.started;
  }

  async start(): Promise<void> {
    const { python } = await installMiniStack(FOLDER, { ...this.options, env: process.env });
    const deploymentCode = await prepareDeploymentCode(WORK, python, this.options);
    const waf = await WafEmulator.start();
    this.cleanups.push(() => waf.stop());
    const double = await WafDouble.start(waf);
    this.cleanups.push(() => double.stop());
    const ministack = await MiniStack.start(python, WORK, { ...this.options, logFile: path.join(WORK, 'ministack.log') });
    this.cleanups.push(() => ministack.stop());
    const cdk = new Cdk(WORK, {
      ...this.options,
      env: {
        ...this.options.env,
        ...localEnvironment(ministack.url, waf.url, WORK),
        CDK_APP: `${path.join('node_modules', '.bin', 'tsx')} --tsconfig tsconfig.dev.json local/page/app.ts`,
        DEMO_DEPLOYMENT_CODE: deploymentCode,
      },
    });
    this.started = { waf, aws: ministack.url, cdk, double };
    await cdk.bootstrap('us-east-1');
  }

  /** Another rotationId makes another key. */
  async deploy(rotationId?: string): Promise<void> {
    const outputs = await this.running.cdk.deploy([PAGE_STACK], { domains: [], rotationId });
    this.outputs = outputs[PAGE_STACK];
  }

  async destroy(): Promise<void> {
    await this.running.cdk.destroy([PAGE_STACK], { domains: [] });
  }

  /** CloudFront's part, by the template that was deployed. */
  async serve(): Promise<Edge> {
    const template = JSON.parse(readFileSync(path.join(WORK, 'cdk.out', `${PAGE_STACK}.template.json`), 'utf8')) as Record<string, unknown>;
    const edge = await Edge.start({ site: this, double: this.running.double, ...servedByTemplate(Template.fromJSON(template)) });
    this.cleanups.push(() => edge.stop());
    return edge;
  }

  /** What the distribution's two origins answer: the function by its URL, and the bucket. */
  async respond({ method, path: requested, headers, body }: SiteRequest): Promise<SiteResponse> {
    const response = requested.startsWith('/api/')
      ? await fetch(`${this.running.aws}/_aws/lambda-url/${new URL(this.outputs.FunctionUrl).hostname.split('.')[0]}${requested}`, {
        method, body, headers: { 'content-type': headers['content-type'] ?? '', 'authorization': signedFor('lambda') },
      })
      : await fetch(`${this.running.aws}/${this.outputs.BucketName}${requested === '/' ? '/index.html' : requested}`, {
        headers: { authorization: signedFor('s3') },
      });
    const type = response.headers.get('content-type');
    const cacheControl = response.headers.get('cache-control');
    return {
      status: response.status,
      headers: { ...(type && { 'content-type': type }), ...(cacheControl && { 'cache-control': cacheControl }) },
      body: await response.text(),
    };
  }

  /** All that was started, whatever has become of the rest. */
  async stop(): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) {
      await cleanup();
    }
  }
}

/** As an origin access control signs; MiniStack looks at the credential's scope only. */
function signedFor(service: string): string {
  const day = new Date().toISOString().slice(0, 10).replace(/-/g, '');
  return `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/${day}/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
}
