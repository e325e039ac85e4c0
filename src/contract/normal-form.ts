import { domainToASCII } from 'node:url';

/**
 * The one way in which a token domain is written here: lower case, punycode, no root dot.
 *
 * Construct and handler both use it, since domains that are tokens reach the handler as the user wrote them.
 */
export function normalizeTokenDomain(domain: string): string {
  // Browsers take all four as dots.
  const name = domain.replace(/[.。．｡]$/, '');
  // Only Unicode needs the conversion; on plain names it would do more than is wanted (`1.2` becomes `1.0.0.2`).
  return /^[\x00-\x7f]*$/.test(name) ? name.toLowerCase() : domainToASCII(name) || name;
}

/** A text with spaces in place of what encloses or separates the items of a list in one text. No domain contains it. */
export function spaceItems(text: string): string {
  return text.replace(/[,;|"'、，；\p{Ps}\p{Pe}\p{Pi}\p{Pf}]/gu, ' ');
}

/** Normal form of a whole list: each domain once, in an order of its own. */
export function normalizeTokenDomains(domains: readonly string[]): string[] {
  return [...new Set(domains.map(normalizeTokenDomain))].sort();
}
