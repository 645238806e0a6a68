import type { Identifier } from './key.ts';

export interface PictureNode extends Identifier {
  readonly key: string;
  /** `new`: the chosen event brought it. `gone`: nobody has it at this moment, and the customer had it. */
  readonly state: 'held' | 'new' | 'gone';
  readonly isPerson: boolean;
}

/** A customer of one moment, with the identifiers that they had. */
export interface PictureGroup {
  readonly id: string;
  readonly nodes: readonly PictureNode[];
}

export interface PlacedNode extends PictureNode {
  readonly x: number;
  readonly y: number;
  /** The line to its customer, as a path of SVG. */
  readonly path: string;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly customers: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  readonly nodes: readonly PlacedNode[];
}

/** Pixels that a node takes at most: a line each for its type, its value, and when and where it came. */
export const NODE_SIZE = { width: 260, height: 56 };
/** Pixels: from one node to the next, and what another customer's column takes. */
const COLUMN = NODE_SIZE.width + 8;
const ROW = NODE_SIZE.height + 12;
const ASIDE = NODE_SIZE.width + 4;
/** Pixels from the customer to the nearest row: where its arc is highest, and how much lower its ends are. */
const RISE = 116;
const ARC = 40;
/** Pixels from the edge to the middle of the first node. */
const EDGE = 40;
/** Pixels: how round the way is that leads around other nodes, and how far it stays away from them. */
const CORNER = 12;

/**
 * Places one moment: the customer in the middle, what names a person above, browsers and devices below, and customers who have
 * not joined yet at the side. Pure. @param width pixels that there are.
 */
export function layOut(main: PictureGroup, others: readonly PictureGroup[], width: number): Picture {
  const isNarrow = width < 2 * ASIDE;
  const aside = others.length > 0 && !isNarrow ? ASIDE : 0;
  const inner = width - aside;
  const above = main.nodes.filter(({ isPerson, state }) => isPerson && state !== 'gone');
  const below = main.nodes.filter((node) => !above.includes(node));
  const perRow = Math.max(1, Math.min(4, Math.floor(inner / COLUMN)));
  const rows = (nodes: readonly PictureNode[]) => Math.ceil(nodes.length / perRow);
  const centre = { x: Math.round(inner / 2), y: EDGE + (above.length === 0 ? 0 : RISE + (rows(above) - 1) * ROW) };
  const bottom = centre.y + EDGE + (below.length === 0 ? 0 : RISE + (rows(below) - 1) * ROW);
  const side = others.map((group) => ({ group, height: ROW + 16 + group.nodes.length * ROW }));
  const drawn = [...ring(above, centre, inner, perRow, -1), ...ring(below, centre, inner, perRow, 1)];
  const customers = [{ id: main.id, ...centre }];
  let y = isNarrow ? bottom + EDGE : EDGE;
  for (const { group, height } of side) {
    const x = isNarrow ? Math.round(width / 2) : width - Math.round(ASIDE / 2);
    const top = y;
    customers.push({ id: group.id, x, y: top });
    drawn.push(
      ...group.nodes.map((node, index) => {
        const at = top + (index + 1) * ROW;
        return { ...node, x, y: at, path: `M${x} ${at}V${top}` };
      }),
    );
    y += height;
  }
  return { width, height: Math.max(bottom, y), customers, nodes: drawn };
}

/** Rows above (-1) or below (1) the customer: the nearest row is an arc, so that its lines don't cross the others' nodes. */
function ring(
  nodes: readonly PictureNode[],
  centre: { readonly x: number; readonly y: number },
  width: number,
  perRow: number,
  direction: -1 | 1,
): PlacedNode[] {
  return nodes.map((node, index) => {
    const row = Math.floor(index / perRow);
    const inRow = Math.min(perRow, nodes.length - row * perRow);
    const spacing = Math.min(inRow === 2 ? 514 : 324, (width - COLUMN) / Math.max(1, inRow - 1));
    const offset = inRow === 1 ? 0 : ((index % perRow) - (inRow - 1) / 2) * spacing;
    const rise = RISE + row * ROW - (row > 0 ? 0 : Math.min(1, Math.abs(offset) / 257) * ARC);
    const [x, y] = [Math.round(centre.x + offset), Math.round(centre.y + direction * rise)];
    if (perRow === 1 && row > 0) return { ...node, x, y, path: pathAround(x, y, centre.y) };
    const path = offset === 0 ? `M${x} ${y}V${centre.y}` : `M${x} ${y}Q${Math.round((x + centre.x) / 2)} ${y} ${centre.x} ${centre.y}`;
    return { ...node, x, y, path };
  });
}

/** In one column, the way to the customer leads around the nodes between: through them it would say that one hangs on the next. */
function pathAround(x: number, y: number, to: number): string {
  const rail = x - NODE_SIZE.width / 2 - CORNER;
  const turn = y < to ? CORNER : -CORNER;
  return `M${x} ${y}H${rail + CORNER}Q${rail} ${y} ${rail} ${y + turn}V${to - turn}Q${rail} ${to} ${rail + CORNER} ${to}H${x}`;
}
