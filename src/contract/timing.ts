/** What the construct and the handler agree upon about time, in seconds. */

/** How long an event may wait for the function. CloudFormation would give up a later one before its response. */
export const MAX_EVENT_AGE = 3 * 60;

/** How long a response takes at most: 400 keys of one stack at the one create a second of AWS WAF, with room. */
export const MAX_RESPONSE_TIME = 10 * 60;

/** How long CloudFormation waits for a response before the key fails. */
export const SERVICE_TIMEOUT = MAX_EVENT_AGE + MAX_RESPONSE_TIME;

/** Longer, so that the function can delete a key that no resource holds, if a response does not arrive. */
export const FUNCTION_TIMEOUT = SERVICE_TIMEOUT + 2 * 60;
