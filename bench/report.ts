/** A number to compare by. */
export interface Ratio {
  readonly what: string;
  readonly value: number;
  /** What it should be at most, if the project promises that. */
  readonly goal?: number;
}

/** Lines over two axes. */
export interface LinePlot {
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

/** What a case has found. */
export interface CaseReport {
  readonly text: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  readonly ratios?: readonly Ratio[];
  readonly plots?: readonly LinePlot[];
  readonly raw: unknown;
}

export interface BenchCase {
  readonly name: string;
  readonly title: string;
  run(options: Options): Promise<CaseReport>;
}

export interface Options {
  /** Fewer and smaller: shows that everything works, and says little about time. */
  readonly quick: boolean;
  /** Paths of Node.js binaries for what is measured on each. */
  readonly nodes: readonly string[];
}

/** For a mistake in what is measured: figures of something that did not work are worth nothing. */
export function check(holds: boolean, what: string, details?: unknown): asserts holds {
  if (!holds) {
    throw new Error(
      `The benchmark went wrong: ${what}${details === undefined ? '' : `: ${JSON.stringify(details)}`}`,
    );
  }
}

export function markdown({ title, name }: BenchCase, { text, head, rows, plots = [] }: CaseReport): string {
  const table = [head, head.map((_, column) => column === 0 ? '---' : '---:'), ...rows].map(
    (row) => `| ${row.join(' | ')} |`,
  );
  return [
    `## ${title}`,
    '',
    `\`npm run bench -- ${name}\` · ${text}`,
    '',
    ...table,
    '',
    ...plots.flatMap((plot) => [`![${plot.title}](${plot.file})`, '']),
  ].join('\n');
}

export function ratioTable(ratios: readonly Ratio[]): string {
  return [
    '| ratio | measured | goal |  |',
    '| --- | ---: | ---: | --- |',
    ...ratios.map(({ what, value, goal }) => `| ${what} | ${value} | ${goal === undefined
      ? '– | '
      : `≤ ${goal} | ${value <= goal ? 'met' : '**missed**'}`} |`),
    '',
  ].join('\n');
}
