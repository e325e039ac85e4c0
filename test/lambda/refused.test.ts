import { withEnvironment } from './support/test-environment';

// On the bundle: within jest, the SDK does not recognize the errors of Node.js.
test('a refused connection means that no key was created', withEnvironment({
  handler: 'bundle', fn: { wafUrl: 'http://127.0.0.1:1' },
}, async (environment) => {
  await environment.send(environment.createEvent(), environment.fn, 9_000);

  expect(environment.fn.log.filter((line) => line.operation === 'CreateAPIKey').length).toBeGreaterThan(1);
  expect(environment.fn.log.filter((line) => line.mayHaveCreated)).toEqual([]);
}));
