import type { Clock } from '.';
import { Caller, Scope } from './api-keys';
import * as errors from '../errors';
import { OPERATION_NAMES, OperationName } from '../model/input';

/** Faults that are errors of the service. */
export const ERROR_FAULTS = {
  AccessDeniedException: (operation: string, { account }: Caller) => new errors.AccessDeniedException(
    `User: arn:aws:sts::${account}:assumed-role/emulator/emulator is not authorized to perform: wafv2:${operation}`
      + ` because no identity-based policy allows the wafv2:${operation} action`,
  ),
  ThrottlingException: () => new errors.ThrottlingException(),
  UnrecognizedClientException: () => new errors.UnrecognizedClientException(),
  WAFInternalErrorException: () => new errors.WAFInternalErrorException(),
  WAFInvalidOperationException: () => new errors.WAFInvalidOperationException(),
  WAFOptimisticLockException: () => new errors.WAFOptimisticLockException(),
};

/**
 * The `-after` kinds do what was asked for and then keep the response from the client; `slow` and `truncated-body` act
 * too. The others do not act.
 */
export const CONNECTION_FAULTS = [
  'service-unavailable',
  'reset-before',
  'reset-after',
  'hang',
  'hang-after',
  'slow',
  'truncated-body',
] as const;

export type FaultKind = keyof typeof ERROR_FAULTS | typeof CONNECTION_FAULTS[number];

export interface Fault {
  readonly kind: FaultKind;
  /** @default - any operation */
  readonly operation?: OperationName;
  /** @default - any region */
  readonly region?: string;
  /** @default - any scope */
  readonly scope?: Scope;
  /** How many matching calls fail. @default - 1, or no limit if `forMs` is given */
  readonly times?: number;
  /** For how long matching calls fail, from now on, by the emulator's clock. @default - no limit */
  readonly forMs?: number;
  /** How long a `slow` response takes, in real time. @default 1000 */
  readonly delayMs?: number;
}

interface ActiveFault {
  readonly fault: Fault;
  readonly until: number;
  left: number;
}

type Target = Pick<Fault, 'region'> & { readonly operation: string; readonly scope?: unknown };

export class Faults {
  private active: ActiveFault[] = [];

  constructor(private readonly clock: Clock) {}

  public add(fault: Fault): void {
    assertFault(fault);
    this.active.push({
      fault,
      until: this.clock.now() + (fault.forMs ?? Infinity),
      left: fault.times ?? (fault.forMs === undefined ? 1 : Infinity),
    });
  }

  /** Faults apply in the order they were added, one to a call. */
  public take(target: Target): Fault | undefined {
    this.dropSpent();
    const found = this.active.find(({ fault }) => matches(fault, target));
    if (found) found.left--;
    return found?.fault;
  }

  public list(): readonly (Fault & { readonly left?: number })[] {
    this.dropSpent();
    return this.active.map(({ fault, left }) => ({ ...fault, left: Number.isFinite(left) ? left : undefined }));
  }

  public reset(): void {
    this.active = [];
  }

  private dropSpent(): void {
    const now = this.clock.now();
    this.active = this.active.filter(({ left, until }) => left > 0 && now < until);
  }
}

function matches({ operation, region, scope }: Fault, target: Target): boolean {
  return (operation ?? target.operation) === target.operation
    && (region ?? target.region) === target.region
    && (scope ?? target.scope) === target.scope;
}

/** Checked at run time because faults also come over HTTP. */
function assertFault({ kind, operation, times, forMs, delayMs }: Fault): void {
  const kinds: readonly string[] = [...Object.keys(ERROR_FAULTS), ...CONNECTION_FAULTS];
  if (!kinds.includes(kind)) {
    throw new Error(`Unknown fault '${kind}': expected one of ${kinds.join(', ')}`);
  }
  if (operation !== undefined && !OPERATION_NAMES.includes(operation)) {
    throw new Error(`Unknown operation '${operation}': expected one of ${OPERATION_NAMES.join(', ')}`);
  }
  for (const [name, value] of Object.entries({ times, forMs, delayMs })) {
    if (value !== undefined && !(Number.isFinite(value) && value >= 0)) {
      throw new Error(`'${name}' of a fault is ${JSON.stringify(value)}: expected a number, 0 or more`);
    }
  }
}
