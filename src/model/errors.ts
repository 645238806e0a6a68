/**
 * Every error code that a client can receive. `docs/errors.md` lists the same, and a test compares the two.
 * `status` is the HTTP status of a request that is not GraphQL; a GraphQL answer with errors of fields has 200.
 */
export const ERROR_CODES = {
  UNAUTHENTICATED: { status: 401, meaning: 'The operation needs a valid token, and none was received.' },
  FORBIDDEN: { status: 403, meaning: "The viewer's roles may not do this." },
  INSUFFICIENT_ASSURANCE: {
    status: 403,
    meaning:
      'The customer is not proven well enough for this field, or not confirmed by this agent: `required` and `actual` are assurances.',
  },
  SOURCE_UNAVAILABLE: { status: 502, meaning: 'A back end refused, failed or could not be reached: `source` names it.' },
  SOURCE_TIMEOUT: { status: 504, meaning: 'A back end did not answer in time: `source` names it.' },
  SOURCE_INVALID: {
    status: 502,
    meaning: 'The answer of a back end does not fit, or this key cannot be sent to the back end: `source` names it.',
  },
  BAD_USER_INPUT: {
    status: 400,
    meaning: 'An argument has a value that cannot be used: the message says what was expected and what was received.',
  },
  CONFLICTING_IDENTIFIERS: { status: 409, meaning: 'The identifiers given together name different customers.' },
  NOT_FOUND: { status: 404, meaning: 'The thing does not exist, or this viewer may not know of it.' },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests: try again after `retryAfter` seconds.' },
  OPERATION_TOO_COMPLEX: { status: 400, meaning: 'The operation exceeds the limit that `limit` names: `actual` is more than `allowed`.' },
  PERSISTED_DOCUMENT_REQUIRED: { status: 400, meaning: 'Only trusted documents run here: send the id of one in place of a text.' },
  OVERLOADED: { status: 503, meaning: 'The gateway has more work than it can take: try again later.' },
  INTERNAL: { status: 500, meaning: 'An unexpected error happened. Search the log for its `requestId`.' },
} as const satisfies Record<string, { status: number; meaning: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An expected error, which a client may see: its message contains no identifier and no secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  /** Values for programs, beside the code: `source`, `required`, `actual`, … */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GatewayError';
    this.code = code;
    this.details = details;
  }
}

export type SourceErrorCode = Extract<ErrorCode, `SOURCE_${string}`>;

/** The failure of a back end, for one key or a whole batch. Its `cause` is only for the log. */
export class SourceError extends GatewayError {
  declare readonly code: SourceErrorCode;
  /** Milliseconds of the call; undefined without a call. For the log. */
  readonly ms: number | undefined;

  /** @param retryAfter seconds until the source is called again; undefined where that is not known. */
  constructor(code: SourceErrorCode, source: string, message: string, cause?: unknown, ms?: number, retryAfter?: number) {
    super(code, message, { source, ...(retryAfter !== undefined && { retryAfter }) }, { cause });
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
