import { readdirSync, readFileSync } from 'node:fs';

/** A fenced block of a Markdown page. */
export interface CodeBlock {
  /** `docs/journey.md:40`: the line of the opening fence, for messages. */
  readonly where: string;
  /** The text after the opening fence: `ts`, `graphql`, `sh`. */
  readonly language: string;
  readonly text: string;
}

/** A row of a Markdown table. */
export interface TableRow {
  /** The nearest heading above it, without its `#`. */
  readonly heading: string;
  /** The cells by the names in the table's header row, trimmed. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Every page of the documentation, relative to the repository's root. */
export function documentationPages(): string[] {
  const pages = readdirSync('docs').filter((name) => name.endsWith('.md'));
  return ['README.md', 'datasources/README.md', ...pages.map((name) => `docs/${name}`)];
}

/** The fenced blocks of a page. */
export function codeBlocks(page: string): CodeBlock[] {
  const text = readFileSync(page, 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => ({
    where: `${page}:${text.slice(0, match.index).split('\n').length}`,
    language: match[1] as string,
    text: match[2] as string,
  }));
}

/** The rows of every table of a page. */
export function tableRows(page: string): TableRow[] {
  const rows: TableRow[] = [];
  let heading = '';
  let header: string[] | null = null;
  for (const line of withoutBlocks(readFileSync(page, 'utf8')).split('\n')) {
    if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
    if (!line.startsWith('|')) {
      header = null;
      continue;
    }
    const cells = cellsOf(line);
    if (header === null) header = cells;
    else if (!/^\|[ :|-]+$/.test(line))
      rows.push({ heading, cells: Object.fromEntries(header.map((name, index) => [name, cells[index] ?? ''])) });
  }
  return rows;
}

/** The anchors that GitHub gives the headings of a page. */
export function anchors(page: string): Set<string> {
  const headings = withoutBlocks(readFileSync(page, 'utf8')).matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, text = '']) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** The targets of a page's links and pictures. */
export function linkTargets(page: string): string[] {
  return [...withoutBlocks(readFileSync(page, 'utf8')).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
}

function withoutBlocks(text: string): string {
  return text.replace(/^```\w*\n.*?^```$/gms, '');
}

/** A vertical bar inside a cell is written `\|`. */
function cellsOf(line: string): string[] {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1);
  return cells.map((cell) => cell.trim().replaceAll('\\|', '|'));
}
