import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { text } from 'node:stream/consumers';
import { check } from './report';
import { WafEmulator, WafEmulatorOptions } from '../emulator';
import type { ResourceEvent } from '../lambda/events';
import { CloudFormationEndpoint } from '../local/cloudformation-endpoint';
import { close } from '../local/listen';

export interface CustomResourceResponse {
  readonly Status: string;
  readonly Reason?: string;
  readonly PhysicalResourceId: string;
  readonly Data?: { readonly APIKey?: string; readonly ApplicationIntegrationURL?: string };
}

export interface BenchEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly RequestId: string;
  readonly ResponseURL: string;
  readonly [name: string]: unknown;
}

let requests = 0;

/**
 * AWS WAF and the bucket that takes the responses for CloudFormation,
 * on this machine; over TLS if asked for, as they are in AWS.
 */
export class Cloud {
  public static async start(settings: WafEmulatorOptions = {}, tls = false): Promise<Cloud> {
    const cloud = new Cloud(await WafEmulator.start(settings), await CloudFormationEndpoint.start(), tls);
    for (const server of cloud.servers) await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  /** For the processes of the functions. */
  public readonly env: NodeJS.ProcessEnv;
  private readonly bucket: http.Server;
  private readonly wafOverTls?: http.Server;
  private readonly waiting = new Map<string, (response: CustomResourceResponse) => void>();
  private readonly events = new Map<string, ResourceEvent>();

  private constructor(
    public readonly waf: WafEmulator,
    public readonly cloudFormation: CloudFormationEndpoint,
    private readonly tls: boolean,
  ) {
    const onResponse: http.RequestListener = (request, response) => void this.take(request, response);
    const certificate = tls ? makeCertificate() : undefined;
    this.bucket = certificate ? https.createServer(certificate, onResponse) : http.createServer(onResponse);
    if (certificate) {
      this.wafOverTls = https.createServer(certificate, (request, response) => {
        request.pipe(http.request(waf.url, { method: request.method, headers: request.headers }, (forwarded) => {
          // So that every call has to connect, as the first ones of a function have to.
          forwarded.pipe(response.writeHead(forwarded.statusCode!, { ...forwarded.headers, connection: 'close' }));
        }));
      });
    }
    this.env = certificate ? { NODE_EXTRA_CA_CERTS: certificate.file } : {};
  }

  public get bucketUrl(): string {
    return urlOf(this.bucket, this.tls);
  }

  public get wafUrl(): string {
    return this.wafOverTls ? urlOf(this.wafOverTls, true) : this.waf.url;
  }

  /** An event, and the promise of the response to it. */
  public event(
    type: BenchEvent['RequestType'], more: object,
  ): { event: BenchEvent; responded: Promise<CustomResourceResponse> } {
    const RequestId = `request-${++requests}`;
    const responded = new Promise<CustomResourceResponse>((resolve) => this.waiting.set(RequestId, resolve));
    const event = {
      RequestType: type,
      RequestId,
      ResponseURL: `${this.bucketUrl}/${RequestId}`,
      ResourceProperties: {},
      StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Shop/6a5b4c3d',
      LogicalResourceId: `CaptchaKey${requests}`, // of its own, for a response settles the resource
      ...more,
    };
    this.cloudFormation.begin(event);
    this.events.set(RequestId, event);
    return { event, responded };
  }

  public async stop(): Promise<void> {
    for (const server of this.servers) await close(server);
    await this.cloudFormation.stop();
    await this.waf.stop();
  }

  private get servers(): http.Server[] {
    return this.wafOverTls ? [this.bucket, this.wafOverTls] : [this.bucket];
  }

  private async take(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    response.end();
    const requestId = new URL(request.url!, this.bucketUrl).pathname.slice(1);
    const content = JSON.parse(body);
    this.cloudFormation.end(this.events.get(requestId)!, content);
    this.waiting.get(requestId)!(content);
  }
}

/** That a key was really created, and CloudFormation told of it. */
export function checkCreated(cloud: Cloud, response: CustomResourceResponse): void {
  check(response.Status === 'SUCCESS', 'not created', response);
  check(
    cloud.waf.keys().some((key) => key.apiKey === response.Data?.APIKey),
    'the response names no key that exists',
    response,
  );
}

function urlOf(server: http.Server, tls: boolean): string {
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
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
