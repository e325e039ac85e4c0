import { RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { CaptchaProblem, fetchWithCaptcha, loadCaptcha } from '../../captcha-page/page/captcha.js'; // copy it beside this file

export interface Captcha {
  /** For the element in which a puzzle is shown; it has to be there always, and may be hidden. */
  readonly container: RefObject<HTMLDivElement | null>;
  readonly puzzle: 'none' | 'shown' | 'answered-wrongly';
  /** Why the script did not load; undefined if it did. */
  readonly loadProblem?: CaptchaProblem;
  load(): void;
  /** As the global fetch, but that a puzzle may come in between. Throws a CaptchaProblem. */
  fetch(url: string, init: RequestInit): Promise<Response>;
}

export function useCaptcha(): Captcha {
  const container = useRef<HTMLDivElement>(null);
  const [puzzle, setPuzzle] = useState<Captcha['puzzle']>('none');
  const [loadProblem, setLoadProblem] = useState<CaptchaProblem>();

  const load = useCallback(() => {
    setLoadProblem(undefined);
    loadCaptcha().catch(setLoadProblem);
  }, []);
  useEffect(load, [load]);

  const fetch = useCallback(async (url: string, init: RequestInit) => {
    try {
      return await fetchWithCaptcha(url, init, {
        container: container.current!,
        onPuzzle: () => setPuzzle((before) => before === 'none' ? 'shown' : before),
        onIncorrect: () => setPuzzle('answered-wrongly'),
        onSolved: () => setPuzzle('none'),
      });
    } finally {
      setPuzzle('none');
    }
  }, []);

  return { container, puzzle, loadProblem, load, fetch };
}
