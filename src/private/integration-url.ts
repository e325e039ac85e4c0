import type { IConstruct } from 'constructs';
import { isLookupDummy } from './unresolved';
import { scriptBaseOf } from '../contract/script-base';

/** Validates the URL of a script, or its base, and returns the base. What ends in a token is left as it is. */
export function validateIntegrationUrl(construct: IConstruct, url: string): string {
  const reject = (problem: string) => new Error(
    `${construct.node.path}: applicationIntegrationUrl: ${problem}, got ${JSON.stringify(url) ?? 'nothing'}`);
  if (isLookupDummy(url)) return url;
  if (!/^(https:\/\/[^/\s]|\$\{Token|\{\{resolve:)[^\s"'<>]*$/.test(url)) throw reject('must be a URL with https');
  if (/^https:\/\/[^/]*\btoken\.awswaf\.com(\/|$)/.test(url)) {
    throw reject('is that of the challenge script; copy that of the CAPTCHA script, at captcha-sdk.awswaf.com');
  }
  const base = url.replace(/\}[\w.]+\.js([?#].*)?$/, '}');
  return base.endsWith('}') ? base : scriptBaseOf(base);
}
