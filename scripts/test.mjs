// Runs the tests, and beside them the type check and the linters: the tests wait more than they compute.
// Arguments go to jest. The output of the others follows that of the tests.
import { spawn } from 'node:child_process';

/** Resolves to whether the command succeeded. Its output is shown when it ends, or at once with `live`. */
function run(command, args, { live = false } = {}) {
  const started = performance.now();
  const child = spawn('npx', [command, ...args], { stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => { output += chunk; });
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ ok: false, report: String(error) }));
    child.once('close', (code) => {
      const seconds = Math.round((performance.now() - started) / 1000);
      resolve({ ok: code === 0, report: `${output}${command}: ${code === 0 ? 'passed' : 'FAILED'} in ${seconds} s` });
    });
  });
}

const checks = run('tsc', ['--noEmit', '-p', 'tsconfig.dev.json'])
  .then(async (types) => [types, await run('projen', ['eslint']), await run('markdownlint-cli2', [])]);
const tests = await run('jest', ['--passWithNoTests', '--ci', ...process.argv.slice(2)], { live: true });

const results = [...await checks, tests];
for (const { report } of results) console.log(report);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
