/**
 * The base of the script's URL, ending in `/`, from the forms in which AWS WAF returns it, and people copy it:
 * without the last `/`, with a file such as `challenge.js`, with a query, with the host of the challenge script.
 */
export function scriptBaseOf(url: string): string {
  return url
    .replace(/[?#;].*$/s, '')
    .replace(/^https:/i, 'https:')
    .replace(/^(https:\/\/[^/]*\.)sdk\.awswaf\.com(?=\/|$)/i, '$1captcha-sdk.awswaf.com')
    .replace(/\.js\/+$/i, '.js')
    .replace(/([^/:])\/+[^/]*\.[a-z][a-z\d]*$/i, '$1')
    .replace(/\/*$/, '/');
}
