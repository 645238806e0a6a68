/** An answer over GraphQL, as a document of the layout gets it. */
export interface WireAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly AnswerError[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** Where one field's value came from, as `extensions.provenance` has it. */
export interface Provenance {
  readonly path: readonly (string | number)[];
  readonly source: string | null;
  readonly fetchedAt: string | null;
  readonly stale: boolean;
}

/** Where the values of this answer came from; nothing where the gateway did not say. */
export function provenanceOf({ extensions }: WireAnswer): readonly Provenance[] {
  return Array.isArray(extensions?.provenance) ? (extensions.provenance as Provenance[]) : [];
}

/** The error's code; whatever has none is something that nobody expected. */
export function codeOf({ extensions }: AnswerError): string {
  return typeof extensions?.code === 'string' ? extensions.code : 'INTERNAL';
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path such as `loyalty.points`; null where a record on the way is missing. */
export function readPath(from: Readonly<Record<string, unknown>>, path: string): unknown {
  let at: unknown = from;
  for (const name of path.split('.')) {
    if (!isRecord(at)) return null;
    at = at[name];
  }
  return at ?? null;
}
