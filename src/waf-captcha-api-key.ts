import {
  CfnResource, CrossStackReferences, CustomResource, IResource, Lazy, ReferenceStrength, RemovalPolicy, Resource, Stack, Token,
} from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { Construct } from 'constructs';
import { CLOUDFRONT_REGION, FORMAT_VERSION, KeyProperties, RESOURCE_TYPE } from './private/contract';
import { identityHash } from './private/identity';
import { readTokenDomains } from './private/token-domains';
import { IWafCaptchaApiKeyProvider, SERVICE_TIMEOUT, WafCaptchaApiKeyProvider } from './waf-captcha-api-key-provider';
import { WafScope } from './waf-scope';

/**
 * What a page needs to render the CAPTCHA, as one object.
 */
export interface WafCaptchaClientConfig {
  /**
   * The API key, for `AwsWafCaptcha.renderCaptcha(element, { apiKey })`.
   */
  readonly apiKey: string;

  /**
   * The URL of the script, for `<script src="…" defer>`.
   */
  readonly scriptUrl: string;
}

/**
 * An AWS WAF CAPTCHA API key, made here or elsewhere.
 */
export interface IWafCaptchaApiKey extends IResource {
  /**
   * The API key. It is not a secret: it stands in the page and works on its token domains only.
   *
   * @attribute
   */
  readonly apiKey: string;

  /**
   * The base of the script's URL; it ends in `/`.
   *
   * @attribute
   */
  readonly applicationIntegrationUrl: string;

  /**
   * The URL of the CAPTCHA script, for `<script src="…" defer>`.
   */
  readonly scriptUrl: string;

  /**
   * The key and the URL of the script as one object: for `Source.jsonData`, a function's environment, a page rendered by a server.
   */
  readonly clientConfig: WafCaptchaClientConfig;

  /**
   * Writes key and URL to two standard SSM parameters, `<prefix>/api-key` and `<prefix>/application-integration-url`,
   * from which another app of the same account and region reads them with `WafCaptchaApiKey.fromSsmParameters`.
   *
   * @param prefix a path that starts and does not end with `/`, such as `/captcha/shop`
   */
  publishToSsm(prefix: string): void;
}

/**
 * The two values of a key that was made elsewhere.
 */
export interface WafCaptchaApiKeyAttributes {
  /**
   * The API key: 1 to 2,048 characters.
   */
  readonly apiKey: string;

  /**
   * The base of the script's URL, with or without the last `/`.
   */
  readonly applicationIntegrationUrl: string;
}

/**
 * Properties of a `WafCaptchaApiKey`.
 */
export interface WafCaptchaApiKeyProps {
  /**
   * What the pages stand behind. Another scope makes another key.
   */
  readonly scope: WafScope;

  /**
   * The domains on whose pages the key works: 1 to 5, each of 1 to 253 characters; bare host names without scheme, port, path or wildcard.
   *
   * Order, case and repetition do not matter, and Unicode names become punycode. Public suffixes (`co.uk`) are errors.
   * Values that are known at deploy time only, such as `distribution.domainName`, are judged then.
   * A key for `example.com` covers `www.example.com` only where the page sets `awsWafCookieDomainList`.
   *
   * Other domains make another key: it is made before, and the old one deleted after, everything else in the stack.
   */
  readonly tokenDomains: string[];

  /**
   * The region of a REGIONAL key. Another region makes another key.
   *
   * @default - the region of the stack
   */
  readonly region?: string;

  /**
   * Any text. Another text makes another key, which is how a key is rotated.
   *
   * @default - none
   */
  readonly rotationId?: string;

  /**
   * What happens to the key when it is removed from the stack or replaced. With `RETAIN` it lives on in AWS WAF.
   *
   * @default RemovalPolicy.DESTROY
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * The function that makes the key. Another provider makes another key.
   *
   * @default - one for all keys of the stack
   */
  readonly provider?: IWafCaptchaApiKeyProvider;
}

abstract class WafCaptchaApiKeyBase extends Resource implements IWafCaptchaApiKey {
  public abstract readonly apiKey: string;
  public abstract readonly applicationIntegrationUrl: string;

  public get scriptUrl(): string {
    return `${this.applicationIntegrationUrl}jsapi.js`;
  }

  public get clientConfig(): WafCaptchaClientConfig {
    return { apiKey: this.apiKey, scriptUrl: this.scriptUrl };
  }

  public publishToSsm(prefix: string): void {
    const names = ssmNames(this, prefix);
    new ssm.StringParameter(this, `${prefix}ApiKey`, { parameterName: names.apiKey, stringValue: this.apiKey });
    new ssm.StringParameter(this, `${prefix}ApplicationIntegrationUrl`, {
      parameterName: names.applicationIntegrationUrl,
      stringValue: this.applicationIntegrationUrl,
    });
  }
}

/**
 * An AWS WAF CAPTCHA API key with the URL of its script.
 *
 * The key is made when the stack is deployed, replaced when scope, region, domains or `rotationId` change, and deleted with the stack.
 * Other stacks, in this region or another, use its attributes like those of any resource.
 */
export class WafCaptchaApiKey extends WafCaptchaApiKeyBase {
  /**
   * Uses a key that was made by hand or elsewhere.
   *
   * @param scope where the import is declared
   * @param id the name of the import in its scope
   * @param attributes the key and its URL
   */
  public static fromWafCaptchaApiKeyAttributes(scope: Construct, id: string, attributes: WafCaptchaApiKeyAttributes): IWafCaptchaApiKey {
    const { apiKey, applicationIntegrationUrl: url } = attributes;
    class Import extends WafCaptchaApiKeyBase {
      public readonly apiKey = apiKey;
      public readonly applicationIntegrationUrl = Token.isUnresolved(url) || url.endsWith('/') ? url : `${url}/`;
    }
    return new Import(scope, id);
  }

  /**
   * Uses a key that another app wrote to SSM parameters with `publishToSsm`, in the same account and region.
   *
   * The values are read anew at every deployment of the stack.
   *
   * @param scope where the import is declared
   * @param id the name of the import in its scope
   * @param prefix the prefix that `publishToSsm` was called with
   */
  public static fromSsmParameters(scope: Construct, id: string, prefix: string): IWafCaptchaApiKey {
    class Import extends WafCaptchaApiKeyBase {
      private readonly names = ssmNames(this, prefix);
      public readonly apiKey = ssm.StringParameter.valueForStringParameter(this, this.names.apiKey);
      public readonly applicationIntegrationUrl = ssm.StringParameter.valueForStringParameter(this, this.names.applicationIntegrationUrl);
    }
    return new Import(scope, id);
  }

  public readonly apiKey: string;
  public readonly applicationIntegrationUrl: string;

  /**
   * What the pages with the CAPTCHA stand behind.
   */
  public readonly scope: WafScope;

  /**
   * The domains of the key, in normal form: for the `tokenDomains` of a web ACL, too.
   */
  public readonly tokenDomains: string[];

  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.scope = readScope(this, props.scope);
    const region = readRegion(this, props);
    this.tokenDomains = readTokenDomains(this, props.tokenDomains);

    const provider = props.provider ?? WafCaptchaApiKeyProvider._ofStack(stack);
    const properties: KeyProperties = {
      FormatVersion: FORMAT_VERSION,
      Scope: this.scope,
      TokenDomains: this.tokenDomains,
      Region: region,
      RotationId: props.rotationId,
    };
    const resource = new CustomResource(this, 'Resource', {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties,
      removalPolicy: props.removalPolicy,
    });

    // As with `lambda.Version`, what makes the key the key it is stands in its logical id. Another key is another resource:
    // it is made before, and the old one deleted after, everything else; and whoever uses it has a changed template.
    const cfnResource = resource.node.defaultChild as CfnResource;
    const baseId = stack.getLogicalId(cfnResource).slice(-247); // with the hash, CloudFormation's 255
    cfnResource.overrideLogicalId(Lazy.uncachedString({
      produce: () => baseId + identityHash({
        scope: this.scope,
        region,
        tokenDomains: this.tokenDomains,
        rotationId: props.rotationId,
        provider: props.provider && providerIdentity(props.provider, stack),
      }),
    }));

    // A strong reference would lock the key for as long as another stack uses it.
    CrossStackReferences.of(resource).produce(ReferenceStrength.WEAK);

    if (provider instanceof WafCaptchaApiKeyProvider) {
      resource.node.addDependency(...provider._allowCreateIn(this.scope === WafScope.CLOUDFRONT ? CLOUDFRONT_REGION : region ?? stack.region));
    }

    this.apiKey = resource.getAttString('APIKey');
    this.applicationIntegrationUrl = resource.getAttString('ApplicationIntegrationURL');
  }
}

function readScope(construct: Construct, scope: WafScope): WafScope {
  if (!Object.values(WafScope).includes(scope)) {
    throw new Error(`${construct.node.path}: scope: must be one of ${Object.values(WafScope).join(', ')}, got ${JSON.stringify(scope) ?? 'nothing'}`);
  }
  const { region } = Stack.of(construct);
  const partition = Token.isUnresolved(region) ? 'aws' : RegionInfo.get(region).partition ?? 'aws';
  if (scope === WafScope.CLOUDFRONT && partition !== 'aws') {
    throw new Error(`${construct.node.path}: scope: CLOUDFRONT keys exist in the partition aws only, and ${region} is in ${partition}; use WafScope.REGIONAL`);
  }
  return scope;
}

/** The region where the key is made, if its scope and stack do not already say so. */
function readRegion(construct: Construct, props: WafCaptchaApiKeyProps): string | undefined {
  if (props.region !== undefined && props.scope === WafScope.CLOUDFRONT) {
    throw new Error(`${construct.node.path}: region: CLOUDFRONT keys are always made in ${CLOUDFRONT_REGION}, got '${props.region}'; leave region out`);
  }
  return props.region === Stack.of(construct).region ? undefined : props.region;
}

/**
 * Which function a key hangs on. CloudFormation refuses another ServiceToken under the same logical id,
 * so a key that moves to another provider must be another resource.
 */
function providerIdentity(provider: IWafCaptchaApiKeyProvider, consumer: Stack): string {
  const stack = Stack.of(provider);
  // Resolved in its own stack, where the answer is the same in every phase of synthesis.
  return JSON.stringify([stack === consumer ? '' : stack.resolve(stack.stackName), stack.resolve(provider.functionArn)]);
}

function ssmNames(construct: Construct, prefix: string) {
  if (!Token.isUnresolved(prefix) && !/^(\/[\w.-]+)+$/.test(prefix)) {
    throw new Error(`${construct.node.path}: prefix: must be a path such as '/captcha/shop', of letters, digits and ._-, got '${prefix}'`);
  }
  return { apiKey: `${prefix}/api-key`, applicationIntegrationUrl: `${prefix}/application-integration-url` };
}
