import { readFileSync } from 'node:fs';

const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as HTML, also inside an attribute. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => SPECIAL[character] as string);

const FILE = readFileSync(new URL('static/drawings.svg', import.meta.url), 'utf8');
/** Drawings and icons by id, each a `symbol`; and the shapes that cut them. */
const SYMBOLS = partsOf('symbol');
const CLIPS = partsOf('clipPath');

function partsOf(element: string): ReadonlyMap<string, string> {
  const parts = FILE.matchAll(new RegExp(`<${element} id="([^"]+)".*?</${element}>`, 'gs'));
  return new Map([...parts].map(([text, id]) => [id as string, text]));
}

/** Ids of all drawings, for pages whose script chooses among them. */
export const EVERY_DRAWING: readonly string[] = [...SYMBOLS.keys()];

/** The drawings that a page uses, inside the page: a browser applies the page's style sheet only to those. */
export function spriteOf(html: string, more: readonly string[] = []): string {
  const used = new Set([...[...html.matchAll(/href="#([di]-[\w-]+)"/g)].map(([, id]) => id as string), ...more]);
  const symbols = [...used].map((id) => {
    const symbol = SYMBOLS.get(id);
    if (symbol === undefined) throw new Error(`expected a drawing of static/drawings.svg, received ${id}`);
    return symbol;
  });
  const clips = [...CLIPS].filter(([id]) => symbols.some((symbol) => symbol.includes(`url(#${id})`)));
  const defs = clips.length === 0 ? '' : `<defs>${clips.map(([, text]) => text).join('')}</defs>`;
  return `<svg class="sprite" aria-hidden="true" focusable="false" width="0" height="0">${defs}${symbols.join('\n')}</svg>`;
}

export const icon = (id: string): string => `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use href="#${id}"/></svg>`;

/** @param label what it shows, for a drawing that says something that no text beside it says. */
export function drawing(id: string, { classes = '', label = '' } = {}): string {
  const name = label === '' ? 'aria-hidden="true"' : `role="img" aria-label="${escapeHtml(label)}"`;
  const size = id === 'd-coin' ? 120 : id.startsWith('i-') ? 24 : 200;
  return `<svg${classes && ` class="${classes}"`} viewBox="0 0 ${size} ${size}" ${name}><use href="#${id}"/></svg>`;
}
