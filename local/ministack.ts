import { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import * as path from 'node:path';
import { CommandOptions, run, startServer, stopGroup } from './processes';

/** The packages of MiniStack, with their versions. */
export const REQUIREMENTS = path.join(__dirname, 'requirements.txt');
const PROGRAM = path.join(__dirname, 'start-ministack.py');
const HOST = '127.0.0.1';
const START_TIMEOUT = 30_000;

/** Installs MiniStack into a folder of its own, unless it is there already. Returns the Python that has it. */
export async function installMiniStack(
  folder: string, options: CommandOptions,
): Promise<{ python: string; reused: boolean }> {
  const venv = path.join(folder, 'venv');
  const python = path.join(venv, 'bin', 'python');
  const installed = path.join(venv, 'installed.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted
    && await works(python, ['-m', 'ministack', '--help'], options)) {
    return { python, reused: true };
  }

  const system = process.env.PYTHON ?? 'python3';
  if (!await works(system, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], options)) {
    throw new Error(
      `MiniStack needs Python 3.10 or newer, and '${system}' is not. Install it, or set PYTHON to its path.`,
    );
  }
  rmSync(venv, { recursive: true, force: true });
  if (!await works(system, ['-m', 'venv', venv], options)) {
    throw new Error(
      `'${system} -m venv' failed: Python's venv and ensurepip modules are needed (Debian and Ubuntu: apt install `
        + 'python3-venv).',
    );
  }
  if (!await works(
    python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], options,
  )) {
    throw new Error(
      'pip could not install MiniStack: it needs to reach a Python package index (pip.conf or PIP_INDEX_URL name '
        + 'yours).',
    );
  }
  writeFileSync(installed, wanted);
  return { python, reused: false };
}

async function works(command: string, args: string[], options: CommandOptions): Promise<boolean> {
  try {
    return (await run(command, args, options)).code === 0;
  } catch (error) {
    options.signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** A local CloudFormation with the services around it. */
export class MiniStack {
  public static async start(
    python: string, folder: string, { cwd, env, logFile, signal }: CommandOptions,
  ): Promise<MiniStack> {
    const port = await freePort();
    const temporary = mkdtempSync(path.join(folder, 'ministack-'));
    const child = startServer(python, [PROGRAM], {
      cwd,
      logFile,
      env: {
        ...env,
        GATEWAY_PORT: String(port),
        BIND_HOST: HOST,
        MINISTACK_HOST: HOST, // stands in the ResponseURL; localhost may be ::1
        TMPDIR: temporary, // where it unpacks functions
        STATE_DIR: temporary,
        PERSIST_STATE: '0',
        LAMBDA_EXECUTOR: 'local',
        IOT_MTLS_ENABLED: '0', // would take a fixed port
      },
    });
    const ministack = new MiniStack(`http://${HOST}:${port}`, child, temporary);
    try {
      await ministack.ready(signal);
      return ministack;
    } catch (error) {
      await ministack.stop();
      throw error;
    }
  }

  private constructor(
    public readonly url: string, private readonly child: ChildProcess, private readonly temporary: string,
  ) {}

  /** With the processes of the Lambda functions. */
  public async stop(): Promise<void> {
    await stopGroup(this.child);
    rmSync(this.temporary, { recursive: true, force: true });
  }

  private async ready(signal?: AbortSignal): Promise<void> {
    let failure: Error | undefined;
    this.child.once('error', (error) => { failure = error; });
    const until = performance.now() + START_TIMEOUT;
    while (performance.now() < until) {
      signal?.throwIfAborted();
      if (failure) throw failure;
      if (this.child.exitCode !== null) {
        throw new Error(
          `MiniStack ended with ${this.child.exitCode} while it started.`,
        );
      }
      const healthy = await fetch(`${this.url}/_ministack/health`).then((response) => response.ok, () => false);
      if (healthy) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`MiniStack did not respond within ${START_TIMEOUT / 1000} s.`);
  }
}

/** A free port below those of outgoing connections, of which one could take it before MiniStack does. */
async function freePort(): Promise<number> {
  const port = randomInt(20_000, 30_000);
  const isFree = await new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
  return isFree ? port : freePort();
}
