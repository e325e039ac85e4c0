import { newKey, newStack } from './stacks';

export const NOT_A_HOST =
  'is not a bare host name (no scheme, user, port, path, whitespace or quotation marks); write ';

/** The domains of a key that is declared with these. */
export function domainsOf(...tokenDomains: string[]): string[] {
  return newKey(newStack(), { tokenDomains }).tokenDomains;
}

export function label(length: number): string {
  return 'a'.repeat(length);
}

/** A name of a length up to 253, of labels that are short enough. */
export function name(length: number): string {
  return `${label(47)}.`.repeat(6).slice(0, length - 4) + '.com';
}
