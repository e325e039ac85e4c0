import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '..', '..');
const PLAIN = path.join(ROOT, 'examples', 'captcha-page');
const REACT = path.join(ROOT, 'examples', 'captcha-page-react', 'src');
const COPIED = [
  path.join(ROOT, 'examples', 'site-in-one-stack', 'index.html'),
  ...readdirSync(path.join(PLAIN, 'page')).sort().map((name) => path.join(PLAIN, 'page', name)),
  ...['captcha.d.ts', 'sign-up.tsx', 'use-captcha.tsx'].map((name) => path.join(REACT, name)),
];

/** A change of the files changes both. The version and the date tell people whose copy is older. */
const VERSION = 'Version 1.0.0, 2026-11-29.';
const CONTENT = '12e082d933134859';

test('the files that people copy carry the same version and date, which change with them', () => {
  const texts = COPIED.map((file) => readFileSync(file, 'utf8'));
  const marks = texts.map((text) => /From cdk-waf-captcha-api-key, examples\/[\w-]+\. (Version .*\.)/.exec(text)?.[1]);
  expect(marks).toEqual(COPIED.map(() => VERSION));
  expect(createHash('sha256').update(texts.join()).digest('hex').slice(0, 16)).toBe(CONTENT);
});

test('the types of captcha.js are what it is', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'captcha-types-'));
  writeFileSync(path.join(folder, 'fits.ts'), `
    /// <reference path="${path.join(PLAIN, 'aws-waf.d.ts')}" />
    import * as actual from '${path.join(PLAIN, 'page', 'captcha.js')}';
    import * as declared from '${path.join(REACT, 'captcha')}';
    export const [fits, isComplete]: [typeof declared, typeof actual] = [actual, declared];
    type Same<A, B> = [A, B] extends [B, A] ? true : never;
    export const options: Same<Required<actual.CaptchaOptions>, Required<declared.CaptchaOptions>> = true;
    export const config: Same<actual.ConfigSource, declared.ConfigSource> = true;
  `);
  writeFileSync(path.join(folder, 'tsconfig.json'), JSON.stringify({
    extends: path.join(PLAIN, 'tsconfig.json'), compilerOptions: { paths: {} }, include: ['fits.ts'],
  }));
  const tsc = path.join(ROOT, 'node_modules', '.bin', 'tsc');
  try {
    await promisify(execFile)(tsc, ['-p', folder]).catch(
      ({ stdout }: { stdout: string }) => { throw new Error(stdout); },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

test('each code that a page can show is explained', () => {
  const guide = readFileSync(path.join(ROOT, 'docs', 'troubleshooting.md'), 'utf8');
  const loader = readFileSync(path.join(PLAIN, 'page', 'captcha-loader.js'), 'utf8');
  const texts = loader.slice(loader.indexOf('const TEXTS'));
  const codes = [...texts.matchAll(/^  '([\w-]+)': \[/gm)].map(([, code]) => code);
  expect(codes).toHaveLength(7);
  for (const code of [...codes, 'sign-up']) expect(guide).toContain(`\`${code}\``);
});
