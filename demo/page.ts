import { DeployedPage } from '../local/page/deployed-page';
import { say, step } from '../local/progress';

const interruption = new AbortController();

async function main(): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interruption.abort(new Error(`stopped by ${signal}`)));
  }
  const page = new DeployedPage(interruption.signal);
  try {
    await step('Start a local CloudFormation and the emulator of the AWS WAF API keys', () => page.start());
    await step('cdk deploy examples/captcha-page', () => page.deploy());
    const edge = await page.serve();
    say(`\nThe page is at ${edge.url()} until Ctrl-C.`);
    say(`At ${edge.url('elsewhere.localhost')} it shows what a visitor sees on a domain that the key is not for.`);
    await new Promise(
      (_, reject) => interruption.signal.addEventListener('abort', () => reject(interruption.signal.reason as Error)),
    );
    return 0;
  } catch (error) {
    say(`\n${error instanceof Error ? error.message : String(error)}`);
    if (interruption.signal.aborted) return 0;
    say(`More in ${page.log}`);
    return 1;
  } finally {
    await page.stop();
  }
}

void main().then((code) => { process.exitCode = code; });
