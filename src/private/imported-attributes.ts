import type { IConstruct } from 'constructs';
import { isLookupDummy, maskUnresolved } from './unresolved';
import { validateAtSynthesis } from './validate-at-synthesis';
import { scriptBaseOf } from '../contract/script-base';
import type { WafCaptchaApiKeyAttributes } from '../i-waf-captcha-api-key';

/** Validates the values of an imported key; the URL becomes the base of the script's URL. */
export function validateAttributes(construct: IConstruct, given: WafCaptchaApiKeyAttributes) {
  const imported = normalize(construct, given);
  validateAtSynthesis(construct, imported.apiKey, (apiKey) => normalize(construct, { ...imported, apiKey }));
  validateAtSynthesis(construct, imported.applicationIntegrationUrl, (applicationIntegrationUrl) => {
    const base = normalize(construct, { ...imported, applicationIntegrationUrl }).applicationIntegrationUrl;
    if (base === applicationIntegrationUrl) return;
    throw new Error('applicationIntegrationUrl: the value of a token must be the base of the script\'s URL, which ends '
      + `in '/', got '${applicationIntegrationUrl}'; write '${base}'`);
  });
  return imported;
}

function normalize(construct: IConstruct, given: WafCaptchaApiKeyAttributes): WafCaptchaApiKeyAttributes {
  const { apiKey, applicationIntegrationUrl } = given;
  const reject = (name: keyof WafCaptchaApiKeyAttributes, problem: string) => new Error(
    `${construct.node.path}: ${name}: ${problem}, got ${JSON.stringify(given[name]) ?? 'nothing'}`);
  if (!isLookupDummy(apiKey) && !/^[^\s"'<>]{1,2048}$/.test(apiKey ?? '')) {
    throw reject('apiKey', 'must be the text of a key, 1 to 2048 characters');
  }
  if (isLookupDummy(applicationIntegrationUrl)) return given;
  const [url, unmask] = maskUnresolved(construct, applicationIntegrationUrl ?? '');
  if (!/^(https:\/\/[^/\s]|[\uE000-\uF8FF])[^\s"'<>]*$/.test(url)) {
    throw reject('applicationIntegrationUrl', 'must be a URL with https');
  }
  if (/^https:\/\/[^/]*\btoken\.awswaf\.com(\/|$)/.test(url)) {
    throw reject('applicationIntegrationUrl',
      'is that of the challenge script; copy that of the CAPTCHA script, at captcha-sdk.awswaf.com');
  }
  const untilToken = /^.*[\uE000-\uF8FF](?=([\w.]+\.js)?([?#].*)?$)/.exec(url)?.[0]; // which ends in `/`
  return { apiKey, applicationIntegrationUrl: unmask(untilToken ?? scriptBaseOf(url)) };
}
