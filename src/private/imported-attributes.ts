import type { IConstruct } from 'constructs';
import { isLookupDummy, maskUnresolved, showTokens } from './unresolved';
import { validate } from './validate';
import { scriptBaseOf } from '../contract/script-base';
import type { WafCaptchaApiKeyAttributes } from '../i-waf-captcha-api-key';

/** Validates the values of an imported key; the URL becomes the base of the script's URL. */
export function validateAttributes(
  construct: IConstruct, { apiKey, applicationIntegrationUrl }: WafCaptchaApiKeyAttributes,
): WafCaptchaApiKeyAttributes {
  validate(construct, apiKey, (key) => {
    if (isLookupDummy(key) || /^[^\s"'<>]{1,2048}$/.test(key ?? '')) return;
    throw reject(construct, 'apiKey', 'must be the text of a key, 1 to 2048 characters', key);
  });
  const base = baseOf(construct, applicationIntegrationUrl);
  validate(construct, base, (url) => {
    if (url === base || url === baseOf(construct, url)) return;
    throw reject(construct, 'applicationIntegrationUrl',
      'the value of a token must be the base of the script\'s URL, which ends in \'/\'', url);
  });
  return { apiKey, applicationIntegrationUrl: base };
}

function reject(construct: IConstruct, name: keyof WafCaptchaApiKeyAttributes, problem: string, value: string): Error {
  return new Error(showTokens(
    `${construct.node.path}: ${name}: ${problem}, got ${JSON.stringify(value) ?? 'nothing'}`));
}

function baseOf(construct: IConstruct, given: string): string {
  const [url, unmask] = maskUnresolved(construct, given ?? '');
  if (!/^(https:\/\/[^/\s]|[\uE000-\uF8FF])[^\s"'<>]*$/i.test(url)) {
    if (isLookupDummy(url)) return given;
    throw reject(construct, 'applicationIntegrationUrl', 'must be a URL with https', given);
  }
  if (/^https:\/\/[^/]*\btoken\.awswaf\.com(\/|$)/.test(url)) {
    throw reject(construct, 'applicationIntegrationUrl',
      'is that of the challenge script; copy that of the CAPTCHA script, at captcha-sdk.awswaf.com', given);
  }
  const untilToken = /^.*[\uE000-\uF8FF](?=([\w.]+\.js)?([?#].*)?$)/.exec(url)?.[0]; // which ends in `/`
  return unmask(untilToken ?? scriptBaseOf(url));
}
