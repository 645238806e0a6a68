/** A request that is refused before its body or operation is read. The client gets the message. */
export class RequestError extends Error {
  /** The HTTP status, 400 to 499. */
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}
