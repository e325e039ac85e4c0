// From cdk-waf-captcha-api-key, examples/captcha-page. Version 1.0.0, 2026-11-29.

/** The construct's `clientConfig`. */
export interface Config {
  apiKey: string;
  scriptUrl: string;
  [other: string]: string;
}

/** An address, relative to the site's root, or the values themselves. */
export type ConfigSource = string | URL | Config;

export interface CaptchaOptions {
  /** Where the puzzle is shown. Requests at the same time share one puzzle. */
  container: HTMLElement;
  /** See loadCaptcha. */
  config?: ConfigSource;
  /**
   * Shows the puzzle before the request is sent. An API on another host requires it, because a page cannot read that
   * AWS WAF asks for a puzzle there.
   */
  puzzleFirst?: boolean;
  /** Called when a puzzle is visible. */
  onPuzzle?: () => void;
  /** Called after an incorrect solution, which AWS WAF follows with another puzzle. */
  onIncorrect?: () => void;
  /** Called when the puzzle is solved and the request is sent. */
  onSolved?: () => void;
}

/** Why the request was not accepted, in words for the visitor. The cause holds the technical reason. */
export declare class CaptchaError extends Error {
  constructor(code: CaptchaError['code'], cause?: unknown, needsReload?: boolean);
  code: 'blocked' | 'unconfigured' | 'refused' | 'expired' | 'offline' | 'not-accepted' | 'failed';
  title: string;
  /** Whether only reloading the page can help. */
  needsReload: boolean;
}

/**
 * Loads the key and the script, once. Call it early: a blocked script is known before the form is filled in.
 *
 * @param config Where the values come from, in all later calls, too. Default: /config.json.
 * @returns what config.json holds
 * @throws CaptchaError
 */
export declare function loadCaptcha(config?: ConfigSource): Promise<Config>;

/**
 * A fetch that shows the CAPTCHA puzzle of AWS WAF when AWS WAF asks for one.
 *
 * @param init As for fetch. An abort removes the puzzle unless another request waits for it.
 * @returns The response of the site, whatever its status.
 * @throws CaptchaError when the security check or the network fails. All else is thrown as fetch does.
 */
export declare function fetchWithCaptcha(
  input: RequestInfo | URL, init: RequestInit | undefined, options: CaptchaOptions,
): Promise<Response>;
