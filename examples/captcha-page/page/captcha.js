// @ts-check
// From cdk-waf-captcha-api-key, examples/captcha-page. Version 1.0.0, 2026-11-29.
import { CaptchaError, loadCaptcha, reloadConfig } from './captcha-loader.js';

export { CaptchaError, loadCaptcha };

/**
 * A fetch that shows the CAPTCHA puzzle of AWS WAF when AWS WAF asks for one. Copy this file and captcha-loader.js.
 *
 *     const response = await fetchWithCaptcha('/api/sign-up', { method: 'POST', body }, { container });
 *
 * It loads the key and the script URL from /config.json, loads the script, and sends the request with the script's
 * token. If AWS WAF asks for a puzzle, it shows one in the container and sends the request again. In all else it
 * behaves as fetch. A request without a response is not sent again, because the site may have processed it.
 */

/**
 * @typedef {import('./captcha-loader.js').Config} Config
 * @typedef {import('./captcha-loader.js').ConfigSource} ConfigSource
 * @typedef {object} CaptchaOptions
 * @property {HTMLElement} container where the puzzle is shown. Requests at the same time share one puzzle.
 * @property {ConfigSource} [config] see loadCaptcha
 * @property {boolean} [puzzleFirst] Shows the puzzle before the request is sent. An API on another host requires it,
 * because a page cannot read that AWS WAF asks for a puzzle there.
 * @property {() => void} [onPuzzle] called when a puzzle is visible
 * @property {() => void} [onIncorrect] called after an incorrect solution, which AWS WAF follows with another puzzle
 * @property {() => void} [onSolved] called when the puzzle is solved and the request is sent again
 */

/** The token of the last solved puzzle. @type {string | undefined} */
let latestToken;

/**
 * @param {RequestInfo | URL} input as for fetch
 * @param {RequestInit | undefined} init as for fetch. An abort removes the puzzle unless another request waits for it.
 * @param {CaptchaOptions} options
 * @returns {Promise<Response>} The response of the site, whatever its status.
 * @throws {CaptchaError} when the security check or the network fails. All else is thrown as fetch does.
 */
export async function fetchWithCaptcha(input, init, options) {
  const ownOptions = { ...options };
  const original = new Request(input, init);
  const loaded = loadCaptcha(ownOptions.config); // before the first wait, after which the caller may change its values
  const request = await makeRepeatable(original);
  await unlessAborted(loaded, request.signal);
  const handled = new Set();
  let token;
  if (ownOptions.puzzleFirst) {
    handled.add('captcha');
    token = await solvePuzzle(ownOptions, request.signal);
  }
  for (;;) {
    const before = latestToken;
    const response = await send(request, token);
    const action = response.headers.get('x-amzn-waf-action'); // null if the site itself responded
    if (action !== 'captcha' && action !== 'challenge') return response;
    if (action === 'captcha' && latestToken !== before) {
      token = latestToken; // a puzzle of another request was solved in the meantime
    } else if (handled.has(action)) {
      throw new CaptchaError('not-accepted', new Error(`AWS WAF asks for a ${action} again`));
    } else {
      handled.add(action);
      token = await (action === 'captcha' ? solvePuzzle(ownOptions, request.signal) : refreshToken(request.signal));
    }
  }
}

/**
 * A body can be sent only once, so its content is read first.
 *
 * @param {Request} request
 */
async function makeRepeatable(request) {
  const body = await unlessAborted(request.clone().blob(), request.signal);
  if (body.size === 0) return request;
  const { referrer, referrerPolicy } = request; // reset to their defaults by the constructor
  return new Request(request, { body, referrer, referrerPolicy });
}

/**
 * @param {Request} request
 * @param {string | undefined} token the script's own token if undefined
 */
async function send(request, token) {
  const attempt = request.clone();
  attempt.headers.set('x-aws-waf-token', token ?? await getToken(request.signal));
  try {
    return await fetch(attempt);
  } catch (error) {
    request.signal.throwIfAborted();
    throw error instanceof TypeError ? new CaptchaError('offline', error) : error;
  }
}

/** @param {AbortSignal} signal */
function getToken(signal) {
  return unlessAborted(AwsWafIntegration.getToken().catch(throwCaptchaError), signal);
}

/**
 * AWS WAF's silent challenge: the script solves it by itself when it gets a new token.
 *
 * @param {AbortSignal} signal
 */
async function refreshToken(signal) {
  await unlessAborted(AwsWafIntegration.forceRefreshToken().catch(throwCaptchaError), signal);
  return getToken(signal);
}

/** The open puzzles by their container. @type {Map<HTMLElement, Puzzle>} */
const puzzles = new Map();

/**
 * @param {CaptchaOptions} options
 * @param {AbortSignal} signal
 */
function solvePuzzle(options, signal) {
  const puzzle = puzzles.get(options.container) ?? new Puzzle(options.container);
  return puzzle.wait(options, signal);
}

/** One puzzle, and the requests that wait for its solution. */
class Puzzle {
  /** @type {Set<CaptchaOptions>} */
  waiting = new Set();
  visible = false;

  /** @param {HTMLElement} container */
  constructor(container) {
    this.container = container;
    this.element = container.appendChild(document.createElement('div'));
    puzzles.set(container, this);
    this.token = this.solve().finally(() => this.close());
    this.token.catch(() => {}); // every waiting call may have been aborted
  }

  /**
   * @param {CaptchaOptions} options
   * @param {AbortSignal} signal
   */
  async wait(options, signal) {
    this.waiting.add(options);
    try {
      if (this.visible) options.onPuzzle?.();
      const token = await unlessAborted(this.token, signal);
      options.onSolved?.();
      return token;
    } finally {
      this.waiting.delete(options);
      if (this.waiting.size === 0) this.close();
    }
  }

  close() {
    this.element.remove();
    if (puzzles.get(this.container) === this) puzzles.delete(this.container);
  }

  async solve() {
    const { apiKey } = await loadCaptcha();
    try {
      return await this.render(apiKey);
    } catch (error) {
      if (!(error instanceof CaptchaError && error.code === 'refused')) throw error;
      const current = await reloadConfig();
      if (!current || current.apiKey === apiKey) throw error;
      return this.render(current.apiKey);
    }
  }

  /**
   * @param {string} apiKey
   * @returns {Promise<string>} the token
   */
  render(apiKey) {
    this.element.replaceChildren();
    return new Promise((resolve, reject) => {
      AwsWafCaptcha.renderCaptcha(this.element, {
        apiKey,
        onSuccess: (token) => resolve(latestToken = token),
        onError: (error) => reject(toCaptchaError(error)),
        onPuzzleTimeout: () => reject(new CaptchaError('expired')),
        onPuzzleIncorrect: () => this.waiting.forEach(({ onIncorrect }) => onIncorrect?.()),
        onLoad: () => {
          this.visible = true;
          this.waiting.forEach(({ onPuzzle }) => onPuzzle?.());
        },
        dynamicWidth: true,
        defaultLocale: navigator.language,
      });
    });
  }
}

/** The errors of the script by their kind. @type {Readonly<Record<string, import('./captcha-loader.js').Code>>} */
const CODES = {
  client_error: 'refused', // the key is deleted, or is not for the domain of the page
  network_error: 'offline',
  token_error: 'not-accepted',
};

/** @param {any} error */
const toCaptchaError = (error) => new CaptchaError(CODES[error?.kind] ?? 'failed', error);

/** @type {(error: unknown) => never} */
const throwCaptchaError = (error) => { throw toCaptchaError(error); };

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {AbortSignal} signal
 * @returns {Promise<T>} rejected with the reason of an abort, as fetch is
 */
function unlessAborted(promise, signal) {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
