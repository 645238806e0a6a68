/** Objects and lists within each other. Deeper ones are no data, and recursion over them ends in a stack that is full. */
const MAX_DEPTH = 32;

export interface JsonBounds {
  /** Characters of JSON. */
  readonly size: number;
}

/** What of a value goes beyond the bounds of JSON that comes from outside; null for nothing. */
export function beyondBounds(value: unknown, { size }: JsonBounds): string | null {
  if (depthOf(value, 0) > MAX_DEPTH) return `expected at most ${MAX_DEPTH} levels of nesting`;
  return (JSON.stringify(value)?.length ?? 0) > size ? `expected at most ${size} characters of JSON` : null;
}

/** Stops as soon as it is too deep. */
function depthOf(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return depth;
  let deepest = depth + 1;
  for (const inner of Object.values(value)) deepest = Math.max(deepest, depthOf(inner, depth + 1));
  return deepest;
}

/**
 * A value as JSON keeps it, for one that may be no JSON: made by a schema of the owner's, say.
 * @returns undefined for what is no JSON object.
 */
export function asJsonObject(value: unknown): Record<string, unknown> | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value));
    return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? (copy as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
