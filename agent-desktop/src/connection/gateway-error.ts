/** An error of the gateway, as GraphQL or its own routes send it. */
export interface GatewayError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: unknown; readonly [name: string]: unknown };
}

/** The whole request failed: there is no answer to read. */
export class RequestFailure extends Error {
  /** A code of docs/errors.md, or `OFFLINE` when the gateway cannot be reached. */
  readonly code: string;
  readonly error: GatewayError;

  constructor(code: string, error: GatewayError) {
    super(error.message);
    this.name = 'RequestFailure';
    this.code = code;
    this.error = error;
  }
}

/** @returns the code of whatever was thrown or answered: a failure, an error of GraphQL, or what Apollo makes of them. */
export function codeOf(error: unknown): string {
  return firstError(error)?.code ?? 'INTERNAL';
}

/** The first error with a code, and what else the gateway says of it. */
export function firstError(error: unknown): { readonly code: string; readonly details: Readonly<Record<string, unknown>> } | null {
  if (typeof error !== 'object' || error === null) return null;
  if (error instanceof RequestFailure) return { code: error.code, details: error.error.extensions ?? {} };
  const { extensions, errors, cause } = error as { extensions?: Record<string, unknown>; errors?: unknown; cause?: unknown };
  if (typeof extensions?.code === 'string') return { code: extensions.code, details: extensions };
  for (const inner of Array.isArray(errors) ? errors : [cause]) {
    const found = firstError(inner);
    if (found !== null) return found;
  }
  return null;
}
