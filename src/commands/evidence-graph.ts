import { type Identifier, identifierKey } from '../model/identifier.ts';
import type { StoredCustomer } from '../model/identity.ts';

/** Counts how often identifiers were seen together, and draws them. */
export class EvidenceGraph {
  /** By the keys of both identifiers. */
  readonly #edges = new Map<string, { readonly from: string; readonly to: string; count: number }>();

  add(identifiers: readonly Identifier[]): void {
    const [first, ...others] = identifiers.map(identifierKey);
    if (first === undefined) return;
    for (const other of others) {
      const [from, to] = [first, other].sort() as [string, string];
      const key = JSON.stringify([from, to]);
      const edge = this.#edges.get(key) ?? { from, to, count: 0 };
      edge.count++;
      this.#edges.set(key, edge);
    }
  }

  /**
   * A drawing in the language of Graphviz: a box for each customer, and a line between identifiers that were seen together, with
   * the number of times. The line is dashed if they belong to different customers.
   */
  toDot(customers: readonly StoredCustomer[]): string {
    const boxOf = new Map(
      customers.flatMap(({ identifiers }, box) => identifiers.map((identifier) => [identifierKey(identifier), box] as const)),
    );
    const boxes = customers.map(({ id, identifiers }, box) => {
      const nodes = identifiers.map((identifier) => `    ${quote(identifierKey(identifier))};\n`).join('');
      return `  subgraph cluster_${box} {\n    label=${quote(id)};\n${nodes}  }\n`;
    });
    const edges = [...this.#edges.values()]
      .filter(({ from, to }) => boxOf.has(from) || boxOf.has(to))
      .map(({ from, to, count }) => {
        const together = boxOf.has(from) && boxOf.get(from) === boxOf.get(to);
        return `  ${quote(from)} -- ${quote(to)} [label="${count}"${together ? '' : ', style=dashed, color=red'}];\n`;
      });
    return `graph identity {\n  node [shape=box, style=rounded];\n${boxes.join('')}${edges.join('')}}\n`;
  }
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
