// What of other people's code is in a bundle: their licences, and a bill of materials (CycloneDX) for scanners.
// The same source gives the same bytes: no time, no serial number, no path of this machine.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages that gave at least one byte to the outputs of esbuild's metafiles. */
export function packagesIn(metafiles) {
  const folders = new Set();
  for (const { outputs } of metafiles) {
    for (const { inputs } of Object.values(outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
        const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
        if (folder && bytesInOutput > 0) folders.add(folder);
      }
    }
  }
  const packages = new Map([...folders].map(readPackage).map((one) => [one.purl, one]));
  return [...packages.values()].sort((a, b) => (a.purl < b.purl ? -1 : 1));
}

function readPackage(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = readdirSync(folder);
  if (files.some(
    (file) => /^notice/i.test(file),
  )) throw new Error(`${name}: has a NOTICE, which must be shipped with the bundle`);
  const file = files.find((entry) => /^licen[cs]e/i.test(entry));
  const text = file && readFileSync(join(folder, file), 'utf8').replace(/\r\n/g, '\n').trim();
  if (license !== 'Apache-2.0'
    && !text) throw new Error(`${name}: comes without the text of its licence (${license}), which must be shipped`);
  return { name, version, license, text, purl: `pkg:npm/${name.replace('@', '%40')}@${version}` };
}

/** Apache-2.0 stands in LICENSE, as this package has it too; other texts are given in full. */
export function licenceList(packages) {
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return [
    'The files of this folder hold code of the packages below, each under its own licence.',
    ...packages.map(({ name, version, license, text }) => [
      `${name} ${version} (${license})`,
      license === 'Apache-2.0' ? [
        /^ *Copyright (?!\[).*/m.exec(text ?? '')?.[0].trim(), 'The text of Apache-2.0 is in ../LICENSE.',
      ].filter(Boolean).join('\n') : text,
    ].join('\n\n')),
    [
      'Public Suffix List (MPL-2.0)',
      'The data in public-suffix/ come from the Public Suffix List (publicsuffix.org), by way of tldts, and are '
        + 'subject to the terms of the Mozilla Public\n'
      + 'License, v. 2.0 (mozilla.org/MPL/2.0). Their source form is public_suffix_list.dat, as that site offers it.',
    ].join('\n\n'),
  ].join(rule) + '\n';
}

/** CycloneDX 1.5. The version of this package itself is given when it is released, so it is left out. */
export function billOfMaterials(name, packages) {
  return JSON.stringify({
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: { component: { 'type': 'library', 'bom-ref': `pkg:npm/${name}`, name } },
    components: packages.map(({ name: component, version, license, purl }) => ({
      'type': 'library', 'bom-ref': purl, 'name': component, version, 'licenses': [{ license: { id: license } }], purl,
    })),
    dependencies: [{ ref: `pkg:npm/${name}`, dependsOn: packages.map(({ purl }) => purl) }],
  }, undefined, 1) + '\n';
}
