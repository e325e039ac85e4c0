import { WAFInvalidParameterException } from '../errors';

/** A marker has at most 256 characters, so it cannot be the last key of the page, which has 688. */
export function encodeMarker(sequence: number): string {
  return Buffer.from(`after:${sequence}`).toString('base64url');
}

export function decodeMarker(marker: string): number {
  const [, sequence] = /^after:(\d+)$/.exec(Buffer.from(marker, 'base64url').toString()) ?? [];
  if (sequence === undefined) {
    throw new WAFInvalidParameterException({ Reason: 'The marker is not valid.', Parameter: marker });
  }
  return Number(sequence);
}
