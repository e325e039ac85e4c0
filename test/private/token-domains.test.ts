import { Annotations, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WafCaptchaApiKey } from '../../src';
import { MAX_TOKEN_DOMAIN_LENGTH } from '../../src/contract/resource';
import { domainsOf, label, name, newKey, newStack, NOT_A_HOST, warningsOf } from '../support/stacks';

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
    ['“example.com”', NOT_A_HOST, 'example.com'],
    ['«example.com»', NOT_A_HOST, 'example.com'],
    ['(example.com)', NOT_A_HOST, 'example.com'],
    ['{example.com}', NOT_A_HOST, 'example.com'],
    ['exam“ple.com', NOT_A_HOST, undefined],
    ['example!.com:443', NOT_A_HOST, undefined],
    ['https://example!.com', NOT_A_HOST, undefined],
    ['', NOT_A_HOST, undefined],
    ['  ', NOT_A_HOST, undefined],
    [' example.com', NOT_A_HOST, 'example.com'],
    ['www. example .com', NOT_A_HOST, 'www.example.com'],
    ['exam ple.com', NOT_A_HOST, undefined],
    ['not found', NOT_A_HOST, undefined],
    ['unknown\tvalue', NOT_A_HOST, undefined],
    ['"not found"', NOT_A_HOST, undefined],
    ['see example.com', NOT_A_HOST, undefined],
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
    ['no list', 'example.com', '"example.com"'],
    ['nothing', undefined, 'nothing'],
    ['null', null, 'nothing'],
    ['a list of other things', ['example.com', 7, null], '["example.com",7,nothing]'],
    ['a construct', newStack(), 'the construct Shop'],
    ['a list of constructs', [newStack()], '[the construct Shop]'],
  ])('%s, from an untyped language', (_, tokenDomains, shown) => {
    expect(() => newKey(newStack(), { tokenDomains: tokenDomains as string[] })).toThrow(
      `Shop/Key: tokenDomains: must be a list of strings such as ['www.example.com'], got ${shown}`,
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
    ['the root dot in Japanese', '例え。jp。', 'xn--r8jz45g.jp'],
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
