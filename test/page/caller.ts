import { Scenario } from './scenario';

export const BODY = '{"email":"ada@example.com"}';
/** The arguments of a call that signs up, and the outcome of it. */
export const SIGN_UP = `'/api/sign-up', { method: 'POST', body: '${BODY}', signal }`;
export const SIGNED_UP = { status: 200, text: BODY };

/** What a call of fetchWithCaptcha came to. */
export interface Outcome {
  readonly status?: number;
  readonly text?: string;
  readonly name?: string;
  readonly code?: string;
  readonly cause?: string;
}

/** Calls fetchWithCaptcha of the example from a script in the page, as other pages would. */
export class Caller {
  public static async in(scenario: Scenario): Promise<Caller> {
    await scenario.open();
    const { page } = scenario.visitor;
    await page.evaluate(`(async () => {
      const { fetchWithCaptcha, loadCaptcha } = await import('/captcha.js');
      document.getElementById('check').hidden = false;
      const container = document.getElementById('captcha');
      window.events = [];
      window.record = (event) => {
        events.push(event);
        document.dispatchEvent(new Event('recorded'));
      };
      window.calls = {};
      window.aborts = {};
      window.outcomeOf = (promise) => promise.then(
        async (response) => ({ status: response.status, text: await response.text() }),
        (error) => ({ name: error.name ?? error, code: error.code, cause: error.cause?.name }),
      );
      window.send = (input, init, options) => outcomeOf(fetchWithCaptcha(input, init, {
        container,
        onPuzzle: () => record('puzzle'),
        onSolved: () => record('solved'),
        ...options,
      }));
    })()`);
    return new Caller(scenario);
  }

  private constructor(private readonly scenario: Scenario) {}

  /** Starts a call. The arguments are JavaScript. `signal` belongs to `abort(name)`. */
  public async start(name: string, args: string): Promise<void> {
    await this.scenario.visitor.page.evaluate(`{
      const { signal } = aborts[${JSON.stringify(name)}] = new AbortController();
      calls[${JSON.stringify(name)}] = send(${args});
    }
    undefined;`);
  }

  public async abort(name: string, reason = ''): Promise<void> {
    await this.scenario.visitor.page.evaluate(`aborts[${JSON.stringify(name)}].abort(${reason})`);
  }

  public outcome(name: string): Promise<Outcome> {
    return this.scenario.visitor.page.evaluate(`calls[${JSON.stringify(name)}]`);
  }

  /** Starts a call and waits for its outcome. */
  public async call(args: string): Promise<Outcome> {
    await this.start('only', args);
    return this.outcome('only');
  }

  public events(): Promise<string[]> {
    return this.scenario.visitor.page.evaluate('events');
  }

  /** Waits until the calls have reported so many events. */
  public async eventCount(count: number): Promise<void> {
    await this.scenario.visitor.page.evaluate(`new Promise((resolve) => {
      const check = () => events.length >= ${count} && resolve();
      document.addEventListener('recorded', check);
      check();
    })`);
  }

  public puzzles(): Promise<number> {
    return this.scenario.visitor.puzzle.count();
  }
}
