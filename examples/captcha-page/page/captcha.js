// @ts-check
/**
 * A fetch that asks for a CAPTCHA when AWS WAF does, without a framework. Copy this file: it is all that a page needs.
 *
 *     const response = await fetchWithCaptcha('/api/sign-up', { method: 'POST', body }, { container });
 *
 * It reads key and script URL from `config.json`, loads the script, sends the request with the token that the script holds, and, if AWS WAF
 * wants a puzzle solved first, shows one in the container and sends the request again. Whatever goes wrong is thrown as a CaptchaProblem.
 */

/**
 * @typedef {{ apiKey: string, scriptUrl: string }} Config What the construct's `clientConfig` holds.
 * @typedef {'blocked' | 'unconfigured' | 'refused' | 'expired' | 'offline' | 'not-accepted' | 'failed'} Kind
 * @typedef {object} Place
 * @property {HTMLElement} container where the puzzle is shown
 * @property {() => void} [onPuzzle] a puzzle can be seen
 * @property {() => void} [onIncorrect] it was answered wrongly; another one follows by itself
 * @property {() => void} [onSolved] it was solved, and the request is sent again
 */

const SCRIPT_TIMEOUT = 15_000;

/** What the page says for each kind: a title, and what can be done. */
const TEXTS = /** @type {Record<Kind, [title: string, advice: string]>} */ ({
  'blocked': [
    'The security check did not load',
    'Check your connection, and whether an ad blocker or your network blocks awswaf.com. Then try again.',
  ],
  'unconfigured': [
    'The security check is not set up',
    'That is not your fault. Please come back later, or tell the people who run this site.',
  ],
  'refused': [
    'The security check does not work on this page',
    'That is not your fault. Please come back later, or tell the people who run this site.',
  ],
  'expired': [
    'The puzzle took too long',
    'It waits for a short time only. Try again for another one; what you typed is still there.',
  ],
  'offline': [
    'No connection',
    'The site or its security check cannot be reached. Check your connection, then try again.',
  ],
  'not-accepted': [
    'Your solution was not accepted',
    'Allow cookies for this site and try again. If that does not help, tell the people who run this site.',
  ],
  'failed': [
    'The security check failed',
    'Something went wrong on the way. Please try again.',
  ],
});

/** Why there is no answer, in words for the person in front of the page. */
export class CaptchaProblem extends Error {
  /**
   * @param {Kind} kind
   * @param {unknown} [cause]
   */
  constructor(kind, cause) {
    const [title, advice] = TEXTS[kind];
    super(advice, { cause });
    this.name = 'CaptchaProblem';
    this.kind = kind;
    this.title = title;
  }
}

/** @type {Promise<Config> | undefined} */
let loading;

/**
 * Loads key and script, once. Call it early, so that a blocked script is known before the form is filled in.
 *
 * @returns {Promise<Config>}
 */
export function loadCaptcha() {
  loading ??= loadConfig().then(async (config) => {
    await loadScript(config.scriptUrl);
    return config;
  });
  loading.catch(() => { loading = undefined; }); // the next call tries again
  return loading;
}

/**
 * @param {string} url a path of this site, which AWS WAF protects
 * @param {RequestInit} init
 * @param {Place} place
 * @returns {Promise<Response>}
 * @throws {CaptchaProblem}
 */
export async function fetchWithCaptcha(url, init, place) {
  const config = await loadCaptcha();
  const response = await send(url, init);
  if (!wantsCaptcha(response)) return response;

  await solve(config, place);
  place.onSolved?.();
  const second = await send(url, init);
  if (wantsCaptcha(second)) throw new CaptchaProblem('not-accepted');
  return second;
}

/**
 * AWS WAF's answer to a request without a token that proves a solved puzzle. Scripts can read its header on the same origin only.
 *
 * @param {Response} response
 */
function wantsCaptcha(response) {
  return response.status === 405 && response.headers.get('x-amzn-waf-action') === 'captcha';
}

/**
 * @param {Config} config
 * @param {Place} place
 */
async function solve(config, place) {
  try {
    await renderPuzzle(config.apiKey, place);
  } catch (problem) {
    if (!(problem instanceof CaptchaProblem && problem.kind === 'refused')) throw problem;
    // A tab can be older than the key: after a rotation the old one is refused, and config.json holds the new one.
    const current = await loadConfig();
    if (current.apiKey === config.apiKey) throw problem;
    loading = Promise.resolve(current);
    await renderPuzzle(current.apiKey, place);
  }
}

/**
 * @param {string} apiKey
 * @param {Place} place
 * @returns {Promise<void>}
 */
function renderPuzzle(apiKey, { container, onPuzzle, onIncorrect }) {
  container.replaceChildren();
  return /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
    AwsWafCaptcha.renderCaptcha(container, {
      apiKey,
      onSuccess: () => resolve(),
      onError: (error) => reject(new CaptchaProblem(KIND_OF_ERROR[error.kind] ?? 'failed', error)),
      onPuzzleTimeout: () => reject(new CaptchaProblem('expired')),
      onPuzzleIncorrect: onIncorrect,
      onLoad: onPuzzle,
      dynamicWidth: true,
      defaultLocale: navigator.language,
    });
  })).finally(() => container.replaceChildren());
}

/** @type {Readonly<Record<string, Kind>>} */
const KIND_OF_ERROR = {
  client_error: 'refused', // the key is not, or no longer, one for this page's domain
  network_error: 'offline',
  token_error: 'not-accepted',
};

/**
 * @param {string} url
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 */
async function send(url, init) {
  try {
    return await AwsWafIntegration.fetch(url, init);
  } catch (error) {
    throw new CaptchaProblem('offline', error);
  }
}

/** @returns {Promise<Config>} */
async function loadConfig() {
  const response = await fetch('config.json', { cache: 'no-cache' }).catch((error) => { throw new CaptchaProblem('offline', error); });
  try {
    if (!response.ok) throw new Error(`config.json: HTTP ${response.status}`);
    const { apiKey, scriptUrl } = await response.json();
    if (!apiKey || !scriptUrl) throw new Error('config.json: apiKey or scriptUrl is missing');
    return { apiKey, scriptUrl };
  } catch (error) {
    throw new CaptchaProblem('unconfigured', error);
  }
}

/**
 * @param {string} url
 * @returns {Promise<void>}
 */
function loadScript(url) {
  if ('AwsWafCaptcha' in globalThis) return Promise.resolve(); // a second load fails: its custom element is defined already
  const script = document.createElement('script');
  return /** @type {Promise<void>} */ (new Promise((resolve, reject) => {
    const fail = () => reject(new CaptchaProblem('blocked', new Error(`cannot load ${url}`)));
    setTimeout(fail, SCRIPT_TIMEOUT); // a firewall that swallows packets raises no error for minutes
    script.onload = () => resolve();
    script.onerror = fail;
    script.src = url;
    document.head.append(script);
  })).catch((problem) => {
    script.remove();
    throw problem;
  });
}
