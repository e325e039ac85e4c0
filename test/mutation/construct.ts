import path from 'node:path';
import { loadTests } from './load';

const test = path.join(__dirname, '..');

loadTests([test, path.join(test, 'private')], {
  last: ['key-hash-tokens', 'waf-captcha-api-key', 'organization-defaults', 'cross-stack', 'cdk-nag', 'provider-asset'],
  without: ['budget', 'docs', 'examples', 'import-rules', 'package', 'templates', 'users-tests'],
});
