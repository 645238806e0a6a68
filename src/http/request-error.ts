/** A request that is refused before anybody looks at what it asks for. Its message goes to the client. */
export class RequestError extends Error {
  /** The HTTP status, 400 to 499. */
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
