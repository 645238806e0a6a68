import { type Connection, post, resetVisitor } from './connection.ts';
import { keysOf, read, remove, write } from './storage.ts';

const MAX_RECORDS = 500;
const MAX_LENGTH = 200_000;
/** Browsers take 64 KB from a page that is left. */
const MAX_BATCH_BYTES = 60_000;
const FULL_BATCH = 20;
const PATIENCE = 1000;
const MAX_PAUSE = 60_000;

/**
 * Records on their way to the gateway. Each has a key of its own in the storage, which all tabs share: so no tab overwrites another's,
 * whoever comes first sends what is there, and one that was sent twice is counted once by its id. A record leaves the storage when it is
 * answered, and not before.
 */
export function createOutbox(space: string, connection: Connection, isAllowed: () => boolean) {
  const prefix = `${space}record:`;
  const resetKey = `${space}reset`;
  /** Four digits, for those of the same millisecond. */
  let count = 1000;
  let limit = MAX_RECORDS;
  let failures = 0;
  let timer: number | undefined;
  /** The last that the browser was given to send. */
  let handedOver = '';
  /** Sends until nothing waits; what is added meanwhile goes along. */
  let running: Promise<unknown> | undefined;
  /** What was sent as the page or the person left. */
  let farewell: Promise<unknown> | undefined;

  const isResetting = () => !!read(resetKey);
  const waiting = () => keysOf(prefix);
  const clear = () => waiting().forEach(remove);
  const bodyOf = (batch: readonly string[]) => `[${batch.map(read).filter(Boolean)}]`;

  /** Takes those that go out together off the front. */
  function take(keys: string[]): string[] {
    const batch = keys.slice(0, limit);
    while (batch[1] && bytesOf(bodyOf(batch)) > MAX_BATCH_BYTES) batch.length >>= 1;
    return keys.splice(0, batch.length);
  }

  /** @returns whether to try again later. Any other answer is final, unless it says "not so much at a time". */
  async function send(batch: readonly string[], isLeaving?: boolean, asBeacon?: boolean): Promise<boolean> {
    const response = await post(connection, 'interactions', bodyOf(batch), isLeaving, asBeacon);
    if (isLater(response)) return true;
    const isTooLarge = response?.status === 413 && batch[1];
    limit = isTooLarge ? batch.length >> 1 : MAX_RECORDS;
    if (!isTooLarge) batch.forEach(remove);
    return false;
  }

  /** Before it, the visitor cookie is the former person's, and nothing may be sent under it. */
  async function reset(): Promise<boolean> {
    await farewell;
    const isFailed = isLater(await resetVisitor(connection));
    if (!isFailed) remove(resetKey);
    return isFailed;
  }

  async function run(): Promise<void> {
    // A moment later, so that calls of the same turn count: a login, an opt-out.
    await undefined;
    while (isAllowed()) {
      const batch = take(waiting());
      const step = isResetting() ? reset() : batch[0] && send(batch);
      if (!step) return;
      if (await step) {
        timer = setTimeout(flush, PATIENCE + Math.random() * Math.min(MAX_PAUSE, PATIENCE * 2 ** ++failures));
        return;
      }
      failures = 0;
    }
  }

  function flush(): Promise<unknown> {
    clearTimeout(timer);
    timer = 0;
    running ??= run().finally(() => {
      running = undefined;
    });
    return running;
  }

  /** Gives all of these to the browser, whatever becomes of the page. */
  function handOver(keys: string[], asBeacon?: boolean): void {
    while (isAllowed() && !isResetting() && keys[0]) {
      const batch = take(keys);
      handedOver = batch.at(-1) as string;
      farewell = Promise.all([farewell, send(batch, true, asBeacon)]);
    }
  }

  return {
    flush,
    clear,
    add(id: string, json: string, isUrgent: boolean): void {
      if (bytesOf(json) > MAX_BATCH_BYTES) return;
      // In the order in which records came.
      write(prefix + Date.now() + count++ + id, json);
      const keys = waiting();
      while (keys.length > MAX_RECORDS || bodyOf(keys).length > MAX_LENGTH) remove(keys.shift() as string);
      if (isUrgent || (keys.length >= FULL_BATCH && !failures)) flush();
      else if (!running) timer ||= setTimeout(flush, PATIENCE);
    },
    /** What becomes of a beacon is not known, so its records stay, for the next page to send again. */
    leave(): void {
      handOver(
        waiting().filter((key) => key > handedOver),
        true,
      );
    },
    /**
     * What waits goes out as the person who leaves, or never. Then comes a fresh visitor cookie, if need be on the next page; only after
     * that is anything sent again.
     */
    reset(isPrivate: boolean): Promise<unknown> {
      handOver(waiting());
      clear();
      if (!isPrivate) write(resetKey, 'true');
      connection.token = undefined;
      return flush();
    },
  };
}

const bytesOf = (text: string) => new Blob([text]).size;
const isLater = (response: Response | undefined) => !response || response.status > 499 || [408, 425, 429].includes(response.status);
