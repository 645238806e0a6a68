let callbacks: (() => void)[] = [];

/**
 * Calls back when the running code, and all that follows from the promises it settled, has ended. DataLoader sends its
 * batches at the same moment. Any number of callbacks take one entry in the queue of ticks.
 */
export function afterMicrotasks(callback: () => void): void {
  if (callbacks.push(callback) === 1) process.nextTick(callAll);
}

function callAll(): void {
  const due = callbacks;
  callbacks = [];
  for (const callback of due) callback();
}

/**
 * Milliseconds of processor time after which work is cut. Short, because others wait for it and for the step that is under
 * way; and long enough that a usual operation is not cut, because its parts would ask a back end one after the other.
 */
const SLICE = 15;

/** When this turn of the event loop was looked at first, as `processorTime()`; null before. */
let turnBegan: number | null = null;
/** Work that waits for its turn, the first to come first. */
let waiting: (() => void)[] = [];

/**
 * True when this turn of the event loop has lasted longer than a slice. Operations that go on in the same turn share its
 * time. Measured from the first call of the turn, so it is to be called again and again while work is done.
 */
export function isTurnLong(): boolean {
  const now = processorTime();
  if (turnBegan === null) {
    turnBegan = now;
    setImmediate(endTurn);
  }
  return now - turnBegan > SLICE;
}

/** Milliseconds of this thread. Not the clock's: on a busy machine, work would be cut because of others' work. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/**
 * Calls back in a later turn of the event loop, after other requests were served. Those who wait go on in their order, as
 * many in one turn as a slice has time for: none overtakes another, and together they take no more of a turn than one does.
 */
export function inLaterTurn(callback: () => void): void {
  if (waiting.push(callback) === 1) setImmediate(callWaiting);
}

function endTurn(): void {
  turnBegan = null;
}

function callWaiting(): void {
  const due = waiting;
  waiting = [];
  turnBegan = null;
  // The first look begins the turn.
  isTurnLong();
  let called = 0;
  try {
    do due[called++]?.();
    while (called < due.length && !isTurnLong());
  } finally {
    // What came meanwhile goes behind those who wait for longer.
    const isScheduled = waiting.length > 0;
    waiting = [...due.slice(called), ...waiting];
    if (waiting.length > 0 && !isScheduled) setImmediate(callWaiting);
  }
}

/**
 * To be called after each step of long work, so that it is cut into slices between which other requests are served. All work
 * that is cut shares the time of a turn.
 * @returns a promise to wait for before the next step, or undefined while this turn has time left.
 */
export function yieldWhenLong(): Promise<void> | undefined {
  return isTurnLong() ? untilTurnHasTime() : undefined;
}

/** Of the one that came last. */
let lastTurn: Promise<void> = Promise.resolve();

/**
 * Those who wait go on in their order, one in each turn. What runs after a promise runs later than the code that settled it:
 * several that were called back in one turn would all find it short, and then each do a step.
 */
function untilTurnHasTime(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise(inLaterTurn));
  return lastTurn;
}
