import { Fn } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { WafCaptchaApiKey, WafCaptchaApiKeyAttributes } from '../src';
import { envOf, newStack } from './support/stacks';

const VALID = { apiKey: 'abc_0_1', applicationIntegrationUrl: 'https://1.edge.captcha-sdk.awswaf.com/1/' };

function importKey(attributes: Partial<WafCaptchaApiKeyAttributes>, stack = newStack()) {
  return WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(stack, 'Captcha', {
    ...VALID,
    ...attributes,
  } as WafCaptchaApiKeyAttributes);
}

describe('the URL of an imported key', () => {
  test.each([
    'https://1.edge.captcha-sdk.awswaf.com/1/',
    'https://1.edge.captcha-sdk.awswaf.com/1',
    'https://1.edge.captcha-sdk.awswaf.com/1//',
    'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js',
    'https://1.edge.captcha-sdk.awswaf.com/1//jsapi.js',
    'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js/',
    'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js?v=2',
    'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js#top',
    'https://1.edge.captcha-sdk.awswaf.com/1/challenge.js',
    'https://1.edge.captcha-sdk.awswaf.com/1/challenge.compact.js',
    'https://1.edge.captcha-sdk.awswaf.com/1/captcha.html?a=/b.js',
    'https://1.edge.captcha-sdk.awswaf.com/1?next=/2/',
    'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js;v=2',
    'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.mp3',
    'https://1.edge.SDK.AWSWAF.COM/1/challenge.js',
    'https://1.edge.sdk.awswaf.com/1/',
    'https://1.edge.sdk.awswaf.com/1/challenge.js',
    'HTTPS://1.edge.captcha-sdk.awswaf.com/1/',
  ])('is derived from %s', (applicationIntegrationUrl) => {
    const key = importKey({ applicationIntegrationUrl });
    expect(key.applicationIntegrationUrl).toBe(VALID.applicationIntegrationUrl);
    expect(key.clientConfig).toEqual({
      apiKey: 'abc_0_1',
      scriptUrl: 'https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js',
    });
  });

  test.each(['shop.example/', 'v1.2'])('keeps a dot in the last folder %s', (folder) => {
    const applicationIntegrationUrl = `https://captcha.example.com/v1.2/${folder}`;
    expect(importKey({ applicationIntegrationUrl }).applicationIntegrationUrl)
      .toBe(applicationIntegrationUrl.replace(/\/?$/, '/'));
  });

  test('is derived although it has a word of the placeholders of look-ups', () => {
    const applicationIntegrationUrl = 'https://dummy.edge.captcha-sdk.awswaf.com/dummy/jsapi.js';
    expect(importKey({ applicationIntegrationUrl }).clientConfig.scriptUrl).toBe(applicationIntegrationUrl);
  });

  test.each(['https://1.edge.sdk.awswaf.com', 'https://1.edge.sdk.awswaf.com/jsapi.js'])(
    'keeps the host of %s, which has no path',
    (url) => {
      expect(importKey({ applicationIntegrationUrl: url }).applicationIntegrationUrl).toBe(
        'https://1.edge.captcha-sdk.awswaf.com/',
      );
    },
  );

  test('can have a folder with the name of a file', () => {
    const applicationIntegrationUrl = 'https://1.edge.captcha-sdk.awswaf.com/v1.js/';
    expect(importKey({ applicationIntegrationUrl: `${applicationIntegrationUrl}jsapi.js` }).applicationIntegrationUrl)
      .toBe(applicationIntegrationUrl);
  });

  test.each<[string, string]>([
    ['/1/challenge.js', '/1/'],
    ['/1/jsapi.js?v=2', '/1/'],
    ['/1', '/1/'],
    ['/', '/'],
    ['', ''],
    [`/1/jsapi.js?v=${Fn.importValue('Version')}`, '/1/'],
    [`/1/?v=${Fn.importValue('Version')}&a=/b`, '/1/'],
  ])('can have a token for the host and the literal end %j', (end, expected) => {
    const stack = newStack();
    const { applicationIntegrationUrl } = importKey(
      { applicationIntegrationUrl: `https://${Fn.importValue('Host')}${end}` },
      stack,
    );
    expect(stack.resolve(applicationIntegrationUrl)).toEqual({
      'Fn::Join': ['', ['https://', { 'Fn::ImportValue': 'Host' }, ...(expected ? [expected] : [])]],
    });
  });

  test.each(['jsapi.js', '/jsapi.js', 'challenge.compact.js?v=2'])('can have a token for the base, and %j', (end) => {
    const url = `${Fn.importValue('Url')}${end}`;
    const stack = newStack();
    expect(stack.resolve(importKey({ applicationIntegrationUrl: url }, stack).scriptUrl)).toEqual({
      'Fn::Join': ['', [{ 'Fn::ImportValue': 'Url' }, end.startsWith('/') ? '/jsapi.js' : 'jsapi.js']],
    });
  });

  test('can have a token for the last folder, also with the host of the challenge script', () => {
    const stack = newStack();
    const url = `https://1.edge.sdk.awswaf.com/${Fn.importValue('Path')}jsapi.js?v=2`;
    expect(stack.resolve(importKey({ applicationIntegrationUrl: url }, stack).applicationIntegrationUrl)).toEqual({
      'Fn::Join': ['', ['https://1.edge.captcha-sdk.awswaf.com/', { 'Fn::ImportValue': 'Path' }]],
    });
  });

  test.each<[string, string | undefined, string]>([
    ['no value', undefined, 'must be a URL with https, got nothing'],
    ['a text that is not a URL', 'abc', 'must be a URL with https, got "abc"'],
    ['null', null as unknown as undefined, 'must be a URL with https, got nothing'],
    ['a list', ['https://example.com/'] as never, 'must be a URL with https, got ["https://example.com/"]'],
    ['only a scheme', 'https://', 'must be a URL with https'],
    ['http', 'http://example.com/', 'must be a URL with https'],
    ['http before a token', `http://${Fn.importValue('Host')}/`, 'must be a URL with https, got "http://${Token'],
    ['a sentence', 'see https://example.com/', 'must be a URL with https'],
    ['whitespace', 'https://example.com/ ', 'must be a URL with https'],
    ['whitespace after a token', `https://${Fn.importValue('Host')} /`, 'must be a URL with https'],
    [
      'the script element',
      '<script src="https://1.edge.captcha-sdk.awswaf.com/1/jsapi.js" defer></script>',
      'must be a URL with https',
    ],
    [
      'the challenge script',
      'https://1.edge.token.awswaf.com/1/2/challenge.js',
      'is that of the challenge script; copy that of the CAPTCHA script',
    ],
    ['the challenge script in capitals', 'https://1.edge.TOKEN.AWSWAF.COM/1/', 'is that of the challenge script'],
  ])('is an error for %s', (_, applicationIntegrationUrl, message) => {
    expect(() => importKey({ applicationIntegrationUrl })).toThrow(
      `Shop/Captcha: applicationIntegrationUrl: ${message}`,
    );
  });
});

describe('the text of an imported key', () => {
  test.each<[string, string | undefined, string]>([
    ['no value', undefined, 'got nothing'],
    ['an empty text', '', 'got ""'],
    ['whitespace', 'abc 1', 'got "abc 1"'],
    ['whitespace after a token', `${Fn.importValue('Key')} `, 'got "${Token'],
    ['quotation marks', '"abc"', 'got "\\"abc\\""'],
    ['2,049 characters', 'a'.repeat(2049), 'got "aaa'],
  ])('is an error for %s', (_, apiKey, message) => {
    expect(() => importKey({ apiKey })).toThrow(
      `Shop/Captcha: apiKey: must be the text of a key, 1 to 2048 characters, ${message}`,
    );
  });

  test.each([[null, 'nothing'], [7, '7'], [['abc'], '["abc"]'], [newStack(), 'the construct Shop']])(
    'is an error for %s, from an untyped language', (apiKey, shown) => {
      expect(() => importKey({ apiKey: apiKey as unknown as string })).toThrow(
        `Shop/Captcha: apiKey: must be the text of a key, 1 to 2048 characters, got ${shown}`,
      );
    },
  );

  test.each([undefined, null])('is an error without attributes, from an untyped language: %s', (attributes) => {
    expect(() => WafCaptchaApiKey.fromWafCaptchaApiKeyAttributes(newStack(), 'Captcha', attributes!)).toThrow(
      'Shop/Captcha: apiKey: must be the text of a key, 1 to 2048 characters, got nothing',
    );
  });

  test('can have 2,048 characters', () => expect(importKey({ apiKey: 'a'.repeat(2048) }).apiKey).toHaveLength(2048));
});

test('a key can be imported by tokens', () => {
  const stack = newStack();
  const key = importKey({ apiKey: Fn.importValue('Key'), applicationIntegrationUrl: Fn.importValue('Url') }, stack);
  expect(stack.resolve(key.clientConfig)).toEqual({
    apiKey: { 'Fn::ImportValue': 'Key' },
    scriptUrl: { 'Fn::Join': ['', [{ 'Fn::ImportValue': 'Url' }, 'jsapi.js']] },
  });
});

test('a key can be imported by dynamic references', () => {
  const url = '{{resolve:ssm:/captcha/url}}';
  expect(importKey({ apiKey: '{{resolve:ssm:/captcha/key}}', applicationIntegrationUrl: url }).clientConfig).toEqual({
    apiKey: '{{resolve:ssm:/captcha/key}}',
    scriptUrl: `${url}jsapi.js`,
  });
});

test.each(['/captcha/url', 'url with spaces'])(
  'a key can be imported by look-ups of the parameter %j that have not happened yet',
  (name) => {
    const stack = newStack(envOf('eu-west-1'));
    const value = StringParameter.valueFromLookup(stack, name);
    const key = importKey({ apiKey: value, applicationIntegrationUrl: value }, stack);
    expect(key.clientConfig).toEqual({ apiKey: value, scriptUrl: expect.stringContaining(value) });
  },
);

test('an imported key adds no resource', () => {
  const stack = newStack();
  importKey({}, stack);
  expect(Template.fromStack(stack).toJSON().Resources).toBeUndefined();
});
