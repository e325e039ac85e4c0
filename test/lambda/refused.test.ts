import { CLOUDFRONT, inWorld } from './support/world';

jest.setTimeout(60_000);

// Alone in its file: not for mutation testing, for the SDK does not know the errors of Node.js again in the realm of jest.
test('a refused connection leaves no doubt about a create', inWorld({ fn: { wafUrl: 'http://127.0.0.1:1' } }, async (world) => {
  await world.send(world.event({ RequestType: 'Create', ResourceProperties: CLOUDFRONT }), world.fn, 9_000);

  expect(world.fn.log.filter((line) => line.operation === 'CreateAPIKey').length).toBeGreaterThan(1);
  expect(world.fn.log.filter((line) => line.mayHaveCreated)).toEqual([]);
}));
