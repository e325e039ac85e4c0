import { readFileSync } from 'node:fs';
import { ASSUMPTIONS_PAGE, Observations } from './assumptions';
import type { Provider, Received, Stacks } from './stacks';
import { CloudFormationEndpoint, inventedId } from '../../../local/cloudformation-endpoint';

const NAME = 'WafCaptchaApiKeyObserveCancelled';
const before = process.env;
let cloudFormation: CloudFormationEndpoint;

beforeAll(async () => {
  cloudFormation = await CloudFormationEndpoint.start();
  process.env = {
    ...before,
    AWS_ENDPOINT_URL: cloudFormation.url,
    AWS_ACCESS_KEY_ID: '123456789012',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
});

afterAll(async () => {
  process.env = before;
  await cloudFormation.stop();
});

/** MiniStack never cancels a creation, so the events are those that CloudFormation sends. */
test('a cancelled creation is looked at while it runs, is deleted, and is responded to in vain', async () => {
  const { observeCancellation } = await import('./cloudformation');
  const events: Received[] = [];
  let handle: Parameters<Provider['handle']>[1];
  const send = async (LogicalResourceId: string, RequestType: 'Create' | 'Delete', PhysicalResourceId?: string) => {
    const event: Received = {
      RequestType,
      RequestId: `${RequestType} ${LogicalResourceId}`,
      StackId: NAME,
      stack: NAME,
      LogicalResourceId,
      PhysicalResourceId,
      ResponseURL: 'https://example.com/',
      ResourceProperties: {},
      at: Date.now(),
    };
    cloudFormation.begin(event);
    events.push(event);
    const { status = 'SUCCESS', physicalId = PhysicalResourceId ?? 'id-1' } = await handle(event) ?? {};
    cloudFormation.end(event, { Status: status, PhysicalResourceId: physicalId });
  };
  const observations = new Observations();
  const observed = new Map<string, string>();
  jest.spyOn(observations, 'note').mockImplementation((name, text) => void observed.set(name, text));

  await observeCancellation({
    region: 'eu-west-1',
    provider: {
      handle: (_, handler) => { handle = handler; },
      eventsOf: () => events,
    } as Partial<Provider> as Provider,
    stacks: {
      deploy: async () => {
        const slow = send('Slow', 'Create');
        await send('Fails', 'Create');
        const resource = { StackId: NAME, LogicalResourceId: 'Slow' };
        cloudFormation.cancel(resource);
        await new Promise((resolve) => setTimeout(resolve, 2_000));
        await Promise.all([slow, send('Slow', 'Delete', inventedId(resource))]);
        return {};
      },
    } as unknown as Stacks,
    topic: 'topic',
    observations,
    signal: new AbortController().signal,
  });

  expect(observed.get('events of a cancelled creation')).toMatch(
    /^Delete of an ID of CloudFormation's \d\.\d s after the failure, while its Create ran$/,
  );
  const view = observed.get('view of a cancelled creation')!.replace('from the failure on: ', '');
  const moments = view.split(', ').map((moment) => moment.replace(/^[−+]\d+\.\d s /, ''));
  // What is looked at once a second can be seen before or after a response.
  expect(moments.filter((moment) => /^[A-Z_]+ /.test(moment))).toEqual([
    'CREATE_IN_PROGRESS without an ID', 'CREATE_FAILED without an ID', 'DELETE_IN_PROGRESS an ID of CloudFormation\'s',
    'DELETE_COMPLETE an ID of CloudFormation\'s',
  ]);
  expect(moments.filter((moment) => !/^[A-Z_]+ /.test(moment))).toEqual([
    'its Delete', 'the response to its Create', 'the response to its Delete',
  ]);
}, 60_000);

/** Assumptions, and what depends on them. What was observed is in between. */
function rows(page: string): string[][] {
  return page.split('\n').filter((line) => line.startsWith('| ')).map((line) => {
    const [, assumption, , depends] = line.split(/(?<!\\)\|/);
    return [assumption, depends];
  });
}

test('the page lists these assumptions; `npx projen integ --observe` writes it', () => {
  const page = readFileSync(ASSUMPTIONS_PAGE, 'utf8');
  expect(rows(page)).toEqual(rows(new Observations().render()));
});

test('the table shows what was observed, and what was not', () => {
  const observations = new Observations();
  observations.note('throttling', '`Error: a | b`\nof two lines', 'and more');
  observations.because('time ran out', ['throttling', 'quotas']);
  const page = observations.render();
  expect(page).toContain('| `Error: a \\| b` of two lines; and more | The handler retries');
  expect(page).toMatch(/^\| Each account .* \| not observed: time ran out \| /m);
  expect(page).toMatch(/^\| A new key is listed at once\. \| not yet \| /m);
  expect(page).toMatch(/^\| There is no maximum .* \| cannot be observed: ten minutes are too short .* \| /m);
  expect(observations.isComplete).toBe(false);
});
