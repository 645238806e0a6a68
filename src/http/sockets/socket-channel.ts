import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WebSocket } from '@fastify/websocket';
import type { HeldBytes, Holder } from '../connections/held-bytes.ts';
import { piecesOf } from '../connections/pieces.ts';

/** Bytes that wait to leave beyond which no more messages are read. */
const READS_BELOW = 64 * 1024;
/**
 * Characters of operations under way that are not counted, as many as may be unsent: those of a page with a hundred
 * subscriptions, so that it is never cut off for those who keep more on purpose.
 */
const FREE_CHARACTERS = 64 * 1024;
/** RFC 6455, section 5.2: a control frame of a client has 2 bytes of header and 4 of mask. */
const CONTROL_FRAME_BYTES = 6;
/** Of graphql-transport-ws, as the library has it: what the client sent is no message. */
const BAD_REQUEST = 4400;
const REQUEST_TIMEOUT = 4408;

export interface ChannelTimeouts {
  /** Milliseconds between pings. A client from which nothing arrives in that time, and that takes nothing, is cut off. */
  readonly ping: number;
  /** Milliseconds in which a message has to arrive whole. */
  readonly request: number;
}

/**
 * What is sent and received over one WebSocket. Messages leave in order, long ones in frames, so that a client that takes
 * them slowly is known from one that takes nothing. While much waits to leave, nothing more is read, so a client that does
 * not read can't ask for more.
 */
export class SocketChannel implements Holder {
  readonly #socket: WebSocket;
  readonly #connection: Socket;
  readonly #held: HeldBytes;
  readonly #timeouts: ChannelTimeouts;
  #lastSent: Promise<void> = Promise.resolve();
  #lastWaiting: Promise<void> = Promise.resolve();
  #waiting = 0;
  #unsent = 0;
  /** Characters of the messages whose operations are under way. */
  #kept = 0;
  #keptSince = 0;
  #since = performance.now();
  #isClosing = false;
  /** Frames that have left: their number grows while a client takes a long message. */
  #framesSent = 0;
  /** Bytes of the connection that belong to whole messages. */
  #understood: number;
  #seen = { received: 0, framesSent: 0, incompleteSince: 0 };
  #pings: NodeJS.Timeout | undefined;

  constructor(socket: WebSocket, connection: Socket, held: HeldBytes, timeouts: ChannelTimeouts) {
    this.#socket = socket;
    this.#connection = connection;
    this.#held = held;
    this.#timeouts = timeouts;
    this.#understood = connection.bytesRead;
    // Also of a socket that is refused at once: it receives until its client has closed it, too.
    held.add(this);
    socket.once('close', () => held.delete(this));
  }

  /** Of messages that wait to leave, of a message that has not arrived whole, and of operations under way. */
  get bytes(): number {
    return this.#unsent + Math.max(0, this.#connection.bytesRead - this.#understood) + this.#keptBeyond;
  }

  get since(): number {
    return this.#keptBeyond > 0 ? Math.min(this.#since, this.#keptSince) : this.#since;
  }

  get #keptBeyond(): number {
    return Math.max(0, this.#kept - FREE_CHARACTERS);
  }

  /** Counts the characters of a message as long as its operation is under way. @returns a function to call at its end. */
  keep(characters: number): () => void {
    if (this.#kept === 0) this.#keptSince = performance.now();
    this.#kept += characters;
    if (this.#keptBeyond > 0) this.#held.check();
    return () => {
      this.#kept -= characters;
    };
  }

  cutOff(): void {
    this.#socket.terminate();
  }

  /** Begins to receive. @param receive called with the text of each message. */
  open(receive: (text: string) => void): void {
    const { ping } = this.#timeouts;
    const control = (data: Buffer) => {
      this.#understood += CONTROL_FRAME_BYTES + data.length;
    };
    this.#socket.on('ping', control);
    this.#socket.on('pong', control);
    this.#socket.on('message', (data) => {
      this.#understood = this.#connection.bytesRead;
      this.#beginHolding();
      if (!this.#isClosing) receive(String(data));
    });
    this.#pings = setInterval(() => this.#beat(), ping).unref();
    this.#socket.once('close', () => clearInterval(this.#pings));
  }

  /** @returns resolves when the client has taken the message, or the socket is closed. */
  send(text: string): Promise<void> {
    if (this.#isClosing || this.#socket.readyState !== this.#socket.OPEN) return Promise.resolve();
    this.#beginHolding();
    this.#unsent += text.length;
    if (this.#unsent > READS_BELOW) this.#socket.pause();
    this.#lastSent = this.#lastSent.then(() => this.#write(text));
    if (text.length > READS_BELOW) this.#held.check();
    return this.#lastSent;
  }

  /**
   * Resolves when the client has taken so much that it may ask for more. Of several that wait, each has a turn of the event
   * loop in which its answer may begin to wait.
   */
  async whenRead(): Promise<void> {
    if (this.#unsent <= READS_BELOW && this.#waiting === 0) return;
    this.#waiting++;
    this.#lastWaiting = this.#lastWaiting.then(async () => {
      do {
        await this.#lastSent;
        await nextTurn();
      } while (this.#unsent > READS_BELOW);
      this.#waiting--;
    });
    await this.#lastWaiting;
  }

  /** Closes the socket when everything is sent; nothing more is received. */
  close(code: number, reason: string): void {
    this.#isClosing = true;
    this.#lastSent.then(() => this.#socket.close(code, reason));
  }

  /** Closes the socket of a client that sent no message of the protocol. */
  refuse(): void {
    this.close(BAD_REQUEST, 'Invalid message received');
  }

  /** What was held before is gone: bytes are held from now on. */
  #beginHolding(): void {
    if (this.#unsent === 0) this.#since = performance.now();
  }

  async #write(text: string): Promise<void> {
    if (text.length <= READS_BELOW) await this.#frame(text, true);
    else for (const { piece, isLast } of piecesOf(text)) await this.#frame(piece, isLast);
    this.#unsent -= text.length;
    if (this.#unsent <= READS_BELOW && this.#socket.isPaused) this.#socket.resume();
  }

  #frame(text: string, fin: boolean): Promise<void> {
    return new Promise((resolve) => {
      // An error is reported by the socket itself, and nothing waits any more when it is closed.
      this.#socket.send(text, { fin }, () => {
        this.#framesSent++;
        resolve();
      });
    });
  }

  /** Ends the connection of a client that is gone, and sends a ping to any other. */
  #beat(): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // What arrived while this process was busy is read before the decision.
    setImmediate(() => {
      const { received, framesSent } = this.#seen;
      const { bytesRead } = this.#connection;
      if (bytesRead === received && this.#framesSent === framesSent) this.#socket.terminate();
      else if (this.#isIncompleteTooLong()) this.close(REQUEST_TIMEOUT, 'expected a whole message, received a part of one');
      else this.#socket.ping();
      this.#seen.received = bytesRead;
      this.#seen.framesSent = this.#framesSent;
    });
  }

  #isIncompleteTooLong(): boolean {
    const isIncomplete = this.#connection.bytesRead > this.#understood && !this.#socket.isPaused;
    if (!isIncomplete) this.#seen.incompleteSince = 0;
    else if (this.#seen.incompleteSince === 0) this.#seen.incompleteSince = performance.now();
    else return performance.now() - this.#seen.incompleteSince > this.#timeouts.request;
    return false;
  }
}
