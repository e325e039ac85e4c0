import { ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';

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

/** Process groups that are not known to be gone. */
const groups = new Set<number>();

// For an end that nothing else has foreseen.
process.once('exit', () => groups.forEach((pid) => signalGroup(pid, 'SIGKILL')));

/** Runs a command to its end, whatever that is. Fails only if it cannot be started or was aborted. */
export function run(command: string, args: readonly string[], { cwd, env, logFile, signal }: CommandOptions): Promise<CommandResult> {
  signal?.throwIfAborted();
  appendFileSync(logFile, `\n$ ${[command, ...args].join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    if (child.pid) groups.add(child.pid);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
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

/** Starts a server that logs to a file, as the head of a process group of its own: what it starts can be stopped with it. */
export function startServer(command: string, args: readonly string[], { cwd, env, logFile }: CommandOptions): ChildProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  if (child.pid) groups.add(child.pid);
  return child;
}

/** Ends a process and all that it started: politely, then not. */
export async function stopGroup({ pid }: ChildProcess): Promise<void> {
  if (pid === undefined) return;
  for (const [signal, patience] of [['SIGTERM', 5_000], ['SIGKILL', 5_000]] as const) {
    const until = performance.now() + patience;
    let left = signalGroup(pid, signal);
    while (left && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      left = signalGroup(pid, 0);
    }
    if (!left) break;
  }
  groups.delete(pid);
}

/** False if no process of the group is left. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}
