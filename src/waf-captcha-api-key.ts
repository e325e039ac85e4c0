import { CrossStackReferences, CustomResource, ReferenceStrength, Resource, Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { CLOUDFRONT_REGION, FORMAT_VERSION, KeyProperties, RESOURCE_TYPE } from './contract/resource';
import { scriptBaseOf } from './contract/script-base';
import { IWafCaptchaApiKey, WafCaptchaApiKeyAttributes, WafCaptchaClientConfig } from './i-waf-captcha-api-key';
import { attributeOf } from './private/attribute';
import { identityHash } from './private/identity';
import { readRegion, readScope } from './private/place';
import { ssmNames } from './private/ssm-names';
import { SERVICE_TIMEOUT } from './private/timing';
import { readTokenDomains } from './private/token-domains';
import { WafCaptchaApiKeyProps } from './waf-captcha-api-key-props';
import { IWafCaptchaApiKeyProvider, WafCaptchaApiKeyProvider } from './waf-captcha-api-key-provider';
import { WafScope } from './waf-scope';

/** What every key has, wherever it was made. */
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
    const parameters = new Construct(this, `Ssm${prefix}`);
    new ssm.StringParameter(parameters, 'ApiKey', {
      parameterName: names.apiKey,
      stringValue: this.apiKey,
      description: 'AWS WAF CAPTCHA API key',
    });
    new ssm.StringParameter(parameters, 'ApplicationIntegrationUrl', {
      parameterName: names.applicationIntegrationUrl,
      stringValue: this.applicationIntegrationUrl,
      description: 'Base of the URL of the AWS WAF CAPTCHA script',
    });
  }
}

/**
 * An AWS WAF CAPTCHA API key with the URL of its script.
 *
 * The key is made when the stack is deployed, replaced when scope, region, domains or `rotationId` change, and deleted with the stack.
 * Other stacks, in this region or another, use its attributes like those of any resource.
 */
@propertyInjectable
export class WafCaptchaApiKey extends WafCaptchaApiKeyBase {
  /**
   * The name under which property injectors know this class.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-waf-captcha-api-key.WafCaptchaApiKey';

  /**
   * Uses a key that was made by hand or elsewhere.
   *
   * @param scope where the import is declared
   * @param id the name of the import in its scope
   * @param attributes the key and its URL
   */
  public static fromWafCaptchaApiKeyAttributes(scope: Construct, id: string, attributes: WafCaptchaApiKeyAttributes): IWafCaptchaApiKey {
    const { apiKey, applicationIntegrationUrl: url } = attributes;
    if (!apiKey || /\s/.test(apiKey)) {
      throw new Error(`${scope.node.path}/${id}: apiKey: must be the text of a key, got ${JSON.stringify(apiKey) ?? 'nothing'}`);
    }
    if (!Token.isUnresolved(url) && !/^https:\/\/\S+$/.test(url)) {
      throw new Error(`${scope.node.path}/${id}: applicationIntegrationUrl: must be a URL with https, got ${JSON.stringify(url) ?? 'nothing'}`);
    }
    class Import extends WafCaptchaApiKeyBase {
      public readonly apiKey = apiKey;
      public readonly applicationIntegrationUrl = Token.isUnresolved(url) ? url : scriptBaseOf(url);
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

      // When asked for: CloudFormation's linters frown on parameters that nobody reads.
      public get apiKey() {
        return ssm.StringParameter.valueForStringParameter(this, this.names.apiKey);
      }

      public get applicationIntegrationUrl() {
        return ssm.StringParameter.valueForStringParameter(this, this.names.applicationIntegrationUrl);
      }
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

  /**
   * @param scope where the key is declared
   * @param id the name of the key in its scope
   * @param props which key
   */
  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProps) {
    super(scope, id);
    this.scope = readScope(this, props.scope);
    const region = readRegion(this, props.scope, props.region);
    this.tokenDomains = readTokenDomains(this, props.tokenDomains);

    const provider = readProvider(this, props.provider, region);
    // As with `lambda.Version`, what makes the key the key it is stands in its path, and so in its logical id. Another key is another
    // resource: it is made before, and the old one deleted after, everything else; and whoever uses it has a changed template.
    const hash = identityHash(this, {
      scope: this.scope,
      region,
      tokenDomains: this.tokenDomains,
      rotationId: props.rotationId,
      functionArn: props.provider?.functionArn,
    });
    const properties: KeyProperties = {
      FormatVersion: FORMAT_VERSION,
      Scope: this.scope,
      TokenDomains: this.tokenDomains,
      Region: region,
      RotationId: props.rotationId,
    };
    const resource = new CustomResource(this, hash, {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties,
      removalPolicy: props.removalPolicy,
    });
    this.node.defaultChild = resource.node.defaultChild;

    // A strong reference would lock the key for as long as another stack uses it.
    CrossStackReferences.of(this).produce(ReferenceStrength.WEAK);

    if (WafCaptchaApiKeyProvider._isOwn(provider)) {
      resource.node.addDependency(...provider._allowCreateIn(this.scope === WafScope.CLOUDFRONT ? CLOUDFRONT_REGION : region));
    }

    this.apiKey = attributeOf(resource, 'APIKey');
    this.applicationIntegrationUrl = attributeOf(resource, 'ApplicationIntegrationURL');
  }
}

/** The function that makes the key: the given one, or the stack's own. */
function readProvider(construct: Construct, given?: IWafCaptchaApiKeyProvider, keyRegion?: string): IWafCaptchaApiKeyProvider {
  const stack = Stack.of(construct);
  if (given && Stack.of(given) !== stack && Token.isUnresolved(keyRegion)) {
    throw new Error(`${construct.node.path}: region: must be the name of a region when the provider is in another stack (${Stack.of(given).node.path}), got a value that is `
      + 'known at deployment only; name the region, or use a provider in this stack');
  }
  const region = given?.env.region;
  if (region && region !== stack.region && ![region, stack.region].some(Token.isUnresolved)) {
    throw new Error(`${construct.node.path}: provider: CloudFormation calls functions in the region of the stack (${stack.region}) only, got one in ${region}; `
      + 'use a provider in this region, and `region` for a key elsewhere');
  }
  return given ?? WafCaptchaApiKeyProvider._ofStack(stack);
}
