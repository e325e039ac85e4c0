// Compares the templates of two cloud assemblies: node scripts/compare-templates.mjs <expected> <actual>
import assert from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [expected, actual] = process.argv.slice(2).map(readTemplates);
assert.ok(Object.keys(expected).length > 0, 'there is no template to compare with');
assert.deepStrictEqual(actual, expected);
console.log(`same templates: ${Object.keys(actual).join(', ')}`);

function readTemplates(folder) {
  const names = readdirSync(folder).filter((file) => file.endsWith('.template.json')).sort();
  return Object.fromEntries(
    names.map((name) => [name, normalize(JSON.parse(readFileSync(join(folder, name), 'utf8')))]),
  );
}

/** Metadata names the language and its versions; asset hashes depend on how a package manager unpacks files. */
function normalize(value) {
  if (typeof value === 'string') return value.replace(/\b[0-9a-f]{64}\b/g, '<asset>');
  if (Array.isArray(value)) return value.map(normalize);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value)
    .filter(([key]) => key !== 'Metadata' && key !== 'CDKMetadata')
    .map(([key, inner]) => [key, normalize(inner)]));
}
