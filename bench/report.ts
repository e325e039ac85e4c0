import { Row } from './measure';

const HEAD = ['', '', 'this package', '`AwsCustomResource`', 'bare handler', 'ratio', 'goal'];

export function table(rows: readonly Row[]): string {
  const lines = rows.map(({ what, unit, ours, awsCustomResource, bareHandler, ratio, goal }) => [
    what,
    unit,
    ...[ours, awsCustomResource, bareHandler].map((value) => value === undefined ? '' : short(value)),
    ratio?.toFixed(2) ?? '',
    goal === undefined ? '' : `≤ ${Number(goal.toFixed(2))}${(ratio ?? ours) <= goal ? '' : ', **missed**'}`,
  ]);
  const rule = HEAD.map((_, column) => column < 2 ? '---' : '---:');
  return [HEAD, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`.replace(/ {2,}/g, ' ')).join('\n');
}

const [WIDTH, LABEL, BARS, TOP, LINE] = [760, 330, 330, 40, 17];
const COLOURS = { ours: '#0b6e4f', awsCustomResource: '#c8553d' };

/** For each row two bars, each as long as its part of the longer one. */
export function picture(rows: readonly Row[]): string {
  const compared = rows.filter(({ awsCustomResource }) => awsCustomResource !== undefined);
  const parts = compared.flatMap(({ what, unit, ours, awsCustomResource = 0 }, index) => {
    const y = TOP + index * (2 * LINE + 10);
    const bar = (value: number, line: number, colour: string) => {
      const length = Math.max(1, Math.round(value / Math.max(ours, awsCustomResource) * BARS));
      return `<rect x="${LABEL}" y="${y + line * LINE}" width="${length}" height="${LINE - 2}" fill="${colour}"/>`
        + text(LABEL + length + 6, y + line * LINE + 12, `${short(value)} ${unit}`);
    };
    return [
      text(LABEL - 8, y + LINE + 3, what, 'end'), bar(ours, 0, COLOURS.ours),
      bar(awsCustomResource, 1, COLOURS.awsCustomResource),
    ];
  });
  const height = TOP + compared.length * (2 * LINE + 10);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="#fff"/>',
    text(LABEL, 24, 'this package', 'start', COLOURS.ours),
    text(LABEL + 90, 24, 'AwsCustomResource', 'start', COLOURS.awsCustomResource),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, content: string, anchor = 'start', fill = '#222'): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}">${content}</text>`;
}

function short(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 1 : 0)));
}
