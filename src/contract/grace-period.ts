/**
 * What the construct and the handler agree upon about grace periods.
 *
 * The schedule group has the name of the function, so that a key needs no reference to it: a key may be in another
 * stack than its provider, and a reference that comes and goes with the grace period could lock one of the two stacks.
 * The template, a disabled schedule in the group, has this name, too: the schedules of the keys take their target and
 * their role from it.
 */

/** The custom resource whose deletion deletes every key that is still pending. */
export const GRACE_PERIOD_RESOURCE_TYPE = 'Custom::WafCaptchaApiKeyGracePeriod';

/** The physical id of that resource. */
export const GRACE_PERIOD_PHYSICAL_ID = 'grace-period';

/** In minutes. EventBridge Scheduler counts in minutes, too. */
export const MIN_GRACE_PERIOD = 1;

/** In minutes: 365 days. */
export const MAX_GRACE_PERIOD = 365 * 24 * 60;
