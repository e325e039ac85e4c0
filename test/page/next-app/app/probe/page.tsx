'use client';
import { useEffect, useState } from 'react';
import { useCaptcha } from '../captcha/use-captcha';

/** What a test passes to the page, and what it reads from it. */
declare global {
  var captchaConfig: { apiKey: string; scriptUrl: string } | undefined;
  var renders: number | undefined;
  var outcome: Promise<number | string> | undefined;
}

/** Passes a new object in each render, as pages do that get the values from their server. */
function Form() {
  const captcha = useCaptcha({ ...(globalThis.captchaConfig ?? { apiKey: '', scriptUrl: '' }) });
  useEffect(() => { globalThis.renders = (globalThis.renders ?? 0) + 1; });
  const { container, puzzle, loadError, load, fetch } = captcha;
  const send = () => {
    const sent = fetch('/api/sign-up', { method: 'POST', body: '{"email":"ada@example.com"}' });
    globalThis.outcome = sent.then((response) => response.status, (error: Error) => error.name);
  };
  return <>
    <button onClick={send}>Send</button>
    <div ref={container} />
    <p role="status">{puzzle}</p>
    {loadError instanceof Error && <p role="alert">{loadError.name} <button onClick={load}>Try again</button></p>}
  </>;
}

export default function Page() {
  const [isShown, setShown] = useState(true);
  return <>
    {isShown && <Form />}
    <button onClick={() => setShown(false)}>Leave</button>
  </>;
}
