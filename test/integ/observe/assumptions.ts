import * as path from 'node:path';

/** The page with the table. The command writes it. */
export const ASSUMPTIONS_PAGE = path.join(__dirname, 'README.md');

interface Assumption {
  readonly assumption: string;
  /** What depends on it, or what happens if it is wrong. */
  readonly depends: string;
  /** Why it cannot be observed. */
  readonly unobservable?: string;
}

const WAF = {
  'url before the first key': {
    assumption: 'There is no integration URL before the first key of an account, scope and Region.',
    depends: 'The handler lists while it creates the key. Without a URL it lists again for 30 seconds.',
  },
  'url after the first key': {
    assumption: 'There is a URL as soon as there is a key.',
    depends: 'As above.',
  },
  'new key listed': {
    assumption: 'A new key is listed at once.',
    depends: 'The handler lists for ten seconds before it considers a key missing. Then it creates another one.',
  },
  'new key deletable': {
    assumption: '`DeleteAPIKey` knows a new key at once.',
    depends: 'The handler deletes an unknown key again for ten seconds before it considers the key deleted.',
  },
  'deleted key listed': {
    assumption: 'A deleted key is no longer listed.',
    depends: 'Domains that change back within the delay could get the deleted key, until the next update.',
  },
  'deleted key decrypted': {
    assumption: '`GetDecryptedAPIKey` decrypts deleted keys.',
    depends: 'Nothing: the handler does not call it.',
  },
  'form of a key': {
    assumption: 'A key has 688 characters.',
    depends: 'A key over about 960 characters is a digest in the physical ID.',
  },
  'domains as given': {
    assumption: 'Domains are listed in the given order and case.',
    depends: 'Nothing: the handler compares them in a normal form.',
  },
  'unknown key': {
    assumption: '`DeleteAPIKey` of a deleted key fails with `WAFNonexistentItemException`.',
    depends: 'The handler accepts this error as success. With any other error the deletion fails.',
  },
  'rejected domains': {
    assumption: 'Six domains and public suffixes are `WAFInvalidParameterException`, a space in a domain is '
      + '`ValidationException`.',
    depends: 'None is retried; the deployment fails with the words of AWS WAF.',
  },
  'private suffix': {
    assumption: 'Only the ICANN section of the Public Suffix List contains public suffixes.',
    depends: 'The construct warns about private suffixes, and AWS WAF decides.',
  },
  'quotas': {
    assumption: 'Each account and Region admits one create, one delete and five lists a second, without a burst. '
      + 'Rejected calls do not count.',
    depends: 'Time, not correctness: the handler retries until it runs out of time.',
  },
  'throttling': {
    assumption: 'A call over the quota fails with `ThrottlingException`.',
    depends: 'The handler retries what the SDK calls throttling. It would report another error as a rejection.',
  },
  'optimistic lock': {
    assumption: '`WAFOptimisticLockException` passes.',
    depends: 'The handler retries.',
    unobservable: 'no call is known to provoke it',
  },
  'number of keys': {
    assumption: 'There is no maximum number of keys.',
    depends: '`WAFLimitsExceededException` is not retried.',
    unobservable: 'ten minutes are too short at one key a second',
  },
  'other partitions': {
    assumption: 'GovCloud and the isolated partitions have no CLOUDFRONT keys.',
    depends: 'The construct rejects such keys there.',
    unobservable: 'it takes an account in each partition',
  },
  'disabled Region': {
    assumption: 'In an opt-in Region that is not enabled, AWS WAF does not recognize the credentials.',
    depends: 'Only the advice that docs/troubleshooting.md gives for this reason.',
    unobservable: 'the command does not leave the Region in which it looks for keys',
  },
  'token of a deleted key': {
    assumption: 'A token stays valid when the key is deleted with which its puzzle was shown.',
    depends: 'Otherwise a visitor solves another puzzle after a rotation.',
    unobservable: 'a person has to solve a puzzle',
  },
  'content of a puzzle': {
    assumption: 'A puzzle has inline styles, images and sounds as `data:` and `blob:`, and workers as `blob:`.',
    depends: 'The content security policy in examples/captcha-page/security-headers.ts.',
    unobservable: 'it takes a browser',
  },
} as const satisfies Record<string, Assumption>;

const CLOUDFORMATION = {
  'view of an update': {
    assumption: 'Within 90 seconds of the response to an update, `DescribeStackResource` shows the new ID.',
    depends: 'The handler deletes a key if another ID is shown as complete for longer. Until then it asks again.',
  },
  'view of a cancelled creation': {
    assumption: 'A cancelled creation is shown as `CREATE_FAILED` or `DELETE_…`.',
    depends: 'The handler then stops, or deletes the key that it has created.',
  },
  'events of a cancelled creation': {
    assumption: 'It is deleted, by an ID of CloudFormation\'s making, while the Create still runs.',
    depends: 'The handler knows no key by that ID, and succeeds.',
  },
  'view of a deleted stack': {
    assumption: 'By its ARN, a stack\'s resource is described for 90 days after the deletion of the stack.',
    depends: 'Keys whose creation was cancelled while the stack was deleted.',
  },
  'quota of DescribeStackResource': {
    assumption: 'It admits some five calls a second.',
    depends: 'How many keys of one deployment can be cancelled at a time.',
  },
  'roll-back of a replacement': {
    assumption: 'The new ID is deleted, without an Update before it.',
    depends: 'Nothing: both orders are tested.',
  },
  'failed clean-up': {
    assumption: 'A replaced ID whose deletion fails is deleted three times in all. The update succeeds.',
    depends: 'Such a key is logged as orphaned.',
  },
  'output in a roll-back': {
    assumption: 'A roll-back uses the value of `Fn::GetStackOutput` that was read before.',
    depends: 'Nothing: the name of an output outlives its key.',
  },
  'repeated events': {
    assumption: 'AWS Lambda can deliver an event twice.',
    depends: 'The handler responds to both with the same key.',
    unobservable: 'nothing provokes it',
  },
} as const satisfies Record<string, Assumption>;

const SCHEDULER = {
  'new schedule found': {
    assumption: 'A new schedule is found and listed at once.',
    depends: 'Whether a key that is restored keeps a schedule for its deletion: the handler looks again for ten '
      + 'seconds.',
  },
  'deleted schedule found': {
    assumption: 'A deleted schedule is neither found nor listed.',
    depends: 'A key that comes back could be created anew, although its deletion is cancelled.',
  },
  'new role': {
    assumption: 'A schedule whose role is new fails with a `ValidationException`.',
    depends: 'The handler tries again.',
  },
} as const satisfies Record<string, Assumption>;

const SECTIONS = { 'AWS WAF': WAF, 'CloudFormation': CLOUDFORMATION, 'EventBridge Scheduler': SCHEDULER };

const ALL: Record<string, Assumption> = { ...WAF, ...CLOUDFORMATION, ...SCHEDULER };

export type AssumptionName = keyof typeof WAF | keyof typeof CLOUDFORMATION | keyof typeof SCHEDULER;

function unobservable(name: string): boolean {
  return ALL[name].unobservable !== undefined;
}

export function namesOf(service: keyof typeof SECTIONS): AssumptionName[] {
  return Object.keys(SECTIONS[service]) as AssumptionName[];
}

/** What was observed. */
export class Observations {
  private readonly observed = new Map<string, string>();

  constructor(private readonly report: (name: string, observed: string) => void = () => undefined) {}

  public note(name: AssumptionName, ...parts: readonly string[]): void {
    const observed = parts.join('; ');
    this.observed.set(name, observed);
    this.report(name, observed);
  }

  /** Why these have not been observed, unless they have. */
  public because(reason: string, names: readonly AssumptionName[]): void {
    names.filter((name) => !this.observed.has(name) && !unobservable(name))
      .forEach((name) => this.note(name, `${NOT} ${reason}`));
  }

  public get isComplete(): boolean {
    return Object.keys(ALL).every((name) => unobservable(name) || !(this.observed.get(name) ?? NOT).startsWith(NOT));
  }

  /** The whole page. */
  public render(origin = 'Nothing has been observed yet.'): string {
    const sections = Object.entries(SECTIONS).map(([service, assumptions]) => [
      `## ${service}`,
      '',
      '| assumption | observed | what depends on it |',
      '| --- | --- | --- |',
      ...Object.entries<Assumption>(assumptions).map(([name, { assumption, depends, unobservable: why }]) => {
        const observed = why ? `cannot be observed: ${why}` : this.observed.get(name);
        return `| ${[assumption, observed ?? 'not yet', depends].map(cell).join(' | ')} |`;
      }),
    ].join('\n'));
    return `${[INTRODUCTION, origin, ...sections].join('\n\n')}\n`;
  }
}

const NOT = 'not observed:';

const INTRODUCTION = `# Assumptions about AWS

AWS does not document these behaviors, or they are only reported. \`npx projen integ --observe\` observes them in an AWS
account, and writes this page. It shows account and Region and asks before it starts, takes up to ten minutes, costs
some cents, and deletes what it creates, also after Ctrl-C. It needs permissions for AWS WAF's API keys, CloudFormation,
Amazon SNS, Amazon SQS, EventBridge Scheduler and an IAM role.

CI runs it against the emulator and MiniStack, which lag there, and checks that it finds the lags:
\`npx projen integ --observe --local\`.`;

function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\|/g, '\\|');
}
