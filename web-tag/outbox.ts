import { ask, post, RESET_VISITOR } from './connection.ts';
import { listen } from './listening.ts';
import { prefixOf } from './ownership.ts';
import { isPrivate } from './privacy.ts';
import { keysOf, read, remove, write } from './storage.ts';

const MAX_RECORDS = 500;
/** Characters of all waiting records. */
const MAX_LENGTH = 200_000;
/** Browsers allow 64 KB of requests from a page that is left. */
const MAX_BATCH_BYTES = 60_000;
const FULL_BATCH = 20;
/** Milliseconds that records wait for others before they are sent. */
const PATIENCE = 1000;
/** Milliseconds between two attempts at most. */
const MAX_PAUSE = 60_000;

/**
 * Records that wait to be sent to the gateway. Each has its own key in the storage, which all tabs share. So tabs do not overwrite each
 * other's records, any tab may send all of them, and the gateway counts a record that was sent twice once, by its id. A record is removed
 * when the gateway has answered.
 *
 * A record is sent under the login under which it was made, or not at all. A record that was made without a login is sent without a token:
 * the visitor cookie identifies the customer. Any other is sent with a token of the same person, and waits until that person logs in again.
 */
export function createOutbox(space: string, gateway: string, isAllowed: () => boolean, restoreLinks: () => void) {
  const prefix = `${space}record:`;
  const resetKey = `${space}reset`;
  /** Holds another value after every log-out, in any tab. */
  const logoutKey = `${space}logout`;
  let loggedInAt: string | undefined;
  let token: string | undefined;
  /** Four digits, which keep the order of records of the same millisecond. */
  let count = 1000;
  let limit = MAX_RECORDS;
  let failures = 0;
  let timer: number | undefined;
  /** Sends until no record waits, those included that are added meanwhile. */
  let running: Promise<unknown> | undefined;
  /** The requests that were sent when the page was left, or at log-out. */
  let farewell: Promise<unknown> | undefined;

  /** Undefined without a login, and after a log-out in any tab. */
  const currentToken = () => (read(logoutKey) === loggedInAt ? token : undefined);
  const isResetting = () => read(resetKey);
  const madeUnder = (token?: string) => keysOf(prefixOf(prefix, token));
  const bodyOf = (batch: readonly string[]) => `[${batch.filter(read).map(read)}]`;

  /** Removes the keys of the next batch from the front of the list. */
  function take(keys: string[]): string[] {
    const batch = keys.slice(0, limit);
    while (batch[1] && bytesOf(bodyOf(batch)) > MAX_BATCH_BYTES) batch.length >>= 1;
    return keys.splice(0, batch.length);
  }

  /** Sends a batch, and removes its records when the answer is final. @returns true to try again later. 413 halves the batch for the next attempt. */
  async function send(batch: readonly string[], token?: string, isLeaving?: boolean, asBeacon?: boolean): Promise<unknown> {
    // No answer counts as an error of the server.
    const status = (await post(gateway, token, 'interactions', bodyOf(batch), isLeaving, asBeacon))?.status ?? 5;
    if (/^5|408|42[59]/.test(status as never)) return true;
    const half = status === 413 && batch.length >> 1;
    limit = half || MAX_RECORDS;
    return !half && batch.forEach(remove);
  }

  /** Asks for a new visitor cookie. Until then the cookie is the former person's, and no record may be sent under it. @returns true to try again later. */
  async function askForVisitor(): Promise<unknown> {
    await farewell;
    return !(await ask(gateway, RESET_VISITOR)) || remove(resetKey);
  }

  async function run(): Promise<void> {
    // One microtask later, so that a login or an opt-out of the same turn has effect.
    await undefined;
    while (isAllowed()) {
      // Records without a login first: their answer sets the visitor cookie.
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
    running ??= run().finally(() => (running = undefined));
    return running;
  }

  function flushSoon(): void {
    if (!running) timer ||= setTimeout(flush, PATIENCE);
  }

  /** Sends all waiting records by requests that go on after the page was left. */
  function handOver(asBeacon?: boolean): void {
    for (const login of new Set([undefined, currentToken()])) {
      const keys = madeUnder(login);
      while (isAllowed() && !isResetting() && keys[0]) farewell = Promise.all([farewell, send(take(keys), login, true, asBeacon)]);
    }
  }

  /**
   * Log-out. Waiting records are sent as the person who leaves, or never. Then the outbox asks for a new visitor cookie, if need be on the
   * next page, and sends nothing before it has one. Other tabs, and pages from the browser's cache, forget their login by `logoutKey`.
   */
  function reset(): Promise<unknown> {
    handOver();
    clear();
    if (!isPrivate()) {
      write(resetKey, true);
      write(logoutKey, Math.random());
    }
    return flush();
  }

  /** Forgets what was made for the present person: records, and links with a token. */
  function clear(): void {
    keysOf(prefix).forEach(remove);
    restoreLinks();
  }

  /** When records of another person wait, that person has left without a log-out: it is done now. */
  function login(next: string): void {
    restoreLinks();
    if (keysOf(prefix).length > madeUnder().length + madeUnder(next).length) reset();
    token = next;
    loggedInAt = read(logoutKey);
    flushSoon();
  }

  function add(json: string, isUrgent: boolean): void {
    if (bytesOf(json) > MAX_BATCH_BYTES) return;
    // The keys sort in the order in which records were added.
    write(prefixOf(prefix, currentToken()) + Date.now() + count++ + Math.random(), json);
    const keys = keysOf(prefix);
    while (keys.length > MAX_RECORDS || bodyOf(keys).length > MAX_LENGTH) remove(keys.shift() as string);
    if (isUrgent || (keys[FULL_BATCH - 1] && !failures)) flush();
    else flushSoon();
  }

  /** The requests that are under way; undefined when there are none. */
  const sending = () => running;

  // A beacon has no answer, so its records stay in the storage, and the next page sends them again. Beacons are sent also when the page
  // becomes visible again: that does no harm, and a check costs bytes.
  listen('visibilitychange', () => handOver(true));

  // A list: the build shortens names of variables, not of properties.
  return [add, flush, clear, login, reset, currentToken, sending] as const;
}

const bytesOf = (text: string) => new Blob([text]).size;
