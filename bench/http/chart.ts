import { type Cell, cellName, cellTitle, parseCells } from './cells.ts';
import type { Contestant } from './contestants.ts';
import type { Environment } from './environment.ts';
import type { Results } from './results-file.ts';
import type { Summary } from './summary.ts';

/** The cells that the chart shows, one panel for each. */
const CHART_CELLS: readonly Cell[] = parseCells('closed:1:0,closed:16:0,closed:64:0,closed:256:0,closed:64:5,open:4000:0');

/** Pixels. */
const [WIDTH, MARGIN, COLUMNS, LABELS, VALUES, ROW, BAR] = [960, 24, 2, 166, 52, 20, 12];
const [HEAD, PANEL_HEAD, PANEL_GAP, FOOT] = [64, 26, 18, 34];
const COLUMN = (WIDTH - MARGIN * (COLUMNS + 1)) / COLUMNS;
const COLOURS = {
  ...{ background: '#ffffff', border: '#d0d7de', ink: '#1f2328', faint: '#59636e', rule: '#8c959f' },
  ...{ ours: '#0969da', byHand: '#59636e', others: '#b6c2cf' },
};

/** A text with a rim, which stays readable on a line. */
const ON_LINE = { fill: COLOURS.ink, stroke: COLOURS.background, 'stroke-width': 4, 'paint-order': 'stroke' };

const TITLE = 'Requests per CPU second, against an endpoint written by hand';

/** Horizontal bars in a panel for each cell: the ratio to the endpoint written by hand. Cells without that reference are left out. @returns SVG. */
export function chart(environment: Environment, contestants: readonly Contestant[], results: Results): string {
  const panels = CHART_CELLS.flatMap((cell) => {
    const bars = barsOf(contestants, results.get(cellName(cell)));
    return bars.length > 0 ? [{ cell, bars }] : [];
  });
  const longest = Math.max(1, ...panels.flatMap(({ bars }) => bars.map(({ ratio }) => ratio)));
  const height = PANEL_HEAD + Math.max(0, ...panels.map(({ bars }) => bars.length)) * ROW + PANEL_GAP;
  const total = HEAD + Math.ceil(panels.length / COLUMNS) * height + FOOT;
  const drawn = panels.map(({ cell, bars }, index) => {
    const [x, y] = [MARGIN + (index % COLUMNS) * (COLUMN + MARGIN), HEAD + Math.floor(index / COLUMNS) * height];
    return `<g transform="translate(${x} ${y})">${panel(cell, bars, longest)}</g>`;
  });
  const { machine, cores, node, date } = environment;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${total}" viewBox="0 0 ${WIDTH} ${total}" role="img" aria-labelledby="title desc" font-family="system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="13">`,
    `<title id="title">${escaped(TITLE)}</title>`,
    `<desc id="desc">${escaped(panels.map(({ cell, bars }) => `${cellTitle(cell)}: ${bars.map(spoken).join(', ')}.`).join(' '))}</desc>`,
    `<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${total - 1}" rx="6" fill="${COLOURS.background}" stroke="${COLOURS.border}"/>`,
    text(MARGIN, 30, TITLE, { fill: COLOURS.ink, 'font-size': 17, 'font-weight': 600 }),
    text(MARGIN, 49, 'By hand is 1: the line. Longer is better. One customer of three REST back ends, over HTTP.', { fill: COLOURS.faint }),
    ...drawn,
    text(MARGIN, total - 16, `${machine}, ${cores} cores, Node ${node}, ${date}`, { fill: COLOURS.faint, 'font-size': 12 }),
    '</svg>',
    '',
  ].join('\n');
}

interface Bar {
  readonly name: string;
  readonly title: string;
  readonly ratio: number;
  readonly keptUp: boolean;
}

function barsOf(contestants: readonly Contestant[], summaries: ReadonlyMap<string, Summary> | undefined): Bar[] {
  return contestants.flatMap(({ name, title }) => {
    const summary = summaries?.get(name);
    return summary?.toByHand === undefined ? [] : [{ name, title, ratio: summary.toByHand.median, keptUp: summary.keptUp }];
  });
}

function panel(cell: Cell, bars: readonly Bar[], longest: number): string {
  const scale = (COLUMN - LABELS - VALUES) / longest;
  const rows = bars.map(({ name, title, ratio, keptUp }, index) => {
    const [y, width] = [PANEL_HEAD + index * ROW, Math.max(1, ratio * scale)];
    const isOurs = name === 'gateway';
    const value = `${ratio.toFixed(2)}${keptUp ? '' : " can't keep up"}`;
    return [
      text(LABELS - 8, y + 11, title, { fill: COLOURS.ink, 'text-anchor': 'end', ...(isOurs && { 'font-weight': 600 }) }),
      `<rect x="${LABELS}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2" fill="${isOurs ? COLOURS.ours : name.startsWith('by-hand') ? COLOURS.byHand : COLOURS.others}"/>`,
      text(LABELS + width + 6, y + 11, value, { ...ON_LINE, 'font-size': 12, ...(isOurs && { 'font-weight': 600 }) }),
    ].join('');
  });
  const one = (LABELS + scale).toFixed(1);
  const line = `<line x1="${one}" x2="${one}" y1="${PANEL_HEAD - 5}" y2="${PANEL_HEAD + bars.length * ROW - 3}" stroke="${COLOURS.rule}" stroke-dasharray="3 3"/>`;
  return [text(0, 13, cellTitle(cell), { fill: COLOURS.ink, 'font-weight': 600 }), line, ...rows].join('\n');
}

/** A bar in words, for screen readers. */
const spoken = ({ title, ratio, keptUp }: Bar) => `${title} ${ratio.toFixed(2)}${keptUp ? '' : " and can't keep up"}`;

function text(x: number, y: number, content: string, attributes: Readonly<Record<string, string | number>>): string {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`);
  return `<text x="${x.toFixed(1)}" y="${y}"${written.join('')}>${escaped(content)}</text>`;
}

const escaped = (content: string) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
