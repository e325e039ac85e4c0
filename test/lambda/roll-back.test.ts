import { CLOUDFRONT, inWorld, World } from './support/world';

jest.setTimeout(60_000);

const OTHER = { ...CLOUDFRONT, TokenDomains: ['example.com', 'shop.example.com'] };

describe('roll-back', () => {
  test.concurrent('of a failed update: the first key is kept under its id', inWorld({}, async (world) => {
    const bad = { ...CLOUDFRONT, TokenDomains: ['gov.au'] };
    const first = await world.create();

    const failed = await world.update(first.PhysicalResourceId, bad, CLOUDFRONT);
    const swapped = await world.update(first.PhysicalResourceId, CLOUDFRONT, bad);

    expect(failed).toMatchObject({ Status: 'FAILED', PhysicalResourceId: first.PhysicalResourceId });
    expect(swapped).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: first.PhysicalResourceId, Data: first.Data });
    expect(world.liveKeys).toEqual([first.Data!.APIKey]);
  }));

  /** Three keys one after the other, so that the first one to come back has a history of its own. */
  async function replacedTwice(world: World) {
    const before = { ...CLOUDFRONT, TokenDomains: ['old.example.com'] };
    const ancestor = await world.create(before);
    const first = await world.update(ancestor.PhysicalResourceId, CLOUDFRONT, before);
    await world.delete(ancestor.PhysicalResourceId);
    const foreign = world.waf.addKey({ scope: 'CLOUDFRONT', region: 'us-east-1', tokenDomains: ['example.com', 'www.example.com'] });
    const second = await world.update(first.PhysicalResourceId, OTHER, CLOUDFRONT);
    return { first, foreign, second };
  }

  test.concurrent('of a replacement by Delete of the new id alone: the first key is left', inWorld({}, async (world) => {
    const { first, foreign, second } = await replacedTwice(world);

    await world.delete(second.PhysicalResourceId, OTHER);

    expect(world.liveKeys).toEqual([first.Data!.APIKey, foreign.apiKey]);
  }));

  test.concurrent('of a replacement by a swapped Update of the new id: the first key and its id come back', inWorld({}, async (world) => {
    const { first, foreign, second } = await replacedTwice(world);

    const other = world.anotherFunction();
    const swapped = await world.update(second.PhysicalResourceId, CLOUDFRONT, OTHER, other);
    expect(other.log).toContainEqual(expect.objectContaining({
      outcome: 'restored', detail: 'a replacement is rolled back; the first key is still there',
    }));
    await world.delete(second.PhysicalResourceId, OTHER);

    expect(swapped).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: first.PhysicalResourceId, Data: first.Data });
    expect(world.liveKeys).toEqual([first.Data!.APIKey, foreign.apiKey]);
  }));
});

describe('the same event delivered twice', () => {
  test.concurrent('to a warm function: one key', inWorld({}, async (world) => {
    const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });

    const [one, two] = [await world.send(event), await world.send(event)];

    expect(two).toEqual(one);
    expect(world.liveKeys).toEqual([one.Data!.APIKey]);
  }));
});

describe('the same event delivered to two instances of the function', () => {
  test.concurrent('each makes a key of its own and shares none; the first answer counts, and the log names the key that is left', inWorld({}, async (world) => {
    world.bucket.firstCounts = true;
    const event = world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT });
    const other = world.anotherFunction();

    const answer = await world.send(event);
    await world.send(event, other);

    const [taken, left] = world.liveKeys;
    expect(answer.Data!.APIKey).toBe(taken);
    expect(other.log).toContainEqual(expect.objectContaining({ operation: 'Create', physicalId: expect.stringContaining(left) }));

    await world.delete(answer.PhysicalResourceId);
    expect(world.liveKeys).toEqual([left]);
  }));
});
