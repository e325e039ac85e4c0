import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WafCaptchaApiKey, WafScope } from '../../src';
import { HOME } from '../lambda/support/test-environment';

/** The provider's function as its template declares it, and the folder of its code as it would be uploaded. */
export interface DeclaredFunction {
  readonly runtime: string;
  readonly handler: string;
  readonly memorySize: number;
  readonly environment: Record<string, string>;
  readonly codeFolder: string;
  /** The temporary folder of it all. */
  readonly assembly: string;
}

interface FunctionProperties {
  readonly Runtime: string;
  readonly Handler: string;
  readonly MemorySize: number;
  readonly Environment?: { readonly Variables: Record<string, string> };
  readonly Code: { readonly S3Key: string };
}

export function declaredFunction(): DeclaredFunction {
  // Outside of this package, whose package.json would say how Node.js loads the code.
  const app = new App({ outdir: mkdtempSync(path.join(tmpdir(), 'declared-function-')) });
  const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: HOME } });
  new WafCaptchaApiKey(stack, 'Key', { scope: WafScope.CLOUDFRONT, tokenDomains: ['example.com'] });
  const { directory } = app.synth();

  const [{ Properties }] = Object.values(
    Template.fromStack(stack).findResources('AWS::Lambda::Function'),
  ) as { Properties: FunctionProperties }[];
  return {
    runtime: Properties.Runtime,
    handler: Properties.Handler,
    memorySize: Properties.MemorySize,
    environment: Properties.Environment?.Variables ?? {},
    codeFolder: path.join(
      directory, assetPath(path.join(directory, `${stack.artifactId}.assets.json`), Properties.Code.S3Key),
    ),
    assembly: directory,
  };
}

function assetPath(manifest: string, objectKey: string): string {
  const { files } = JSON.parse(
    readFileSync(manifest, 'utf8'),
  ) as { files: Record<string, { source: { path: string } }> };
  return files[objectKey.replace(/\.zip$/, '')].source.path;
}
