import { CaptchaProblem } from '../../captcha-page/page/captcha.js';

/** What is wrong, what can be done, and a code to read out to the people who run the site. */
export function Problem({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const { title, message, kind } = error instanceof CaptchaProblem
    ? error
    : { title: 'We could not sign you up', message: error instanceof Error ? error.message : String(error), kind: 'sign-up' };
  return <>
    <h2>{title}</h2>
    <p>{message}</p>
    <button type="button" onClick={again}>Try again</button>
    <small>Code: {kind}, on {location.hostname}</small>
  </>;
}
