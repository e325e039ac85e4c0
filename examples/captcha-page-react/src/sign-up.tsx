'use client';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { ConfigSource } from './captcha.js';
import { Problem } from './problem';
import { useCaptcha } from './use-captcha';

/**
 * The form of examples/captcha-page as a component.
 *
 * @param config The address of config.json, or the values that a server rendered into the page.
 */
export function SignUp({ config }: { readonly config?: ConfigSource }) {
  const captcha = useCaptcha(config);
  const [email, setEmail] = useState('');
  const [stage, setStage] = useState<'filling-in' | 'sending' | 'done'>('filling-in');
  const [error, setError] = useState<unknown>();
  const check = useFocusWhen(captcha.puzzle !== 'none');
  const done = useFocusWhen(stage === 'done');

  async function signUp(event?: FormEvent) {
    event?.preventDefault();
    setError(undefined);
    setStage('sending');
    try {
      const body = JSON.stringify({ email });
      const response = await captcha.fetch('/api/sign-up', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amz-content-sha256': await sha256(body) },
        body,
      });
      if (!response.ok) throw new Error(`The site returned an error (${response.status}).`);
      setStage('done');
    } catch (problem) {
      setError(problem);
      setStage('filling-in');
    }
  }

  return <>
    <h1>Sign up for our letter</h1>
    <p>One letter a month. Leave whenever you like.</p>

    <form onSubmit={signUp} hidden={stage === 'done'}>
      <label htmlFor="email">E-mail address</label>
      <input id="email" type="email" autoComplete="email" required
        value={email} onChange={(event) => setEmail(event.target.value)} />
      <button disabled={stage === 'sending'}>Sign up</button>
    </form>

    <section ref={check} id="check" tabIndex={-1} aria-labelledby="check-title" hidden={captcha.puzzle === 'none'}>
      <h2 id="check-title">One more step</h2>
      <p>Solve this puzzle, so that we know that you are a person.</p>
      <div ref={captcha.container} id="captcha" />
    </section>

    <p id="status" role="status">
      {captcha.puzzle === 'incorrect' && 'That was not it. Here is another puzzle.'}
      {captcha.puzzle === 'none' && stage === 'sending' && 'Sending…'}
    </p>

    <section id="problem" role="alert">
      {error !== undefined && <Problem error={error} again={() => void signUp()} />}
      {error === undefined && captcha.loadError !== undefined
        && <Problem error={captcha.loadError} again={captcha.load} />}
    </section>

    <section ref={done} id="done" tabIndex={-1} aria-labelledby="done-title" hidden={stage !== 'done'}>
      <h2 id="done-title">Thank you</h2>
      <p>Your next letter goes to <strong>{email}</strong>.</p>
    </section>
  </>;
}

/** Moves the focus to an element when it appears, for visitors who cannot see it. */
function useFocusWhen(shown: boolean) {
  const element = useRef<HTMLElement>(null);
  useEffect(() => { if (shown) element.current?.focus(); }, [shown]);
  return element;
}

/** CloudFront signs requests to the function, but does not hash the body. The page sends the hash. */
async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
