import type { WantedKey } from '../../lambda/identity';
import { formatPhysicalId, namesKey, parsePhysicalId, referenceTo } from '../../lambda/physical-id';

const WANTED: WantedKey = { scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com'], rotationId: '' };
const OWN_LENGTH = formatPhysicalId(WANTED, '').length;
const references = (count: number) => Array.from({ length: count }, (_, index) => `ref${String(index).padStart(3, '0')}`);

// These texts stand in every stack that was ever deployed.
test('an id and the reference to it are what they always were', () => {
  const id = formatPhysicalId(WANTED, 'a/key_0_1', ['abcdef', 'ABCDEF']);

  expect(id).toBe('waf-captcha-api-key/1/CLOUDFRONT/us-east-1/zuzG4Dlh7lvSbSgj/abcdefABCDEF/a/key_0_1');
  expect(referenceTo(id)).toBe('aTc-qz');
});

test('a reference does not depend on the references in the id', () => {
  expect(referenceTo(formatPhysicalId(WANTED, 'key', ['abcdef']))).toBe(referenceTo(formatPhysicalId(WANTED, 'key')));
});

test('what was formatted is parsed', () => {
  expect(parsePhysicalId(formatPhysicalId(WANTED, 'a/key_0_1', ['abcdef', 'ABCDEF']))).toEqual({
    scope: 'CLOUDFRONT', region: 'us-east-1', identity: expect.stringMatching(/^[\w-]{16}$/), replaced: ['abcdef', 'ABCDEF'], apiKey: 'a/key_0_1',
  });
  expect(parsePhysicalId(formatPhysicalId(WANTED, 'key'))).toMatchObject({ replaced: [], apiKey: 'key' });
});

test.each([
  'not-created',
  ` ${formatPhysicalId(WANTED, 'key')}`,
  formatPhysicalId(WANTED, ''),
  formatPhysicalId(WANTED, 'key').replace('/1/', '/2/'),
  formatPhysicalId(WANTED, 'key').replace('CLOUDFRONT', 'GLOBAL'),
  formatPhysicalId(WANTED, 'key').replace('//', '/abc/'),
  formatPhysicalId(WANTED, 'key').replace('us-east-1', 'US'),
])('an id that is not ours is not parsed: %s', (id) => {
  expect(parsePhysicalId(id)).toBeUndefined();
});

test('a key stands in its id up to 1,024 bytes in all, then as its digest', () => {
  const longest = 'k'.repeat(1_024 - OWN_LENGTH);
  expect(formatPhysicalId(WANTED, longest)).toHaveLength(1_024);
  expect(parsePhysicalId(formatPhysicalId(WANTED, longest))).toMatchObject({ apiKey: longest });

  const tooLong = `${longest}k`;
  const id = parsePhysicalId(formatPhysicalId(WANTED, tooLong))!;
  expect(id.apiKey).toBeUndefined();
  expect(namesKey(id, tooLong)).toBe(true);
  expect(namesKey(id, longest)).toBe(false);
});

test('references that do not fit give way, the oldest first', () => {
  const key = 'k'.repeat(1_024 - OWN_LENGTH - 18);

  expect(parsePhysicalId(formatPhysicalId(WANTED, key, references(3)))!.replaced).toEqual(references(3));
  expect(parsePhysicalId(formatPhysicalId(WANTED, key, references(5)))!.replaced).toEqual(references(3));
  expect(parsePhysicalId(formatPhysicalId(WANTED, `${key}k`, references(3)))!.replaced).toEqual(references(2));
  expect(parsePhysicalId(formatPhysicalId(WANTED, 'k'.repeat(1_024 - OWN_LENGTH), references(3)))!.replaced).toEqual([]);
});

test('an id names its key and no other', () => {
  const id = parsePhysicalId(formatPhysicalId(WANTED, 'key'))!;

  expect(namesKey(id, 'key')).toBe(true);
  expect(namesKey(id, 'other')).toBe(false);
});
