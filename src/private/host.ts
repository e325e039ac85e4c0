type Parse = typeof import('tldts').parse;

/** What is known of a host name without asking anybody: its public suffix, and whether it is an IP address. */
export type Host = ReturnType<Parse>;

/** Finds the host name in a text. */
export function parseHost(text: string): Host {
  // The list is large, so it is loaded when first needed. It is bundled: the package has no dependency to install.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parse } = require('../../assets/public-suffix') as { parse: Parse };
  return parse(text, { allowPrivateDomains: true });
}
