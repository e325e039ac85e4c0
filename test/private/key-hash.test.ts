import { App, Aws, CfnParameter, Fn, Lazy, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct, IConstruct } from 'constructs';
import { calculateKeyHash, KeyIdentity } from '../../src/private/key-hash';

const SITE: KeyIdentity = { scope: 'CLOUDFRONT', tokenDomains: ['example.com'] };

/** The hash of a key in a stack of its own, with what the identity needs declared there. */
function hashIn(identity: (stack: Stack) => KeyIdentity, stack = new Stack(new App(), 'Shop')): string {
  return calculateKeyHash(stack, identity(stack));
}

const hash = (identity: Partial<KeyIdentity>) => hashIn(() => ({ ...SITE, ...identity }));

function distributionIn(scope: IConstruct, id = 'Distribution') {
  return new cloudfront.Distribution(scope, id, { defaultBehavior: { origin: new HttpOrigin('origin.example.com') } });
}

describe('known hashes, which must not change because that replaces the keys of every deployed stack', () => {
  test.each<[string, string, KeyIdentity]>([
    ['a domain', '9B39A253', SITE],
    ['two domains', '2831D74E', { scope: 'CLOUDFRONT', tokenDomains: ['example.com', 'www.example.com'] }],
    ['a regional key', '4FEE1EED', { scope: 'REGIONAL', tokenDomains: ['example.com'] }],
    ['a region', 'E41F06D0', { scope: 'REGIONAL', tokenDomains: ['example.com'], region: 'eu-west-1' }],
    ['a rotation', 'DB961B5E', { ...SITE, rotationId: '2026-11' }],
    [
      'an imported function',
      'FD190D39',
      { ...SITE, functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:captcha' },
    ],
    ['a pseudo parameter within a domain', 'C6B52FEA', { ...SITE, tokenDomains: [`${Aws.ACCOUNT_ID}.example.com`] }],
    ['an imported value', '15E0DE31', { ...SITE, tokenDomains: [Fn.importValue('Domain')] }],
  ])('%s', (_, expected, identity) => expect(hashIn(() => identity)).toBe(expected));

  test('a domain of the same stack', () => {
    expect(hashIn((stack) => ({ ...SITE, tokenDomains: [distributionIn(stack).domainName] }))).toBe('3F301C65');
  });
});

describe('the hash changes with', () => {
  test('scope, domains, region, rotation, function', () => {
    const hashes = [
      hash({}),
      hash({ scope: 'REGIONAL' }),
      hash({ tokenDomains: ['example.org'] }),
      hash({ tokenDomains: ['example.com', 'example.org'] }),
      hash({ region: 'eu-west-1' }),
      hash({ rotationId: 'eu-west-1' }),
      hash({ functionArn: 'eu-west-1' }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('the construct that a token refers to', () => {
    const hashes = [
      hashIn((stack) => ({ ...SITE, tokenDomains: [distributionIn(stack, 'One').domainName] })),
      hashIn((stack) => ({ ...SITE, tokenDomains: [distributionIn(stack, 'Two').domainName] })),
      hashIn((stack) => ({ ...SITE, tokenDomains: [distributionIn(stack, 'One').distributionId] })),
      hash({ tokenDomains: [Fn.importValue('One')] }),
      hash({ tokenDomains: [Fn.importValue('Two')] }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('the stack of a construct of the same path', () => {
    const app = new App();
    const [shop, site] = [new Stack(app, 'Shop'), new Stack(app, 'Site')];
    const domains = [distributionIn(new Construct(shop, 'Site')), distributionIn(site)].map(
      ({ domainName }) => domainName,
    );
    const [own, other] = domains.map((domain) => hashIn(() => ({ ...SITE, tokenDomains: [domain] }), shop));
    expect(own).not.toBe(other);
  });

  test('the literal part of a text with a token', () => {
    const below = (name: string) =>
      hashIn((stack) => ({
        ...SITE,
        tokenDomains: [`${name}.${new CfnParameter(stack, 'Zone').valueAsString}`],
      }));
    expect(below('www')).not.toBe(below('shop'));
    const joined = (name: string) =>
      hashIn((stack) => ({
        ...SITE,
        tokenDomains: [Fn.join('.', [name, new CfnParameter(stack, 'Zone').valueAsString])],
      }));
    expect(joined('www')).not.toBe(joined('shop'));
  });
});

describe('the hash stays the same', () => {
  test('however many tokens were created before', () => {
    const make = () =>
      hashIn((stack) => ({
        ...SITE,
        region: new CfnParameter(stack, 'Region').valueAsString,
        rotationId: `x-${Aws.STACK_NAME}`,
        tokenDomains: [distributionIn(stack).domainName],
      }));
    const first = make();
    for (let i = 0; i < 7; i++) Token.asString({ Ref: `Other${i}` });
    expect(make()).toBe(first);
  });

  test('whatever the order of tokens', () => {
    const make = (order: (domains: string[]) => string[]) =>
      hashIn((stack) => ({
        ...SITE,
        tokenDomains: order([distributionIn(stack, 'One').domainName, distributionIn(stack, 'Two').domainName]),
      }));
    expect(make((domains) => domains.reverse())).toBe(make((domains) => domains));
  });

  test('in each stage of a pipeline, for a domain of the stack and of a neighbour', () => {
    const make = (stageName: string) => {
      const stage = new Stage(new App(), stageName);
      const [shop, site] = [new Stack(stage, 'Shop'), new Stack(stage, 'Site')];
      return hashIn(
        (stack) => ({ ...SITE, tokenDomains: [distributionIn(stack).domainName, distributionIn(site).domainName] }),
        shop,
      );
    };
    expect(make('Beta')).toBe(make('Production'));
  });

  test.each<[string, (shop: Stack, site: Stack) => Construct]>([
    ['its own stack', (shop) => shop],
    ['another stack', (_, site) => site],
    ['a construct of another stack', (_, site) => new Construct(site, 'Group')],
    ['a nested stack', (shop) => new NestedStack(shop, 'Part')],
  ])('in an app and in a stage, for a domain of %s', (_, scopeOf) => {
    const make = (root: Construct) => {
      const [shop, site] = ['shop', 'site'].map((stackName) => new Stack(root, stackName, { stackName }));
      const scope = scopeOf(shop, site);
      const bucket = new s3.Bucket(scope, 'Bucket');
      return hashIn(
        () => ({
          ...SITE,
          tokenDomains: [
            distributionIn(scope).domainName,
            bucket.bucketWebsiteDomainName,
            `${bucket.bucketName}.example.com`,
          ],
        }),
        shop,
      );
    };
    expect(make(new Stage(new App(), 'Production'))).toBe(make(new App()));
  });

  test('before and after references across stacks are resolved', () => {
    const app = new App();
    const [shop, site] = [new Stack(app, 'Shop'), new Stack(app, 'Site')];
    const domainName = distributionIn(site).domainName;
    const hashes = [domainName, Stack.consumeReference(domainName)].map(
      (domain) => () => hashIn(() => ({ ...SITE, tokenDomains: [domain] }), shop),
    );
    const before = hashes.map((make) => make());
    new CfnParameter(shop, 'Domain', { default: domainName });
    new CfnParameter(shop, 'SameDomain', { default: Stack.consumeReference(domainName) });
    app.synth();
    expect(hashes.map((make) => make())).toEqual(before);
  });

  test('for values that only a later phase knows, which are not resolved too early', () => {
    const produce = jest.fn(() => 'late.example.com');
    const late = hash({ tokenDomains: [Lazy.string({ produce })] });
    hash({ tokenDomains: [Fn.importValue(Lazy.string({ produce }))] });
    expect(produce).not.toHaveBeenCalled();
    expect(late).toBe(hash({ tokenDomains: [Lazy.uncachedString({ produce: () => 'later.example.com' })] }));
  });

  test('for a list that only CloudFormation knows', () => {
    const make = () =>
      hashIn((stack) => ({
        ...SITE,
        tokenDomains: new CfnParameter(stack, 'Domains', { type: 'CommaDelimitedList' }).valueAsList,
      }));
    expect(make()).toBe(make());
    expect(make()).not.toBe(hash({}));
  });
});
