import type { IncomingMessage } from 'node:http';

/** Bytes of the pieces that are passed on. A body that has fewer is not looked at. */
const JOINED = 16 * 1024;
/** Bytes from which a piece is passed on as it is. */
const LARGE = 1_024;
/** Smaller pieces that a body may have: twice as many as an interaction each of the longest list. */
const MOST = 10_000;
/** Bytes of a body, per piece, where that allows more. */
const BYTES_PER_PIECE = 100;

/**
 * Joins the pieces in which a body arrives. Each piece is an object of some hundred bytes, and a client may send one for each
 * byte (RFC 9112, section 7.1), so a body of a megabyte took several hundred megabytes. A client that sends many more pieces than
 * it needs is cut off: Node reads two megabytes of a connection at a time, in which may be a third of a million pieces.
 * To be called before anything of the body has arrived.
 * @param bodyLimit bytes that a body may have.
 * @param onCutOff called once for a client that is cut off.
 */
export function joinPieces(request: IncomingMessage, bodyLimit: number, onCutOff: () => void): void {
  const { headers } = request;
  // Of another length, or of none.
  if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) >= JOINED)) return;
  let joined: Buffer | undefined;
  let length = 0;
  let short = 0;
  const most = Math.max(MOST, bodyLimit / BYTES_PER_PIECE);
  const passOn = (piece: Buffer | null) => Object.getPrototypeOf(request).push.call(request, piece) as boolean;
  const passOnJoined = () => {
    if (joined !== undefined) passOn(joined.subarray(0, length));
    joined = undefined;
    length = 0;
  };
  // Node's parser calls it with each piece, and with null at the end.
  request.push = (piece: Buffer | null) => {
    if (piece === null || piece.length >= LARGE) {
      passOnJoined();
      return passOn(piece);
    }
    if (++short > most) {
      if (!request.socket.destroyed) onCutOff();
      request.socket.destroy();
      return false;
    }
    if (length + piece.length > JOINED) passOnJoined();
    joined ??= Buffer.allocUnsafeSlow(JOINED);
    length += piece.copy(joined, length);
    return true;
  };
}
