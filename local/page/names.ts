/** What the demo of the page deploys. */
export const PAGE_STACK = 'CaptchaPage';
