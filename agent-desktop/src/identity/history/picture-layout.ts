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
  /** Where the line's words stand; null where there is no room for them. */
  readonly label: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' } | null;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly customers: readonly { readonly id: string; readonly x: number; readonly y: number }[];
  readonly nodes: readonly PlacedNode[];
}

/** Pixels: what a node and a row of nodes take at most, and what another customer's column takes. */
const NODE = 236;
const ROW = 64;
const ASIDE = 264;

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
  const perRow = Math.max(1, Math.min(4, Math.floor(inner / NODE)));
  const rows = (nodes: readonly PictureNode[]) => Math.ceil(nodes.length / perRow);
  const centre = { x: Math.round(inner / 2), y: 62 + 138 + Math.max(0, rows(above) - 1) * ROW - (above.length === 0 ? 110 : 0) };
  const bottom = centre.y + (below.length === 0 ? 60 : 146 + Math.max(0, rows(below) - 1) * ROW + 48);
  const side = others.map((group) => ({ group, height: 76 + group.nodes.length * 58 }));
  const drawn = [...ring(above, centre, inner, perRow, -1), ...ring(below, centre, inner, perRow, 1)];
  const customers = [{ id: main.id, ...centre }];
  let y = isNarrow ? bottom + 40 : 56;
  for (const { group, height } of side) {
    const x = isNarrow ? Math.round(width / 2) : width - Math.round(ASIDE / 2);
    const top = y;
    customers.push({ id: group.id, x, y: top });
    drawn.push(
      ...group.nodes.map((node, index) => {
        const at = top + 64 + index * 58;
        return { ...node, x, y: at, path: `M${x} ${at}V${top}`, label: null };
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
    const spacing = Math.min(inRow === 2 ? 514 : 324, (width - NODE) / Math.max(1, inRow - 1));
    const offset = inRow === 1 ? 0 : ((index % perRow) - (inRow - 1) / 2) * spacing;
    const rise = 146 - Math.min(1, Math.abs(offset) / 257) * 58 + row * ROW;
    const [x, y] = [Math.round(centre.x + offset), Math.round(centre.y + direction * rise)];
    const isStraight = offset === 0;
    return {
      ...node,
      ...{ x, y },
      path: isStraight ? `M${x} ${y}V${centre.y}` : `M${x} ${y}Q${Math.round((x + centre.x) / 2)} ${y} ${centre.x} ${centre.y}`,
      label: row > 0 ? null : labelAt({ ...node, x, y }, centre, isStraight),
    };
  });
}

/** Pixels of a node's half: its value in the code face, a picture, and what is around them. */
const halfOf = ({ value }: PictureNode) => Math.min(130, 34 + Math.min(value.length, 30) * 3.7);

/** Words stand beside the node, where its line begins, so that neither covers the other. */
function labelAt(node: PictureNode & { x: number; y: number }, centre: { x: number; y: number }, isStraight: boolean): PlacedNode['label'] {
  const isAbove = node.y < centre.y;
  if (isStraight) return { x: node.x + 10, y: Math.round((node.y + centre.y) / 2) + 4, anchor: 'start' };
  const isLeft = node.x < centre.x;
  const x = Math.round(node.x + (isLeft ? 1 : -1) * (halfOf(node) + 13));
  return { x, y: node.y + (isAbove ? (isLeft ? 26 : 12) : -28), anchor: isLeft ? 'start' : 'end' };
}
