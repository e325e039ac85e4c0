import { randomBytes } from 'node:crypto';

const SUFFIX = '_0_1';
const CIPHER_BLOCK = 16;

/** As long and of the same characters as real keys: 512 encrypted bytes in base64 and a suffix make 688. */
export function newApiKeyText(length: number): string {
  const characters = length - SUFFIX.length;
  const atMost = Math.ceil(characters * 3 / 4);
  const inBlocks = atMost - atMost % CIPHER_BLOCK;
  const bytes = base64Length(inBlocks) < characters ? atMost : inBlocks;
  return randomBytes(bytes).toString('base64').slice(0, characters) + SUFFIX;
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}
