import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { check } from './measure';
import { WafEmulator, WafEmulatorOptions } from '../emulator';
import type { ResourceEvent } from '../lambda/events';
import { CloudFormationEndpoint } from '../local/cloudformation-endpoint';
import { functionEnvironment } from '../local/function-process';
import { close, listen } from '../local/listen';
import { ResponseBucket } from '../local/response-bucket';

const ROOT = path.join(__dirname, '..');
export const REGION = 'eu-west-1';

const plain = (domain: string) => ({ FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: [domain] });

/** The SDK's calls that people give to AwsCustomResource for a key. The script URL would take another resource. */
function sdkCalls(domain: string): Record<string, string> {
  const call = (action: string, parameters: object) => ({
    service: '@aws-sdk/client-wafv2', action, region: 'us-east-1', parameters,
  });
  const create = {
    ...call('CreateAPIKeyCommand', { Scope: 'CLOUDFRONT', TokenDomains: [domain] }),
    physicalResourceId: { responsePath: 'APIKey' },
  };
  return { InstallLatestAwsSdk: 'false', Create: JSON.stringify(create) };
}

/** The contenders: the file of the handler, and the properties with which it creates a CLOUDFRONT key for a domain. */
export const HANDLERS = {
  ours: { file: path.join(ROOT, 'assets', 'handler', 'index.js'), properties: plain },
  awsCustomResource: { file: path.join(__dirname, 'handlers', 'aws-custom-resource.cjs'), properties: sdkCalls },
  bareHandler: { file: path.join(__dirname, 'handlers', 'bare-handler.cjs'), properties: plain },
};

export type HandlerName = keyof typeof HANDLERS;

let requests = 0;

/** AWS WAF, CloudFormation and the bucket for its responses, on this machine; over HTTPS, as they are in AWS. */
export class Cloud {
  public static async start(settings: WafEmulatorOptions = {}): Promise<Cloud> {
    const cloudFormation = await CloudFormationEndpoint.start();
    const bucket = await ResponseBucket.start(cloudFormation);
    const cloud = new Cloud(await WafEmulator.start(settings), cloudFormation, bucket);
    cloud.wafUrl = `https://${await listen(cloud.waf443)}`;
    cloud.bucketUrl = `https://${await listen(cloud.bucket443)}`;
    return cloud;
  }

  public wafUrl = '';
  private bucketUrl = '';
  private readonly certificate = makeCertificate();
  private readonly waf443: https.Server;
  private readonly bucket443: https.Server;
  private readonly waiting = new Map<string, () => void>();

  private constructor(
    public readonly waf: WafEmulator,
    public readonly cloudFormation: CloudFormationEndpoint,
    private readonly bucket: ResponseBucket,
  ) {
    this.waf443 = this.inFrontOf(() => waf.url);
    this.bucket443 = this.inFrontOf(
      () => this.bucket.url, ({ url }) => this.waiting.get(/^\/([^?]+)/.exec(url!)![1])?.(),
    );
  }

  /** For the process of a function. */
  public get env(): NodeJS.ProcessEnv {
    return {
      ...functionEnvironment(REGION, this.wafUrl, this.cloudFormation.url),
      NODE_EXTRA_CA_CERTS: this.certificate.file,
      NODE_PATH: path.join(ROOT, 'node_modules'), // where Lambda has the SDK
      BENCH_BUCKET_PORT: new URL(this.bucketUrl).port,
    };
  }

  /** The event that creates a key. */
  public createEvent(handler: HandlerName, domain: string): ResourceEvent {
    const event = this.bucket.expect({
      RequestType: 'Create',
      RequestId: `request-${++requests}`,
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/6a5b4c3d',
      LogicalResourceId: `CaptchaKey${requests}`,
      ResourceProperties: HANDLERS[handler].properties(domain),
    });
    return { ...event, ResponseURL: event.ResponseURL.replace(this.bucket.url, this.bucketUrl) };
  }

  /** Resolves as soon as the response is there. */
  public responseTo({ RequestId }: ResourceEvent): Promise<void> {
    return new Promise((resolve) => this.waiting.set(RequestId, resolve));
  }

  /** Whether the key was created. That it then exists, and CloudFormation was told of it, is checked. */
  public created({ RequestId }: ResourceEvent): boolean {
    const response = this.bucket.received(RequestId); // that of AwsCustomResource lacks an id when it fails
    check(response !== undefined, 'no response', RequestId);
    const exists = this.waf.keys().some(({ apiKey }) => apiKey === response.Data?.APIKey);
    check(exists === (response.Status === 'SUCCESS'), 'the response and AWS WAF do not agree', response);
    return exists;
  }

  public async stop(): Promise<void> {
    for (const server of [this.waf443, this.bucket443]) await close(server);
    await Promise.all([this.bucket.stop(), this.cloudFormation.stop(), this.waf.stop()]);
  }

  /** An HTTPS server that forwards to an HTTP one. */
  private inFrontOf(url: () => string, onEnd = (_: http.IncomingMessage) => {}): https.Server {
    return https.createServer(this.certificate, (request, response) => {
      request.pipe(http.request(url() + request.url, { method: request.method, headers: request.headers }, (answer) => {
        answer.pipe(response.writeHead(answer.statusCode!, answer.headers)).once('finish', () => onEnd(request));
      }));
    });
  }
}

function makeCertificate(): { key: Buffer; cert: Buffer; file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const [keyFile, file] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-nodes', '-days', '1', ...curve, ...subject, '-keyout', keyFile, '-out', file],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(keyFile), cert: readFileSync(file), file };
}
