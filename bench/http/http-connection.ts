import { connect, type Socket } from 'node:net';

/** Called for every answer. The body may be a view of a buffer that is used again, so it must be read at once. */
type OnAnswer = (connection: HttpConnection, status: number, body: Buffer) => void;

const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * A kept connection that reads HTTP/1.1 answers, one at a time, by `content-length` or chunked. It does only what a load
 * generator needs, so that it uses little of the core that it shares with the back ends.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #onAnswer: OnAnswer;
  #received: Buffer | null = null;
  #isClosing = false;

  /** @param onFailure receives the error when the connection breaks, the server ends it, or an answer is malformed. */
  constructor(port: number, onAnswer: OnAnswer, onFailure: (error: Error) => void) {
    this.#onAnswer = onAnswer;
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (chunk) => {
      try {
        this.#read(chunk);
      } catch (error) {
        onFailure(error as Error);
      }
    });
    this.#socket.on('error', onFailure);
    this.#socket.on('close', () => {
      if (!this.#isClosing) onFailure(new Error('the server ended a connection'));
    });
  }

  /** Sends a whole request. The one before must have been answered. */
  send(request: Buffer): void {
    this.#socket.write(request);
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    const received = this.#received === null ? chunk : Buffer.concat([this.#received, chunk]);
    this.#received = received;
    const endOfHead = received.indexOf(END_OF_HEAD);
    if (endOfHead === -1) return;
    const head = received.toString('latin1', 0, endOfHead).toLowerCase();
    const body = bodyOf(head, received, endOfHead + END_OF_HEAD.length);
    if (body === null) return;
    this.#received = null;
    this.#onAnswer(this, Number(head.slice(9, 12)), body);
  }
}

/** @returns null when the answer has not arrived completely. @throws Error when it is malformed, or more bytes follow it. */
function bodyOf(head: string, received: Buffer, start: number): Buffer | null {
  const at = head.indexOf('content-length:');
  if (at === -1) {
    if (!/transfer-encoding: *chunked/.test(head)) throw new Error(`expected content-length or chunked, received: ${head}`);
    return chunkedBody(received, start);
  }
  const end = start + Number.parseInt(head.slice(at + 'content-length:'.length), 10);
  if (Number.isNaN(end) || received.length > end) throw new Error(`expected ${end} bytes, received ${received.length}: ${head}`);
  return received.length === end ? received.subarray(start, end) : null;
}

/** RFC 9112, section 7.1, without trailers. */
function chunkedBody(received: Buffer, start: number): Buffer | null {
  const chunks: Buffer[] = [];
  for (let position = start; ; ) {
    const endOfLine = received.indexOf('\r\n', position);
    if (endOfLine === -1) return null;
    const size = Number.parseInt(received.toString('latin1', position, endOfLine), 16);
    const from = endOfLine + 2;
    const next = from + size + 2;
    if (Number.isNaN(size) || (size === 0 && received.length > next)) throw new Error('malformed chunks, or more bytes after them');
    if (received.length < next) return null;
    if (size === 0) return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
    chunks.push(received.subarray(from, from + size));
    position = next;
  }
}
