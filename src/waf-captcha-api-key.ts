import { CfnResource, CustomResource, RemovalPolicy, Resource, Stack, Token } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { CLOUDFRONT_REGION, FORMAT_VERSION, KeyAttributes, KeyProperties, RESOURCE_TYPE } from './contract/resource';
import { IWafCaptchaApiKey, IWafCaptchaApiKeyParameters, WafCaptchaApiKeyAttributes } from './i-waf-captcha-api-key';
import { IWafCaptchaApiKeyProvider } from './i-waf-captcha-api-key-provider';
import { CrossStackValue, topLevel } from './private/cross-stack-value';
import { validateGracePeriod } from './private/grace-period';
import { validateIntegrationUrl } from './private/integration-url';
import { calculateKeyHash } from './private/key-hash';
import { validateRegion, validateScope } from './private/scope-and-region';
import { isPublishedBy, publishToSsm, ssmParameterNames } from './private/ssm-parameters';
import { SERVICE_TIMEOUT } from './private/timing';
import { validateTokenDomains } from './private/token-domains';
import { differ, isLookupDummy } from './private/unresolved';
import { WafCaptchaApiKeyProps } from './waf-captcha-api-key-props';
import { WafCaptchaApiKeyProvider } from './waf-captcha-api-key-provider';
import { WafScope } from './waf-scope';

/** What every key has, wherever it was created. */
abstract class WafCaptchaApiKeyBase extends Resource implements IWafCaptchaApiKey {
  public abstract readonly apiKey: string;
  public abstract readonly applicationIntegrationUrl: string;

  public get scriptUrl(): string {
    return `${this.applicationIntegrationUrl}jsapi.js`;
  }

  public get clientConfig(): { [name: string]: string } {
    return { apiKey: this.apiKey, scriptUrl: this.scriptUrl };
  }

  /**
   * Writes the key and its URL to the SSM parameters `<prefix>/api-key` and `<prefix>/application-integration-url`.
   *
   * Other apps of the account and Region read them with `WafCaptchaApiKey.fromSsmParameters`, and servers at run time.
   * They belong to the stack and the prefix: another key that is published under the prefix changes only their values.
   * Two keys with the same prefix are an error.
   *
   * @param prefix a path such as `/captcha/shop` of letters, digits and `._-`, known at synthesis
   */
  public publishToSsm(prefix: string): IWafCaptchaApiKeyParameters {
    return publishToSsm(this, prefix);
  }
}

/**
 * An AWS WAF CAPTCHA API key with the URL of its script.
 *
 * The key is created when the stack is deployed, replaced when its configuration changes, and deleted with the stack.
 * Other stacks of the app, in any Region, can use its attributes. They do not lock the key, whatever strength
 * `CrossStackReferences` sets.
 */
@propertyInjectable
export class WafCaptchaApiKey extends WafCaptchaApiKeyBase {
  /**
   * The ID of this class for property injection.
   */
  public static readonly PROPERTY_INJECTION_ID: string = 'cdk-waf-captcha-api-key.WafCaptchaApiKey';

  /**
   * Imports a key that was created in the console or by another tool.
   *
   * The construct does not change or delete it. A text that cannot be a key, or a URL without `https`, is an error.
   *
   * @param scope the scope of the import
   * @param id the id of the import in its scope
   * @param attributes the key and the URL of its script
   */
  public static fromWafCaptchaApiKeyAttributes(
    scope: Construct, id: string, attributes: WafCaptchaApiKeyAttributes,
  ): IWafCaptchaApiKey {
    const { apiKey } = attributes;
    if (!isLookupDummy(apiKey) && !/^[^\s"'<>]{1,2048}$/.test(apiKey ?? '')) {
      throw new Error(`${scope.node.path}/${id}: apiKey: must be the text of a key, 1 to 2048 characters, `
        + `got ${JSON.stringify(apiKey) ?? 'nothing'}`);
    }
    class Import extends WafCaptchaApiKeyBase {
      public readonly apiKey = apiKey;
      public readonly applicationIntegrationUrl = validateIntegrationUrl(this, attributes.applicationIntegrationUrl);
    }
    return new Import(scope, id);
  }

  /**
   * Imports a key that another app published with `publishToSsm` in the same account and Region.
   *
   * CloudFormation reads the values at each deployment, before it writes any, so an import by the stack that publishes
   * the key is an error. All stacks of the app can use the values. A stack in the same account and Region reads the
   * parameters itself. A stack in another Region reads the values from the stack of the import.
   *
   * @param scope the scope of the import
   * @param id the id of the import in its scope
   * @param prefix the prefix that was passed to `publishToSsm`
   */
  public static fromSsmParameters(scope: Construct, id: string, prefix: string): IWafCaptchaApiKey {
    class Import extends WafCaptchaApiKeyBase {
      private readonly names = ssmParameterNames(this, prefix);
      public readonly apiKey = this.read('APIKey', this.names.apiKey);
      public readonly applicationIntegrationUrl =
        this.read('ApplicationIntegrationURL', this.names.applicationIntegrationUrl);

      private read(name: keyof KeyAttributes, parameterName: string): string {
        const home = topLevel(this.stack);
        const isHere = ({ account, region, nestedStackParent }: Stack) =>
          !nestedStackParent && account === home.account && region === home.region;
        return Token.asString(new CrossStackValue({
          owner: this,
          name,
          home,
          version: '',
          read: (stack) =>
            isHere(stack) ? ssm.StringParameter.valueForStringParameter(stack, parameterName) : undefined,
        }));
      }
    }
    const imported = new Import(scope, id);
    const home = topLevel(imported.stack);
    imported.node.addValidation({
      validate: () => isPublishedBy(home, prefix)
        ? [`prefix: ${home.node.path} itself publishes '${prefix}'; use the published key in place of the import`] : [],
    });
    return imported;
  }

  public readonly apiKey: string;
  public readonly applicationIntegrationUrl: string;

  /**
   * The kind of AWS resource in front of the pages.
   */
  public readonly scope: WafScope;

  /**
   * The domains of the key in normal form, which also fit the `tokenDomains` of a web ACL.
   */
  public readonly tokenDomains: string[];

  /**
   * @param scope the scope of the key
   * @param id the id of the key in its scope
   * @param props the configuration of the key
   */
  constructor(scope: Construct, id: string, props: WafCaptchaApiKeyProps) {
    super(scope, id);
    this.scope = validateScope(this, props.scope);
    const region = validateRegion(this, props.scope, props.region);
    this.tokenDomains = validateTokenDomains(this, props.tokenDomains);
    const gracePeriod = validateGracePeriod(this, props.gracePeriod);

    const provider = resolveProvider(this, props.provider);
    if (gracePeriod) enableGracePeriods(this, provider);
    // As with `lambda.Version`, the hash of the identity is part of the path, and so of the logical id. Another key is
    // another resource: it is created before, and the old one deleted after, everything else is updated.
    const hash = calculateKeyHash(this, {
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
      GracePeriod: gracePeriod?.toString(),
    };
    const resource = new CustomResource(this, hash, {
      resourceType: RESOURCE_TYPE,
      serviceToken: provider.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      properties,
    });
    this.node.defaultChild = resource.node.defaultChild;
    guardRemovalPolicy(this, resource.node.defaultChild as CfnResource);
    if (props.removalPolicy) this.applyRemovalPolicy(props.removalPolicy);

    resource.node.addDependency(provider);
    if (WafCaptchaApiKeyProvider._isOwned(provider)) {
      provider._warnIfUnreachable(this, this.scope === WafScope.CLOUDFRONT ? CLOUDFRONT_REGION : region);
    }

    const attribute = (name: keyof KeyAttributes) => Token.asString(new CrossStackValue({
      owner: this,
      name,
      home: this.stack,
      version: hash,
      read: (stack) => stack === this.stack ? resource.getAttString(name) : undefined,
    }));
    this.apiKey = attribute('APIKey');
    this.applicationIntegrationUrl = attribute('ApplicationIntegrationURL');
  }
}

/**
 * Validates the removal policy, whoever sets it: a property, `applyRemovalPolicy`, or `RemovalPolicies.of(app)`.
 *
 * A retained key outlives its stack, but a deployment that fails deletes the key that it has just created.
 */
function guardRemovalPolicy(key: WafCaptchaApiKey, resource: CfnResource): void {
  const apply = resource.applyRemovalPolicy;
  resource.applyRemovalPolicy = (policy, options) => {
    if (policy === RemovalPolicy.SNAPSHOT) {
      throw new Error(`${key.node.path}: removalPolicy: a key has no snapshots, got SNAPSHOT; use DESTROY or RETAIN`);
    }
    const isRetained = policy === RemovalPolicy.RETAIN;
    apply.call(resource, isRetained ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : policy, options);
  };
}

/** Adds to the provider what deletes keys later. */
function enableGracePeriods(construct: Construct, provider: IWafCaptchaApiKeyProvider): void {
  if (!WafCaptchaApiKeyProvider._isOwned(provider)) {
    throw new Error(`${construct.node.path}: gracePeriod: an imported provider (${provider.node.path}) cannot delete `
      + 'keys later; use a provider of this app, or leave the grace period out');
  }
  provider._enableGracePeriods();
}

/** The provider that creates the key: the given one, or the stack's own. */
function resolveProvider(construct: Construct, given?: IWafCaptchaApiKeyProvider): IWafCaptchaApiKeyProvider {
  const stack = Stack.of(construct);
  const { region, account } = given?.env ?? stack.env;
  const reject = (problem: string) => new Error(`${construct.node.path}: provider: ${problem}`);
  if (differ(region, stack.region)) {
    throw reject(`CloudFormation calls functions in the region of the stack (${stack.region}) only, `
      + `got one in ${region}; use a provider in this region, and \`region\` for a key elsewhere`);
  }
  if (differ(account, stack.account)) {
    throw reject('the function creates keys in its own account, which must be that of the stack '
      + `(${stack.account}), got one in ${account}; use a provider in this account`);
  }
  return given ?? WafCaptchaApiKeyProvider._getOrCreate(stack);
}
