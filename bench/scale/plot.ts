/** One line of a plot; both numbers of a point are above 0. */
export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

/** What a plot shows. Both axes are logarithmic. */
export interface Plot {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const [WIDTH, HEIGHT] = [720, 440];
const [LEFT, RIGHT, TOP, BOTTOM] = [70, 150, 50, 60];
/** Told apart in grey, too, by their marks. */
const COLOURS = ['#0b6e4f', '#c1440e', '#33539e', '#7a5195'];
const MARKS = ['circle', 'square', 'triangle', 'diamond'] as const;

/** Draw a plot as SVG with its own white ground, readable on dark pages. */
export function plotSvg({ title, x, y, lines }: Plot): string {
  const points = lines.flatMap((line) => line.points);
  const xs = decades(points.map(([value]) => value));
  const ys = decades(points.map(([, value]) => value));
  const atX = (value: number) => LEFT + share(value, xs) * (WIDTH - LEFT - RIGHT);
  const atY = (value: number) => HEIGHT - BOTTOM - share(value, ys) * (HEIGHT - TOP - BOTTOM);
  const parts = [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    text(LEFT, 26, title, 'font-size="16" font-weight="bold"'),
    ...xs.map((value) => vertical(atX(value), value)),
    ...ys.map((value) => horizontal(atY(value), value)),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, x, 'text-anchor="middle"'),
    text(0, 0, y, `text-anchor="middle" transform="translate(18 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)"`),
    ...lines.map((line, index) => drawn(line, index, atX, atY)),
  ];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" ` +
    `font-family="sans-serif" font-size="13">\n<title>${escaped(title)}</title>\n${parts.join('\n')}\n</svg>\n`
  );
}

/** Powers of ten around values, two at the least. */
function decades(values: readonly number[]): number[] {
  if (values.some((value) => !(value > 0))) throw new RangeError('A logarithmic axis takes numbers above 0 only');
  const from = Math.floor(Math.log10(Math.min(...values)));
  const to = Math.max(from + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
}

function share(value: number, axis: readonly number[]): number {
  const [from, to] = [axis[0] ?? 1, axis.at(-1) ?? 10].map(Math.log10) as [number, number];
  return (Math.log10(value) - from) / (to - from);
}

function vertical(at: number, value: number): string {
  const line = `<line x1="${at}" x2="${at}" y1="${TOP}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/>`;
  return line + text(at, HEIGHT - BOTTOM + 20, label(value), 'text-anchor="middle"');
}

function horizontal(at: number, value: number): string {
  const line = `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="#ddd"/>`;
  return line + text(LEFT - 8, at + 4, label(value), 'text-anchor="end"');
}

function label(value: number): string {
  return value >= 1 ? value.toLocaleString('en') : String(Number(value.toPrecision(1)));
}

function drawn({ name, points }: Line, index: number, atX: (x: number) => number, atY: (y: number) => number): string {
  const colour = COLOURS[index % COLOURS.length] ?? '#000';
  const places = points.map(([x, y]) => [atX(x), atY(y)] as const);
  const path = places.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const legend = [WIDTH - RIGHT + 20, TOP + 14 + 24 * index] as const;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...[...places, legend].map(([x, y]) => mark(index, x, y, colour)),
    text(legend[0] + 14, legend[1] + 4, name, `fill="${colour}"`),
  ].join('');
}

function mark(index: number, x: number, y: number, colour: string): string {
  const moved = `transform="translate(${x.toFixed(1)} ${y.toFixed(1)})" fill="${colour}"`;
  switch (MARKS[index % MARKS.length]) {
    case 'square':
      return `<rect x="-4.5" y="-4.5" width="9" height="9" ${moved}/>`;
    case 'triangle':
      return `<path d="M0-6 6 5H-6Z" ${moved}/>`;
    case 'diamond':
      return `<path d="M0-6.5 6.5 0 0 6.5-6.5 0Z" ${moved}/>`;
    default:
      return `<circle r="5" ${moved}/>`;
  }
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
