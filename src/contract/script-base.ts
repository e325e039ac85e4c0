/**
 * The base of the script's URL, ending in `/`, from all the forms in which AWS WAF has been seen to give it.
 *
 * Construct and handler both use it, since users copy the same forms from the console.
 */
export function scriptBaseOf(url: string): string {
  return url
    .replace(/^(https:\/\/[^/]*\.)sdk\.awswaf\.com(?=\/|$)/, '$1captcha-sdk.awswaf.com')
    .replace(/\/*(jsapi\.js)?$/, '/');
}
