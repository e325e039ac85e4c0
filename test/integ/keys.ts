import { ListAPIKeysCommand, Scope, WAFV2Client } from '@aws-sdk/client-wafv2';

export interface ExpectedKey {
  readonly scope: Scope;
  readonly region: string;
  readonly tokenDomains: readonly string[];
}

export interface FoundKey extends ExpectedKey {
  readonly apiKey: string;
}

/** The keys with this domain, which nobody else's have, in all places where there can be any; as the SDK says. */
export async function findKeys(domain: string, regions: readonly string[]): Promise<FoundKey[]> {
  const places = [
    { scope: Scope.CLOUDFRONT, region: 'us-east-1' },
    ...regions.map((region) => ({ scope: Scope.REGIONAL, region })),
  ];
  const found: FoundKey[] = [];
  for (const { scope, region } of places) {
    const client = new WAFV2Client({ region });
    let NextMarker: string | undefined;
    do {
      const page = await client.send(new ListAPIKeysCommand({ Scope: scope, Limit: 100, NextMarker }));
      for (const { APIKey: apiKey, TokenDomains: tokenDomains = [] } of page.APIKeySummaries ?? []) {
        if (apiKey && tokenDomains.includes(domain)) {
          found.push({ scope, region, tokenDomains: [...tokenDomains].sort(), apiKey });
        }
      }
      NextMarker = page.NextMarker;
    } while (NextMarker);
    client.destroy();
  }
  return found;
}
