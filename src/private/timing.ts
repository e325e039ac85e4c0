import { Duration } from 'aws-cdk-lib';

/** How long the function may handle one event: enough for 400 keys of a stack at one create a second. */
export const FUNCTION_TIMEOUT = Duration.minutes(10);

/**
 * How long an event may wait for the function. AWS Lambda drops it afterwards, because CloudFormation would have
 * stopped waiting before it ends.
 */
export const MAX_EVENT_AGE = Duration.minutes(5);

/** How long CloudFormation waits for a response. */
export const SERVICE_TIMEOUT = FUNCTION_TIMEOUT.plus(MAX_EVENT_AGE);
