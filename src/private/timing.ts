import { Duration } from 'aws-cdk-lib';

/** How long an event may wait for the function. CloudFormation would have given up a later one before its response. */
export const MAX_EVENT_AGE = Duration.minutes(3);

/** How long the function takes at most: 400 keys of one stack at AWS WAF's one create a second, with room. */
const RESPONSE_TIME = Duration.minutes(10);

/** How long CloudFormation waits for a response before the key fails. */
export const SERVICE_TIMEOUT = RESPONSE_TIME.plus(MAX_EVENT_AGE);

/** Longer, so that the function can delete a key that no resource holds, if a response does not arrive. */
export const FUNCTION_TIMEOUT = SERVICE_TIMEOUT.plus(Duration.minutes(2));
