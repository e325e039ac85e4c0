/**
 * The base of the script's URL, ending in `/`, from all the forms in which AWS WAF has been seen to return it, and in which people
 * copy it: without the last `/`, with a file such as `jsapi.js` or `challenge.js`, with a query, with the host of the challenge script.
 */
export function scriptBaseOf(url: string): string {
  return url
    .replace(/[?#].*$/s, '')
    .replace(/^(https:\/\/[^/]*\.)sdk\.awswaf\.com(?=\/|$)/, '$1captcha-sdk.awswaf.com')
    .replace(/\/+$/, '')
    .replace(/([^/:])\/+[^/]*\.[a-z]+$/i, '$1')
    .replace(/\/*$/, '/');
}
