'use client';
import { CaptchaError } from './captcha.js';

/** What is wrong, what the visitor can do, and a code to quote to the people who run the site. */
export function Problem({ error, again }: { readonly error: unknown; readonly again: () => void }) {
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
