import { createServer } from 'node:net';
import { NODE_OPTIONS } from './support/name-resolver';
import { withEnvironment } from './support/test-environment';
import { listen } from '../../local/listen';

/** On the bundle: within Jest, the SDK does not recognize the errors of Node.js. */
test.concurrent.each<[string, string | (() => Promise<string>), RegExp]>([
  ['nothing listens', 'http://127.0.0.1:1', /^connect ECONNREFUSED 127.0.0.1:1$/],
  ['nothing listens at any address', 'http://two-addresses.invalid:1', /^AggregateError: ECONNREFUSED$/],
  ['the name does not resolve', 'http://unknown.invalid', /^getaddrinfo (ENOTFOUND|EAI_AGAIN) unknown.invalid$/],
  ['no connection is established', 'http://silent.invalid', /^TimeoutError: .* did not establish a connection/],
  ['the connection ends before TLS is established', async () =>
    `https://${await listen(createServer((socket) => socket.once('data', () => socket.end())).unref())}`,
  /^TimeoutError: Client network socket disconnected before secure TLS connection was established$/],
])('a create that was never sent has created no key: %s', async (_, target, error) => {
  const wafUrl = typeof target === 'string' ? target : await target();
  await withEnvironment({ handler: 'bundle', fn: { wafUrl, env: { NODE_OPTIONS } } }, async (environment) => {
    const { Reason } = await environment.send(environment.createEvent(), environment.fn, 30_000);

    const lines = environment.fn.log.filter(({ operation }) => operation === 'CreateAPIKey');
    expect(lines.length).toBeGreaterThan(1);
    const line = lines.find((it) => error.test(it.error as string));
    expect(line).toMatchObject({ outcome: 'unavailable' });
    expect(line).not.toHaveProperty('mayHaveCreated');
    expect(Reason).toContain('could not be reached or failed on wafv2:CreateAPIKey');
  })();
}, 60_000);
