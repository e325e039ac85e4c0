import { Cloud, HANDLERS, REGION } from './cloud';
import { check, Row } from './measure';
import { FunctionProcess } from '../local/function-process';

/** AWS Lambda runs the events of a stack side by side. */
const INSTANCES = 4;

/**
 * All keys of a stack at once, as CloudFormation sends them, at the emulator's model of the quota: one create in any
 * second, without a burst. One run of each, for it is the quota that takes the time.
 */
export async function manyKeys(counts: readonly number[]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const count of counts) {
    const ours = await deploy('ours', count);
    const theirs = await deploy('awsCustomResource', count);
    check(ours.created === count, 'not all keys were created', ours);
    const row = (what: string, unit: string, figure: keyof typeof ours, goal?: number): Row => ({
      what: `${count} keys, 1 create/s (assumed): ${what}`,
      unit,
      ours: ours[figure],
      awsCustomResource: theirs[figure],
      goal,
    });
    rows.push(
      row('created', 'keys', 'created'),
      row('until the last response', 's', 'seconds', 1.25 * (count - 1)), // the first does not wait
      row('calls to AWS WAF a key', 'calls', 'callsPerKey'),
      row('calls to AWS WAF a second', 'calls', 'callsPerSecond'),
    );
  }
  return rows;
}

async function deploy(
  name: 'ours' | 'awsCustomResource', count: number,
): Promise<{ created: number; seconds: number; callsPerKey: number; callsPerSecond: number }> {
  const cloud = await Cloud.start({ quotas: 'aws' });
  const functions = Array.from({ length: INSTANCES }, () => new FunctionProcess({
    file: HANDLERS[name].file,
    region: REGION,
    wafUrl: cloud.wafUrl,
    cloudFormationUrl: cloud.cloudFormation.url,
    env: cloud.env,
  }));
  const events = Array.from({ length: count }, (_, index) => cloud.createEvent(name, `shop-${index}.example.com`));
  const started = performance.now();
  await Promise.all(events.map((event, index) => {
    const responded = cloud.responseTo(event);
    // What goes on after the response is waited for only if there is none.
    return Promise.race([responded, functions[index % INSTANCES].invoke(event).then(() => responded)]);
  }));
  const seconds = (performance.now() - started) / 1000;
  const calls = cloud.waf.calls.length;
  const created = events.filter((event) => cloud.created(event)).length;
  check(cloud.waf.keys().length === created, 'keys without a response', cloud.waf.keys().length);
  await Promise.all(functions.map((fn) => fn.stop()));
  await cloud.stop();
  return { created, seconds, callsPerKey: calls / count, callsPerSecond: calls / seconds };
}
