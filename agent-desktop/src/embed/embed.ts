import type { OpenQuestion } from '../model/open-question.ts';

/** What the desktop gives the messages of a frame. */
export interface Embedded {
  readonly embedders: readonly string[];
  readonly setToken: (token: string) => void;
  readonly open: (question: OpenQuestion) => void;
}

/** Speaks with the page around the frame. @returns what stops it. */
export function listenToEmbedder(_embedded: Embedded): () => void {
  return () => {};
}
