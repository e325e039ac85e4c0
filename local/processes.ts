import { ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import * as path from 'node:path';

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where all output goes. */
  readonly logFile: string;
  /** Ends the command when it aborts. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

const MAX_STATUS_LENGTH = 90;
let latest = '';

/** The last line that a command has written, to show what is going on. */
export function latestOutput(): string {
  return latest.length > MAX_STATUS_LENGTH ? `${latest.slice(0, MAX_STATUS_LENGTH)}…` : latest;
}

/** Process groups that are not known to have ended. */
const groups = new Set<number>();

// For an end that nothing else handles.
process.once('exit', () => groups.forEach((pid) => signalGroup(pid, 'SIGKILL')));

/** Runs a command to its end, whatever that is. Fails only if it cannot be started or was aborted. */
export function run(
  command: string, args: readonly string[], { cwd, env, logFile, signal }: CommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  latest = path.basename(
    [command, ...args].find((part) => !part.startsWith('-') && part !== process.execPath) ?? command,
  );
  appendFileSync(logFile, `\n$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) groups.add(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        latest = text.trimEnd().split('\n').pop()!.trim() || latest;
        appendFileSync(logFile, text);
      });
    }
    const abort = () => void stopGroup(child);
    signal?.addEventListener('abort', abort);
    child.once('error', reject);
    child.once('close', (code) => {
      groups.delete(child.pid!);
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) {
        reject(signal.reason as Error);
      } else {
        resolve({ code, output });
      }
    });
  });
}

/**
 * Starts a server that logs to a file, as the head of a process
 * group of its own: what it starts can be stopped with it.
 */
export function startServer(
  command: string, args: readonly string[], { cwd, env, logFile }: CommandOptions,
): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  if (child.pid) groups.add(child.pid);
  return child;
}

/** Ends a process and all that it started: with SIGTERM, then with SIGKILL. */
export async function stopGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  for (const [signal, timeoutMs] of [['SIGTERM', 5_000], ['SIGKILL', 5_000]] as const) {
    const until = performance.now() + timeoutMs;
    let running = signalGroup(pid, signal);
    while (running && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      running = signalGroup(pid, 0);
    }
    if (!running) break;
  }
  groups.delete(pid);
}

/** False if the group has no process any more. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
