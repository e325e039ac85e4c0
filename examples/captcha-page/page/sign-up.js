// @ts-check
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

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void signUp();
});

// Shows that the script is blocked before the form is filled in.
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
    const { apiUrl = '' } = await loadCaptcha(); // only if the API is on another host
    const body = JSON.stringify({ email: email.value });
    const response = await fetchWithCaptcha(`${apiUrl}/api/sign-up`, {
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
  const { title, message, code } = error instanceof CaptchaError
    ? error
    : { title: 'We could not sign you up', message: error instanceof Error ? error.message : '', code: 'sign-up' };
  const content = /** @type {DocumentFragment} */ (problemTemplate.content.cloneNode(true));
  const [heading, advice, button, note] = content.children;
  heading.textContent = title;
  advice.textContent = message;
  button.addEventListener('click', again);
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
