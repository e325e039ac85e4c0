/** What is known of a host name without asking anybody. */
export interface Host {
  /** The host name in a URL or another text; `null` if there is none. */
  readonly hostname: string | null;
  readonly isIp: boolean | null;
  /** What the Public Suffix List says: in its ICANN part, such as `co.uk`, or its private part (`cloudfront.net`). */
  readonly publicSuffix: string | null;
  readonly isIcann: boolean | null;
  /** A company gives out names under its own domain. */
  readonly isPrivate: boolean | null;
}

/** Finds the host name in a text, and its public suffix. */
export function parseHost(text: string): Host {
  // The list is large, so it is loaded when first needed. It is bundled: the package has no dependency to install.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require('../../assets/public-suffix') as {
    parse(text: string, options: { allowPrivateDomains: boolean }): Host;
  };
  return parse(text, { allowPrivateDomains: true });
}
