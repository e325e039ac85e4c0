import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** The hosts that the documents may link to. A new one is added here on purpose; no test asks the network. */
const HOSTS = [
  'aws.amazon.com',
  'constructs.dev',
  'docs.amazonaws.cn',
  'docs.aws.amazon.com',
  'github.com',
  'img.shields.io',
  'pypi.org',
  'registry.terraform.io',
  'semver.org',
  'stryker-mutator.io',
  'www.conventionalcommits.org',
  'www.npmjs.com',
];

/** What is in the repository, or would be after `git add`. */
const FILES =
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n').filter(Boolean);
const FOLDERS = new Set(
  FILES.flatMap((file) => file.split('/').map((_, index, parts) => parts.slice(0, index).join('/') || '.')),
);
const DOCUMENTS = FILES.filter((file) => file.endsWith('.md') && !file.startsWith('.github/'));

const readDocument = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Code holds no links, although some of it looks like one. */
const withoutCode = (markdown: string) => markdown
  .replace(/^( *)(`{3,}|~{3,}).*?^ *\2 *$/gms, '').replace(/^ {4,}.*$/gm, '').replace(/(`+)[^`].*?\1/g, '');

function linksOf(markdown: string): string[] {
  const text = withoutCode(markdown);
  const patterns = [
    /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g, // [text](target), ![text](target "title")
    /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(?:\s+"[^"]*")?\s*$/gm, // [label]: target
    /\b(?:href|src|srcset)="([^"\s]+)[^"]*"/g, // HTML, as for pictures
    /<(https?:[^>\s]+)>/g, // <https://…>
  ];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map(([, target]) => target.replace(/&amp;/g, '&')));
}

/** The anchors that GitHub gives to headings, and those that are written as HTML. */
function anchorsOf(markdown: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [
    ...markdown.replace(/^( *)(`{3,}|~{3,}).*?^ *\2 *$/gms, '').matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm),
  ].map(([, heading]) => {
    const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/<[^>]+>/g, '').replace(/[`*]/g, '');
    const slug = shown.trim().toLowerCase().replace(/[^\p{L}\p{N}\p{M} _-]/gu, '').replace(/ /g, '-');
    const times = seen.get(slug) ?? 0;
    seen.set(slug, times + 1);
    return times ? `${slug}-${times}` : slug;
  });
  return new Set([...headings, ...[...markdown.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, name]) => name)]);
}

/** What is wrong with a link, or undefined. */
function faultOf(link: string, file: string): string | undefined {
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(link)) {
    if (!URL.canParse(link)) return 'is no URL';
    const { protocol, hostname, port, username } = new URL(link);
    if (protocol !== 'https:') return 'is not https';
    if (port || username) return 'has a port or a user';
    return HOSTS.includes(hostname) ? undefined : `leads to ${hostname}, which is not among the allowed hosts`;
  }
  const [target, anchor] = link.split('#').map(decodeURIComponent);
  if (target.startsWith('/')) return 'is not relative';
  const found = target
    ? path.posix.normalize(path.posix.join(path.posix.dirname(file), target)).replace(/(.)\/$/, '$1')
    : file;
  if (!FILES.includes(found) && !FOLDERS.has(found)) return 'leads to nothing in the repository';
  if (anchor === undefined) return undefined;
  if (!found.endsWith('.md')) return 'has an anchor, but does not lead to a document';
  return anchorsOf(readDocument(found)).has(anchor) ? undefined : 'leads to a heading that does not exist';
}

test.each(DOCUMENTS)('the links of %s lead to files, headings and known hosts', (file) => {
  const faults = linksOf(readDocument(file)).map((link) => ({ link, fault: faultOf(link, file) })).filter(
    ({ fault }) => fault,
  );
  expect(faults).toEqual([]);
});

test.each(DOCUMENTS)('the labels of links in %s are defined', (file) => {
  const text = withoutCode(readDocument(file));
  const defined = [...text.matchAll(/^\[([^\]]+)\]:/gm)].map(([, label]) => label);
  const used = [...text.matchAll(/\]\[([^\]]+)\]/g)].map(([, label]) => label);
  expect(new Set(used)).toEqual(new Set(defined));
});

test.each(DOCUMENTS)('the files that %s names exist', (file) => {
  const named = [...readDocument(file).matchAll(
    /`((?:\.ci|bench|demo|docs|emulator|examples|lambda|local|rosetta|scripts|src|test)\/[\w./-]*)`/g,
  )];
  const exists = (name: string) => FILES.includes(name) || FOLDERS.has(name);
  const missing = named.map(([, name]) => name.replace(/\/$/, ''))
    .filter((name) => !exists(name) && !exists(path.posix.join(path.posix.dirname(file), name)));
  expect(missing).toEqual([]);
});

test('the list of documents is not empty', () => {
  expect(DOCUMENTS).toEqual(expect.arrayContaining(
    [
      'README.md',
      'API.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'docs/usage.md',
      'examples/README.md',
    ]));
});

test('each document in docs is reachable by links from the README', () => {
  const reached = new Set(['README.md']);
  for (const file of reached) { // grows meanwhile
    for (const link of linksOf(readDocument(file))) {
      const found = path.posix.join(path.posix.dirname(file), link.split('#')[0]);
      if (DOCUMENTS.includes(found)) reached.add(found);
    }
  }
  expect(DOCUMENTS.filter((file) => file.startsWith('docs/') && !reached.has(file))).toEqual([]);
});

test.each([
  ['[a](missing.md)', 'leads to nothing in the repository'],
  ['[a](usage.md#no-such-heading)', 'leads to a heading that does not exist'],
  ['[a]: ../docs/missing.md', 'leads to nothing in the repository'],
  ['<img src="../docs/images/missing.png">', 'leads to nothing in the repository'],
  ['[a](../.projenrc.ts#L1)', 'has an anchor, but does not lead to a document'],
  ['[a](/docs/usage.md)', 'is not relative'],
  ['[a](http://docs.aws.amazon.com/waf/)', 'is not https'],
  ['[a](https://docs.aws.amazon.com:8443/waf/)', 'has a port or a user'],
  [
    '<https://docs.aws.amazon.com.example.com/>',
    'leads to docs.aws.amazon.com.example.com, which is not among the allowed hosts',
  ],
  ['[a](https://)', 'is no URL'],
])('reports the broken link %s', (markdown, fault) => {
  expect(linksOf(markdown).map((link) => faultOf(link, 'docs/design.md'))).toEqual([fault]);
});

test.each([
  ['`[a](missing.md)`'],
  ['```md\n[a](missing.md)\n```\n'],
])('ignores links in code: %j', (markdown) => expect(linksOf(markdown)).toEqual([]));

test('anchors are those of GitHub', () => {
  const markdown =
    '# `blocked`: the script\n## A [link](x.md) & more\n## Same\n## Same\n```sh\n# a comment\n```\n<a name="by-hand" '
      + 'id="a.B"></a>\n';
  expect([...anchorsOf(markdown)]).toEqual(['blocked-the-script', 'a-link--more', 'same', 'same-1', 'by-hand', 'a.B']);
});
