import { keptText } from '../connection/kept-text.ts';
import type { OpenQuestion } from '../model/open-question.ts';

/** Whom a screen pop named before the agent was signed in: kept while they are at the issuer, and gone with the tab. */
const pending = keptText<OpenQuestion>('agent-desktop.question');

export const keepQuestion = (question: OpenQuestion | null): void => (question === null ? void pending.take() : pending.keep(question));

export const takePendingQuestion = (): OpenQuestion | null => pending.take();
