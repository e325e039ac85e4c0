import type { DesiredKey } from '../../../lambda/key/identity';
import {
  areComplete, formatPhysicalId, matchesKey, parsePhysicalId, referenceTo,
} from '../../../lambda/key/physical-id';

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
  formatPhysicalId(DESIRED, 'key').replace('/1/', '/2/1/'),
  formatPhysicalId(DESIRED, 'key').replace('CLOUDFRONT', 'GLOBAL'),
  formatPhysicalId(DESIRED, 'key').replace('//', '/abc/'),
  formatPhysicalId(DESIRED, 'key').replace('us-east-1', 'US'),
])('an id in an unknown format is an error: %s', (id) => {
  expect(() => parsePhysicalId(id)).toThrow('PhysicalResourceId: this provider supports format 1');
});

/** The longest key that an id holds: there is room for two references. */
const LONGEST = 'k'.repeat(1_024 - OWN_LENGTH - 12);

test('an id holds its key and two references in 1,024 bytes, or the digest of the key', () => {
  expect(parsePhysicalId(formatPhysicalId(DESIRED, LONGEST))).toMatchObject({ apiKey: LONGEST });
  expect(formatPhysicalId(DESIRED, LONGEST, references(2))).toHaveLength(1_024);

  const tooLong = `${LONGEST}k`;
  const id = parsePhysicalId(formatPhysicalId(DESIRED, tooLong))!;
  expect(id.apiKey).toBeUndefined();
  expect(matchesKey(id, tooLong)).toBe(true);
  expect(matchesKey(id, LONGEST)).toBe(false);
});

test('of references that do not fit, the newest stays, and the rest is known to be missing', () => {
  const key = LONGEST.slice(6); // room for three
  const { predecessors } = parsePhysicalId(formatPhysicalId(DESIRED, key, references(4)))!;

  expect(parsePhysicalId(formatPhysicalId(DESIRED, key, references(3)))!.predecessors).toEqual(references(3));
  expect(predecessors).toEqual([references(1)[0], expect.stringMatching(/^[\w-]{6}$/)]);
  expect(areComplete(references(3))).toBe(true);
  expect(areComplete([])).toBe(true);
  expect(areComplete(predecessors)).toBe(true);
  expect(areComplete(predecessors.slice(1))).toBe(false);
});

test('an id matches only its key', () => {
  const id = parsePhysicalId(formatPhysicalId(DESIRED, 'key'))!;

  expect(matchesKey(id, 'key')).toBe(true);
  expect(matchesKey(id, 'other')).toBe(false);
});
