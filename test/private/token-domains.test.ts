import {
  Annotations,
  CfnDynamicReference,
  CfnDynamicReferenceService,
  CfnMapping,
  CfnParameter,
  Fn,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey } from '../../src';
import { MAX_TOKEN_DOMAIN_LENGTH } from '../../src/contract/resource';
import { keyOf, newKey, newStack, warningsOf } from '../support/stacks';

const NOT_A_HOST = 'is not a bare host name (no scheme, user, port, path, whitespace or quotation marks); write ';
const domainsOf = (...tokenDomains: string[]) => newKey(newStack(), { tokenDomains }).tokenDomains;
const label = (length: number) => 'a'.repeat(length);
/** A name of a length up to 253, of labels that are short enough. */
const name = (length: number) => `${label(47)}.`.repeat(6).slice(0, length - 4) + '.com';

describe('errors name the problem, the value and the remedy', () => {
  test.each([
    ['none', [], 'must contain 1 to 5 different domains, got 0; name the hosts of the pages that show the CAPTCHA'],
    [
      'six',
      ['a', 'b', 'c', 'd', 'e', 'f'].map((host) => `${host}.example.com`),
      'must contain 1 to 5 different domains, got 6; create a second key for the others',
    ],
  ])('%s domains', (_, tokenDomains, message) => {
    expect(() => newKey(newStack(), { tokenDomains })).toThrow(`Shop/Key: tokenDomains: ${message}`);
  });

  test.each([
    ['https://example.com', NOT_A_HOST, 'example.com'],
    ['HTTPS://Example.com:8443/a?b#c', NOT_A_HOST, 'example.com'],
    ['//example.com', NOT_A_HOST, 'example.com'],
    ['example.com:443', NOT_A_HOST, 'example.com'],
    ['example.com/', NOT_A_HOST, 'example.com'],
    ['example.com/captcha?x=1', NOT_A_HOST, 'example.com'],
    ['example.com\\captcha', NOT_A_HOST, 'example.com'],
    ['*.example.com', 'is a wildcard: pages cover subdomains by awsWafCookieDomainList', 'example.com'],
    ['shop-*.example.com', 'is a wildcard', undefined],
    ['192.0.2.1', 'is an IP address', undefined],
    ['192.0.2.1:80', 'is an IP address', undefined],
    ['2001:db8::1', 'is an IP address', undefined],
    ['[2001:db8::1]:443', 'is an IP address', undefined],
    ['10.1', 'is an IP address', undefined],
    ['1.10', 'is an IP address', undefined],
    ['0x7f000001', 'is an IP address', undefined],
    ['user@example.com', NOT_A_HOST, 'example.com'],
    ['user@mail@example.com:25/a/b', NOT_A_HOST, 'example.com'],
    ['*.*.example.com', 'is a wildcard', 'example.com'],
    ['example!.com:443', NOT_A_HOST, undefined],
    ['https://example!.com', NOT_A_HOST, undefined],
    ['', NOT_A_HOST, undefined],
    ['  ', NOT_A_HOST, undefined],
    [' example.com', NOT_A_HOST, 'example.com'],
    ['exam ple.com', NOT_A_HOST, 'example.com'],
    ['example.com\n', NOT_A_HOST, 'example.com'],
    ['.example.com', NOT_A_HOST, 'example.com'],
    ['www..example.com', NOT_A_HOST, 'www.example.com'],
    ['example.com..', NOT_A_HOST, 'example.com'],
    ['-www.example.com', NOT_A_HOST, undefined],
    ['www-.example.com', NOT_A_HOST, undefined],
    [`${label(64)}.example.com`, NOT_A_HOST, undefined],
    [name(254), NOT_A_HOST, undefined],
    ['example!.com', NOT_A_HOST, undefined],
  ])('%j', (domain, problem, instead) => {
    const act = () => domainsOf(domain);
    expect(act).toThrow(`Shop/Key: tokenDomains: '${domain}' ${problem}`);
    const remedy = instead ? `'${instead}'` : 'the host name of the page, such as \'www.example.com\'';
    expect(act).toThrow(`; write ${remedy}`);
  });

  test.each(['com', 'COM', 'co.uk', 'CO.UK', 'gov.au', 'gov.au.', 'xn--p1ai', 'рф', 'xn--55qx5d.cn', '公司.cn'])(
    'the public suffix %s',
    (suffix) => {
      expect(() => domainsOf(suffix)).toThrow(
        /is a public suffix, under which anyone can register a domain: AWS WAF rejects it; write 'example\./,
      );
    },
  );

  test.each([
    ['no list', 'example.com', 'must be a list of strings, got "example.com"'],
    ['nothing', undefined, 'must be a list of strings, got nothing'],
    ['a list of other things', ['example.com', 7], 'must be a list of strings, got ["example.com",7]'],
  ])('%s, from an untyped language', (_, tokenDomains, message) => {
    expect(() => newKey(newStack(), { tokenDomains: tokenDomains as string[] })).toThrow(
      `Shop/Key: tokenDomains: ${message}`,
    );
  });

  test('come before any resource is created', () => {
    const stack = newStack();
    expect(() => newKey(stack, { tokenDomains: ['https://example.com'] })).toThrow(NOT_A_HOST);
    expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
  });
});

describe('normal form', () => {
  test.each([
    ['case', 'Example.COM', 'example.com'],
    ['the root dot', 'example.com.', 'example.com'],
    ['Unicode', 'münchen.example', 'xn--mnchen-3ya.example'],
    ['Unicode in capitals', 'MÜNCHEN.example', 'xn--mnchen-3ya.example'],
    ['the ideographic full stop', '例え。jp', 'xn--r8jz45g.jp'],
    ['digits at the end', 'host.internal1', 'host.internal1'],
    ['digits at the start', 'host.1st', 'host.1st'],
    ['underscores', '_shop.example.com', '_shop.example.com'],
    ['labels of 63 characters', `${label(63)}.example.com`, `${label(63)}.example.com`],
    ['253 characters', name(MAX_TOKEN_DOMAIN_LENGTH), name(MAX_TOKEN_DOMAIN_LENGTH)],
    ['a name below a public suffix', 'example.co.uk', 'example.co.uk'],
  ])('%s', (_, given, expected) => expect(domainsOf(given)).toEqual([expected]));

  test('each domain once, in order', () => {
    expect(domainsOf('b.example.com', 'a.example.com', 'A.example.com', 'b.example.com.')).toEqual([
      'a.example.com',
      'b.example.com',
    ]);
  });

  test('six spellings of five domains are accepted', () => {
    expect(domainsOf('a.com', 'b.com', 'c.com', 'd.com', 'e.com', 'E.com')).toHaveLength(5);
  });

  test('order, case and repetition do not change the template', () => {
    const template = (...tokenDomains: string[]) => {
      const stack = newStack();
      newKey(stack, { tokenDomains });
      return Template.fromStack(stack).toJSON();
    };
    expect(template('B.example.com', 'a.example.com', 'b.example.com')).toEqual(
      template('a.example.com', 'b.example.com'),
    );
  });
});

describe('warnings', () => {
  const warningsFor = (...tokenDomains: string[]) => {
    const stack = newStack();
    newKey(stack, { tokenDomains });
    return warningsOf(stack);
  };

  test.each(['cloudfront.net', 'github.io', 'CloudFront.net'])('the bare private suffix %s', (suffix) => {
    expect(warningsFor(suffix)).toEqual([
      expect.stringContaining(
        `'${suffix.toLowerCase()}' is shared by all customers of its owner; `
          + 'write the name that you were given below it',
      ),
    ]);
  });

  test('include a name without a dot', () => {
    expect(warningsFor('localhost')).toEqual([expect.stringContaining("tokenDomains: 'localhost' has no dot")]);
  });

  test.each(['d111.cloudfront.net', 'main.d1.amplifyapp.com', 'shop.example.co.uk'])('are absent for %s', (domain) => {
    expect(warningsFor(domain)).toEqual([]);
  });

  test.each<[string, (key: WafCaptchaApiKey, id: string) => void]>([
    ['Annotations', (key, id) => Annotations.of(key).acknowledgeWarning(id, 'the page is ours')],
    ['Validations', (key, id) => Validations.of(key).acknowledge({ id, reason: 'the page is ours' })],
  ])('can be acknowledged by %s with their id', (_, acknowledge) => {
    const stack = newStack();
    const key = newKey(stack, { tokenDomains: ['github.io', 'localhost'] });
    const ids = warningsOf(stack).map((warning) => /\[ack: (.+)\]$/.exec(warning)![1]);
    // What stands before our part is the CDK's, and differs between its versions.
    expect(ids).toEqual(
      [/cdk-waf-captcha-api-key:privateSuffix$/, /cdk-waf-captcha-api-key:singleLabel$/].map((id) =>
        expect.stringMatching(id),
      ),
    );
    const [id] = ids;
    acknowledge(key, id);
    expect(warningsOf(stack)).toEqual([expect.stringContaining('has no dot')]);
  });
});

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
    ['mü', '.example.com', NOT_A_HOST, undefined], // no punycode for a part
    ['', `.${label(64)}.com`, NOT_A_HOST, undefined],
    ['', `.${name(253)}`, NOT_A_HOST, undefined],
    ['"', '"', NOT_A_HOST, '${Token}'],
    ['a.example.com,www.', '', 'contains several domains', "a.example.com', 'www.${Token}"],
  ])('%j and %j', (before, after, problem, instead) => {
    const act = () => domainsOf(`${before}${host}${after}`);
    expect(act).toThrow(`Shop/Key: tokenDomains: '${before}\${Token}${after}' ${problem}`);
    expect(act).toThrow(`; write ${instead ? `'${instead}'` : 'the host name of the page'}`);
  });

  test.each([
    ['a scheme', Fn.join('', ['https://', host]), "'https://${Token}' is not a bare host name"],
    ['a wildcard', Fn.join('.', ['*', host]), "'*.${Token}' is a wildcard"],
    ['an inner one', Fn.join('.', ['www', Fn.join('', [host, ':443'])]), "'www.${Token}:443' is not a bare host name"],
    ['only literals', Fn.join('', ['https://', 'example.com']), "'https://example.com' is not a bare host name"],
    ['two domains', Fn.join(',', [host, host]), "contains several domains; write '${Token}', '${Token}'"],
  ])('in Fn.join: %s', (_, domain, message) => {
    expect(() => domainsOf(domain)).toThrow(message);
  });

  test('Fn.join gives the domain of a template literal', () => {
    const joined = Fn.join('.', ['WWW', host, 'Example.com']);
    expect(domainsOf(joined)).toEqual(domainsOf(`www.${host}.example.com`));
    expect(domainsOf(Fn.join('-', Fn.split('.', host)))).toHaveLength(1);
  });

  test.each([false, true])('a value of a mapping (lazy: %s) is a token', (lazy) => {
    const stack = newStack();
    const mapping = new CfnMapping(stack, 'Domains', { lazy, mapping: { production: { shop: 'example.com' } } });
    newKey(stack, { tokenDomains: [mapping.findInMap(Fn.ref('Stage'), 'shop')] });
    expect(keyOf(stack).Properties.TokenDomains).toEqual([
      { 'Fn::FindInMap': ['Domains', { Ref: 'Stage' }, 'shop'] },
    ]);
  });

  test('with two tokens', () => {
    const two = `${host}..${Fn.importValue('Zone')}`;
    expect(() => domainsOf(two)).toThrow(`'\${Token}..\${Token}' ${NOT_A_HOST}'\${Token}.\${Token}'`);
  });

  test.each([
    ['', '', ''],
    ['www.', 'www.', ''],
    ['WWW.', 'www.', ''],
    ['shop-', 'shop-', ''],
    ['münchen.', 'xn--mnchen-3ya.', ''],
  ])('before a token, %j is valid', (before, expected) => {
    expect(domainsOf(`${before}${host}.Example.COM.`)).toEqual([`${expected}${host}.example.com`]);
  });

  test('characters for private use in a literal are not treated as tokens', () => {
    expect(() => domainsOf('\uE000.example.com')).toThrow(NOT_A_HOST);
    expect(() => domainsOf(`\uE000.${host}`)).toThrow(NOT_A_HOST);
  });
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
  ])('%j in one string are an error', (text) => {
    expect(() => domainsOf(text)).toThrow("contains several domains; write 'a.example.com', 'b.example.com'");
  });

  test.each(['"example.com"', '["example.com"]', "'example.com'"])('%j with quotation marks is an error', (text) => {
    expect(() => domainsOf(text)).toThrow(`${NOT_A_HOST}'example.com'`);
  });

  test.each<[string, (stack: Stack) => string[]]>([
    [
      'a list',
      (stack) => ssm.StringListParameter.fromStringListParameterName(stack, 'List', '/shop/domains').stringListValue,
    ],
    [
      'an item',
      (stack) => [
        Fn.select(
          0,
          ssm.StringListParameter.fromStringListParameterName(stack, 'List', '/shop/domains').stringListValue,
        ),
      ],
    ],
    [
      'an item within a text',
      (stack) => [
        `www.${Fn.select(0, importedList(stack))}`,
      ],
    ],
    [
      'a split dynamic reference',
      () => Fn.split(',', new CfnDynamicReference(CfnDynamicReferenceService.SSM, '/shop/domains').toString()),
    ],
  ])('%s that CloudFormation would not split is an error', (_, tokenDomains) => {
    const stack = newStack();
    expect(() => newKey(stack, { tokenDomains: tokenDomains(stack) })).toThrow(
      /Key: tokenDomains: must not split a dynamic reference .*; use StringListParameter\.valueForTypedListParameter/,
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
    expect(() => domainsOf('example.com', ...tokens)).toThrow('got 6');
  });

  test('are an error as such a list beside other domains', () => {
    const list = Fn.split(',', Fn.importValue('Domains'));
    expect(() => newKey(newStack(), { tokenDomains: [...list, 'example.com'] })).toThrow(
      'contains a list that is known only at deploy time beside other domains',
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
