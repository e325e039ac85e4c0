'use client';
// From cdk-waf-captcha-api-key, examples/captcha-page-react. Version 1.0.0, 2026-11-29.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { CaptchaError, type ConfigSource } from './captcha.js';
import { useCaptcha } from './use-captcha';

/**
 * The form of examples/captcha-page as a component.
 *
 * @param config The address of config.json, or the values that a server rendered into the page.
 */
export function SignUp({ config }: { readonly config?: ConfigSource }) {
  const { container, puzzle, loadError, load, fetch } = useCaptcha(config);
  const [stage, setStage] = useState<'filling-in' | 'sending' | 'done'>('filling-in');
  const [sent, setSent] = useState(''); // what is confirmed, whatever is typed meanwhile
  const [error, setError] = useState<unknown>();
  const field = useRef<HTMLInputElement>(null);
  const submit = useRef<HTMLButtonElement>(null);
  const check = useFocusWhen(puzzle !== 'none');
  const problem = useFocusWhen(error !== undefined);
  const done = useFocusWhen(stage === 'done');

  async function signUp(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    if (stage === 'sending') return;
    const email = String(new FormData(event.currentTarget).get('email'));
    setError(undefined);
    setSent(email);
    setStage('sending');
    try {
      const body = JSON.stringify({ email });
      const response = await fetch('/api/sign-up', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amz-content-sha256': await sha256(body) },
        body,
      });
      if (!response.ok) throw new Error(`The site returned an error (${response.status}).`);
      setStage('done');
    } catch (reason) {
      setError(reason);
      setStage('filling-in');
    }
  }

  function loadAgain() {
    field.current?.focus(); // the button that has it goes
    load();
  }

  /** Sends the form as if the visitor had pressed its button, which keeps the focus. */
  function sendAgain() {
    submit.current?.focus();
    submit.current?.form?.requestSubmit(submit.current);
  }

  const wrong = error ?? (stage === 'filling-in' ? loadError : undefined);
  return <>
    <h1>Sign up for our letter</h1>
    <p>One letter a month. Leave whenever you like.</p>

    <form onSubmit={(event) => void signUp(event)} hidden={stage === 'done'}>
      <label htmlFor="email">E-mail address</label>
      <input ref={field} id="email" name="email" type="email" autoComplete="email" required />
      {/* Not disabled, because that would take the focus from it. */}
      <button ref={submit} aria-disabled={stage === 'sending'}>Sign up</button>
    </form>

    <section ref={check} id="check" tabIndex={-1} aria-labelledby="check-title" hidden={puzzle === 'none'}>
      <h2 id="check-title">One more step</h2>
      <p>Solve this puzzle, so that we know that you are a person.</p>
      <div ref={container} id="captcha" />
    </section>

    <p id="status" role="status">
      {puzzle === 'incorrect' && 'That was not it. Here is another puzzle.'}
      {puzzle === 'none' && stage === 'sending' && 'Sending…'}
    </p>

    <section ref={problem} id="problem" tabIndex={-1} role="alert">
      {wrong !== undefined && <Problem error={wrong} again={error === undefined ? loadAgain : sendAgain} />}
    </section>

    <section ref={done} id="done" tabIndex={-1} aria-labelledby="done-title" hidden={stage !== 'done'}>
      <h2 id="done-title">Thank you</h2>
      <p>Your next letter goes to <strong>{sent}</strong>.</p>
    </section>
  </>;
}

/** What is wrong, what the visitor can do, and a code to quote to the people who run the site. */
function Problem({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const { title, message, code, needsReload } = error instanceof CaptchaError ? error : {
    title: 'We could not sign you up', message: error instanceof Error ? error.message : '', code: 'sign-up',
  };
  return <>
    <h2>{title}</h2>
    <p>{message}</p>
    {needsReload
      ? <button type="button" onClick={() => location.reload()}>Reload the page</button>
      : <button type="button" onClick={again}>Try again</button>}
    <small>Code: {code}, on {location.hostname}</small>
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
