'use client';
// From cdk-waf-captcha-api-key, examples/captcha-page-react. Version 1.0.0, 2026-11-29.
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type CaptchaOptions, type ConfigSource, fetchWithCaptcha, loadCaptcha } from './captcha.js';

export interface Captcha {
  /**
   * The ref of the element that shows the puzzle. Render it always; it may be hidden. Take it out of what the hook
   * returns, as in `const { container, fetch } = useCaptcha()`: for the linter of React, an object with a ref is a ref.
   */
  readonly container: RefObject<HTMLDivElement | null>;
  readonly puzzle: 'none' | 'shown' | 'incorrect';
  /** Why the script did not load; undefined if it did. */
  readonly loadError: unknown;
  /** Tries again to load the script. */
  load(): void;
  /** Like the global fetch, but may show a puzzle. Throws a CaptchaError. Aborts when the component is unmounted. */
  fetch(
    input: RequestInfo | URL, init?: RequestInit, options?: Pick<CaptchaOptions, 'puzzleFirst'>,
  ): Promise<Response>;
}

/** @param config The address of config.json, or the values that a server rendered into the page. */
export function useCaptcha(config: ConfigSource = '/config.json'): Captcha {
  const source = JSON.stringify(config); // another object with the same values is the same configuration
  const container = useRef<HTMLDivElement>(null);
  const unmount = useRef<AbortController>(null);
  const puzzles = useRef(new Map<object, Captcha['puzzle']>()); // of the requests that wait for one
  const [puzzle, setPuzzle] = useState<Captcha['puzzle']>('none');
  const [failure, setFailure] = useState<{ readonly source: string; readonly error: unknown }>();

  const attempt = useCallback(() => {
    loadCaptcha(JSON.parse(source) as ConfigSource).then(
      () => setFailure(undefined), (error: unknown) => setFailure({ source, error }),
    );
  }, [source]);
  useEffect(attempt, [attempt]);

  const load = useCallback(() => {
    setFailure(undefined);
    attempt();
  }, [attempt]);

  useEffect(() => {
    const controller = unmount.current = new AbortController();
    return () => controller.abort();
  }, []);

  const fetch = useCallback<Captcha['fetch']>(async (input, init, options) => {
    const request = new Request(input, init);
    const show = (state: Captcha['puzzle']) => {
      if (state === 'none') puzzles.current.delete(request);
      else puzzles.current.set(request, state);
      setPuzzle([...puzzles.current.values()][0] ?? 'none');
    };
    if (!container.current) throw new Error('useCaptcha: render an element with the ref `container`');
    attempt(); // so that loadError is up to date
    try {
      return await fetchWithCaptcha(request, { signal: AbortSignal.any([request.signal, unmount.current!.signal]) }, {
        ...options,
        config: JSON.parse(source) as ConfigSource,
        container: container.current,
        onPuzzle: () => show(puzzles.current.get(request) ?? 'shown'),
        onIncorrect: () => show('incorrect'),
        onSolved: () => show('none'),
      });
    } finally {
      show('none');
    }
  }, [attempt, source]);

  return { container, puzzle, loadError: failure?.source === source ? failure.error : undefined, load, fetch };
}
