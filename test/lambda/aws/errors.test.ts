import { isDenied, isUnrecognized, isUnsent } from '../../../lambda/aws/errors';

const errorOf = (more: object) => Object.assign(new Error(), more);
const refused = errorOf({ code: 'ECONNREFUSED', syscall: 'connect' });
const reset = errorOf({ code: 'ECONNRESET', syscall: 'read' });

test.each<[boolean, string, string]>([
  [true, 'ValidationException', 'The role must allow AWS EventBridge Scheduler to assume the role.'],
  [false, 'ValidationException', 'The name is too long.'],
  [false, 'WAFInvalidParameterException', 'The role must allow AWS EventBridge Scheduler to assume the role.'],
])('that a role cannot be assumed is denied: %s for %s: %s', (expected, name, message) => {
  expect(isDenied(errorOf({ name, message }))).toBe(expected);
});

test.each<[boolean, string]>([
  [true, 'UnrecognizedClientException'],
  [true, 'InvalidClientTokenId'],
  [false, 'NotAnUnrecognizedClientException'],
])('credentials are not recognized: %s for %s', (expected, name) => {
  expect(isUnrecognized(errorOf({ name }))).toBe(expected);
});

test.each<[boolean, string, object]>([
  [true, 'that no address accepts', { errors: [refused, refused] }],
  [false, 'that one of two addresses has accepted', { errors: [refused, reset] }],
  [false, 'that one of two addresses has accepted at first', { errors: [reset, refused] }],
  [true, 'without a valid certificate', { code: 'CERT_HAS_EXPIRED' }],
  [false, 'that a server ends with an alert', { code: 'ERR_SSL_ALERT_CERT_REVOKED' }],
])('a request was never sent: %s for one %s', (expected, _, more) => {
  expect(isUnsent(errorOf(more))).toBe(expected);
});
