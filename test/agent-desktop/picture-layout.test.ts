import fc from 'fast-check';
import { expect, it } from 'vitest';
import { layOut, NODE_SIZE, type PictureGroup, type PictureNode } from '../../agent-desktop/src/identity/history/picture-layout.ts';

const node = fc.record({ state: fc.constantFrom('held', 'new', 'gone'), isPerson: fc.boolean() }) as fc.Arbitrary<
  Pick<PictureNode, 'state' | 'isPerson'>
>;

const group = (id: string, nodes: readonly Pick<PictureNode, 'state' | 'isPerson'>[]): PictureGroup => ({
  id,
  nodes: nodes.map((each, index) => ({ ...each, key: `${id}:${index}`, type: id, value: String(index) })),
});

it('lays customers and identifiers out so that none covers another, and all are inside', () => {
  const several = fc.array(node, { maxLength: 14 });
  fc.assert(
    fc.property(several, fc.array(several, { maxLength: 4 }), fc.integer({ min: 320, max: 1_600 }), (main, others, width) => {
      const picture = layOut(
        group('main', main),
        others.map((nodes, index) => group(`other${index}`, nodes)),
        width,
      );
      const boxes = [...picture.customers, ...picture.nodes];
      for (const [index, { x, y }] of boxes.entries()) {
        const isInside =
          x >= NODE_SIZE.width / 2 &&
          x <= picture.width - NODE_SIZE.width / 2 &&
          y >= NODE_SIZE.height / 2 &&
          y <= picture.height - NODE_SIZE.height / 2;
        expect(isInside, `${index} at ${x}, ${y} is inside`).toBe(true);
        for (const other of boxes.slice(index + 1)) {
          const isApart = Math.abs(x - other.x) >= NODE_SIZE.width || Math.abs(y - other.y) >= NODE_SIZE.height;
          expect(isApart, `${x}, ${y} and ${other.x}, ${other.y} are apart`).toBe(true);
        }
      }
    }),
  );
});
