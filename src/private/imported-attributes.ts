import type { IConstruct } from 'constructs';
import { matches, show, validate } from './validate';
import { scriptBaseOf } from '../contract/script-base';
import type { WafCaptchaApiKeyAttributes } from '../i-waf-captcha-api-key';

/** The values of an imported key, validated. The URL becomes the base of the script's URL. */
export function parseAttributes(
  construct: IConstruct, attributes: WafCaptchaApiKeyAttributes,
): WafCaptchaApiKeyAttributes {
  const { apiKey, applicationIntegrationUrl } = attributes ?? {};
  validate(construct, 'apiKey', apiKey, (key) => matches(/^[^\s"'<>]{1,2048}$/, key)
    ? undefined : `must be the text of a key, 1 to 2048 characters, got ${show(key)}`);
  validate(construct, 'applicationIntegrationUrl', applicationIntegrationUrl, (url) => {
    if (!matches(/^(https:\/\/[^/\s]|[\uE000-\uF8FF])[^\s"'<>]*$/i, url)) {
      return `must be a URL with https, got ${show(url)}`;
    }
    if (!/^https:\/\/[^/]*\btoken\.awswaf\.com(\/|$)/i.test(url)) return undefined;
    return 'is that of the challenge script; copy that of the CAPTCHA script, at captcha-sdk.awswaf.com, '
      + `got ${show(url)}`;
  });
  const base = baseOf(applicationIntegrationUrl);
  validate(construct, 'applicationIntegrationUrl', base, (url, template) => !template || url === baseOf(url)
    ? undefined : `the value of a token must be the base of the script's URL, which ends in '/', got ${show(url)}`);
  return { apiKey, applicationIntegrationUrl: base };
}

/** The base of the script's URL. If a token is at the end of the path, the value of the token ends in `/`. */
function baseOf(url: string): string {
  const untilToken = /^[^?#;]*[}\uE000-\uF8FF](?=([\w.]+\.js)?([?#;]|$))/.exec(url)?.[0];
  return untilToken === undefined ? scriptBaseOf(url) : scriptBaseOf(`${untilToken}/`).slice(0, -1);
}
