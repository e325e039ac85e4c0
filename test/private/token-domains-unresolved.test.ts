import {
  CfnDynamicReference, CfnDynamicReferenceService, CfnMapping, CfnParameter, Fn, Lazy, Stack,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey } from '../../src';
import {
  domainsOf, keyIdOf, keyOf, label, name, newKey, newStack, NOT_A_HOST,
} from '../support/stacks';

describe('literal text around a token is validated like a literal', () => {
  const host = Fn.importValue('Host');

  test.each([
    ['https://', '', NOT_A_HOST, '${Token}'],
    ['https://', '/captcha', NOT_A_HOST, '${Token}'],
    ['https://www.', ':8443/', NOT_A_HOST, 'www.${Token}'],
    ['*.', '', 'is a wildcard', '${Token}'],
    ['', ':8443', NOT_A_HOST, '${Token}'],
    ['', '/path', NOT_A_HOST, '${Token}'],
    ['', '?a=b', NOT_A_HOST, '${Token}'],
    ['user@', '', NOT_A_HOST, '${Token}'],
    ['www. ', '', NOT_A_HOST, 'www.${Token}'],
    ['', ' ', NOT_A_HOST, '${Token}'],
    ['', '\n', NOT_A_HOST, '${Token}'],
    ['www..', '', NOT_A_HOST, 'www.${Token}'],
    ['', '..example.com', NOT_A_HOST, '${Token}.example.com'],
    ['.', '', NOT_A_HOST, '${Token}'],
    ['-', '', NOT_A_HOST, undefined],
    ['www.', '-.example.com', NOT_A_HOST, undefined],
    ['www-.', '', NOT_A_HOST, undefined],
    ['', '.example!.com', NOT_A_HOST, undefined],
    ['', '.1', 'is an IP address', undefined],
    ['', `.${label(64)}.com`, NOT_A_HOST, undefined],
    ['', `.${name(253)}`, NOT_A_HOST, undefined],
    ['"', '"', NOT_A_HOST, '${Token}'],
    ['a.example.com,www.', '', 'contains several domains', "a.example.com', 'www.${Token}"],
  ])('%j and %j', (before, after, problem, instead) => {
    const act = () => domainsOf(`${before}${host}${after}`);
    expect(act).toThrow(`Shop/Key: tokenDomains: '${before}\${Token}${after}' ${problem}`);
    expect(act).toThrow(`; write ${instead ? `'${instead}'` : 'the host name of the page'}`);
  });

  test.each([false, true])('a value of a mapping (lazy: %s) is a token', (lazy) => {
    const stack = newStack();
    const mapping = new CfnMapping(stack, 'Domains', { lazy, mapping: { production: { shop: 'example.com' } } });
    newKey(stack, { tokenDomains: [mapping.findInMap(Fn.ref('Stage'), 'shop')] });
    expect(keyOf(stack).Properties.TokenDomains).toEqual([
      { 'Fn::FindInMap': ['Domains', { Ref: 'Stage' }, 'shop'] },
    ]);
  });

  test.each([`bücher-${host}`, `www.${host}ü.example.com`])(
    'a Unicode label with a token has no punycode: %s', (domain) => {
      expect(() => domainsOf(domain)).toThrow(NOT_A_HOST);
    },
  );

  test('with two tokens', () => {
    const two = `${host}..${Fn.importValue('Zone')}`;
    expect(() => domainsOf(two)).toThrow(`'\${Token}..\${Token}' ${NOT_A_HOST}'\${Token}.\${Token}'`);
  });

  test.each([
    ['', ''],
    ['www.', 'www.'],
    ['WWW.', 'www.'],
    ['shop-', 'shop-'],
    ['Shop-', 'Shop-'], // the handler converts it
    ['münchen.', 'xn--mnchen-3ya.'],
  ])('before a token, %j is valid', (before, expected) => {
    expect(domainsOf(`${before}${host}.Example.COM.`)).toEqual([`${expected}${host}.example.com`]);
  });
});

test('a token below a suffix whose subdomains are public suffixes is accepted', () => {
  const domain = `${Fn.importValue('Host')}.ck`;
  expect(domainsOf(domain)).toEqual([domain]);
});

describe('lists', () => {
  const importedList = (stack: Stack) =>
    ssm.StringListParameter.fromStringListParameterName(stack, 'List', '/shop/domains').stringListValue;

  test.each([
    'a.example.com,b.example.com',
    'a.example.com, b.example.com',
    'a.example.com;b.example.com',
    'a.example.com b.example.com',
    '["a.example.com","b.example.com"]',
    "['a.example.com', 'b.example.com']",
    '"a.example.com","b.example.com"',
    'a.example.com\nb.example.com',
    'a.example.com|b.example.com',
    'a.example.com、b.example.com',
    'a.example.com，b.example.com',
    'a.example.com；b.example.com',
    '“a.example.com”, “b.example.com”',
    '{a.example.com}{b.example.com}',
  ])('%j in one string are an error', (text) => {
    expect(() => domainsOf(text)).toThrow("contains several domains; write 'a.example.com', 'b.example.com'");
  });

  test.each([
    '"example.com"', '["example.com"]', "'example.com'", 'example.com,', 'example.com;',
  ])('%j with quotation marks or a delimiter is an error', (text) => {
    expect(() => domainsOf(text)).toThrow(`${NOT_A_HOST}'example.com'`);
  });

  test.each<[string, (stack: Stack) => string[]]>([
    ['a list', importedList],
    [
      'a list of a version',
      (stack) => ssm.StringListParameter.fromListParameterAttributes(
        stack, 'List', { parameterName: '/shop/domains', version: 1 },
      ).stringListValue,
    ],
    ['an item', (stack) => [Fn.select(0, importedList(stack))]],
    ['an item within a text', (stack) => [`www.${Fn.select(0, importedList(stack))}`]],
    [
      'a split dynamic reference',
      () => Fn.split(',', new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/shop/domains').toString()),
    ],
  ])('%s that CloudFormation would not split is an error', (_, tokenDomains) => {
    const stack = newStack();
    newKey(stack, { tokenDomains: tokenDomains(stack) });
    expect(() => Template.fromStack(stack)).toThrow(
      /Key\] tokenDomains: must not split a dynamic reference .*; use StringListParameter\.valueForTypedListParameter/,
    );
  });

  test.each<[string, (stack: Stack) => string[]]>([
    ['a list parameter', (stack) => ssm.StringListParameter.valueForTypedListParameter(stack, '/shop/domains')],
    [
      'a split string parameter',
      (stack) => Fn.split(',', ssm.StringParameter.valueForStringParameter(stack, '/shop/domains')),
    ],
    [
      'an item of a list parameter',
      (stack) => [Fn.select(0, ssm.StringListParameter.valueForTypedListParameter(stack, '/shop/domains'))],
    ],
  ])('%s is accepted', (_, tokenDomains) => {
    const stack = newStack();
    newKey(stack, { tokenDomains: tokenDomains(stack) });
    expect(JSON.stringify(keyOf(stack).Properties.TokenDomains)).toMatch(/{"Ref":"SsmParameterValue/);
  });
});

describe('tokens', () => {
  test('are accepted after the known domains, which are validated', () => {
    const stack = newStack();
    const host = new CfnParameter(stack, 'Host').valueAsString;
    const key = newKey(stack, { tokenDomains: [host, 'Example.com', host] });
    expect(key.tokenDomains).toEqual(['example.com', host]);
    expect(keyOf(stack).Properties.TokenDomains).toEqual(['example.com', { Ref: 'Host' }]);
    expect(() => newKey(stack, { tokenDomains: [host, 'https://example.com'] }, 'Bad')).toThrow(NOT_A_HOST);
  });

  test('count towards the limit', () => {
    const tokens = ['A', 'B', 'C', 'D', 'E'].map((id) => Fn.importValue(id));
    expect(domainsOf(...tokens)).toHaveLength(5);
    const stack = newStack();
    newKey(stack, { tokenDomains: ['example.com', ...tokens] });
    expect(() => Template.fromStack(stack)).toThrow('got 6');
  });

  test.each<[string, (stack: Stack) => string]>([
    ['an import', () => Fn.importValue('A')],
    ['a text around an import', () => `www.${Fn.importValue('A')}`],
    ['a reference', () => Fn.ref('A')],
    ['a value of a mapping', (stack) => (stack.node.tryFindChild('M') as CfnMapping
      ?? new CfnMapping(stack, 'M', { mapping: { a: { b: 'c' } } })).findInMap('a', 'b')],
    ['a dynamic reference', () => '{{resolve:ssm:/a}}'],
  ])('that are given twice count once: %s', (_, declare) => {
    const logicalIdWith = (count: number) => {
      const stack = newStack();
      const others = ['a', 'b', 'c', 'd'].map((host) => `${host}.example.com`);
      newKey(stack, { tokenDomains: [...others, ...Array.from({ length: count }, () => declare(stack))] });
      return keyIdOf(stack);
    };
    expect(logicalIdWith(2)).toBe(logicalIdWith(1));
  });

  test('that are written differently count once', () => {
    const stack = newStack();
    const zone = new CfnParameter(stack, 'Zone').valueAsString;
    expect(newKey(stack, { tokenDomains: [`www.${zone}`, `WWW.${zone}.`] }).tokenDomains)
      .toEqual([`www.${zone}`]);
  });

  test('of which only a later phase knows the values count by themselves', () => {
    const tokenDomains = ['a', 'b'].map((host) => Lazy.string({ produce: () => `${host}.example.com` }));
    expect(domainsOf(...tokenDomains)).toHaveLength(2);
    expect(domainsOf(...tokenDomains, ...tokenDomains)).toHaveLength(2);
  });

  test('are an error as such a list beside other domains', () => {
    expect(() => domainsOf(...Fn.split(',', Fn.importValue('Domains')), 'example.com')).toThrow(
      /Key: tokenDomains: contains a list that is known only at deploy time.*; pass that list alone/,
    );
  });

  test('are accepted as a whole list that only CloudFormation knows', () => {
    const stack = newStack();
    newKey(stack, { tokenDomains: new CfnParameter(stack, 'Domains', { type: 'CommaDelimitedList' }).valueAsList });
    expect(keyOf(stack).Properties.TokenDomains).toEqual({ Ref: 'Domains' });
  });

  test('do not change how other domains are shown', () => {
    const key: WafCaptchaApiKey = newKey(newStack(), { tokenDomains: ['WWW.example.com', 'example.com'] });
    expect(key.tokenDomains).toEqual(['example.com', 'www.example.com']);
  });
});
