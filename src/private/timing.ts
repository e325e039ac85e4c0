import { Duration } from 'aws-cdk-lib';

/**
 * How long an event may wait for the function. A later one is
 * dropped: CloudFormation would have given it up before its response.
 */
export const MAX_EVENT_AGE = Duration.minutes(3);

/**
 * How long the function takes at most for its response: 400 keys
 * of one stack at AWS WAF's one create a second, with room.
 */
const RESPONSE_TIME = Duration.minutes(10);

/** How long CloudFormation waits for a response before the key fails. */
export const SERVICE_TIMEOUT = RESPONSE_TIME.plus(MAX_EVENT_AGE);

/**
 * The function may run longer than CloudFormation waits. If it
 * is unknown whether a response has arrived, the function sees
 * how CloudFormation decides, and deletes the key that no resource holds.
 */
export const FUNCTION_TIMEOUT = SERVICE_TIMEOUT.plus(Duration.minutes(2));
