let waiting: (() => void)[] = [];

/**
 * Calls back when the code that runs now, and all that follows from the promises it settled, is through: when DataLoader
 * sends its batches, too. Many callbacks take one place in the queue of ticks.
 */
export function soon(callback: () => void): void {
  if (waiting.push(callback) === 1) process.nextTick(callThem);
}

function callThem(): void {
  const callbacks = waiting;
  waiting = [];
  for (const callback of callbacks) callback();
}
