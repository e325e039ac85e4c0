// @ts-check
// From cdk-waf-captcha-api-key, examples/captcha-page. Version 1.0.0, 2026-11-29.
import { CaptchaError, fetchWithCaptcha, loadCaptcha } from './captcha.js';

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const element = (id) => /** @type {T} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (element('form'));
const email = /** @type {HTMLInputElement} */ (element('email'));
const submit = /** @type {HTMLButtonElement} */ (element('submit'));
const [check, captcha, status, problem, done] = ['check', 'captcha', 'status', 'problem', 'done']
  .map((id) => element(id));
const problemTemplate = /** @type {HTMLTemplateElement} */ (element('problem-template'));

let sending = false;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  if (!sending) void signUp(email.value);
});

// Shows that the script is blocked before the form is filled in.
loadCaptcha().catch((error) => showProblem(error, start));

function start() {
  clearProblem();
  email.focus();
  loadCaptcha().catch((error) => showProblem(error, start));
}

/** Sends the form as if the visitor had pressed its button, which keeps the focus. */
function sendAgain() {
  submit.focus();
  form.requestSubmit(submit);
}

/** @param {string} address what is sent and confirmed, whatever is typed meanwhile */
async function signUp(address) {
  clearProblem();
  showSending(true);
  try {
    const body = JSON.stringify({ email: address });
    const response = await fetchWithCaptcha('/api/sign-up', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-amz-content-sha256': await sha256(body) },
      body,
    }, {
      container: captcha,
      onPuzzle: () => {
        if (!check.hidden) return;
        check.hidden = false;
        status.textContent = '';
        check.focus();
      },
      onIncorrect: () => { status.textContent = 'That was not it. Here is another puzzle.'; },
      onSolved: () => {
        check.hidden = true;
        status.textContent = 'Sending…';
      },
    });
    if (!response.ok) throw new Error(`The site returned an error (${response.status}).`);
    showDone(address);
  } catch (error) {
    showProblem(error, sendAgain);
    problem.focus();
  } finally {
    check.hidden = true;
    showSending(false);
  }
}

/**
 * The button is not disabled, because that would take the focus from it.
 *
 * @param {boolean} now
 */
function showSending(now) {
  sending = now;
  submit.setAttribute('aria-disabled', String(now));
  status.textContent = now ? 'Sending…' : '';
}

/** @param {string} address */
function showDone(address) {
  form.hidden = true;
  element('done-email').textContent = address;
  done.hidden = false;
  done.focus();
}

/**
 * @param {unknown} error
 * @param {() => void} again
 */
function showProblem(error, again) {
  console.error(error);
  const { title, message, code, needsReload } = error instanceof CaptchaError ? error : {
    title: 'We could not sign you up', message: error instanceof Error ? error.message : '', code: 'sign-up',
  };
  const content = /** @type {DocumentFragment} */ (problemTemplate.content.cloneNode(true));
  const [heading, advice, button, note] = content.children;
  heading.textContent = title;
  advice.textContent = message;
  button.textContent = needsReload ? 'Reload the page' : 'Try again';
  button.addEventListener('click', needsReload ? () => location.reload() : again);
  note.textContent = `Code: ${code}, on ${location.hostname}`; // for a visitor who asks for help
  clearProblem();
  problem.append(content);
}

function clearProblem() {
  for (const child of [...problem.children]) if (child !== problemTemplate) child.remove();
}

/**
 * CloudFront signs requests to the function, but does not hash the body. The page sends the hash.
 *
 * @param {string} text
 */
async function sha256(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
