import { useKept } from '../customer/kept.ts';

/** Milliseconds within which the page has read what a change of the agent's own made of the customer. */
const RECENT = 10_000;

/** When this agent last changed who the open customer is, to know their own changes from those of a colleague. */
export class OwnChange {
  private at = Number.NEGATIVE_INFINITY;

  note(): void {
    this.at = Date.now();
  }

  isRecent(): boolean {
    return Date.now() - this.at < RECENT;
  }
}

export const useOwnChange = (): OwnChange => useKept('own-change', () => new OwnChange());
