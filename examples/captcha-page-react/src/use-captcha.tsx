'use client';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { type ConfigSource, fetchWithCaptcha, loadCaptcha } from './captcha.js';

export interface Captcha {
  /** For the element that shows the puzzle. Render it always; it may be hidden. */
  readonly container: RefObject<HTMLDivElement | null>;
  readonly puzzle: 'none' | 'shown' | 'incorrect';
  /** Why the script did not load; undefined if it did. */
  readonly loadError: unknown;
  load(): void;
  /** Like the global fetch, but may show a puzzle. Throws a CaptchaError. Aborts when the component is unmounted. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
}

/** @param config The address of config.json, or the values that a server rendered into the page. */
export function useCaptcha(config: ConfigSource = '/config.json'): Captcha {
  const container = useRef<HTMLDivElement>(null);
  const unmount = useRef<AbortController>(null);
  const puzzles = useRef(new Map<object, Captcha['puzzle']>()); // of the requests that wait for one
  const [puzzle, setPuzzle] = useState<Captcha['puzzle']>('none');
  const [loadError, setLoadError] = useState<unknown>();

  const load = useCallback(() => {
    setLoadError(undefined);
    loadCaptcha(config).catch(setLoadError);
  }, [config]);
  useEffect(load, [load]);

  useEffect(() => {
    const controller = unmount.current = new AbortController();
    return () => controller.abort();
  }, []);

  const fetch = useCallback(async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    const show = (state: Captcha['puzzle']) => {
      if (state === 'none') puzzles.current.delete(request);
      else puzzles.current.set(request, state);
      setPuzzle([...puzzles.current.values()][0] ?? 'none');
    };
    try {
      return await fetchWithCaptcha(request, { signal: AbortSignal.any([request.signal, unmount.current!.signal]) }, {
        container: container.current!,
        onPuzzle: () => show(puzzles.current.get(request) ?? 'shown'),
        onIncorrect: () => show('incorrect'),
        onSolved: () => show('none'),
      });
    } finally {
      show('none');
    }
  }, []);

  return { container, puzzle, loadError, load, fetch };
}
