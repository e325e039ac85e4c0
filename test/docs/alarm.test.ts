import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { WafCaptchaApiKeyProvider } from '../../src';
import { newKey } from '../support/stacks';
import { environmentTest, TestEnvironment, withEnvironment } from '../lambda/support/test-environment';

const TROUBLESHOOTING = readFileSync(path.join(__dirname, '..', '..', 'docs', 'troubleshooting.md'), 'utf8');
const SNIPPET = TROUBLESHOOTING.split('### An alarm')[1].split('```')[1].replace(/^ts\n/, '');
const NAMES = { MetricFilter, FilterPattern, TreatMissingData, WafCaptchaApiKeyProvider };

/** A stack with a key, into which a user has pasted the alarm of the document. */
function templateWithAlarm(): Template {
  const stack = new Stack(new App(), 'Shop');
  newKey(stack);
  new Function(...Object.keys(NAMES), SNIPPET).call(stack, ...Object.values(NAMES));
  return Template.fromStack(stack);
}

/** The lines of a function's log that the alarm's filter counts. */
function counted({ fn: { log } }: TestEnvironment): object[] {
  const [{ Properties }] = Object.values(templateWithAlarm().findResources('AWS::Logs::MetricFilter'));
  const [, field, value] = /^\{ \$\.(\w+) = "(\w+)" \}$/.exec(Properties.FilterPattern as string)!;
  return log.filter((line) => (line as Record<string, unknown>)[field] === value);
}

test('the alarm of the document watches the log group of the provider', () => {
  const template = templateWithAlarm();
  const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  template.hasResourceProperties('AWS::Logs::MetricFilter', {
    LogGroupName: { Ref: logGroup },
    MetricTransformations: [{ MetricNamespace: 'CaptchaKeys', MetricName: 'Errors', MetricValue: '1' }],
  });
  template.hasResourceProperties('AWS::CloudWatch::Alarm', {
    Namespace: 'CaptchaKeys',
    MetricName: 'Errors',
    Statistic: 'Sum',
    Threshold: 1,
    EvaluationPeriods: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
});

describe('the filter of the alarm', () => {
  environmentTest('counts a failed event', withEnvironment({}, async (environment) => {
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'CreateAPIKey' });
    await environment.create();
    expect(counted(environment)).toEqual([expect.objectContaining({ operation: 'Create', outcome: 'FAILED' })]);
  }));

  environmentTest('counts an orphaned key', withEnvironment({}, async (environment) => {
    environment.bucket.fail(403);
    environment.waf.fail({ kind: 'WAFInvalidOperationException', operation: 'DeleteAPIKey', times: 1_000 });
    await environment.fn.invoke(environment.createEvent(), 18_000);
    expect(counted(environment)).toContainEqual(
      expect.objectContaining({ outcome: 'orphaned', apiKey: environment.liveKeys[0] }),
    );
  }));

  environmentTest('does not count a key that is created, changed and deleted', withEnvironment({}, async (
    environment,
  ) => {
    const { PhysicalResourceId } = await environment.create();
    await environment.delete(PhysicalResourceId);
    expect(environment.fn.log).not.toEqual([]);
    expect(counted(environment)).toEqual([]);
  }));
});
