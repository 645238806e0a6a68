/** Levels of objects and lists. Recursion over deeper ones could overflow the stack. */
const MAX_DEPTH = 32;

/** @param size characters of JSON, at most. @returns what is wrong with a value from outside; null for nothing. */
export function beyondBounds(value: unknown, size: number): string | null {
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

/** A copy of a value from owner's code, as JSON. @returns undefined for a value that is no JSON object. */
export function asJsonObject(value: unknown): Record<string, unknown> | undefined {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value));
    return typeof copy === 'object' && copy !== null && !Array.isArray(copy) ? (copy as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
