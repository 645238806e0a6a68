import type { OpenQuestion } from '../model/open-question.ts';
import { readMessage, type ToEmbedder } from './messages.ts';

/** What the desktop gives the messages of a frame. */
export interface Embedded {
  /** The origins of pages that may embed the desktop: the gateway's `agentDesktop.embedders`. */
  readonly embedders: readonly string[];
  readonly setToken: (token: string) => void;
  readonly open: (question: OpenQuestion) => void;
}

/** The page around the frame. */
export interface Embedder {
  readonly send: (message: ToEmbedder) => void;
  readonly stop: () => void;
}

/**
 * Speaks with the page around the frame, and with no other: with its window alone, and only while that has one of the origins.
 * A page of another origin gets nothing, because a message names the origin that it is for, and the browser delivers it to no other.
 * @param frame the window that the desktop is in.
 */
export function listenToEmbedder({ embedders, setToken, open }: Embedded, frame: Window = window): Embedder {
  const { parent } = frame;
  // An origin, whole: with `*` or a path everybody would get what is said.
  const origins = embedders.filter((embedder) => URL.canParse(embedder) && new URL(embedder).origin === embedder);
  /** Known with the first message; until then all origins are tried, of which the browser picks the right one. */
  let known: string | null = null;
  const send = (message: ToEmbedder) => {
    if (parent === frame) return;
    for (const origin of known === null ? origins : [known]) parent.postMessage(message, origin);
  };
  const receive = ({ origin, source, data }: MessageEvent) => {
    if (source !== parent || parent === frame || !origins.includes(origin)) return;
    const message = readMessage(data);
    if (message === null) return;
    known = origin;
    if (typeof message === 'string') return send({ type: 'customer-profile:error', code: 'BAD_USER_INPUT', message });
    if (message.type === 'customer-profile:token') setToken(message.token);
    else open(message.question);
  };
  frame.addEventListener('message', receive);
  send({ type: 'customer-profile:ready' });
  return { send, stop: () => frame.removeEventListener('message', receive) };
}
