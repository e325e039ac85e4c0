import type { IConstruct } from 'constructs';
import { isLookupDummy } from './unresolved';
import { propertyError, validate } from './validate';
import { scriptBaseOf } from '../contract/script-base';
import type { WafCaptchaApiKeyAttributes } from '../i-waf-captcha-api-key';

/** Validates the values of an imported key; the URL becomes the base of the script's URL. */
export function validateAttributes(
  construct: IConstruct, { apiKey, applicationIntegrationUrl }: WafCaptchaApiKeyAttributes,
): WafCaptchaApiKeyAttributes {
  const reject = (name: keyof WafCaptchaApiKeyAttributes, problem: string, given: string) =>
    propertyError(construct, name, `${problem}, got ${JSON.stringify(given) ?? 'nothing'}`);

  validate(construct, apiKey, (key) => {
    if (isLookupDummy(key) || /^[^\s"'<>]{1,2048}$/.test(key ?? '')) return;
    throw reject('apiKey', 'must be the text of a key, 1 to 2048 characters', key);
  });
  validate(construct, applicationIntegrationUrl, (url) => {
    if (!/^(https:\/\/[^/\s]|[\uE000-\uF8FF])[^\s"'<>]*$/i.test(url) && !isLookupDummy(url)) {
      throw reject('applicationIntegrationUrl', 'must be a URL with https', url);
    }
    if (/^https:\/\/[^/]*\btoken\.awswaf\.com(\/|$)/i.test(url)) {
      throw reject('applicationIntegrationUrl',
        'is that of the challenge script; copy that of the CAPTCHA script, at captcha-sdk.awswaf.com', url);
    }
  });
  const base = baseOf(applicationIntegrationUrl);
  validate(construct, base, (url) => {
    if (url === base || url === baseOf(url)) return;
    throw reject('applicationIntegrationUrl',
      'the value of a token must be the base of the script\'s URL, which ends in \'/\'', url);
  });
  return { apiKey, applicationIntegrationUrl: base };
}

/** The base of the script's URL. If a token is at the end of the path, the value of the token ends in `/`. */
function baseOf(url: string): string {
  const untilToken = /^[^?#;]*[}\uE000-\uF8FF](?=([\w.]+\.js)?([?#;]|$))/.exec(url)?.[0];
  return untilToken === undefined ? scriptBaseOf(url) : scriptBaseOf(`${untilToken}/`).slice(0, -1);
}
