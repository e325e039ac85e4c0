import { environmentTest, Properties, withEnvironment } from './support/test-environment';
import { FORMAT_VERSION } from '../../src/contract/resource';

interface ReleasedKey {
  readonly what: string;
  readonly place: { readonly scope: 'CLOUDFRONT' | 'REGIONAL'; readonly region: string };
  readonly properties: Properties & { readonly TokenDomains: string[] };
  /** Of the physical id, what stands before the key. */
  readonly idPrefix: string;
}

/**
 * What releases have written into stacks that may still exist, by
 * FormatVersion: CloudFormation sends it back to the handler of today.
 * Add to this list, and never change it: each line that fails is
 * a key that is replaced or left behind at somebody's upgrade.
 */
const RELEASED: Record<string, ReleasedKey[]> = {
  1: [
    {
      what: 'a CLOUDFRONT key',
      place: { scope: 'CLOUDFRONT', region: 'us-east-1' },
      properties: { FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: ['example.com', 'www.example.com'] },
      idPrefix: 'waf-captcha-api-key/1/CLOUDFRONT/us-east-1/OtuRL5XvcO-1QX_N//',
    },
    {
      what: 'a rotated key',
      place: { scope: 'CLOUDFRONT', region: 'us-east-1' },
      properties: { FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: ['example.com'], RotationId: '2026-11' },
      idPrefix: 'waf-captcha-api-key/1/CLOUDFRONT/us-east-1/hMdTVdWeyNApVHmu//',
    },
    {
      what: 'a key that has replaced two others',
      place: { scope: 'CLOUDFRONT', region: 'us-east-1' },
      properties: { FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: ['example.com'], RotationId: '2026-11' },
      idPrefix: 'waf-captcha-api-key/1/CLOUDFRONT/us-east-1/hMdTVdWeyNApVHmu/aB3_-xq9Zt0W/',
    },
    {
      what: 'a REGIONAL key of the stack\'s region',
      place: { scope: 'REGIONAL', region: 'eu-west-1' },
      properties: { FormatVersion: '1', Scope: 'REGIONAL', TokenDomains: ['app.example.com'] },
      idPrefix: 'waf-captcha-api-key/1/REGIONAL/eu-west-1/kLqResFg3J1tmoTV//',
    },
    {
      what: 'a REGIONAL key of another region',
      place: { scope: 'REGIONAL', region: 'ap-southeast-2' },
      properties: {
        FormatVersion: '1', Scope: 'REGIONAL', TokenDomains: ['app.example.com'], Region: 'ap-southeast-2',
      },
      idPrefix: 'waf-captcha-api-key/1/REGIONAL/ap-southeast-2/lmF4i-nEIQFuDQXQ//',
    },
  ],
};

describe.each(Object.entries(RELEASED))('format %s', (_version, keys) => {
  for (const { what, place, properties, idPrefix } of keys) {
    environmentTest(`${what} is still created from its properties`, withEnvironment({}, async (
      environment,
    ) => {
      const { Status, PhysicalResourceId } = await environment.create(properties);

      expect(Status).toBe('SUCCESS');
      expect(PhysicalResourceId.startsWith(idPrefix.replace(/[^/]*\/$/, ''))).toBe(true);
      expect(environment.waf.keys()).toMatchObject([{ ...place, tokenDomains: properties.TokenDomains }]);
    }));

    environmentTest(`${what} keeps its key when it is updated to the same properties`, withEnvironment({}, async (
      environment,
    ) => {
      const { apiKey } = environment.waf.addKey({ ...place, tokenDomains: properties.TokenDomains });

      const response = await environment.update(idPrefix + apiKey, properties, properties);

      expect(response).toMatchObject({
        Status: 'SUCCESS', PhysicalResourceId: idPrefix + apiKey, Data: { APIKey: apiKey },
      });
      expect(environment.changes).toEqual([]);
    }));

    environmentTest(`${what} is deleted by its id`, withEnvironment({}, async (environment) => {
      const { apiKey } = environment.waf.addKey({ ...place, tokenDomains: properties.TokenDomains });
      const { apiKey: another } = environment.waf.addKey({ ...place, tokenDomains: properties.TokenDomains });

      expect(await environment.delete(idPrefix + apiKey, properties)).toMatchObject({ Status: 'SUCCESS' });
      expect(environment.liveKeys).toEqual([another]);
    }));
  }
});

test('the current format is in the list', () => {
  expect(Object.keys(RELEASED)).toContain(FORMAT_VERSION);
});
