import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { WafScope } from '../../src';
import { envOf, keyIdOf, newKey } from '../support/stacks';

const USAGE = readFileSync(path.join(__dirname, '..', '..', 'docs', 'usage.md'), 'utf8');
const SHOWN = USAGE.slice(USAGE.indexOf('### What cdk diff shows')).split('```')[1].split('\n');

/** The app of the document: a line of its diff names all that the construct names in a template. */
function declare(...tokenDomains: string[]) {
  const app = new App();
  const [shop, site] = ['CaptchaKey', 'CaptchaSite'].map((id) => new Stack(app, id, envOf('eu-west-1')));
  const key = newKey(shop, { scope: WafScope.REGIONAL, tokenDomains });
  const output = new CfnOutput(site, 'ApiKey', { value: key.apiKey });
  const value = JSON.stringify(site.resolve(output.value));
  return { id: keyIdOf(shop), hash: path.basename(key.node.defaultChild!.node.scope!.node.path), value };
}

test('the names in the output of cdk diff are those of the templates', () => {
  const [before, after] = [declare('example.com'), declare('example.com', 'example.org')];
  const { OutputName: output } = JSON.parse(before.value)['Fn::Join'][1][0]['Fn::GetStackOutput'];
  const attribute = ({ id }: { id: string }) => `{"Value":{"Fn::GetAtt":["${id}","APIKey"]}}`;
  expect(SHOWN.filter((line) => line.startsWith('['))).toEqual([
    `[-] Custom::WafCaptchaApiKey Key/${before.hash} ${before.id} destroy`,
    `[+] Custom::WafCaptchaApiKey Key/${after.hash} ${after.id}`,
    `[~] Output Key|APIKey/Output ${output}: ${attribute(before)} to ${attribute(after)}`,
    `[~] Output ApiKey ApiKey: {"Value":${before.value}} to {"Value":${after.value}}`,
  ]);
});
