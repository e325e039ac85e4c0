// @ts-check
import { CaptchaProblem, fetchWithCaptcha, loadCaptcha } from './captcha.js';

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
const element = (id) => /** @type {T} */ (document.getElementById(id));
const form = /** @type {HTMLFormElement} */ (element('form'));
const email = /** @type {HTMLInputElement} */ (element('email'));
const submit = /** @type {HTMLButtonElement} */ (element('submit'));
const [check, captcha, status, problem, done] = ['check', 'captcha', 'status', 'problem', 'done'].map((id) => element(id));
const problemTemplate = /** @type {HTMLTemplateElement} */ (element('problem-template'));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void signUp();
});

// A blocked script is known at once, not after the form is filled in.
loadCaptcha().catch((error) => showProblem(error, start));

function start() {
  clearProblem();
  email.focus();
  loadCaptcha().catch((error) => showProblem(error, start));
}

async function signUp() {
  clearProblem();
  submit.disabled = true;
  status.textContent = 'Sending…';
  try {
    const body = JSON.stringify({ email: email.value });
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
    if (!response.ok) throw new Error(`The site answered with an error (${response.status}).`);
    showDone();
  } catch (error) {
    showProblem(error, signUp);
  } finally {
    check.hidden = true;
    submit.disabled = false;
    status.textContent = '';
  }
}

function showDone() {
  form.hidden = true;
  element('done-email').textContent = email.value;
  done.hidden = false;
  done.focus();
}

/**
 * @param {unknown} error
 * @param {() => void} again
 */
function showProblem(error, again) {
  console.error(error);
  const { title, message, kind } = error instanceof CaptchaProblem
    ? error
    : { title: 'We could not sign you up', message: error instanceof Error ? error.message : String(error), kind: 'sign-up' };
  const content = /** @type {DocumentFragment} */ (problemTemplate.content.cloneNode(true));
  const [heading, advice, button, code] = content.children;
  heading.textContent = title;
  advice.textContent = message;
  button.addEventListener('click', again);
  code.textContent = `Code: ${kind}, on ${location.hostname}`; // what a user can read out, and the operator look up
  clearProblem();
  problem.append(content);
}

function clearProblem() {
  for (const child of [...problem.children]) if (child !== problemTemplate) child.remove();
}

/**
 * CloudFront signs what it sends to the function, but not the body: its hash comes from here.
 *
 * @param {string} text
 */
async function sha256(text) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
