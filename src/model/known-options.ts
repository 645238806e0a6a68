import type { z } from 'zod';

/** What of a Zod schema tells what lies within it. */
interface Inside {
  readonly type: string;
  readonly innerType?: { readonly def: Inside };
  readonly in?: { readonly def: Inside };
  readonly shape?: Readonly<Record<string, { readonly def: Inside }>>;
  readonly valueType?: { readonly def: Inside };
  readonly element?: { readonly def: Inside };
}

/** The names of the options that a schema has at a path; empty where it is no object of known ones. */
export function knownOptions(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let inside = unwrapped((schema as unknown as { readonly def: Inside }).def);
  for (const name of path) {
    const next = inside.shape?.[String(name)] ?? inside.valueType ?? inside.element;
    if (next === undefined) return [];
    inside = unwrapped(next.def);
  }
  return Object.keys(inside.shape ?? {});
}

/** Without what makes a schema optional, or transforms what it has parsed. */
function unwrapped(def: Inside): Inside {
  const inner = def.innerType ?? def.in;
  return inner === undefined ? def : unwrapped(inner.def);
}
