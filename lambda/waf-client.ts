import type { Readable } from 'node:stream';
import type {
  CreateAPIKeyRequest, CreateAPIKeyResponse, DeleteAPIKeyRequest, DeleteAPIKeyResponse, ListAPIKeysRequest, ListAPIKeysResponse,
} from '@aws-sdk/client-wafv2';
import { partition } from '@aws-sdk/core/client';
import { fromEnv } from '@aws-sdk/credential-provider-env';
import { Sha256 } from '@smithy/core/checksum';
import { ServiceException } from '@smithy/core/client';
import { HttpRequest, loadJsonRpcErrorCode, parseUrl } from '@smithy/core/protocols';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { SignatureV4 } from '@smithy/signature-v4';

interface Operations {
  CreateAPIKey: [CreateAPIKeyRequest, CreateAPIKeyResponse];
  DeleteAPIKey: [DeleteAPIKeyRequest, DeleteAPIKeyResponse];
  ListAPIKeys: [ListAPIKeysRequest, ListAPIKeysResponse];
}

const TARGET = 'AWSWAF_20190729';

/** Connections stay open from one event to the next. */
const http = new NodeHttpHandler();

/**
 * Speaks to AWS WAF in one region. Types, signature, credentials, partitions and connections are the SDK's; its client as a whole
 * would be nine times the code and, at every cold start, twice the time, for formats and settings that three operations
 * with plain strings never use.
 */
export class WafClient {
  private readonly endpoint;
  private readonly signer;

  constructor(region: string) {
    this.endpoint = parseUrl(process.env.AWS_ENDPOINT_URL_WAFV2 ?? process.env.AWS_ENDPOINT_URL ?? publicEndpoint(region));
    this.signer = new SignatureV4({ service: 'wafv2', region, credentials: fromEnv(), sha256: Sha256 });
  }

  /** @throws ServiceException for an error of AWS WAF, and whatever Node.js throws when there is no whole answer */
  public async send<O extends keyof Operations>(operation: O, input: Operations[O][0], abortSignal: AbortSignal): Promise<Operations[O][1]> {
    const { hostname, port } = this.endpoint;
    const body = JSON.stringify(input);
    const signed = await this.signer.sign(new HttpRequest({
      ...this.endpoint,
      method: 'POST',
      body,
      headers: {
        'host': port ? `${hostname}:${port}` : hostname,
        'content-length': String(Buffer.byteLength(body)),
        'content-type': 'application/x-amz-json-1.1',
        'user-agent': 'cdk-waf-captcha-api-key',
        'x-amz-target': `${TARGET}.${operation}`,
      },
    }));
    const { response } = await http.handle(HttpRequest.clone(signed), { abortSignal });
    const $metadata = { httpStatusCode: response.statusCode, requestId: response.headers['x-amzn-requestid'] };
    const answer = parse(await read(response.body), $metadata);
    if (response.statusCode < 300) return answer;
    throw new ServiceException({
      name: loadJsonRpcErrorCode(response, answer) ?? 'Unknown',
      message: answer.message ?? answer.Message ?? `HTTP ${response.statusCode}`,
      $fault: response.statusCode < 500 ? 'client' : 'server',
      $metadata,
    });
  }
}

function publicEndpoint(region: string): string {
  const service = process.env.AWS_USE_FIPS_ENDPOINT === 'true' ? 'wafv2-fips' : 'wafv2';
  return `https://${service}.${region}.${partition(region).dnsSuffix}`;
}

async function read(body: Readable): Promise<string> {
  let text = '';
  for await (const chunk of body.setEncoding('utf8')) text += chunk;
  return text;
}

/** @throws SyntaxError for an answer that was cut off or is not of AWS WAF but of something on the way to it */
function parse(text: string, $metadata: object) {
  try {
    return JSON.parse(text || '{}');
  } catch (error) {
    throw Object.assign(error as SyntaxError, { $metadata });
  }
}
