import { readdirSync } from 'node:fs';
import path from 'node:path';

/**
 * The tests of some files as those of the file that calls this: Jest loads each module once for all of them, and what
 * fails first ends the run of a mutant.
 *
 * @param last the names of the files that take longest, without `.test.ts`
 * @param without those that reach no mutant, for they run the bundle or read files, and those that take too long
 */
export function loadTests(folders: string[], { last, without }: Record<'last' | 'without', string[]>): void {
  const files = folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith('.test.ts'))
    .map((name) => path.join(folder, name)));
  const nameOf = (file: string) => path.basename(file, '.test.ts');
  const included = files.filter((file) => !without.includes(nameOf(file)));
  for (const file of included.sort((one, other) => last.indexOf(nameOf(one)) - last.indexOf(nameOf(other)))) {
    describe(path.basename(file), () => { jest.requireActual(file); });
  }
}
