import { ResourceEvent, sentAt } from '../../lambda/events';

test.each([
  ['X-Amz-Date=20261123T101112Z', Date.UTC(2026, 10, 23, 10, 11, 12)],
  ['X-Amz-Date=20261123T101112Z0', undefined],
  ['X-Amz-Date=020261123T101112Z', undefined],
  ['X-Amz-Date=2026-11-23', undefined],
  ['X-Amz-Date=', undefined],
  ['Expires=1795428672', undefined],
])('the URL tells when CloudFormation sent the event, or does not: %s', (query, expected) => {
  expect(sentAt({ ResponseURL: `https://bucket.example/response?${query}` } as ResourceEvent)).toBe(expected);
});
