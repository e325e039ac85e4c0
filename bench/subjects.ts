import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = path.join(__dirname, '..');

/** A handler that is measured. */
export interface Subject {
  readonly file: string;
  /** The properties with which it makes a CLOUDFRONT key for a domain, and deletes it. */
  properties(domain: string): Record<string, unknown>;
}

const plain = (domain: string) => ({ FormatVersion: '1', Scope: 'CLOUDFRONT', TokenDomains: [domain] });

/**
 * The SDK's calls that people give to AwsCustomResource for a key. It
 * gets no script URL: that would take another resource and another call.
 */
function awsCustomResourceProperties(domain: string): Record<string, unknown> {
  const call = (action: string, parameters: object) => ({
    service: '@aws-sdk/client-wafv2', action, region: 'us-east-1', parameters,
  });
  const create = {
    ...call('CreateAPIKeyCommand', { Scope: 'CLOUDFRONT', TokenDomains: [domain] }),
    physicalResourceId: { responsePath: 'APIKey' },
  };
  return {
    InstallLatestAwsSdk: 'false',
    Create: JSON.stringify(create),
    Update: JSON.stringify(create),
    Delete: JSON.stringify(call('DeleteAPIKeyCommand', { Scope: 'CLOUDFRONT', APIKey: 'PHYSICAL:RESOURCEID:' })),
  };
}

export const SUBJECTS = {
  'this package': { file: path.join(ROOT, 'assets', 'handler', 'index.js'), properties: plain },
  'AwsCustomResource': {
    file: path.join(__dirname, 'handlers', 'aws-custom-resource.cjs'), properties: awsCustomResourceProperties,
  },
  'floor': { file: bundleFloor(), properties: plain },
} satisfies Record<string, Subject>;

export type SubjectName = keyof typeof SUBJECTS;

function bundleFloor(): string {
  const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'bench-')), 'floor.js');
  buildSync({
    entryPoints: [path.join(__dirname, 'handlers', 'floor.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    minify: true,
    outfile,
  });
  return outfile;
}
