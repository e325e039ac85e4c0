import {
  CLOUDFRONT, environmentTest, TestEnvironment, virtualTimeTest, withEnvironment,
} from './support/test-environment';
import type { ResourceEvent } from '../../lambda/events';

const OTHER = { ...CLOUDFRONT, TokenDomains: ['example.com', 'shop.example.com'] };

describe('roll-back', () => {
  environmentTest('keeps the first key under its id after a failed update', withEnvironment({}, async (environment) => {
    const bad = { ...CLOUDFRONT, TokenDomains: ['gov.au'] };
    const first = await environment.create();

    const failed = await environment.update(first.PhysicalResourceId, bad, CLOUDFRONT);
    const swapped = await environment.update(first.PhysicalResourceId, CLOUDFRONT, bad);

    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: first.PhysicalResourceId });
    expect(swapped).toMatchObject({
      Status: 'SUCCESS', PhysicalResourceId: first.PhysicalResourceId, Data: first.Data,
    });
    expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  /** Three keys one after the other, so that the first one to come back has a history of its own. */
  async function replacedTwice(environment: TestEnvironment) {
    const before = { ...CLOUDFRONT, TokenDomains: ['old.example.com'] };
    const ancestor = await environment.create(before);
    const first = await environment.update(ancestor.PhysicalResourceId, CLOUDFRONT, before);
    await environment.delete(ancestor.PhysicalResourceId);
    const foreign = environment.waf.addKey({
      scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'],
    });
    const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    return { first, foreign, second };
  }

  environmentTest('keeps the first key if the new id of a replacement is only deleted', withEnvironment({}, async (
    environment,
  ) => {
    const { first, foreign, second } = await replacedTwice(environment);

    await environment.delete(second.PhysicalResourceId, OTHER);

    expect(environment.liveKeys).toEqual([first.Data!.APIKey, foreign.apiKey]);
  }));

  environmentTest('restores the first key and its id after a swapped Update of the new id', withEnvironment({}, async (
    environment,
  ) => {
    const { first, foreign, second } = await replacedTwice(environment);

    const other = environment.anotherFunction();
    const swapped = await environment.update(second.PhysicalResourceId, CLOUDFRONT, OTHER, other);
    expect(other.log).toContainEqual(expect.objectContaining({
      outcome: 'restored', detail: 'a replacement is rolled back; the previous key still exists',
    }));
    expect(other.log.some(({ operation }) => operation === 'GetSchedule')).toBe(false); // without a schedule group
    await environment.delete(second.PhysicalResourceId, OTHER);

    expect(swapped).toMatchObject({
      Status: 'SUCCESS', PhysicalResourceId: first.PhysicalResourceId, Data: first.Data,
    });
    expect(environment.liveKeys).toEqual([first.Data!.APIKey, foreign.apiKey]);
  }));
});

// Whatever CloudFormation deletes then, the other id would have the same key.
const OFTEN = 'a key comes back under its id or not at all, however often it was replaced';
virtualTimeTest(OFTEN, 10, withEnvironment({
  keyLength: 900, // with room for few references
}, async (environment) => {
  const properties = (index: number) => ({ ...CLOUDFRONT, TokenDomains: [`${index}.example.com`] });
  let held = await environment.create(properties(0));
  const comesBack: boolean[] = [];
  for (let index = 1; index <= 16; index++) {
    const [before, after] = [properties(index - 1), properties(index)];
    const failed = await environment.update(held.PhysicalResourceId, after, before);
    const restored = await environment.update(failed.PhysicalResourceId, before, after);
    comesBack.push(restored.Data!.APIKey === held.Data!.APIKey);
    expect(restored.PhysicalResourceId === held.PhysicalResourceId).toBe(comesBack.at(-1));
    await environment.delete(failed.PhysicalResourceId, after);
    expect(environment.liveKeys).toContain(held.Data!.APIKey);

    const next = await environment.update(held.PhysicalResourceId, after, before);
    await environment.delete(held.PhysicalResourceId, before);
    held = next;
  }
  expect(comesBack.slice(0, 5)).not.toContain(false);
  expect(comesBack.filter((is) => !is).length).toBeLessThanOrEqual(3);
}));

describe('the same event delivered twice', () => {
  environmentTest('creates one key in a warm function', withEnvironment({}, async (environment) => {
    const event = environment.createEvent();

    const [one, two] = [await environment.send(event), await environment.send(event)];

    expect(two).toEqual(one);
    expect(environment.liveKeys).toEqual([one.Data!.APIKey]);
  }));

  environmentTest('is remembered by a warm function among the last hundred', withEnvironment({}, async (
    environment,
  ) => {
    const isRepeated = async (event: ResourceEvent) => {
      await environment.send(event);
      return environment.fn.log.at(-1)!.repeated === true;
    };
    const events = Array.from({ length: 101 }, () => environment.deleteEvent('not-created'));
    for (const event of events.slice(0, 100)) expect(await isRepeated(event)).toBe(false);
    expect(await isRepeated(events[0])).toBe(true);

    expect(await isRepeated(events[100])).toBe(false);

    expect(await isRepeated(events[1])).toBe(true);
    expect(await isRepeated(events[0])).toBe(false);
  }));
});

environmentTest('a deleted key is not restored while the list still shows it', withEnvironment({
  deletedKeyListedForMs: 8_000,
}, async (environment) => {
  const first = await environment.create();
  const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);
  await environment.delete(first.PhysicalResourceId);

  const third = await environment.update(second.PhysicalResourceId, CLOUDFRONT, OTHER);

  expect(third.Data!.APIKey).not.toBe(first.Data!.APIKey);
  expect(environment.liveKeys).toContain(third.Data!.APIKey);
}));

environmentTest.each([0, 7_000])('a key that was created %d ms before is restored while the list does not show it', (
  age,
) => withEnvironment({ createdKeyListedAfterMs: 10_000 }, async (environment) => {
  const first = await environment.create();
  await environment.sleep(age);
  const second = await environment.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);

  const swapped = await environment.update(second.PhysicalResourceId, CLOUDFRONT, OTHER, environment.anotherFunction());
  await environment.delete(second.PhysicalResourceId, OTHER);

  expect(swapped).toMatchObject({ PhysicalResourceId: first.PhysicalResourceId, Data: first.Data });
  expect(environment.liveKeys).toEqual([first.Data!.APIKey]);
})());
