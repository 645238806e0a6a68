import { post, resetVisitor } from './connection.ts';
import { prefixOf } from './ownership.ts';
import { isPrivate } from './privacy.ts';
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
 *
 * A record is sent under the login that it was made under, or not at all: without a token where nobody was logged in, when the visitor
 * cookie alone says whose it is; otherwise with a token of the same person. Somebody else's waits for them.
 */
export function createOutbox(space: string, gateway: string, isAllowed: () => boolean) {
  const prefix = `${space}record:`;
  const resetKey = `${space}reset`;
  /** Another value after every log-out, in whichever tab. */
  const logoutKey = `${space}logout`;
  let loggedInAt: string | undefined;
  let token: string | undefined;
  /** Four digits, for those of the same millisecond. */
  let count = 1000;
  let limit = MAX_RECORDS;
  let failures = 0;
  let timer: number | undefined;
  /** Sends until nothing waits; what is added meanwhile goes along. */
  let running: Promise<unknown> | undefined;
  /** What was sent as the page or the person left. */
  let farewell: Promise<unknown> | undefined;

  /** Undefined where nobody is logged in, or not any more. */
  const currentToken = () => (read(logoutKey) === loggedInAt ? token : undefined);
  const isResetting = () => read(resetKey);
  const clear = () => keysOf(prefix).forEach(remove);
  const madeUnder = (token?: string) => keysOf(prefixOf(prefix, token));
  const bodyOf = (batch: readonly string[]) => `[${batch.filter(read).map(read)}]`;

  /** Takes those that go out together off the front. */
  function take(keys: string[]): string[] {
    const batch = keys.slice(0, limit);
    while (batch[1] && bytesOf(bodyOf(batch)) > MAX_BATCH_BYTES) batch.length >>= 1;
    return keys.splice(0, batch.length);
  }

  /** @returns whether to try again later. Any other answer is final, unless it says "not so much at a time". */
  async function send(batch: readonly string[], token?: string, isLeaving?: boolean, asBeacon?: boolean): Promise<unknown> {
    const response = await post(gateway, token, 'interactions', bodyOf(batch), isLeaving, asBeacon);
    // No answer counts like an error of the server.
    if (/^5|408|42[59]/.test((response?.status ?? 5) as never)) return true;
    const half = response?.status === 413 && batch.length >> 1;
    limit = half || MAX_RECORDS;
    return !half && batch.forEach(remove);
  }

  /** Before it, the visitor cookie is the former person's, and nothing may be sent under it. */
  async function askForVisitor(): Promise<unknown> {
    await farewell;
    // Until it is answered well, the cookie may still be the former person's.
    return !(await resetVisitor(gateway)) || remove(resetKey);
  }

  async function run(): Promise<void> {
    // A moment later, so that calls of the same turn count: a login, an opt-out.
    await undefined;
    while (isAllowed()) {
      // First what was made before a login: the visitor's cookie comes of it.
      const login = madeUnder()[0] ? undefined : currentToken();
      const batch = take(madeUnder(login));
      if (!batch[0] && !isResetting()) return;
      if (await (isResetting() ? askForVisitor() : send(batch, login))) {
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

  function flushSoon(): void {
    if (!running) timer ||= setTimeout(flush, PATIENCE);
  }

  /** Gives what waits to the browser, whatever becomes of the page. */
  function handOver(asBeacon?: boolean): void {
    for (const login of new Set([undefined, currentToken()])) {
      const keys = madeUnder(login);
      while (isAllowed() && !isResetting() && keys[0]) farewell = Promise.all([farewell, send(take(keys), login, true, asBeacon)]);
    }
  }

  /**
   * What waits goes out as the person who leaves, or never. Then comes a fresh visitor cookie, if need be on the next page; only after
   * that is anything sent again. Other tabs, and pages that come back, forget their login by it as well.
   */
  function reset(): Promise<unknown> {
    handOver();
    clear();
    if (!isPrivate()) {
      write(resetKey, 'true');
      write(logoutKey, Math.random());
    }
    return flush();
  }

  return {
    token: currentToken,
    flush,
    clear,
    reset,
    /** Somebody else, of whom something waits, has gone without a log-out: it is made up for. */
    login(next: string): void {
      if (keysOf(prefix).length > madeUnder().length + madeUnder(next).length) reset();
      token = next;
      loggedInAt = read(logoutKey);
      flushSoon();
    },
    add(id: string, json: string, isUrgent: boolean): void {
      if (bytesOf(json) > MAX_BATCH_BYTES) return;
      // In the order in which records came.
      write(prefixOf(prefix, currentToken()) + Date.now() + count++ + id, json);
      const keys = keysOf(prefix);
      while (keys.length > MAX_RECORDS || bodyOf(keys).length > MAX_LENGTH) remove(keys.shift() as string);
      if (isUrgent || (keys[FULL_BATCH - 1] && !failures)) flush();
      else flushSoon();
    },
    /** What becomes of a beacon is not known, so its records stay, for the next page to send again. */
    leave: () => handOver(true),
  };
}

const bytesOf = (text: string) => new Blob([text]).size;
