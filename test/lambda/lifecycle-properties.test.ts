import { CLOUDFRONT, environmentTest, Properties, REGIONAL, withEnvironment } from './support/test-environment';

describe('validation of the properties', () => {
  const broken: [string, Properties, RegExp][] = [
    ['no Scope', { TokenDomains: ['example.com'] }, /^Scope: .*nothing/],
    ['wrong Scope', { ...CLOUDFRONT, Scope: 'cloudfront' }, /^Scope: .*"cloudfront"/],
    ['no TokenDomains', { Scope: 'REGIONAL' }, /^TokenDomains: .*nothing/],
    ['TokenDomains a string', { ...CLOUDFRONT, TokenDomains: 'example.com' }, /^TokenDomains: .*"example.com"/],
    [
      'TokenDomains that are not strings',
      { ...CLOUDFRONT, TokenDomains: [{}] },
      /^TokenDomains: must be a list of domains, got \[{}\]$/,
    ],
    ['no domain', { ...CLOUDFRONT, TokenDomains: [] }, /^TokenDomains: .*got 0/],
    [
      'six domains',
      { ...CLOUDFRONT, TokenDomains: ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `${name}.example.com`) },
      /^TokenDomains: .*got 6/,
    ],
    ['two domains in one', { ...CLOUDFRONT, TokenDomains: ['a.example.com  b.example.com'] }, /one domain without/],
    ['a URL', { ...CLOUDFRONT, TokenDomains: ['https://example.com/'] }, /^TokenDomains: .*https/],
    ['a domain of 254 characters', { ...CLOUDFRONT, TokenDomains: [`${'a'.repeat(250)}.com`] }, /^TokenDomains: /],
    ['a value too long to be quoted', { ...CLOUDFRONT, Scope: 'x'.repeat(10_000) }, /^Scope: .{1,50}"x{299}$/],
    ['a newer format', { ...CLOUDFRONT, FormatVersion: '2' }, /^FormatVersion: .*"2"/],
    ['an invalid Region', { ...REGIONAL, Region: 'https://evil.example/' }, /^Region: /],
    ['a RotationId that is not a string', { ...CLOUDFRONT, RotationId: ['x'] }, /^RotationId: /],
  ];
  environmentTest.each(broken)('fails for %s', (_, properties, reason) => withEnvironment({}, async (environment) => {
    expect(await environment.create({ ...properties })).toMatchObject({
      Status: 'FAILED', Reason: expect.stringMatching(reason),
    });
    expect(environment.waf.calls).toEqual([]);
  })());

  environmentTest('fails for another request type', withEnvironment({}, async (environment) => {
    const event = environment.event({
      RequestType: 'Replace' as 'Update', PhysicalResourceId: 'x', ResourceProperties: CLOUDFRONT,
    });

    expect(await environment.send(event)).toMatchObject({
      Status: 'FAILED', Reason: 'RequestType: must be Create, Update or Delete, got Replace',
    });
    expect(environment.waf.calls).toEqual([]);
  }));

  environmentTest('treats an empty text as missing', withEnvironment({}, async (environment) => {
    expect(await environment.create({ ...REGIONAL, Region: '', RotationId: '' })).toMatchObject({ Status: 'SUCCESS' });
    expect(environment.changes).toEqual(['CreateAPIKey eu-west-1 ok']);
  }));

  environmentTest('treats a format without a version as the first one', withEnvironment({}, async (environment) => {
    expect(await environment.create({ Scope: 'CLOUDFRONT', TokenDomains: ['example.com'] })).toMatchObject({
      Status: 'SUCCESS',
    });
  }));
});
