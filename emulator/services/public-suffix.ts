import { parse } from 'tldts';

/** Names of the list's ICANN section only: `github.io` and the like belong to companies, not to registries. */
export function isPublicSuffix(domain: string): boolean {
  const { hostname, publicSuffix, isIcann } = parse(domain, { allowPrivateDomains: false });
  return isIcann === true && hostname === publicSuffix;
}
