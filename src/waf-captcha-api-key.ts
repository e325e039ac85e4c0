import { CfnDeletionPolicy, CfnResource, Lazy, RemovalPolicy, Resource, Stack } from 'aws-cdk-lib';
import { propertyInjectable } from 'aws-cdk-lib/core/lib/prop-injectable';
import { Construct } from 'constructs';
import { CLOUDFRONT_REGION, FORMAT_VERSION, KeyProperties, RESOURCE_TYPE } from './contract/resource';
import { IWafCaptchaApiKey, IWafCaptchaApiKeySsmParameters, WafCaptchaApiKeyAttributes } from './i-waf-captcha-api-key';
import { IWafCaptchaApiKeyProvider } from './i-waf-captcha-api-key-provider';
import { crossStackValues } from './private/cross-stack-value';
import { createCustomResource } from './private/custom-resource';
import { dependOn } from './private/dependencies';
import { parseAttributes } from './private/imported-attributes';
import { calculateKeyHash } from './private/key-hash';
import { validateRegion, validateScope } from './private/scope-and-region';
import { publishToSsm, readFromSsm } from './private/ssm-parameters';
import { parseTokenDomains } from './private/token-domains';
import { differ } from './private/unresolved';
import { omitUnset, propertyError, show } from './private/validate';
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

  public publishToSsm(prefix: string): IWafCaptchaApiKeySsmParameters {
    return publishToSsm(this, prefix);
  }
}

class ImportedKey extends WafCaptchaApiKeyBase {
  public readonly apiKey: string;
  public readonly applicationIntegrationUrl: string;

  constructor(scope: Construct, id: string, read: (key: Construct) => WafCaptchaApiKeyAttributes) {
    super(scope, id);
    const { apiKey, applicationIntegrationUrl } = read(this);
    this.apiKey = apiKey;
    this.applicationIntegrationUrl = applicationIntegrationUrl;
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
    return new ImportedKey(scope, id, (key) => parseAttributes(key, attributes));
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
    return new ImportedKey(scope, id, (key) => readFromSsm(key, prefix));
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
    // In untyped languages, properties can be missing, and null means not set.
    props = omitUnset(props ?? {}) as WafCaptchaApiKeyProps;
    const { region, rotationId } = props;
    validateScope(this, props.scope);
    validateRegion(this, props.scope, region);
    this.scope = props.scope;
    this.tokenDomains = parseTokenDomains(this, props.tokenDomains);
    if (typeof rotationId !== 'string' && rotationId !== undefined) {
      throw propertyError(this, 'rotationId', `must be a text such as '2026-11', got ${show(rotationId)}`);
    }
    if (props.removalPolicy && !Object.values(RemovalPolicy).includes(props.removalPolicy)) {
      throw propertyError(this, 'removalPolicy',
        `must be RemovalPolicy.DESTROY, RETAIN or RETAIN_ON_UPDATE_OR_DELETE, got ${show(props.removalPolicy)}`);
    }

    const provider = props.provider ?? WafCaptchaApiKeyProvider.getOrCreate(this);
    validateProvider(this, provider);
    // Only a provider of this app has the method. A library in it may bring its own copy of this class.
    if ('_warnIfIsolated' in provider) {
      (provider as WafCaptchaApiKeyProvider)._warnIfIsolated(
        this, this.scope === WafScope.CLOUDFRONT ? CLOUDFRONT_REGION : region);
    }
    // As with `lambda.Version`, the hash of the identity is part of the path, and so of the logical id. Another key is
    // another resource: it is created before, and the old one deleted after, everything else is updated.
    const hash = calculateKeyHash(this, {
      scope: this.scope,
      region,
      tokenDomains: this.tokenDomains,
      rotationId,
      functionArn: WafCaptchaApiKeyProvider._isDefaultOf(this.stack, provider) ? undefined : provider.functionArn,
    });
    const properties: KeyProperties = {
      FormatVersion: FORMAT_VERSION,
      Scope: this.scope,
      TokenDomains: [...this.tokenDomains], // the attribute is the user's to change
      Region: region,
      RotationId: rotationId,
    };
    const resource = createCustomResource(this, hash, RESOURCE_TYPE, provider.functionArn, properties);
    this.node.defaultChild = resource;
    completeRemovalPolicy(this, resource);
    if (props.removalPolicy) this.applyRemovalPolicy(props.removalPolicy);
    dependOn(resource, provider);

    const { apiKey, applicationIntegrationUrl } = crossStackValues({
      key: this,
      home: this.stack,
      version: hash,
      read: (stack, name) => stack === this.stack ? resource.getAtt(name).toString() : undefined,
    });
    this.apiKey = apiKey;
    this.applicationIntegrationUrl = applicationIntegrationUrl;
  }
}

/**
 * A retained key outlives its stack, but a deployment that fails deletes the key that it has just created. Whoever sets
 * the policy: a property, a property injector, an Aspect such as `RemovalPolicies.of(app)`, or a Mixin.
 */
function completeRemovalPolicy(key: WafCaptchaApiKey, resource: CfnResource): void {
  const { cfnOptions } = resource;
  resource.addOverride('DeletionPolicy', Lazy.any({
    produce: () => cfnOptions.deletionPolicy === CfnDeletionPolicy.RETAIN
      ? CfnDeletionPolicy.RETAIN_EXCEPT_ON_CREATE
      : cfnOptions.deletionPolicy,
  }));
  key.node.addValidation({
    validate: () => [cfnOptions.deletionPolicy, cfnOptions.updateReplacePolicy].includes(CfnDeletionPolicy.SNAPSHOT)
      ? ['removalPolicy: a key has no snapshots, got SNAPSHOT; use DESTROY or RETAIN']
      : [],
  });
}

function validateProvider(construct: Construct, provider: IWafCaptchaApiKeyProvider): void {
  // A function, such as the `handler` of a provider, lacks what keys wait for.
  if (!Construct.isConstruct(provider) || !provider.functionArn || 'functionName' in provider) {
    throw propertyError(construct, 'provider', `must be a WafCaptchaApiKeyProvider, got ${show(provider)}; `
      + 'import the function of another app with WafCaptchaApiKeyProvider.fromFunctionArn');
  }
  const { region, account } = Stack.of(construct);
  if (differ(provider.env.region, region)) {
    throw propertyError(construct, 'provider', `CloudFormation calls functions in the Region of the stack (${region}) `
      + `only, got one in ${provider.env.region}; use a provider in this Region, and \`region\` for a key elsewhere`);
  }
  if (differ(provider.env.account, account)) {
    throw propertyError(construct, 'provider', 'the function creates keys in its own account, which must be that of '
      + `the stack (${account}), got one in ${provider.env.account}; use a provider in this account`);
  }
}
