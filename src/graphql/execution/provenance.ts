import type { GraphQLResolveInfo } from 'graphql';
import { isTrusted, type Viewer } from '../../model/viewer.ts';
import type { FieldBinding } from '../../profile/field-binding.ts';
import type { FieldAnswer } from '../../profile/read-field.ts';

/** The request header that asks for it, with the value `1`. */
const PROVENANCE_HEADER = 'x-profile-provenance';

/** Where one field's value came from, in `extensions.provenance`. */
export interface FieldProvenance {
  readonly path: readonly (string | number)[];
  /** The source whose value it is; null where none had one. */
  readonly source: string | null;
  /** The field's sources, in the order of its `@from`. */
  readonly candidates: readonly string[];
  /** The number of that source among the candidates, counted from 0; null where none had a value. */
  readonly from: number | null;
  readonly fetchedAt: string | null;
  /** Whole seconds since then. */
  readonly age: number | null;
  /** Given after its time, since the source failed or while it is asked again. */
  readonly stale: boolean;
}

/** True when the request asks for it and its viewer may know: names and times of back ends are for trusted viewers. */
export function wantsProvenance(headers: Readonly<Record<string, string | undefined>>, viewer: Viewer): boolean {
  return headers[PROVENANCE_HEADER] === '1' && isTrusted(viewer);
}

/** @param answer null when no source had a value. */
export function provenanceOf(
  path: GraphQLResolveInfo['path'],
  { sources }: FieldBinding,
  answer: FieldAnswer | null,
  now: Date,
): FieldProvenance {
  return {
    path: pathToArray(path),
    source: answer?.source ?? null,
    candidates: sources.map(({ source }) => source),
    from: answer?.from ?? null,
    fetchedAt: answer?.fetchedAt.toISOString() ?? null,
    age: answer === null ? null : Math.max(0, Math.floor((now.getTime() - answer.fetchedAt.getTime()) / 1_000)),
    stale: answer?.isStale ?? false,
  };
}

function pathToArray(path: GraphQLResolveInfo['path']): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key);
  return keys;
}
