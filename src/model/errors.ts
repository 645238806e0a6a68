/**
 * Every error code a client can meet. `docs/errors.md` lists the same, and a test keeps the two equal.
 * `status` is the HTTP status where the error ends a request that is not GraphQL; GraphQL answers carry
 * field errors with 200.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: { status: 401, meaning: 'The operation needs a valid token, and none came.' },
  FORBIDDEN: { status: 403, meaning: "The viewer's role may not do this." },
  INSUFFICIENT_ASSURANCE: {
    status: 403,
    meaning: 'The customer is not proven well enough for this field: `required` and `actual` say how well.',
  },
  SOURCE_UNAVAILABLE: { status: 502, meaning: 'A back end refused, failed or could not be reached: `source` names it.' },
  SOURCE_TIMEOUT: { status: 504, meaning: 'A back end did not answer in time: `source` names it.' },
  SOURCE_INVALID: {
    status: 502,
    meaning: 'A back end answered something that does not fit, or this key can not be sent to it: `source` names it.',
  },
  BAD_USER_INPUT: {
    status: 400,
    meaning: 'An argument has a value that cannot be used: the message says what was expected and what came.',
  },
  CONFLICTING_IDENTIFIERS: { status: 409, meaning: 'The identifiers given together name different customers.' },
  NOT_FOUND: { status: 404, meaning: 'There is no such thing, or not for this viewer.' },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests: try again after `retryAfter` seconds.' },
  OPERATION_TOO_COMPLEX: { status: 400, meaning: 'The operation is beyond a limit: `limit`, `allowed` and `actual` say which.' },
  PERSISTED_DOCUMENT_REQUIRED: { status: 400, meaning: 'Only registered operations are answered here.' },
  OVERLOADED: { status: 503, meaning: 'The gateway has more work than it can take: try again later.' },
  INTERNAL: { status: 500, meaning: 'Something unexpected went wrong. `requestId` finds it in the log.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected error, safe to show to a client as it is: its message holds no identifier and no secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** What a program can act on, beside the code: `source`, `required`, `actual`, … */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
  }
}

export type SourceErrorCode = Extract<ErrorCode, `SOURCE_${string}`>;

/** A back end's failure, for one key or for a whole batch. Its `cause` is for the log only. */
export class SourceError extends GatewayError {
  declare readonly code: SourceErrorCode;
  /** Milliseconds that the call took; undefined where none was made. For the log. */
  readonly ms: number | undefined;

  constructor(code: SourceErrorCode, source: string, message: string, cause?: unknown, ms?: number) {
    super(code, message, { source }, { cause });
    this.name = 'SourceError';
    this.ms = ms;
  }
}

/** An error that an owner's resolver threw for the client, which gets its message and its extensions as they are. */
export class OwnersError extends Error {
  /** With a `code` of the owner's choice. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(message: string, extensions: Readonly<Record<string, unknown>>, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OwnersError';
    this.extensions = extensions;
  }
}
