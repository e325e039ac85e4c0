import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ModuleKind, ScriptTarget, transpile } from 'typescript';

const README = readFileSync(path.join(__dirname, '..', '..', 'README.md'), 'utf8');
const [, APP] = /```ts nofixture\n([^]*?)```/.exec(README)!;
const [, PAGE] = /```html\n([^]*?)```/.exec(README)!;

const before = process.cwd();
let folder: string;
let template: Template;

/** As a user would: the app and the page are pasted into an empty folder, and the app runs there. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'quick-start-'));
  mkdirSync(path.join(folder, 'page'));
  writeFileSync(path.join(folder, 'page', 'index.html'), PAGE);
  process.chdir(folder);
  process.env.CDK_OUTDIR = path.join(folder, 'cdk.out');
  const script = transpile(APP, { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022 });
  new Function('require', 'exports', script)(require, {});
  const output = path.join(folder, 'cdk.out', 'CaptchaSite.template.json');
  template = Template.fromJSON(JSON.parse(readFileSync(output, 'utf8')));
}, 60_000);

afterAll(() => {
  delete process.env.CDK_OUTDIR;
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const idOf = (type: string) => Object.keys(template.findResources(type))[0];

describe('The quick start of the README', () => {
  it('creates a key for the domain of the distribution', () => {
    template.hasResourceProperties('Custom::WafCaptchaApiKey', {
      Scope: 'CLOUDFRONT',
      TokenDomains: [{ 'Fn::GetAtt': [idOf('AWS::CloudFront::Distribution'), 'DomainName'] }],
    });
  });

  it('puts the key into the config.json that the page fetches', () => {
    const deployments = JSON.stringify(template.findResources('Custom::CDKBucketDeployment'));
    expect(deployments).toContain(JSON.stringify([idOf('Custom::WafCaptchaApiKey'), 'APIKey']));
    expect(PAGE).toContain("fetch('/config.json')");
  });

  it('requires a puzzle for the path to which the page sends the form', () => {
    expect(PAGE).toContain("fetch('/api/");
    template.hasResourceProperties('AWS::WAFv2::WebACL', {
      Rules: [Match.objectLike({
        Action: { Captcha: {} },
        Statement: {
          ByteMatchStatement: Match.objectLike({ PositionalConstraint: 'STARTS_WITH', SearchString: '/api/' }),
        },
      })],
    });
    template.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: {
        WebACLId: { 'Fn::GetAtt': [idOf('AWS::WAFv2::WebACL'), 'Arn'] },
        CacheBehaviors: [Match.objectLike({ PathPattern: '/api/*' })],
      },
    });
  });
});
