import type { DesktopDocument, ProfileLayout } from '../model/gateway.ts';
import type { OpenQuestion } from '../model/open-question.ts';
import { codeOf, type WireAnswer } from './answer.ts';
import type { Confirmation, CustomerState, OpenCustomer } from './customer-model.ts';
import { lock, timeLeft } from './locking.ts';
import { emptyState, readCustomer, withSource } from './read-answer.ts';

export type RunDocument = (document: DesktopDocument, variables: Record<string, unknown>) => Promise<WireAnswer>;

/** Milliseconds between two readings that changes of the customer cause: a busy customer is read once a second. */
const PAUSE_BETWEEN_CHANGES = 1_000;
/** Milliseconds until the gateway is asked again, where a confirmation is over by this machine's clock and not by the gateway's. */
const PAUSE_BETWEEN_CLOCKS = 10_000;

/** Reads one customer, keeps what was answered last, and takes out what needs a confirmation when that has run out. */
export class CustomerStore {
  private readonly question: OpenQuestion;
  private readonly layout: ProfileLayout;
  private readonly run: RunDocument;
  private readonly onLocked: (id: string) => void;
  private readonly listeners = new Set<() => void>();
  private snapshot: OpenCustomer;
  /** The number of the newest reading of everything: the answer of an older one is late, and dropped. */
  private reading = 0;
  /** How often values were taken out: an answer that was on its way then is dropped. */
  private locks = 0;
  /** How often everything was answered. */
  private taken = 0;
  /** What sources answered alone while everything was being read. */
  private answeredAlone: { readonly source: string; readonly answer: WireAnswer }[] = [];
  private changeTimer: ReturnType<typeof setTimeout> | undefined;
  private lockTimer: ReturnType<typeof setTimeout> | undefined;
  private lastChange = Number.NEGATIVE_INFINITY;
  /** When this page first saw the confirmation that ends at this time, by this machine's clock. */
  private confirmationSeen: { readonly expiresAt: string; readonly at: number } | null = null;

  /** @param onLocked called when values were taken out, so that other memories of them are emptied too. */
  constructor(question: OpenQuestion, layout: ProfileLayout, run: RunDocument, onLocked: (id: string) => void = () => {}) {
    this.question = question;
    this.layout = layout;
    this.run = run;
    this.onLocked = onLocked;
    this.snapshot = {
      ...emptyState(layout),
      question,
      layout,
      isLoading: true,
      answers: 0,
      isRefreshing: false,
      isConfirmationOver: false,
      asking: new Set(),
      isNobody: false,
      isGone: false,
      error: null,
      refresh: this.refresh,
    };
  }

  readonly current = (): OpenCustomer => this.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Asks again: everything, or what one source answers. It never rejects: `error` has what went wrong. */
  readonly refresh = (source?: string): Promise<void> => {
    const document = source === undefined ? undefined : this.layout.documents.bySource[source];
    const { id } = this.snapshot;
    return source === undefined || document === undefined || id === null ? this.readAll() : this.readSource(source, document, id);
  };

  /** Reads soon after a change, and after many changes in a row once for all of them. */
  readonly changed = (): void => {
    if (this.changeTimer !== undefined) return;
    const wait = Math.max(0, this.lastChange + PAUSE_BETWEEN_CHANGES - Date.now());
    this.changeTimer = setTimeout(() => {
      this.changeTimer = undefined;
      this.lastChange = Date.now();
      void this.readAll();
    }, wait);
  };

  /** Takes out what needs a confirmation that has run out: a timer does not run while a machine sleeps. */
  readonly checkConfirmation = (): void => {
    clearTimeout(this.lockTimer);
    const { confirmation, id } = this.snapshot;
    if (confirmation === null || id === null) return;
    const left = this.leftOf(confirmation);
    if (left > 0) {
      this.lockTimer = setTimeout(this.checkConfirmation, left);
      return;
    }
    this.dropAnswers();
    this.set({ ...lock(this.snapshot), isConfirmationOver: true, asking: new Set() });
    this.onLocked(id);
    void this.readAll();
  };

  /** The customer is closed, or waits behind a sign-in where no timer runs: what needs a confirmation is not kept for that time. */
  stop(): void {
    this.dropAnswers();
    clearTimeout(this.changeTimer);
    clearTimeout(this.lockTimer);
    this.changeTimer = undefined;
    const { confirmation, id } = this.snapshot;
    if (confirmation === null || id === null) return;
    this.set(lock(this.snapshot));
    this.onLocked(id);
  }

  /**
   * The gateway has just said that the confirmation counts. Where it is over by this machine's clock, that clock is fast: the gateway
   * is asked again after a pause, since to lock and ask at once would go on without end until the gateway's clock is there too.
   */
  private waitForEnd(): void {
    const { confirmation } = this.snapshot;
    clearTimeout(this.lockTimer);
    if (confirmation === null) return;
    const left = this.leftOf(confirmation);
    this.lockTimer = left > 0 ? setTimeout(this.checkConfirmation, left) : setTimeout(() => void this.askAgain(), PAUSE_BETWEEN_CLOCKS);
  }

  private async askAgain(): Promise<void> {
    await this.readAll();
    // Without the gateway's word only this machine's clock is left.
    if (this.snapshot.error !== null) this.checkConfirmation();
  }

  /** By both clocks, the shorter time: a confirmation lasts no longer from when it was first seen than from its beginning to its end. */
  private leftOf(confirmation: Confirmation): number {
    const { confirmedAt, expiresAt } = confirmation;
    if (this.confirmationSeen?.expiresAt !== expiresAt) this.confirmationSeen = { expiresAt, at: Date.now() };
    const whole = Date.parse(expiresAt) - Date.parse(confirmedAt);
    return Math.min(timeLeft(confirmation, Date.now()), Math.max(0, this.confirmationSeen.at + whole - Date.now()));
  }

  /** Answers that are on their way were given while the confirmation still counted, or are for nobody any more. */
  private dropAnswers(): void {
    this.reading += 1;
    this.locks += 1;
    this.answeredAlone = [];
  }

  private async readAll(): Promise<void> {
    this.reading += 1;
    this.answeredAlone = [];
    const reading = this.reading;
    this.set({ isRefreshing: true });
    const { id } = this.snapshot;
    const asked = id ?? ('id' in this.question ? this.question.id : null);
    const { documents } = this.layout;
    try {
      const answer =
        asked === null && 'identifier' in this.question
          ? await this.run(documents.open, { identifier: this.question.identifier })
          : await this.run(documents.profile, { id: asked });
      if (reading !== this.reading) return;
      this.take(answer, asked === null ? 'customerByIdentifier' : 'node');
    } catch (error) {
      if (reading === this.reading) this.set({ isRefreshing: false, isLoading: false, error });
    }
  }

  private take(answer: WireAnswer, root: string): void {
    const state = readCustomer(this.layout, answer, root);
    if (state === null) {
      const error = answer.errors?.[0] ?? null;
      this.set({ isRefreshing: false, isLoading: false, isNobody: error === null || codeOf(error) === 'NOT_FOUND', error });
      return;
    }
    const isConfirmationOver = state.confirmation === null && this.snapshot.isConfirmationOver;
    const answers = this.snapshot.answers + 1;
    const isGone = state.identifiers?.length === 0 && (this.snapshot.isGone || (this.snapshot.identifiers?.length ?? 0) > 0);
    this.taken += 1;
    this.set({ ...state, answers, isGone, isRefreshing: false, isLoading: false, isConfirmationOver, isNobody: false, error: null });
    // A source that failed for everything may have answered alone since that was asked.
    for (const { source, answer: alone } of this.answeredAlone.splice(0)) {
      if (hasFailed(state, source)) this.set(withSource(this.snapshot, this.layout, alone, 'node', source));
    }
    this.waitForEnd();
  }

  private async readSource(source: string, document: DesktopDocument, id: string): Promise<void> {
    const { locks, taken } = this;
    this.set({ asking: new Set([...this.snapshot.asking, source]) });
    try {
      const answer = await this.run(document, { id });
      if (locks !== this.locks) return;
      // Everything was asked later and is here already: what it says of this source is newer, unless the source failed for it.
      if (taken !== this.taken && !hasFailed(this.snapshot, source)) return;
      if (this.snapshot.isRefreshing) this.answeredAlone.push({ source, answer });
      this.set(withSource(this.snapshot, this.layout, answer, 'node', source));
    } catch (error) {
      if (locks === this.locks) this.set({ error });
    } finally {
      this.set({ asking: new Set([...this.snapshot.asking].filter((name) => name !== source)) });
    }
  }

  private set(change: Partial<OpenCustomer> | CustomerState): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }
}

function hasFailed({ sources }: CustomerState, source: string): boolean {
  return sources.some(({ name, status }) => name === source && status === 'FAILED');
}
