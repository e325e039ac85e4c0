import { Token } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The names of the two SSM parameters of a key: a contract between apps. */
export function ssmNames(construct: IConstruct, prefix: string) {
  if (Token.isUnresolved(prefix)) {
    throw new Error(`${construct.node.path}: prefix: must be known at synth, got a value that is known at deployment only; write a text such as '/captcha/shop'`);
  }
  if (!/^(\/[\w.-]+)+$/.test(prefix)) {
    throw new Error(`${construct.node.path}: prefix: must be a path such as '/captcha/shop', of letters, digits and ._-, got '${prefix}'`);
  }
  if (/^\/(aws|ssm)/i.test(prefix)) {
    throw new Error(`${construct.node.path}: prefix: SSM keeps names that start with 'aws' or 'ssm' for itself, got '${prefix}'; start it with another word`);
  }
  return { apiKey: `${prefix}/api-key`, applicationIntegrationUrl: `${prefix}/application-integration-url` };
}
