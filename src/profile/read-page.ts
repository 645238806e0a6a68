import { SourceError } from '../model/errors.ts';
import type { Connection } from './page-list.ts';

/**
 * A page that a source made itself, in the form of the Relay cursor connections specification. An edge that is null is none,
 * and so are edges that are null.
 * @throws SourceError SOURCE_INVALID for anything else.
 */
export function readPage(value: unknown, field: string, source: string): Connection<unknown> {
  const { edges: given, pageInfo } = value as { edges?: unknown; pageInfo?: unknown };
  const edges = given === null ? [] : Array.isArray(given) && given.includes(null) ? given.filter((edge) => edge !== null) : given;
  if (!Array.isArray(edges) || !edges.every(isEdge)) {
    throw new SourceError('SOURCE_INVALID', source, `${field}: expected a page { edges: [{ cursor, node }], pageInfo } from ${source}`);
  }
  const { hasNextPage, hasPreviousPage } = (pageInfo ?? {}) as Record<string, unknown>;
  return {
    edges,
    pageInfo: {
      hasNextPage: hasNextPage === true,
      hasPreviousPage: hasPreviousPage === true,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function isEdge(edge: unknown): edge is Connection<unknown>['edges'][number] {
  return typeof edge === 'object' && edge !== null && typeof (edge as { cursor?: unknown }).cursor === 'string' && 'node' in edge;
}
