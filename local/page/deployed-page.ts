import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { prepareDeploymentCode } from './deployment-code';
import { Edge, Site, SiteRequest, SiteResponse } from './edge';
import { PAGE_STACK, servedByTemplate } from './synthesized';
import { WafDouble } from './waf-double';
import { WafEmulator } from '../../emulator';
import { ACCOUNT, Cdk } from '../cdk';
import {
  commandOptions, LOCAL_FOLDER, LocalEnvironment, LocalEnvironmentOptions, typeScriptApp,
} from '../local-environment';

const FOLDER = path.join(LOCAL_FOLDER, 'page');

/** The example, deployed by the CDK CLI to a local CloudFormation, and served as CloudFront and AWS WAF would. */
export class DeployedPage implements Site {
  public readonly log = path.join(FOLDER, 'deploy.log');
  private readonly options: LocalEnvironmentOptions;
  private readonly cleanups: (() => Promise<void>)[] = [];
  private started?: { readonly local: LocalEnvironment; readonly cdk: Cdk; readonly double: WafDouble };
  private outputs: Record<string, string> = {};

  constructor(signal?: AbortSignal) {
    this.options = { folder: FOLDER, logFile: this.log, signal };
  }

  public get waf(): WafEmulator {
    return this.running.local.waf;
  }

  private get running() {
    if (!this.started) throw new Error('start() comes first');
    return this.started;
  }

  public async start(): Promise<void> {
    const { python } = await LocalEnvironment.install(this.options);
    const deploymentCode = await prepareDeploymentCode(FOLDER, python, commandOptions(this.options));
    const local = await LocalEnvironment.start(python, this.options);
    this.cleanups.push(() => local.stop());
    const double = await WafDouble.start(local.waf);
    this.cleanups.push(() => double.stop());
    const cdk = local.cdk(typeScriptApp('local/page/app.ts'), { LOCAL_DEPLOYMENT_CODE: deploymentCode });
    this.started = { local, cdk, double };
    await cdk.bootstrap('us-east-1');
  }

  /** Another rotationId makes another key. */
  public async deploy(rotationId?: string): Promise<void> {
    const outputs = await this.running.cdk.deploy([PAGE_STACK], { domains: [], rotationId });
    this.outputs = outputs[PAGE_STACK];
  }

  public async destroy(): Promise<void> {
    await this.running.cdk.destroy([PAGE_STACK], { domains: [] });
  }

  /** CloudFront's part, by the template that was deployed. */
  public async serve(): Promise<Edge> {
    const template = JSON.parse(
      readFileSync(path.join(FOLDER, 'cdk.out', `${PAGE_STACK}.template.json`), 'utf8'),
    ) as Record<string, unknown>;
    const edge = await Edge.start({
      site: this, double: this.running.double, ...servedByTemplate(Template.fromJSON(template)),
    });
    this.cleanups.push(() => edge.stop());
    return edge;
  }

  /** The responses of the distribution's two origins: the function by its URL, and the bucket. */
  public async respond({ method, path: requested, headers, body }: SiteRequest): Promise<SiteResponse> {
    const { url } = this.running.local;
    const [functionId] = new URL(this.outputs.FunctionUrl).hostname.split('.');
    const response = requested.startsWith('/api/')
      ? await fetch(`${url}/_aws/lambda-url/${functionId}${requested}`, {
        method, body, headers: { 'content-type': headers['content-type'] ?? '', 'authorization': signedFor('lambda') },
      })
      : await fetch(`${url}/${this.outputs.BucketName}${requested === '/' ? '/index.html' : requested}`, {
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
  public async stop(): Promise<void> {
    for (const cleanup of this.cleanups.reverse()) {
      await cleanup();
    }
  }
}

/** As an origin access control signs; MiniStack looks at the credential's scope only. */
function signedFor(service: string): string {
  const day = new Date().toISOString().slice(0, 10).replace(/-/g, '');
  return `AWS4-HMAC-SHA256 Credential=${ACCOUNT}/${day}/us-east-1/${service}/aws4_request, SignedHeaders=host, `
    + 'Signature=0';
}
