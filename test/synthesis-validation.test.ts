import {
  App, Aws, CfnCondition, CfnDynamicReference, CfnDynamicReferenceService, CfnParameter, Fn, Lazy,
  NestedStack, Stack, Stage, Token,
} from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey, WafCaptchaApiKeyProvider, WafScope } from '../src';
import { envOf, keyOf, newKey, newStack, NOT_A_HOST } from './support/stacks';

const lazy = (value: string) => Lazy.string({ produce: () => value });
const lazyList = (...values: string[]) => Lazy.list({ produce: () => values });
const host = Fn.importValue('Host');
const choice = (stack: Stack, one: unknown, other: unknown) =>
  Fn.conditionIf(new CfnCondition(stack, `If${stack.node.children.length}`).logicalId, one, other);
const domains = (count: number) => [...'abcdefgh'].slice(0, count).map((name) => `${name}.example.com`);

describe('domains that are known when the app is synthesized are validated like literals', () => {
  test.each<[string, (stack: Stack) => string[], string]>([
    ['a lazy text', () => [lazy('https://example.com')], `'https://example.com' ${NOT_A_HOST}'example.com'`],
    [
      'an uncached one',
      () => [Lazy.uncachedString({ produce: () => '*.example.com' })],
      "'*.example.com' is a wildcard",
    ],
    [
      'a text around a lazy text',
      () => [`www.${lazy('example.com/')}`],
      `'www.example.com/' ${NOT_A_HOST}'www.example.com'`,
    ],
    ['a lazy text with a token', () => [lazy(`https://${host}/`)], `'https://\${Token}/' ${NOT_A_HOST}'\${Token}'`],
    ['a lazy dynamic reference', () => [lazy('*.{{resolve:ssm:/d}}')], "'*.{{resolve:ssm:/d}}' is a wildcard"],
    ['a lazy public suffix', () => [lazy('co.uk')], "'co.uk' is a public suffix"],
    ['a lazy list without items', () => lazyList(), 'must contain 1 to 5 different domains, got 0'],
    ['an absent list', () => Lazy.list({ produce: () => undefined }), 'must contain 1 to 5 different domains, got 0'],
    ['null, from an untyped language', () => [Token.asString(Lazy.any({ produce: () => null }))], `'' ${NOT_A_HOST}`],
    ['six domains in a lazy list', () => lazyList(...domains(6)), 'must contain 1 to 5 different domains, got 6'],
    [
      'a lazy list with a URL',
      () => lazyList('example.com', 'https://example.org'),
      `'https://example.org' ${NOT_A_HOST}`,
    ],
    [
      'a lazy list in one text',
      () => [lazy('a.example.com,b.example.com')],
      "contains several domains; write 'a.example.com', 'b.example.com'",
    ],
    [
      'JSON',
      (stack) => [stack.toJsonString(['a.example.com', new CfnParameter(stack, 'Domain').valueAsString])],
      "'[\"a.example.com\",\"${Token}\"]' contains several domains; write 'a.example.com', '${Token}'",
    ],
    [
      'a lazy list that CloudFormation would not split',
      (stack) => Lazy.list({
        produce: () => ssm.StringListParameter.fromStringListParameterName(stack, 'List', '/d').stringListValue,
      }),
      'must not split a dynamic reference',
    ],
    ['Fn.sub', () => [Fn.sub('https://${AWS::StackName}.com')], `'https://\${AWS::StackName}.com' ${NOT_A_HOST}`],
    ['Fn.sub with variables', () => [Fn.sub('*.${D}', { D: host })], "'*.${D}' is a wildcard"],
    [
      'a reference in Fn.sub',
      () => [Fn.sub('${!Literal}.${Bucket.DomainName}')],
      `'\${Literal}.\${Bucket.DomainName}' ${NOT_A_HOST}`,
    ],
    ['Fn.join', () => [Fn.join('', ['https://', host])], `'https://\${Token}' ${NOT_A_HOST}'\${Token}'`],
    [
      'an inner Fn.join',
      () => [Fn.join('.', ['www', Fn.join('', [host, ':443'])])],
      `'www.\${Token}:443' ${NOT_A_HOST}`,
    ],
    [
      'Fn.join of two domains',
      () => [Fn.join(',', [host, Fn.importValue('Other')])],
      "contains several domains; write '${Token}', '${Token}'",
    ],
    ['six tokens', () => ['A', 'B', 'C', 'D', 'E', 'F'].map((id) => Fn.importValue(id)), 'got 6; create a second key'],
    ['Fn.join with a lazy text', () => [Fn.join('.', [lazy('*'), host])], "'*.${Token}' is a wildcard"],
    [
      'Fn.join around Fn.sub',
      () => [Fn.join('.', [Fn.sub('*.${D}', { D: host }), 'com'])],
      "'*.${D}.com' is a wildcard",
    ],
  ])('%s', (_, domainsOf, message) => {
    const stack = newStack();
    newKey(stack, { tokenDomains: domainsOf(stack) });
    const synth = () => (stack.node.root as App).synth();
    expect(synth).toThrow('[Shop/Key] tokenDomains: ');
    expect(synth).toThrow(message);
    expect(synth).not.toThrow('Shop/Key: tokenDomains');
  });

  test.each<[string, (stack: Stack) => string[]]>([
    ['a lazy text', () => [lazy('Example.com')]],
    ['five lazy texts, one of them twice', () => [...domains(4), lazy('a.example.com')]],
    ['a lazy list', () => lazyList(...domains(5), 'A.example.com')],
    ['a lazy token', () => [lazy(host)]],
    ['a lazy list of CloudFormation', (stack) => Lazy.list({
      produce: () => new CfnParameter(stack, 'Domains', { type: 'CommaDelimitedList' }).valueAsList,
    })],
    ['the placeholder of a look-up', (stack) => [lazy(ssm.StringParameter.valueFromLookup(stack, '/shop/domain'))]],
    ['Fn.sub', () => [Fn.sub('www.${AWS::StackName}.${D}', { D: host })]],
    ['an item that may be absent', (stack) => ['example.com', choice(stack, 'example.org', Aws.NO_VALUE).toString()]],
    [
      'items of which conditions admit one',
      (stack) => [...'abcde'].map((name) => choice(stack, `${name}.example.com`, Aws.NO_VALUE).toString()),
    ],
    [
      'parts of which conditions admit one',
      (stack) => [`${choice(stack, 'shop', '').toString()}${choice(stack, '', 'blog').toString()}.com`],
    ],
    ['an item without a value', (stack) => ['example.com', new CfnParameter(stack, 'A').valueAsString, Aws.NO_VALUE]],
    [
      'four items and two of which a condition admits one',
      (stack) => [
        ...domains(4),
        choice(stack, 'x.example.com', Aws.NO_VALUE).toString(),
        choice(stack, Aws.NO_VALUE, 'y.example.com').toString(),
      ],
    ],
    [
      'a part that may be absent',
      (stack) => [Fn.join('.', [choice(stack, 'www', Aws.NO_VALUE).toString(), 'example.com'])],
    ],
    ['a list that may be absent', (stack) => Token.asList(choice(stack, ['example.com'], Aws.NO_VALUE))],
    [
      'five domains and a lazy one that is one of them',
      () => [...domains(5), lazy('a.example.com')],
    ],
    [
      'an item of a split URL with a dynamic reference',
      () => [
        Fn.parseDomainName(`https://${new CfnDynamicReference(CfnDynamicReferenceService.SSM, 'host').toString()}`),
        Fn.select(2, Fn.split('/', Lazy.string({ produce: () => 'https://{{resolve:ssm:name}}/path' }))),
      ],
    ],
    ['lists of Fn.conditionIf', (stack) => Token.asList(choice(stack, ['example.com'], Fn.split(',', host)))],
    ['other functions', () => [Fn.select(1, Fn.split('/', host)), Fn.findInMap('A', 'b', 'c'), Fn.base64('?')]],
    ['Fn.join with a list of CloudFormation', () => [Fn.join('-', Fn.split('.', host))]],
  ])('%s is accepted', (_, domainsOf) => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { tokenDomains: domainsOf(stack) });
    expect(keyOf(stack).Properties.TokenDomains).toBeDefined();
  });

  test.each<[string, (app: App) => Stack]>([
    ['a stage', (app) => new Stack(new Stage(app, 'Live'), 'Shop')],
    ['a nested stack', (app) => new NestedStack(new Stack(app, 'Shop'), 'Part')],
  ])('in %s', (_, stackIn) => {
    const app = new App();
    newKey(stackIn(app), { tokenDomains: [lazy('https://example.com')] });
    expect(() => app.synth()).toThrow('Key] tokenDomains: \'https://example.com\'');
  });

  test('with a token of another stack', () => {
    const app = new App();
    const [site, shop] = ['Site', 'Shop'].map((id) => new Stack(app, id));
    const zone = new CfnParameter(site, 'Zone').valueAsString;
    newKey(shop, { tokenDomains: [`www.${zone}`] });
    newKey(shop, { tokenDomains: [Fn.join('.', ['*', zone])] }, 'Bad');
    expect(() => app.synth()).toThrow("[Shop/Bad] tokenDomains: '*.${Token}' is a wildcard");
  });
});

describe('other values that are known when the app is synthesized are validated', () => {
  const BASE = 'https://1.edge.captcha-sdk.awswaf.com/1/';
  const importKey = (stack: Stack, apiKey: string, applicationIntegrationUrl: string) =>
    WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(stack, 'Captcha', { apiKey, applicationIntegrationUrl });
  const importProvider = (stack: Stack, arn: string) => WafCaptchaApiKeyProvider.fromFunctionArn(stack, 'Captcha', arn);
  const keyIn = (stack: Stack, region: string) => newKey(stack, { scope: WafScope.REGIONAL, region }, 'Captcha');
  const message = 'the value of a token must be the base of the script\'s URL, which ends in \'/\'';

  test.each<[string, (stack: Stack) => void, string]>([
    ['a Region', (stack) => keyIn(stack, lazy('Ireland')), "region: must be the name of a region such as 'eu-west-1'"],
    [
      'a Region in another partition',
      (stack) => keyIn(stack, lazy('cn-north-1')),
      "'cn-north-1' is in the partition aws-cn",
    ],
    ['an API key', (stack) => importKey(stack, lazy(''), BASE), 'apiKey: must be the text of a key'],
    ['a URL', (stack) => importKey(stack, 'abc', lazy('http://example.com/')), 'must be a URL with https'],
    ['the URL of the script', (stack) => importKey(stack, 'abc', lazy(`${BASE}jsapi.js`)), message],
    ['a base without the last slash', (stack) => importKey(stack, 'abc', lazy(BASE.slice(0, -1))), message],
    ['a host with a path', (stack) => importKey(stack, 'abc', `https://${lazy('x y')}/`), 'must be a URL with https'],
    ['a joined URL', (stack) => importKey(stack, 'abc', Fn.join('', ['http://', host])), 'must be a URL with https'],
    ['the joined URL of a script', (stack) => importKey(stack, 'abc', Fn.join('/', [host, 'jsapi.js'])), message],
    [
      'the ARN of a function',
      (stack) => importProvider(stack, lazy('captcha')),
      'must be the ARN of a Lambda function',
    ],
    [
      'the name of a function',
      (stack) => importProvider(stack, `arn:aws:lambda:eu-west-1:123456789012:function:${lazy('a b')}`),
      'got "arn:aws:lambda:eu-west-1:123456789012:function:a b"',
    ],
  ])('%s', (_, declare, text) => {
    const stack = newStack(envOf('eu-west-1'));
    declare(stack);
    expect(() => (stack.node.root as App).synth()).toThrow(text);
    expect(() => (stack.node.root as App).synth()).toThrow('[Shop/Captcha] ');
  });

  test('unless they are absent', () => {
    const stack = newStack(envOf('eu-west-1'));
    const absent = () => Lazy.string({ produce: () => undefined });
    newKey(stack, { scope: WafScope.REGIONAL, region: absent() });
    newKey(stack, { scope: WafScope.REGIONAL, region: choice(stack, 'eu-west-1', Aws.NO_VALUE).toString() }, 'Other');
    importKey(stack, absent(), absent());
    importProvider(new Stack(stack, 'Inner'), absent());
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });

  test('and accepted', () => {
    const stack = newStack(envOf('eu-west-1'));
    newKey(stack, { scope: WafScope.REGIONAL, region: lazy('eu-west-1') });
    importKey(stack, lazy('abc'), lazy(BASE));
    WafCaptchaApiKeyProvider.fromFunctionArn(
      stack, 'Provider', `arn:aws:lambda:eu-west-1:${lazy('123456789012')}:function:captcha`);
    for (const url of [host, `https://${host}/jsapi.js`, `${lazy(BASE)}jsapi.js`, `https://${lazy('x')}/1/`]) {
      WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(stack, url, { apiKey: 'abc', applicationIntegrationUrl: url });
    }
    expect(() => (stack.node.root as App).synth()).not.toThrow();
  });
});
