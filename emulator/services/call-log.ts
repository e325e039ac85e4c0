export interface Call {
  /** As asked for; empty when the request names none. */
  readonly operation: string;
  readonly account?: string;
  readonly region?: string;
  readonly scope?: string;
  /** The request's members as they came. */
  readonly input: Readonly<Record<string, unknown>>;
  /** When the request came, in milliseconds of the emulator's clock. */
  readonly time: number;
  /** `ok`, the error's code, or the fault that kept the client from a response it could read. */
  readonly outcome: string;
  /** Absent if the client received no response. */
  readonly status?: number;
}

export class CallLog {
  private calls: Call[] = [];

  get all(): readonly Call[] {
    return this.calls;
  }

  add(call: Call): void {
    this.calls.push(call);
  }

  reset(): void {
    this.calls = [];
  }
}
