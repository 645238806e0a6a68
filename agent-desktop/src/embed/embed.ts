import type { OpenQuestion } from '../model/open-question.ts';

/** What the desktop gives the messages of a frame. */
export interface Embedded {
  /** The origins of pages that may embed the desktop: the gateway's `agentDesktop.embedders`. */
  readonly embedders: readonly string[];
  readonly setToken: (token: string) => void;
  readonly open: (question: OpenQuestion) => void;
}

/** The page around the frame. */
export interface Embedder {
  readonly tell: (message: { readonly type: string } & Readonly<Record<string, unknown>>) => void;
  readonly stop: () => void;
}

/** Speaks with the page around the frame. */
export function listenToEmbedder(_embedded: Embedded): Embedder {
  return { tell: () => {}, stop: () => {} };
}
