// @ts-check
// From cdk-waf-captcha-api-key, examples/captcha-page. Version 1.0.0, 2026-11-29.
/** Loads what captcha.js needs: the key and the script of AWS WAF. */

/**
 * @typedef {{ apiKey: string, scriptUrl: string, [other: string]: string }} Config The construct's `clientConfig`.
 * @typedef {string | URL | Config} ConfigSource An address, relative to the site's root, or the values themselves.
 * @typedef {'blocked' | 'unconfigured' | 'refused' | 'expired' | 'offline' | 'not-accepted' | 'failed'} Code
 */

const SCRIPT_TIMEOUT_MS = 15_000;
const READY_TIMEOUT_MS = 1_000;
const POLL_MS = 50;
const NOT_YOUR_FAULT = 'That is not your fault. Please come back later, or tell the people who run this site.';

/** What the page says for each code: a title and what the visitor can do before trying again. */
const TEXTS = /** @type {Record<Code, [title: string, advice: string]>} */ ({
  'blocked': [
    'The security check did not load',
    'Check your connection, and whether an ad blocker or your network blocks awswaf.com.',
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
   * @param {boolean} [needsReload] whether only reloading the page can help
   */
  constructor(code, cause, needsReload = false) {
    const [title, advice] = TEXTS[code];
    super(advice, { cause });
    this.name = 'CaptchaError';
    this.code = code;
    this.title = title;
    this.needsReload = needsReload;
  }
}

/** As JSON: another object with the same values is the same configuration, and the caller may change its object. */
let source = JSON.stringify('/config.json');
/** @type {Promise<Config> | undefined} */
let loading;

/**
 * Loads the key and the script, once. Call it early: a blocked script is known before the form is filled in.
 *
 * @param {ConfigSource} [config] Where the values come from, in all later calls, too. Default: /config.json.
 * @returns {Promise<Config>} what config.json holds
 * @throws {CaptchaError}
 */
export function loadCaptcha(config) {
  const wanted = config === undefined ? source : JSON.stringify(config);
  if (wanted !== source) [source, loading] = [wanted, undefined];
  const attempt = loading ??= readConfig(JSON.parse(source)).then(async (read) => {
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
  const from = JSON.parse(source);
  const current = await readConfig(typeof from === 'string' ? from : '/config.json').catch(() => undefined);
  if (current) loading = Promise.resolve(current);
  return current;
}

/**
 * @param {string | Config} from
 * @returns {Promise<Config>}
 */
async function readConfig(from) {
  try {
    const config = typeof from === 'string' ? await fetchJson(new URL(from, location.origin)) : from;
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
  if (isReady()) return Promise.resolve();
  const before = definedGlobals();
  script ??= requestScript(url).catch((error) => {
    // Half of the script, or something that pretends to be it, has run. The whole script would fail on what that left.
    const needsReload = customElements.get('awswaf-captcha') !== undefined
      || definedGlobals().some((value, index) => value !== before[index]);
    if (!needsReload) script = undefined; // the next call tries again
    throw new CaptchaError('blocked', error, needsReload);
  });
  return script;
}

/** @param {string} url */
async function requestScript(url) {
  await /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
    const element = document.createElement('script');
    // A firewall that drops packets causes no error event.
    setTimeout(reject, SCRIPT_TIMEOUT_MS, new Error(`${url}: timeout`));
    element.onload = () => resolve();
    element.onerror = () => reject(new Error(`cannot load ${url}`));
    element.nonce = pageNonce();
    element.src = url;
    document.head.append(element);
  }));
  // Ad blockers and captive portals respond with something else. The script itself may define its API a moment later.
  for (let waited = 0; !isReady(); waited += POLL_MS) {
    if (waited >= READY_TIMEOUT_MS) throw new Error(`${url}: this is not the script of AWS WAF`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function isReady() {
  return typeof globalThis.AwsWafCaptcha?.renderCaptcha === 'function'
    && typeof globalThis.AwsWafIntegration?.getToken === 'function';
}

/** A page can have the second one without the script, from AWS WAF's SDK for silent challenges. */
const definedGlobals = () => [globalThis.AwsWafCaptcha, globalThis.AwsWafIntegration];
