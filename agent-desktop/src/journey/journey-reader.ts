import { type Arrival, type Arrivals, arrive, look, NO_ARRIVALS, reveal } from './arrivals.ts';
import { type JourneyItem, newestFirst, parseInteraction, type SentInteraction } from './interaction.ts';
import { type InteractionPage, itemsOf, type JourneyQuestion, newerPage, olderPage } from './interaction-page.ts';
import { addLive, addNewer, addOlder, EMPTY_WINDOW, type JourneyWindow } from './journey-window.ts';

/** Where a journey comes from: the gateway, or a model of it in a test. */
export interface JourneySource {
  read(question: JourneyQuestion): Promise<InteractionPage>;
}

/** Which interactions are read. */
export interface JourneyFrame {
  /** Null for all touchpoints. */
  readonly touchpoints: readonly string[] | null;
  /** Inclusive, in milliseconds; null for no bound. */
  readonly since: number | null;
  /** Exclusive. */
  readonly until: number | null;
  /** A time in the middle, from where it is read both ways; null to begin with the newest. */
  readonly around: number | null;
}

export const WHOLE_JOURNEY: JourneyFrame = { touchpoints: null, since: null, until: null, around: null };

export type Reading = 'idle' | 'reading' | 'failed';

/** What the page shows. Immutable: a new one for each change. */
export interface JourneySnapshot {
  readonly window: JourneyWindow;
  readonly arrivals: Arrivals;
  /** Of the first page: `reading` until it is there, also before it is asked for. */
  readonly start: Reading;
  /** Of the pages at both ends. */
  readonly older: Reading;
  readonly newer: Reading;
  readonly error: unknown;
}

/** Interactions of a page. The first page is small, because the screen waits for it. */
const [FIRST_PAGE, PAGE] = [50, 100];
/** Pages that are read after a gap. A longer gap is read as a journey that is opened anew. */
const MAX_GAP_PAGES = 20;
/** What is read again before a time: clocks differ, and senders report late. */
const GAP_MARGIN = 10 * 60_000;
/** Live interactions that are kept until the page that is being read has arrived: it may have been read before they were stored. */
const MAX_RECENT = 500;

/**
 * Reads one customer's journey in pages, both ways, and puts live interactions into it. What is shown never has a hole, and each
 * interaction is in it once, in whatever order pages and live interactions arrive.
 */
export class JourneyReader {
  readonly #source: JourneySource;
  readonly frame: JourneyFrame;
  readonly #listeners = new Set<() => void>();
  #recent: readonly JourneyItem[] = [];
  #isHeld = false;
  #starting: Promise<void> | null = null;
  #snapshot: JourneySnapshot = { window: EMPTY_WINDOW, arrivals: NO_ARRIVALS, start: 'reading', older: 'idle', newer: 'idle', error: null };

  constructor(source: JourneySource, frame: JourneyFrame = WHOLE_JOURNEY) {
    this.#source = source;
    this.frame = frame;
  }

  readonly snapshot = (): JourneySnapshot => this.#snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Reads the first page: the newest, or both sides of a time. Does nothing when it is there already. */
  start(): Promise<void> {
    if (this.#starting === null || this.#snapshot.start === 'failed') this.#starting = this.#readFirst();
    return this.#starting;
  }

  async #readFirst(): Promise<void> {
    const { around } = this.frame;
    await this.#during('start', async () => {
      if (around === null) {
        const page = await this.#read({ first: FIRST_PAGE });
        // What is newer than the newest comes live.
        this.#set({ window: { ...addOlder(EMPTY_WINDOW, olderPage(page)), newer: { cursor: null, hasMore: false } } });
        return;
      }
      const [before, after] = await Promise.all([
        this.#read({ first: FIRST_PAGE, until: iso(around) }),
        this.#read({ last: FIRST_PAGE, since: iso(around) }),
      ]);
      this.#set({ window: addNewer(addOlder(EMPTY_WINDOW, olderPage(before)), newerPage(after)) });
      await this.#catchUp();
    });
  }

  /** Reads the next older page. */
  async readOlder(): Promise<void> {
    const { window, start, older } = this.#snapshot;
    if (start !== 'idle' || older === 'reading' || !window.older.hasMore) return;
    const { cursor } = window.older;
    await this.#during('older', async () => {
      const page = await this.#read({ first: PAGE, ...(cursor === null ? {} : { after: cursor }) });
      // The window began anew meanwhile: this page does not follow it.
      if (this.#snapshot.window.older.cursor !== cursor) return;
      this.#set({ window: addOlder(this.#snapshot.window, olderPage(page)) });
    });
  }

  /** Reads the next newer page; with the last of them, live interactions begin to be shown. */
  async readNewer(): Promise<void> {
    const { window, start, newer } = this.#snapshot;
    if (start !== 'idle' || newer === 'reading' || !window.newer.hasMore) return;
    const { cursor } = window.newer;
    await this.#during('newer', async () => {
      const page = await this.#read({ last: PAGE, ...(cursor === null ? {} : { before: cursor }) });
      this.#set({ window: addNewer(this.#snapshot.window, newerPage(page)) });
      await this.#catchUp();
    });
  }

  /** Takes a live interaction. @returns whether it is new and shown, or waits to be. */
  receive(sent: SentInteraction): JourneyItem | null {
    const item = parseInteraction(sent);
    if (!this.#belongs(item)) return null;
    this.#recent = [...this.#recent.slice(1 - MAX_RECENT), item];
    return this.#add([item], 'live')[0] ?? null;
  }

  /**
   * Reads again what may have been missed since this time, and adds what was not known. The newest page is always compared whole;
   * after a gap all that is loaded, up to 20 pages. `how` says whether the reader knows of a gap.
   * @returns what was not known. Newer interactions than a window that does not have the newest are read when the reader gets there.
   */
  async readGap(since: number, how: Arrival = 'gap'): Promise<readonly JourneyItem[]> {
    await this.start();
    return this.#readSince(since, how);
  }

  /**
   * Reads what is loaded once more, for texts that the gateway answers otherwise now: before an agent confirmed who is calling,
   * identifiers in them are masked. What cannot be read stays as it is.
   */
  async readAgain(): Promise<void> {
    await this.start();
    const { items } = this.#snapshot.window;
    const [newest, oldest] = [items[0], items.at(-1)];
    if (newest === undefined || oldest === undefined) return;
    let after: string | undefined;
    for (let pages = 0; pages < MAX_GAP_PAGES; pages++) {
      const until = { until: iso(newest.at + 1) };
      const page = await this.#read({ first: PAGE, ...until, ...(after === undefined ? {} : { after }) }).catch(() => null);
      if (page === null) return;
      const read = itemsOf(page);
      this.#replace(read);
      after = page.edges.at(-1)?.cursor;
      if (!page.pageInfo.hasNextPage || after === undefined || (read.at(-1)?.at ?? 0) < oldest.at) return;
    }
  }

  /** Puts items in the place of those with the same keys. */
  #replace(items: readonly JourneyItem[]): void {
    const read = new Map(items.map((item) => [item.key, item]));
    const replaced = (item: JourneyItem) => read.get(item.key) ?? item;
    this.#recent = this.#recent.map(replaced);
    this.#set({ window: { ...this.#snapshot.window, items: this.#snapshot.window.items.map(replaced) } });
  }

  /** At the newest: what was stored between its page and now came live while there was more to read, so it was left out. */
  async #catchUp(): Promise<void> {
    const { window } = this.#snapshot;
    if (window.newer.hasMore) return;
    try {
      await this.#readSince(window.items[0]?.at ?? Date.now(), 'live');
    } catch (error) {
      this.#set({ window: { ...this.#snapshot.window, newer: { ...window.newer, hasMore: true } } });
      throw error;
    }
  }

  async #readSince(since: number, how: Arrival): Promise<readonly JourneyItem[]> {
    const { window } = this.#snapshot;
    const from = since - GAP_MARGIN;
    const read: JourneyItem[] = [];
    // With newer pages to read, those of the window are compared, and nothing is missed between it and the newest.
    const isAway = how === 'gap' && window.newer.hasMore;
    let isJoined = isAway;
    let after = isAway ? (window.newer.cursor ?? undefined) : undefined;
    for (let pages = 0; pages < MAX_GAP_PAGES; pages++) {
      const page = await this.#read({ first: PAGE, ...(after === undefined ? {} : { after }) });
      const items = itemsOf(page);
      read.push(...items);
      after = page.edges.at(-1)?.cursor;
      const oldest = items.at(-1);
      if (!page.pageInfo.hasNextPage || after === undefined || oldest === undefined) return this.#add(read, how);
      isJoined ||= oldest.at < from;
      if (isJoined && (how === 'live' || reachesEnd(window, oldest))) return this.#add(read, how);
    }
    const end = window.items.at(-1);
    // What is older than the window would leave a hole behind it.
    if (isJoined && end !== undefined) {
      const within = read.filter((item) => newestFirst(item, end) < 0);
      return this.#add(within, how);
    }
    this.#restartFrom(read, after ?? null);
    // What came live while the gap was read is newer than its first page.
    this.#add(this.#recent, 'live');
    return read;
  }

  /** While held, arrivals wait: the reader is scrolled down, or has a row focused. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  reveal(): void {
    this.#set({ arrivals: reveal(this.#snapshot.arrivals) });
  }

  /** The reader did something in the journey. */
  look(): void {
    this.#set({ arrivals: look(this.#snapshot.arrivals) });
  }

  /** More was missed than is worth joining: the window begins anew at the newest. */
  #restartFrom(items: readonly JourneyItem[], cursor: string | null): void {
    const window: JourneyWindow = {
      items: items.toSorted(newestFirst),
      newer: { cursor: null, hasMore: false },
      older: { cursor, hasMore: true },
    };
    this.#set({ window, arrivals: NO_ARRIVALS });
  }

  #add(items: readonly JourneyItem[], how: Arrival): readonly JourneyItem[] {
    const { window: before, arrivals } = this.#snapshot;
    const window = addLive(before, items);
    if (window === before) return [];
    const known = new Set(before.items.map(({ key }) => key));
    const added = window.items.filter(({ key }) => !known.has(key));
    this.#set({
      window,
      arrivals: arrive(
        arrivals,
        added.map(({ key }) => key),
        how,
        this.#isHeld,
      ),
    });
    return added;
  }

  /** Runs one reading. Afterwards it puts in again what came live meanwhile: the page may have been read before it was stored. */
  async #during(what: 'start' | 'older' | 'newer', read: () => Promise<void>): Promise<void> {
    this.#set({ [what]: 'reading', error: null });
    try {
      await read();
      this.#set({ [what]: 'idle' });
      this.#add(this.#recent, 'live');
    } catch (error) {
      this.#set({ [what]: 'failed', error });
    }
  }

  #read(question: JourneyQuestion): Promise<InteractionPage> {
    const { touchpoints, since, until } = this.frame;
    const frame = {
      ...(touchpoints !== null && { touchpoints }),
      ...(since !== null && { since: iso(since) }),
      ...(until !== null && { until: iso(until) }),
    };
    return this.#source.read({ ...frame, ...question });
  }

  #belongs({ at, touchpoint }: JourneyItem): boolean {
    const { touchpoints, since, until } = this.frame;
    if (touchpoints !== null && !(touchpoint !== null && touchpoints.includes(touchpoint))) return false;
    return (since === null || at >= since) && (until === null || at < until);
  }

  #set(change: Partial<JourneySnapshot>): void {
    const names = Object.keys(change) as (keyof JourneySnapshot)[];
    if (names.every((name) => this.#snapshot[name] === change[name])) return;
    this.#snapshot = { ...this.#snapshot, ...change };
    for (const listener of this.#listeners) listener();
  }
}

/**
 * True when an interaction is at or beyond the older end of a window. What was missed in a gap may be dated at any time, such as the
 * purchases of a shop that reports once a day, so all that is loaded is compared. A window that reaches the first interaction has no end.
 */
function reachesEnd({ items, older }: JourneyWindow, item: JourneyItem): boolean {
  const oldest = items.at(-1);
  return oldest !== undefined && older.hasMore && newestFirst(item, oldest) >= 0;
}

const iso = (time: number): string => new Date(time).toISOString();
