// @ts-check
/** Loads what captcha.js needs: the key and the script of AWS WAF. */

/**
 * @typedef {{ apiKey: string, scriptUrl: string, [other: string]: string }} Config The construct's `clientConfig`.
 * @typedef {string | URL | Config} ConfigSource An address, relative to the site's root, or the values themselves.
 * @typedef {'blocked' | 'unconfigured' | 'refused' | 'expired' | 'offline' | 'not-accepted' | 'failed'} Code
 */

const SCRIPT_TIMEOUT_MS = 15_000;
const NOT_YOUR_FAULT = 'That is not your fault. Please come back later, or tell the people who run this site.';

/** What the page says for each code: a title and what the visitor can do. */
const TEXTS = /** @type {Record<Code, [title: string, advice: string]>} */ ({
  'blocked': [
    'The security check did not load',
    'Check your connection, and whether an ad blocker or your network blocks awswaf.com. Then try again.',
  ],
  'unconfigured': ['The security check is not set up', NOT_YOUR_FAULT],
  'refused': ['The security check does not work on this page', NOT_YOUR_FAULT],
  'expired': ['The puzzle took too long', 'Try again to get another one. What you typed is still there.'],
  'offline': [
    'No connection',
    'The site or its security check cannot be reached. Check your connection, then try again.',
  ],
  'not-accepted': [
    'The security check was not accepted',
    'Allow cookies for this site and try again. If that does not help, tell the people who run this site.',
  ],
  'failed': ['The security check failed', 'Something went wrong on the way. Please try again.'],
});

/** Why the request was not accepted, in words for the visitor. The cause holds the technical reason. */
export class CaptchaError extends Error {
  /**
   * @param {Code} code
   * @param {unknown} [cause]
   */
  constructor(code, cause) {
    const [title, advice] = TEXTS[code];
    super(advice, { cause });
    this.name = 'CaptchaError';
    this.code = code;
    this.title = title;
  }
}

/** @type {ConfigSource} */
let source = '/config.json';
/** @type {Promise<Config> | undefined} */
let loading;

/**
 * Loads the key and the script, once. Call it early: a blocked script is known before the form is filled in.
 *
 * @param {ConfigSource} [config] Where the values come from, in all later calls, too. Default: /config.json.
 * @returns {Promise<Config>} what config.json holds
 * @throws {CaptchaError}
 */
export function loadCaptcha(config = source) {
  if (config !== source) [source, loading] = [config, undefined];
  const attempt = loading ??= readConfig(source).then(async (read) => {
    await loadScript(read.scriptUrl);
    return read;
  });
  attempt.catch(() => { if (loading === attempt) loading = undefined; }); // the next call tries again
  return attempt;
}

/**
 * A tab can be older than the key. After a rotation, config.json holds the new key.
 *
 * @returns {Promise<Config | undefined>} undefined if it cannot be read
 */
export async function reloadConfig() {
  const current = await readConfig(isAddress(source) ? source : '/config.json').catch(() => undefined);
  if (current) loading = Promise.resolve(current);
  return current;
}

/** @type {(from: ConfigSource) => from is string | URL} */
const isAddress = (from) => typeof from === 'string' || from instanceof URL;

/**
 * @param {ConfigSource} from
 * @returns {Promise<Config>}
 */
async function readConfig(from) {
  try {
    const config = isAddress(from) ? await fetchJson(new URL(from, location.origin)) : from;
    if (!config.apiKey || !config.scriptUrl) throw new Error('apiKey or scriptUrl is missing');
    return config;
  } catch (error) {
    throw error instanceof CaptchaError ? error : new CaptchaError('unconfigured', error);
  }
}

/** @param {URL} url */
async function fetchJson(url) {
  const response = await fetch(url, { cache: 'no-cache' }).catch((error) => {
    throw new CaptchaError('offline', error);
  });
  if (!response.ok) throw new Error(`${url.pathname}: HTTP ${response.status}`);
  return response.json();
}

/** The nonce of the content security policy, if it has one. */
function pageNonce() {
  const element = /** @type {HTMLScriptElement | null} */ (document.querySelector('script[nonce]'));
  return element?.nonce ?? '';
}

/** @type {Promise<void> | undefined} */
let script;

/**
 * Loads the script once: a second load fails, because its custom element is defined already.
 *
 * @param {string} url
 */
function loadScript(url) {
  if ('AwsWafCaptcha' in globalThis) return Promise.resolve();
  script ??= /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
    const element = document.createElement('script');
    // A firewall that drops packets causes no error event.
    setTimeout(reject, SCRIPT_TIMEOUT_MS, new Error(`${url}: timeout`));
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`cannot load ${url}`));
    element.nonce = pageNonce();
    element.src = url;
    document.head.append(element);
  })).catch((error) => {
    script = undefined;
    throw new CaptchaError('blocked', error);
  });
  return script;
}
