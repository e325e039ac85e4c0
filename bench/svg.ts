import type { LinePlot, Ratio } from './report';

const COLOURS = ['#0b6e4f', '#c8553d', '#588b8b', '#7d5ba6'];
const WIDTH = 720;
const LEFT = 70;
const TOP = 40;
const HEIGHT = 320;

/** Bars for ratios, with a mark at what each is to reach, if it is to reach anything. */
export function bars(ratios: readonly Ratio[]): string {
  const [label, row] = [380, 26];
  const max = Math.max(...ratios.map(({ value, goal = 0 }) => Math.max(value, goal)), 1);
  const at = (value: number) => label + value / max * (WIDTH - label - 60);
  const rows = ratios.flatMap(({ what, value, goal }, index) => {
    const y = TOP + index * row;
    const missed = goal !== undefined && value > goal;
    const goalX = fixed(at(goal ?? 0));
    const mark = `<line x1="${goalX}" x2="${goalX}" y1="${y - 3}" y2="${y + 21}" stroke="#222" stroke-width="2"/>`;
    return [
      text(label - 8, y + 14, what, 'end'),
      `<rect x="${label}" y="${y}" width="${fixed(at(value) - label)}" height="18" fill="${COLOURS[missed ? 1 : 0]}"/>`,
      ...goal === undefined ? [] : [mark],
      text(Math.max(at(value), at(goal ?? 0)) + 6, y + 14, String(value)),
    ];
  });
  return svg(
    TOP + ratios.length * row + 20, [text(label, 24, 'measured ratio (bar) and goal (mark); less is better'), ...rows],
  );
}

/** Lines over two axes that start at zero. */
export function lines({ title, x, y, series }: LinePlot): string {
  const all = series.flatMap(({ points }) => points);
  const maxX = Math.max(...all.map(([value]) => value), 1);
  const maxY = Math.max(...all.map(([, value]) => value), 1e-9);
  const right = WIDTH - 150;
  const atX = (value: number) => fixed(LEFT + value / maxX * (right - LEFT));
  const atY = (value: number) => fixed(TOP + HEIGHT - value / maxY * HEIGHT);
  const ticks = [0, 0.25, 0.5, 0.75, 1].flatMap((part) => [
    `<line x1="${LEFT}" x2="${right}" y1="${atY(part * maxY)}" y2="${atY(part * maxY)}" stroke="#ddd"/>`,
    text(LEFT - 8, Number(atY(part * maxY)) + 4, short(part * maxY), 'end'),
    text(Number(atX(part * maxX)), TOP + HEIGHT + 18, short(part * maxX), 'middle'),
  ]);
  const drawn = series.flatMap(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const [lastX, lastY] = points[points.length - 1];
    const line = points.map(([px, py]) => `${atX(px)},${atY(py)}`).join(' ');
    return [
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${line}"/>`,
      ...points.map(([px, py]) => `<circle cx="${atX(px)}" cy="${atY(py)}" r="3" fill="${colour}"/>`),
      `<text x="${Number(atX(lastX)) + 8}" y="${Number(atY(lastY)) + 4}" fill="${colour}">${escape(name)}</text>`,
    ];
  });
  return svg(TOP + HEIGHT + 50, [
    text(LEFT, 22, title), ...ticks, ...drawn, text((LEFT + right) / 2, TOP + HEIGHT + 40, x, 'middle'),
    text(4, TOP - 6, y),
  ]);
}

function svg(height: number, parts: readonly string[]): string {
  const style = 'font-family="sans-serif" font-size="12"';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" ${style}>\n`
    + `<rect width="100%" height="100%" fill="#fff"/>\n${parts.join('\n')}\n</svg>\n`;
}

function text(x: number, y: number, content: string, anchor = 'start'): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}">${escape(content)}</text>`;
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function short(value: number): string {
  return value >= 10_000 ? `${Math.round(value / 1000)}k` : String(Number(value.toPrecision(3)));
}

function escape(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}
