// PyPI and the repository of the Go module show README.md without the files that its links lead to, so the packages of
// the other languages get links to GitHub. They come from the assembly, which this changes after each compilation.
import { readFileSync, writeFileSync } from 'node:fs';

const assembly = JSON.parse(readFileSync('.jsii', 'utf8'));
const repository = assembly.repository.url.replace('https://github.com/', '').replace(/\.git$/, '');
const ref = assembly.version === '0.0.0' ? 'main' : `v${assembly.version}`;

const [CODE, LINK] = [/(^```.*?^```$)/ms, /(!?)(\[[^\]]*\])\((?!https:|#)([^)]+)\)/g];
const absolute = (_, image, text, target) => image
  ? `![${text.slice(1, -1)}](https://raw.githubusercontent.com/${repository}/${ref}/${target})`
  : `${text}(https://github.com/${repository}/blob/${ref}/${target})`;

assembly.readme.markdown = assembly.readme.markdown.split(CODE)
  .map((part) => part.startsWith('```') ? part : part.replace(LINK, absolute)).join('');
writeFileSync('.jsii', JSON.stringify(assembly, null, 2));
