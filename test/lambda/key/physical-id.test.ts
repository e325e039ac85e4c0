import type { DesiredKey } from '../../../lambda/key/identity';
import { formatPhysicalId, matchesKey, parsePhysicalId, referenceTo } from '../../../lambda/key/physical-id';

const DESIRED: DesiredKey = { scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com'], rotationId: '' };
const OWN_LENGTH = formatPhysicalId(DESIRED, '').length;
const references = (count: number) => Array.from(
  { length: count }, (_, index) => `ref${String(index).padStart(3, '0')}`,
);

// These texts stand in every stack that was ever deployed.
test('an id and its reference never change', () => {
  const id = formatPhysicalId(DESIRED, 'a/key_0_1', ['abcdef', 'ABCDEF']);

  expect(id).toBe('waf-captcha-api-key/1/CLOUDFRONT/us-east-1/zuzG4Dlh7lvSbSgj/abcdefABCDEF/a/key_0_1');
  expect(referenceTo(id)).toBe('aTc-qz');
});

test('a reference does not depend on the references in the id', () => {
  expect(referenceTo(formatPhysicalId(DESIRED, 'key', ['abcdef']))).toBe(referenceTo(formatPhysicalId(DESIRED, 'key')));
});

test('a formatted id can be parsed', () => {
  expect(parsePhysicalId(formatPhysicalId(DESIRED, 'a/key_0_1', ['abcdef', 'ABCDEF']))).toEqual({
    scope: 'CLOUDFRONT',
    region: 'us-east-1',
    identity: expect.stringMatching(/^[\w-]{16}$/),
    predecessors: ['abcdef', 'ABCDEF'],
    apiKey: 'a/key_0_1',
  });
  expect(parsePhysicalId(formatPhysicalId(DESIRED, 'key'))).toMatchObject({ predecessors: [], apiKey: 'key' });
});

test.each([
  'not-created',
  ` ${formatPhysicalId(DESIRED, 'key')}`,
  'waf-captcha-api-key-Key961B73FD-1ABCDEFGHIJKL',
])('an id of another handler is not parsed: %s', (id) => {
  expect(parsePhysicalId(id)).toBeUndefined();
});

test.each([
  formatPhysicalId(DESIRED, ''),
  formatPhysicalId(DESIRED, 'key').replace('/1/', '/2/'),
  formatPhysicalId(DESIRED, 'key').replace('CLOUDFRONT', 'GLOBAL'),
  formatPhysicalId(DESIRED, 'key').replace('//', '/abc/'),
  formatPhysicalId(DESIRED, 'key').replace('us-east-1', 'US'),
])('an id in an unknown format is an error: %s', (id) => {
  expect(() => parsePhysicalId(id)).toThrow('PhysicalResourceId: this provider supports format 1');
});

test('an id holds its key up to 1,024 bytes in all, then the key\'s digest', () => {
  const longest = 'k'.repeat(1_024 - OWN_LENGTH);
  expect(formatPhysicalId(DESIRED, longest)).toHaveLength(1_024);
  expect(parsePhysicalId(formatPhysicalId(DESIRED, longest))).toMatchObject({ apiKey: longest });

  const tooLong = `${longest}k`;
  const id = parsePhysicalId(formatPhysicalId(DESIRED, tooLong))!;
  expect(id.apiKey).toBeUndefined();
  expect(matchesKey(id, tooLong)).toBe(true);
  expect(matchesKey(id, longest)).toBe(false);
});

test('references that do not fit are dropped, the oldest first', () => {
  const key = 'k'.repeat(1_024 - OWN_LENGTH - 18);

  expect(parsePhysicalId(formatPhysicalId(DESIRED, key, references(3)))!.predecessors).toEqual(references(3));
  expect(parsePhysicalId(formatPhysicalId(DESIRED, key, references(5)))!.predecessors).toEqual(references(3));
  expect(parsePhysicalId(formatPhysicalId(DESIRED, `${key}k`, references(3)))!.predecessors).toEqual(references(2));
  expect(
    parsePhysicalId(formatPhysicalId(DESIRED, 'k'.repeat(1_024 - OWN_LENGTH), references(3)))!.predecessors,
  ).toEqual([]);
});

test('an id matches only its key', () => {
  const id = parsePhysicalId(formatPhysicalId(DESIRED, 'key'))!;

  expect(matchesKey(id, 'key')).toBe(true);
  expect(matchesKey(id, 'other')).toBe(false);
});
