import { redact } from '../../lambda/runtime/redact';

describe('a text without credentials', () => {
  const { AWS_SESSION_TOKEN: before } = process.env;
  const setToken = (value: string | undefined) => {
    if (value === undefined) delete process.env.AWS_SESSION_TOKEN;
    else process.env.AWS_SESSION_TOKEN = value;
  };
  afterEach(() => { setToken(before); });

  test.each([
    ['of 16 characters is left out', 'token-of-16-char', 'the *** is invalid'],
    ['of 15 characters, as local substitutes have it, stays', 'token-of-15-cha', 'the token-of-15-cha is invalid'],
    ['that is empty changes nothing', '', 'the  is invalid'],
  ])('a session token %s', (_, token, expected) => {
    setToken(token);
    expect(redact(`the ${token} is invalid`)).toBe(expected);
  });

  test('a session token that is not set changes nothing', () => {
    setToken(undefined);
    expect(redact('the token is invalid')).toBe('the token is invalid');
  });

  test.each([
    ['Signature=0f1e2d3c, Date', 'Signature=***, Date'],
    ['"authorization": "Bearer token-of-somebody"', '"authorization": "***"'],
    ['AKIASOMEBODYELSE0000 may not do that', '*** may not do that'],
  ])('shows where something is left out: %s', (text, expected) => {
    expect(redact(text)).toBe(expected);
  });
});
