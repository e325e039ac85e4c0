import { EnumShape, IntegerShape, ListShape, StringShape } from './shapes';

/**
 * The shapes of the service model (wafv2, 2019-07-29) that the
 * API key operations take. A test compares them with the model.
 */

export type Scope = 'CLOUDFRONT' | 'REGIONAL';

export const scope = { kind: 'enum', values: ['CLOUDFRONT', 'REGIONAL'] } as const satisfies EnumShape<Scope>;

export const tokenDomain: StringShape = { kind: 'string', min: 1, max: 253, pattern: '^[\\w\\.\\-/]+$' };

export const tokenDomains: ListShape = { kind: 'list', min: 1, member: tokenDomain };

export const apiKey: StringShape = { kind: 'string', min: 1, max: 2048, pattern: '.*\\S.*' };

export const nextMarker: StringShape = { kind: 'string', min: 1, max: 256, pattern: '.*\\S.*' };

export const paginationLimit: IntegerShape = { kind: 'integer', min: 1, max: 100 };

/** Only the documentation has this one: the model gives the list of token domains no maximum. */
export const MAX_TOKEN_DOMAINS = 5;
