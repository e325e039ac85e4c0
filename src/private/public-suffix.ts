/** What the Public Suffix List says of a domain. */
export interface PublicSuffix {
  readonly publicSuffix: string | null;
  /** Of the ICANN part of the list, such as `co.uk`. */
  readonly isIcann: boolean | null;
  /** Of the private part, such as `cloudfront.net`: a company gives out names under its own domain. */
  readonly isPrivate: boolean | null;
}

/** Looks a domain up in the list; `null` as suffix where there is none. */
export function publicSuffixOf(domain: string): PublicSuffix {
  // The list is large, so it is loaded when first needed. It is bundled: the package has no dependency to install.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require('../../assets/public-suffix') as {
    parse(domain: string, options: { allowPrivateDomains: boolean }): PublicSuffix;
  };
  return parse(domain, { allowPrivateDomains: true });
}
