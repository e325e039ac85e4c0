/*
 * Stands in for AWS WAF's jsapi.js in the browser: the same two globals,
 * the same custom element with a shadow root and a style of its own,
 * and a server behind it that knows which keys exist. The puzzle is one that a test can solve.
 */
(() => {
  const server = new URL('.', document.currentScript.src);
  const COOKIE = 'aws-waf-token';
  const SHAPES = {
    circle: '<circle cx="24" cy="24" r="17"/>',
    square: '<rect x="8" y="8" width="32" height="32"/>',
    triangle: '<path d="M24 6l19 34H5z"/>',
    cross: '<path d="M18 6h12v12h12v12H30v12H18V30H6V18h12z"/>',
  };
  const STYLE = `
    :host { display: block; font: 1rem system-ui, sans-serif; color: #222; }
    fieldset { min-width: 0; margin: 0; padding: 1rem; border: 1px solid #bbb; border-radius: .5rem; background: #fff; }
    legend { padding: 0 .4rem; font-weight: 600; background: #fff; border-radius: .3rem; }
    div { display: flex; flex-wrap: wrap; gap: .75rem; justify-content: center; }
    button { padding: .5rem; border: 2px solid #ccc; border-radius: .5rem; background: #f6f6f6; cursor: pointer; }
    button:hover, button:focus-visible { border-color: #1f5f8b; }
    svg { display: block; width: 3rem; fill: #3b6e57; }`;

  /** Throws as the script does: an error with a kind, and the status if there was a response. */
  async function post(path, content) {
    let response;
    try {
      response = await fetch(new URL(path, server), { method: 'POST', body: JSON.stringify(content) });
    } catch (cause) {
      throw Object.assign(new Error('no response', { cause }), { kind: 'network_error' });
    }
    if (response.ok) return response.json();
    const kind = response.status < 500 ? 'client_error' : 'internal_error';
    throw Object.assign(new Error(await response.text()), { kind, statusCode: response.status });
  }

  const readToken = () => document.cookie.split('; ').find((cookie) => cookie.startsWith(`${COOKIE}=`))?.slice(
    COOKIE.length + 1,
  );
  const keepToken = (token) => { document.cookie = `${COOKIE}=${token}; path=/; samesite=lax`; };

  async function getToken() {
    if (!readToken()) keepToken((await post('token', {})).token);
    return readToken();
  }

  globalThis.AwsWafIntegration = {
    getToken,
    hasToken: () => Boolean(readToken()),
    forceRefreshToken: async () => keepToken((await post('token', {})).token),
    saveReferrer: () => {},
    fetch: async (input, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('x-aws-waf-token', await getToken());
      return globalThis.fetch(input, { ...init, headers });
    },
  };

  customElements.define('awswaf-captcha', class extends HTMLElement {
    constructor() {
      super();
      this.attachShadow({ mode: 'open' });
    }

    show(problem, choose) {
      this.shadowRoot.innerHTML = `<style>${STYLE}</style>
        <fieldset><legend>Choose the ${problem.wanted}</legend><div></div></fieldset>`;
      for (const shape of problem.shapes) {
        const button = document.createElement('button');
        button.type = 'button';
        button.setAttribute('aria-label', shape);
        button.innerHTML = `<svg viewBox="0 0 48 48" aria-hidden="true">${SHAPES[shape]}</svg>`;
        button.addEventListener('click', () => choose(shape));
        this.shadowRoot.querySelector('div').append(button);
      }
    }
  });

  globalThis.AwsWafCaptcha = {
    async renderCaptcha(
      container, { apiKey, onSuccess, onError, onLoad, onPuzzleTimeout, onPuzzleIncorrect, onPuzzleCorrect },
    ) {
      const element = container.appendChild(document.createElement('awswaf-captcha'));
      const next = async () => {
        const problem = await post('problem', { apiKey, cookieDomains: globalThis.awsWafCookieDomainList });
        const timeout = setTimeout(() => onPuzzleTimeout?.(), problem.expiresInMs);
        element.show(problem, (shape) => void attempt(async () => {
          clearTimeout(timeout);
          const { token } = await post('solution', { id: problem.id, shape });
          if (!token) {
            onPuzzleIncorrect?.();
            return next();
          }
          onPuzzleCorrect?.();
          keepToken(token);
          onSuccess(token);
        }));
        onLoad?.();
      };
      const attempt = (action) => action().catch((error) => onError?.(error));
      await attempt(next);
    },
  };

  void getToken().catch(() => {}); // the script fetches a token in the background
})();
