import { Duration } from 'aws-cdk-lib';

/** How long one event may keep the function busy: 400 keys of one stack at AWS WAF's one create a second, with room. */
export const FUNCTION_TIMEOUT = Duration.minutes(10);

/** How long an event may wait for its turn. Past that it is dropped: CloudFormation has stopped listening by the time it would end. */
export const MAX_EVENT_AGE = Duration.minutes(5);

/** How long CloudFormation waits for an answer before it calls the key failed. */
export const SERVICE_TIMEOUT = FUNCTION_TIMEOUT.plus(MAX_EVENT_AGE);
