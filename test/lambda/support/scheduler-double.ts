import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { close, listen } from '../../../local/listen';

/** What a client is told instead; the `-after` kinds act first, and the connection is reset. */
export type SchedulerFaultKind =
  | 'AccessDeniedException' | 'ConflictException' | 'InternalServerException' | 'ResourceNotFoundException'
  | 'ThrottlingException' | 'ValidationException' | 'UnrecognizedClientException' | 'unknown role' | 'reset-before'
  | 'reset-after' | 'hang';

export interface SchedulerFault {
  readonly kind: SchedulerFaultKind;
  /** @default - any operation */
  readonly operation?: string;
  /** @default - until the faults are cleared */
  readonly times?: number;
}

type CreateInput = StoredSchedule & {
  readonly FlexibleTimeWindow?: { readonly Mode?: string };
  readonly ScheduleExpressionTimezone?: string;
};

export interface StoredSchedule {
  readonly Name: string;
  readonly GroupName: string;
  readonly ScheduleExpression: string;
  readonly StartDate: number;
  readonly State: string;
  readonly Target: { readonly Arn: string; readonly RoleArn: string; readonly Input?: string };
  /** In milliseconds of the double's clock. */
  readonly created: number;
  /** When it runs next. */
  next: number;
  deleted?: number;
}

/** How late each answer may be, in milliseconds. */
export interface SchedulerLags {
  /** Until a new schedule is found. */
  readonly found: number;
  /** Until a new schedule is in the list. */
  readonly listed: number;
  /** Until a deleted schedule is not found. */
  readonly stillFound: number;
  /** Until a deleted schedule is not in the list. */
  readonly stillListed: number;
}

export const NO_LAGS: SchedulerLags = { found: 0, listed: 0, stillFound: 0, stillListed: 0 };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** On a schedule, by HTTP method. */
const OPERATIONS: Readonly<Record<string, string>> = {
  POST: 'CreateSchedule', GET: 'GetSchedule', DELETE: 'DeleteSchedule',
};
const STATUS: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ConflictException: 409,
  InternalServerException: 500,
  ResourceNotFoundException: 404,
  ThrottlingException: 429,
  UnrecognizedClientException: 403,
  ValidationException: 400,
};

class SchedulerError extends Error {
  constructor(public readonly code: string, message: string) {
    super(message);
  }
}

/**
 * The schedules of EventBridge Scheduler on a port of this machine: REST with JSON, as the official client speaks it.
 * Schedules run when the test says so.
 */
export class SchedulerDouble {
  public static async start(now: () => number = Date.now): Promise<SchedulerDouble> {
    const double = new SchedulerDouble(now);
    double.url = `http://${await listen(double.server)}`;
    return double;
  }

  public url = '';
  public pageSize = 100;
  public lags = NO_LAGS;
  /** Every request, as `<operation> <outcome>`. */
  public calls: string[] = [];
  private readonly groups = new Map<string, Map<string, StoredSchedule>>();
  private faults: { kind: SchedulerFaultKind; operation?: string; times: number }[] = [];
  private ahead = 0;
  private readonly server: Server;

  private constructor(private readonly clock: () => number) {
    this.server = createServer((request, response) => void this.receive(request, response));
  }

  public addGroup(name: string): void {
    this.groups.set(name, new Map());
  }

  /** As CloudFormation does: with all schedules in it. */
  public removeGroup(name: string): void {
    this.groups.delete(name);
  }

  /** The schedules of a group that will run. */
  public pending(group: string): StoredSchedule[] {
    return this.all(group).filter(({ State }) => State === 'ENABLED');
  }

  /** The schedules of a group that exist. */
  public all(group: string): StoredSchedule[] {
    return [...this.groups.get(group)?.values() ?? []].filter(({ deleted }) => deleted === undefined);
  }

  /** A schedule that somebody else has created. */
  public add(group: string, name: string, input: string): void {
    this.groups.get(group)!.set(name, {
      Name: name,
      GroupName: group,
      ScheduleExpression: 'rate(1 day)',
      StartDate: 0,
      State: 'DISABLED',
      Target: { Arn: 'arn:aws:sqs:eu-west-1:1:queue', RoleArn: 'arn:aws:iam::1:role/r', Input: input },
      created: -Infinity,
      next: Infinity,
    });
  }

  /** @returns what ends only this fault */
  public fail(fault: SchedulerFault): { clear(): void } {
    const added = { times: Infinity, ...fault };
    this.faults.push(added);
    return { clear: () => { added.times = 0; } };
  }

  public clearFaults(): void {
    this.faults = [];
  }

  /** Lets time pass here, and nowhere else. */
  public advance(milliseconds: number): void {
    this.ahead += milliseconds;
  }

  /** The events of all schedules that have come due since the last time. */
  public takeDue(): unknown[] {
    const due = [...this.groups.keys()].flatMap((group) => this.pending(group))
      .filter((schedule) => schedule.next <= this.now());
    for (const schedule of due) while (schedule.next <= this.now()) schedule.next += HOUR;
    return due.map((schedule) => JSON.parse(schedule.Target.Input ?? '{}'));
  }

  public async stop(): Promise<void> {
    await close(this.server);
  }

  private now(): number {
    return this.clock() + this.ahead;
  }

  private async receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // the client has gone away
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    const name = /^\/schedules\/([0-9a-zA-Z_.-]{1,64})$/.exec(decodeURIComponent(pathname))?.[1];
    const operation = name ? OPERATIONS[request.method!] : pathname === '/schedules' ? 'ListSchedules' : undefined;
    const fault = this.takeFault(operation);
    const respond = (status: number, output: object, headers = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(output));
    };
    if (fault === 'hang') return void this.calls.push(`${operation} ${fault}`);
    if (fault === 'reset-before') {
      this.calls.push(`${operation} ${fault}`);
      return void request.socket.destroy();
    }
    try {
      if (fault === 'unknown role') {
        throw new SchedulerError('ValidationException',
          'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
      }
      if (fault && fault !== 'reset-after') throw new SchedulerError(fault, `${fault} as asked for`);
      const output = this.perform(operation, name, searchParams, body);
      this.calls.push(`${operation} ${fault ?? 'ok'}`);
      if (fault) return void request.socket.destroy();
      respond(200, output);
    } catch (error) {
      const { code = 'InternalServerException', message } = error as SchedulerError;
      this.calls.push(`${operation} ${code}`);
      respond(STATUS[code], { Message: message }, { 'x-amzn-errortype': code });
    }
  }

  private perform(
    operation: string | undefined, name: string | undefined, query: URLSearchParams, body: string,
  ): object {
    switch (operation) {
      case 'CreateSchedule': return this.create(name!, JSON.parse(body));
      case 'GetSchedule': {
        const { created, deleted, next, ...schedule } = this.find(query.get('groupName'), name!);
        return { ...schedule, Arn: arnOf(schedule) };
      }
      case 'DeleteSchedule': {
        const schedule = this.groupOf(query.get('groupName')).get(name!);
        if (!schedule || schedule.deleted !== undefined) throw notFound(name!);
        schedule.deleted = this.now();
        return {};
      }
      case 'ListSchedules': return this.list(query);
      default: throw new SchedulerError('ValidationException', 'no such operation');
    }
  }

  private create(name: string, input: CreateInput): object {
    const group = this.groupOf(input.GroupName);
    if (group.has(name) && group.get(name)!.deleted === undefined) {
      throw new SchedulerError('ConflictException', `Schedule ${name} already exists.`);
    }
    const [, minute] = /^cron\((\d{1,2}) \* \* \* \? \*\)$/.exec(input.ScheduleExpression) ?? [];
    const start = input.StartDate * 1000;
    const isValid = Number(minute ?? 60) < 60 && start > this.now() && input.FlexibleTimeWindow?.Mode === 'OFF'
      && (input.ScheduleExpressionTimezone ?? 'UTC') === 'UTC' && input.Target?.Arn && input.Target.RoleArn;
    if (!isValid) throw new SchedulerError('ValidationException', `Not valid here: ${JSON.stringify(input)}`);
    let next = Math.ceil(start / MINUTE) * MINUTE;
    while (new Date(next).getUTCMinutes() !== Number(minute)) next += MINUTE;
    const schedule = { ...input, Name: name, State: input.State ?? 'ENABLED', created: this.now(), next };
    group.set(name, schedule);
    return { ScheduleArn: arnOf(schedule) };
  }

  private list(query: URLSearchParams): object {
    const group = this.groupOf(query.get('ScheduleGroup'));
    const names = [...group.values()].filter((schedule) => this.isShown(schedule, 'listed', 'stillListed'))
      .map(({ Name }) => Name).sort();
    const from = names.findIndex((name) => name > (query.get('NextToken') ?? ''));
    const size = Math.min(this.pageSize, Number(query.get('MaxResults') ?? 100));
    const page = from < 0 ? [] : names.slice(from, from + size);
    const last = page.at(-1);
    return {
      Schedules: page.map((name) => group.get(name)!).map(({ Name, GroupName, State, Target: { Arn } }) =>
        ({ Name, GroupName, State, Target: { Arn } })),
      ...(last !== undefined && last !== names.at(-1) ? { NextToken: last } : {}),
    };
  }

  private find(group: string | null, name: string): StoredSchedule {
    const schedule = this.groupOf(group).get(name);
    if (!schedule || !this.isShown(schedule, 'found', 'stillFound')) throw notFound(name);
    return schedule;
  }

  private groupOf(name: string | null): Map<string, StoredSchedule> {
    const group = this.groups.get(name ?? 'default');
    if (!group) throw new SchedulerError('ResourceNotFoundException', `Schedule group ${name} does not exist.`);
    return group;
  }

  private isShown(
    { created, deleted }: StoredSchedule, whenNew: keyof SchedulerLags, whenDeleted: keyof SchedulerLags,
  ): boolean {
    const now = this.now();
    return created <= now - this.lags[whenNew] && (deleted === undefined || deleted > now - this.lags[whenDeleted]);
  }

  private takeFault(operation: string | undefined): SchedulerFaultKind | undefined {
    const fault = this.faults.find(({ times, operation: only = operation }) => times > 0 && only === operation);
    if (fault) fault.times--;
    return fault?.kind;
  }
}

function notFound(name: string): SchedulerError {
  return new SchedulerError('ResourceNotFoundException', `Schedule ${name} does not exist.`);
}

function arnOf({ GroupName, Name }: { GroupName: string; Name: string }): string {
  return `arn:aws:scheduler:eu-west-1:123456789012:schedule/${GroupName}/${Name}`;
}
