import { parseArgs } from 'node:util';
import { Settings } from './settings';
import { WafEmulator } from './waf-emulator';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4567' },
      settings: { type: 'string', default: '{}' },
    },
  });
  const waf = await WafEmulator.start({
    ...JSON.parse(values.settings) as Partial<Settings>, port: Number(values.port),
  });
  const stop = () => void waf.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.stdout.write(`AWS WAF API key emulator listens on ${waf.url}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
